"""Rules drafted from denials, and what payers changed."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0034_learning'),
        ('coding', '0018_provider_visits'),
        ('denials', '0010_appeals'),
        ('payers', '0011_fee_shares'),
        ('rcm', '0011_events_of_people_on_charts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ChangeAlarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('procedure_code', models.CharField(max_length=48)),
                ('reason', models.CharField(max_length=5)),
                ('week', models.DateField()),
                ('weeks', models.PositiveSmallIntegerField()),
                ('recent_claims', models.PositiveIntegerField()),
                ('recent_denied', models.PositiveIntegerField()),
                ('baseline_claims', models.PositiveIntegerField()),
                ('baseline_denied', models.PositiveIntegerField()),
                ('p_value', models.DecimalField(decimal_places=12, max_digits=13)),
                ('state', models.CharField(choices=[('open', 'Open'), ('acknowledged', 'Acknowledged'), ('over', 'Over')], default='open', max_length=12)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='DenialWeek',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('procedure_code', models.CharField(max_length=48)),
                ('reason', models.CharField(blank=True, max_length=5)),
                ('week', models.DateField()),
                ('claims', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='LearnedRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(max_length=40)),
                ('reason', models.CharField(max_length=5)),
                ('procedure_code', models.CharField(blank=True, max_length=5)),
                ('claims', models.PositiveIntegerField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('denied_hit', models.PositiveIntegerField()),
                ('denied_of', models.PositiveIntegerField()),
                ('paid_hit', models.PositiveIntegerField()),
                ('paid_of', models.PositiveIntegerField()),
                ('drafted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddIndex(
            model_name='denial',
            index=models.Index(fields=['practice', 'denied_on'], name='denial_by_day'),
        ),
        migrations.AddField(
            model_name='changealarm',
            name='acknowledged_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='changealarm',
            name='ended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='changealarm',
            name='payer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='change_alarms', to='payers.payer'),
        ),
        migrations.AddField(
            model_name='changealarm',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='changealarm',
            name='rule',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='change_alarms', to='billing.claimrule'),
        ),
        migrations.AddField(
            model_name='denialweek',
            name='payer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payers.payer'),
        ),
        migrations.AddField(
            model_name='denialweek',
            name='practice',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='learnedrule',
            name='payer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='learned_rules', to='payers.payer'),
        ),
        migrations.AddField(
            model_name='learnedrule',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='learnedrule',
            name='rule',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='learned', to='billing.claimrule'),
        ),
        migrations.AddConstraint(
            model_name='changealarm',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'over'), _negated=True), fields=('practice', 'payer', 'procedure_code', 'reason'), name='change_alarm_once'),
        ),
        migrations.AddConstraint(
            model_name='changealarm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state', 'over')), models.Q(('ended_at__isnull', True), ('state', 'open')), models.Q(('acknowledged_at__isnull', False), ('ended_at__isnull', True), ('state', 'acknowledged')), _connector='OR'), name='change_alarm_state_whole'),
        ),
        migrations.AddConstraint(
            model_name='changealarm',
            constraint=models.CheckConstraint(condition=models.Q(('recent_denied__lte', models.F('recent_claims')), ('baseline_denied__lte', models.F('baseline_claims')), ('weeks__in', [1, 4])), name='change_alarm_counts_sane'),
        ),
        migrations.AddConstraint(
            model_name='denialweek',
            constraint=models.UniqueConstraint(fields=('practice', 'week', 'payer', 'procedure_code', 'reason'), name='denial_week_once'),
        ),
        migrations.AddConstraint(
            model_name='learnedrule',
            constraint=models.CheckConstraint(condition=models.Q(('denied_hit__lte', models.F('denied_of')), ('paid_hit__lte', models.F('paid_of'))), name='learned_rule_hits_within'),
        ),
        *wall("denials_learnedrule", "denials_denialweek", "denials_changealarm"),
    ]
