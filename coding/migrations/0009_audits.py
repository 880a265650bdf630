"""Audits of coding, how work is measured; the practice walls."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from rcm.walls import never_changed, wall


class Migration(migrations.Migration):

    dependencies = [
        ('coding', '0008_credentials'),
        ('payers', '0011_fee_shares'),
        ('rcm', '0011_events_of_people_on_charts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditChart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('risks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('snapshot', models.JSONField()),
                ('own_codes', models.CharField(blank=True, max_length=400)),
                ('compared_at', models.DateTimeField(blank=True, null=True)),
                ('was_seen_before', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('waiting', 'To review'), ('reviewed', 'With coder'), ('disputed', 'Disputed'), ('settled', 'Settled')], default='waiting', max_length=8)),
                ('lesson', models.CharField(blank=True, max_length=500)),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('dx_right', models.PositiveSmallIntegerField(default=0)),
                ('dx_total', models.PositiveSmallIntegerField(default=0)),
                ('procedure_right', models.PositiveSmallIntegerField(default=0)),
                ('procedure_total', models.PositiveSmallIntegerField(default=0)),
                ('modifier_right', models.PositiveSmallIntegerField(default=0)),
                ('modifier_total', models.PositiveSmallIntegerField(default=0)),
                ('right', models.PositiveSmallIntegerField(default=0)),
                ('total', models.PositiveSmallIntegerField(default=0)),
                ('score', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='AuditLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField()),
                ('position', models.CharField(max_length=3)),
                ('kind', models.CharField(choices=[('dx', 'Diagnosis'), ('procedure', 'Procedure'), ('em', 'E/M'), ('modifier', 'Modifier'), ('units', 'Units'), ('pointer', 'Pointers')], max_length=9)),
                ('coder_value', models.CharField(blank=True, max_length=60)),
                ('auditor_value', models.CharField(blank=True, max_length=60)),
                ('verdict', models.CharField(blank=True, choices=[('', 'Not judged'), ('agree', 'Agree'), ('disagree', 'Disagree'), ('missed', 'Missed'), ('added', 'Not supported')], default='', max_length=8)),
                ('reason', models.CharField(blank=True, choices=[('', '–'), ('not_documented', 'Not documented'), ('not_specific', 'More specific code documented'), ('wrong_code', 'Another code is right'), ('level', 'Level of the visit not met'), ('bundled', 'Part of another service'), ('sequence', 'Order or pointers'), ('guideline', 'Coding guideline'), ('overlooked', 'Documented, not coded'), ('units', 'Units or waste')], default='', max_length=15)),
                ('severity', models.CharField(blank=True, choices=[('', '–'), ('education', 'Education only'), ('minor', 'Minor'), ('major', 'Major')], default='', max_length=9)),
                ('effect', models.CharField(choices=[('none', 'None'), ('over_coded', 'Over-coded'), ('under_coded', 'Under-coded')], default='none', max_length=11)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('answer', models.CharField(blank=True, choices=[('', 'Not answered'), ('accepted', 'Accepted'), ('disputed', 'Disputed')], default='', max_length=8)),
                ('answer_words', models.CharField(blank=True, max_length=500)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('', 'Not decided'), ('stands', 'Finding stands'), ('overturned', 'Coder was right')], default='', max_length=10)),
                ('outcome_words', models.CharField(blank=True, max_length=500)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['order'],
            },
        ),
        migrations.CreateModel(
            name='CodingAudit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('method', models.CharField(choices=[('random', 'Random'), ('high_risk', 'High risk'), ('new_coder', 'New coders'), ('manual', 'Chosen charts')], max_length=10)),
                ('numbers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('size', models.PositiveSmallIntegerField()),
                ('seed', models.BigIntegerField()),
                ('target_percent', models.DecimalField(decimal_places=2, default=Decimal('95'), max_digits=5)),
                ('is_blind', models.BooleanField(default=False)),
                ('coded_from', models.DateField()),
                ('coded_to', models.DateField()),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('open', 'Open'), ('closed', 'Closed')], default='draft', max_length=6)),
                ('pool_count', models.PositiveIntegerField(blank=True, null=True)),
                ('weights', models.JSONField(default=dict)),
                ('lesson', models.TextField(blank=True)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ProductivityWeight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('care', models.CharField(blank=True, default='', max_length=12)),
                ('specialty', models.CharField(blank=True, max_length=40)),
                ('visit_type', models.CharField(blank=True, max_length=40)),
                ('weight', models.DecimalField(decimal_places=2, max_digits=5)),
            ],
        ),
        migrations.CreateModel(
            name='QualitySettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('idle_minutes', models.PositiveSmallIntegerField(default=15)),
                ('high_charge', models.DecimalField(decimal_places=2, default=Decimal('500.00'), max_digits=10)),
                ('target_percent', models.DecimalField(decimal_places=2, default=Decimal('95.00'), max_digits=5)),
                ('shows_board', models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name='auditchart',
            name='coder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audited_charts', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='auditchart',
            name='encounter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audit_charts', to='coding.encounter'),
        ),
        migrations.AddField(
            model_name='auditchart',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='auditchart',
            name='reviewed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='auditchart',
            name='task',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audit_chart', to='coding.codertask'),
        ),
        migrations.AddField(
            model_name='auditline',
            name='chart',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='coding.auditchart'),
        ),
        migrations.AddField(
            model_name='auditline',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='auditline',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='codingaudit',
            name='auditor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audits', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='codingaudit',
            name='coder',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='codingaudit',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='codingaudit',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='auditchart',
            name='audit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charts', to='coding.codingaudit'),
        ),
        migrations.AddField(
            model_name='productivityweight',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='qualitysettings',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddIndex(
            model_name='auditline',
            index=models.Index(condition=models.Q(('verdict__in', ['disagree', 'missed', 'added'])), fields=['practice', 'kind', 'reason'], name='audit_line_errors'),
        ),
        migrations.AddConstraint(
            model_name='auditline',
            constraint=models.UniqueConstraint(fields=('chart', 'order'), name='audit_line_order_once'),
        ),
        migrations.AddConstraint(
            model_name='auditline',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['dx', 'procedure', 'em', 'modifier', 'units', 'pointer'])), name='audit_line_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='auditline',
            constraint=models.CheckConstraint(condition=models.Q(('verdict', ''), models.Q(('auditor_value', models.F('coder_value')), ('verdict', 'agree')), models.Q(('auditor_value__gt', ''), ('coder_value__gt', ''), ('verdict', 'disagree'), models.Q(('auditor_value', models.F('coder_value')), _negated=True)), models.Q(('auditor_value__gt', ''), ('coder_value', ''), ('verdict', 'missed')), models.Q(('auditor_value', ''), ('coder_value__gt', ''), ('verdict', 'added')), _connector='OR'), name='audit_line_verdict_of_values'),
        ),
        migrations.AddConstraint(
            model_name='auditline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True)), models.Q(('answered_at__isnull', False), ('verdict__in', ['disagree', 'missed', 'added']), models.Q(('answer', 'accepted'), models.Q(('answer', 'disputed'), ('answer_words__gt', '')), _connector='OR')), _connector='OR'), name='audit_line_answer_of_finding'),
        ),
        migrations.AddConstraint(
            model_name='auditline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('outcome', '')), models.Q(('answer', 'disputed'), ('decided_at__isnull', False), ('decided_by__isnull', False), ('outcome__in', ['stands', 'overturned']), ('outcome_words__gt', '')), _connector='OR'), name='audit_line_outcome_of_dispute'),
        ),
        migrations.AddIndex(
            model_name='codingaudit',
            index=models.Index(fields=['practice', 'state', '-id'], name='audit_list'),
        ),
        migrations.AddConstraint(
            model_name='codingaudit',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['random', 'high_risk', 'new_coder', 'manual'])), name='audit_method_known'),
        ),
        migrations.AddConstraint(
            model_name='codingaudit',
            constraint=models.CheckConstraint(condition=models.Q(('name__gt', '')), name='audit_named'),
        ),
        migrations.AddConstraint(
            model_name='codingaudit',
            constraint=models.CheckConstraint(condition=models.Q(('coded_to__gte', models.F('coded_from'))), name='audit_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='codingaudit',
            constraint=models.CheckConstraint(condition=models.Q(('size__gte', 1), ('size__lte', 500)), name='audit_size_fits'),
        ),
        migrations.AddConstraint(
            model_name='codingaudit',
            constraint=models.CheckConstraint(condition=models.Q(('target_percent__gte', 0), ('target_percent__lte', 100)), name='audit_target_percent'),
        ),
        migrations.AddConstraint(
            model_name='codingaudit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('opened_at__isnull', True), ('pool_count__isnull', True), ('state', 'draft')), models.Q(('closed_at__isnull', True), ('opened_at__isnull', False), ('pool_count__isnull', False), ('state', 'open')), models.Q(('closed_at__isnull', False), ('opened_at__isnull', False), ('state', 'closed')), _connector='OR'), name='audit_state_has_time'),
        ),
        migrations.AddIndex(
            model_name='auditchart',
            index=models.Index(fields=['practice', 'coder', 'reviewed_at'], name='audit_chart_of_coder'),
        ),
        migrations.AddIndex(
            model_name='auditchart',
            index=models.Index(fields=['practice', 'encounter'], name='audit_chart_drawn'),
        ),
        migrations.AddConstraint(
            model_name='auditchart',
            constraint=models.UniqueConstraint(fields=('audit', 'encounter'), name='audit_chart_once'),
        ),
        migrations.AddConstraint(
            model_name='auditchart',
            constraint=models.UniqueConstraint(fields=('audit', 'position'), name='audit_chart_position_once'),
        ),
        migrations.AddConstraint(
            model_name='auditchart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at__isnull', True), ('reviewed_by__isnull', True), ('state', 'waiting')), models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False), ('state__in', ['reviewed', 'disputed', 'settled'])), _connector='OR'), name='audit_chart_reviewed_by'),
        ),
        migrations.AddConstraint(
            model_name='auditchart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', False), ('state', 'settled')), models.Q(models.Q(('state', 'settled'), _negated=True), ('settled_at__isnull', True)), _connector='OR'), name='audit_chart_settled_has_time'),
        ),
        migrations.AddConstraint(
            model_name='auditchart',
            constraint=models.CheckConstraint(condition=models.Q(('reviewed_by__isnull', True), models.Q(('reviewed_by', models.F('coder')), _negated=True), _connector='OR'), name='audit_chart_not_own'),
        ),
        migrations.AddConstraint(
            model_name='auditchart',
            constraint=models.CheckConstraint(condition=models.Q(('dx_right__lte', models.F('dx_total')), ('procedure_right__lte', models.F('procedure_total')), ('modifier_right__lte', models.F('modifier_total')), ('right__lte', models.F('total'))), name='audit_chart_counts'),
        ),
        migrations.AddConstraint(
            model_name='auditchart',
            constraint=models.CheckConstraint(condition=models.Q(('score__isnull', True), models.Q(('score__gte', 0), ('score__lte', 100)), _connector='OR'), name='audit_chart_score_percent'),
        ),
        migrations.AddConstraint(
            model_name='productivityweight',
            constraint=models.UniqueConstraint(fields=('practice', 'care', 'specialty', 'visit_type'), name='productivity_weight_once'),
        ),
        migrations.AddConstraint(
            model_name='productivityweight',
            constraint=models.CheckConstraint(condition=models.Q(('weight__gt', 0)), name='productivity_weight_positive'),
        ),
        migrations.AddConstraint(
            model_name='productivityweight',
            constraint=models.CheckConstraint(condition=models.Q(('care__in', ['', 'inpatient', 'outpatient', 'professional'])), name='productivity_weight_care'),
        ),
        migrations.AddConstraint(
            model_name='qualitysettings',
            constraint=models.UniqueConstraint(fields=('practice',), name='quality_settings_once'),
        ),
        migrations.AddConstraint(
            model_name='qualitysettings',
            constraint=models.CheckConstraint(condition=models.Q(('idle_minutes__gte', 1), ('idle_minutes__lte', 240)), name='quality_settings_idle_minutes'),
        ),
        migrations.AddConstraint(
            model_name='qualitysettings',
            constraint=models.CheckConstraint(condition=models.Q(('high_charge__gt', 0), ('target_percent__gte', 0), ('target_percent__lte', 100)), name='quality_settings_amounts'),
        ),
        *wall(
            'coding_codingaudit',
            'coding_auditchart',
            'coding_auditline',
            'coding_productivityweight',
            'coding_qualitysettings',
        ),
        # A chart is judged as it was coded when it was drawn.
        *never_changed('coding_auditchart', 'encounter_id', 'coder_id', 'snapshot'),
    ]
