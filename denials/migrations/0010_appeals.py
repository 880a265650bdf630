"""Appeals: their lines, letters, checklists, files and log; denials that are appealed."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import rcm.fields
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0032_claim_parts'),
        ('coding', '0018_provider_visits'),
        ('denials', '0009_follow_ups'),
        ('payers', '0011_fee_shares'),
        ('rcm', '0011_events_of_people_on_charts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(max_length=2)),
                ('reason', models.CharField(max_length=5)),
                ('category', models.CharField(max_length=40)),
                ('level', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('medical_necessity', 'Medical necessity'), ('coding', 'Bundling and modifiers'), ('authorization', 'Authorization'), ('timely_filing', 'Timely filing'), ('documentation', 'Documentation'), ('eligibility', 'Eligibility and other coverage'), ('general', 'General')], max_length=20)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('ready', 'Ready'), ('submitted', 'Submitted'), ('decided', 'Decided')], default='draft', max_length=10)),
                ('outcome', models.CharField(blank=True, choices=[('favorable', 'Favorable'), ('partly', 'Partly favorable'), ('unfavorable', 'Unfavorable'), ('dismissed', 'Dismissed'), ('withdrawn', 'Withdrawn')], max_length=12)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('deadline', models.DateField()),
                ('last_safe_day', models.DateField()),
                ('template_name', models.CharField(max_length=100)),
                ('body', models.TextField()),
                ('sent_letter', models.TextField(blank=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('submitted_how', models.CharField(blank=True, choices=[('mail', 'Mail'), ('fax', 'Fax'), ('portal', 'Payer’s portal'), ('clearinghouse', 'Clearinghouse')], max_length=13)),
                ('reference', models.CharField(blank=True, max_length=60)),
                ('follow_up_on', models.DateField(blank=True, null=True)),
                ('decided_on', models.DateField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('amount_won', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('decision_note', models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name='AppealDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='AppealEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('call', 'Call'), ('receipt', 'Received by the payer'), ('note', 'Note')], max_length=8)),
                ('text', models.CharField(max_length=500)),
                ('reference', models.CharField(blank=True, max_length=60)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='AppealFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(choices=[('letter', 'Appeal letter'), ('remittance', 'Remittance page'), ('decision', 'Decision of the level before'), ('claim', 'Claim as sent'), ('chart', 'Chart pages'), ('coder', 'Coder’s reasoning'), ('policy', 'Coverage policy'), ('authorization', 'Authorization'), ('filing_proof', 'Proof of timely filing'), ('other', 'Other files'), ('packet', 'Packet as sent')], max_length=15)),
                ('name', models.CharField(max_length=200)),
                ('content_type', models.CharField(choices=[('application/pdf', 'PDF'), ('image/png', 'PNG'), ('image/jpeg', 'JPEG'), ('image/tiff', 'TIFF'), ('text/plain', 'Text')], max_length=20)),
                ('content', rcm.fields.CompressedBinaryField()),
                ('size', models.PositiveIntegerField()),
                ('pages', models.PositiveSmallIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='AppealItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('letter', 'Appeal letter'), ('remittance', 'Remittance page'), ('decision', 'Decision of the level before'), ('claim', 'Claim as sent'), ('chart', 'Chart pages'), ('coder', 'Coder’s reasoning'), ('policy', 'Coverage policy'), ('authorization', 'Authorization'), ('filing_proof', 'Proof of timely filing'), ('other', 'Other files')], max_length=15)),
                ('is_required', models.BooleanField(default=False)),
                ('is_included', models.BooleanField(default=True)),
                ('not_available', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='AppealLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='AppealTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('payer_class', models.CharField(blank=True, choices=[('medicare', 'Medicare'), ('medicaid', 'Medicaid'), ('blue', 'Blue plan'), ('commercial', 'Commercial'), ('advantage', 'Medicare Advantage'), ('other', 'Other')], max_length=12)),
                ('category', models.CharField(blank=True, max_length=40)),
                ('level', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('body', models.TextField()),
                ('required', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=15), blank=True, default=list, size=None)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AlterField(
            model_name='denial',
            name='resolution',
            field=models.CharField(blank=True, choices=[('paid', 'Paid after correction'), ('overturned', 'Paid after appeal'), ('written_off', 'Written off'), ('patient', 'Moved to the patient'), ('reversed', 'Payer reversed it'), ('denied_again', 'Denied again after correction'), ('taken_back', 'Posting taken back')], max_length=12),
        ),
        migrations.AlterField(
            model_name='denial',
            name='state',
            field=models.CharField(choices=[('open', 'Open'), ('with_coder', 'With coder'), ('resubmitted', 'Resubmitted'), ('appealed', 'Appealed'), ('pended', 'Pended'), ('resolved', 'Resolved')], default='open', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='denial',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'with_coder', 'resubmitted', 'appealed']), ('state__in', ['pended', 'resolved']), _connector='OR'), name='denial_state_known'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='claim',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='billing.claim'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appeal',
            name='follows',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='denials.appeal'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='opened_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appeal',
            name='payer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='payers.payer'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='remitted_claim',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='billing.remittedclaim'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='submitted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appealdocument',
            name='appeal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='denials.appeal'),
        ),
        migrations.AddField(
            model_name='appealdocument',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coding.document'),
        ),
        migrations.AddField(
            model_name='appealdocument',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='appealentry',
            name='appeal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='denials.appeal'),
        ),
        migrations.AddField(
            model_name='appealentry',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appealentry',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='appealfile',
            name='added_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appealfile',
            name='appeal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='denials.appeal'),
        ),
        migrations.AddField(
            model_name='appealfile',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='appealitem',
            name='appeal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='denials.appeal'),
        ),
        migrations.AddField(
            model_name='appealitem',
            name='not_available_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appealitem',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='appealline',
            name='appeal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='denials.appeal'),
        ),
        migrations.AddField(
            model_name='appealline',
            name='denial',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeal_lines', to='denials.denial'),
        ),
        migrations.AddField(
            model_name='appealline',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='appealtemplate',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appealtemplate',
            name='payer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeal_templates', to='payers.payer'),
        ),
        migrations.AddField(
            model_name='appealtemplate',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='template',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='denials.appealtemplate'),
        ),
        migrations.AddConstraint(
            model_name='appealdocument',
            constraint=models.UniqueConstraint(fields=('appeal', 'document'), name='appeal_document_once'),
        ),
        migrations.AddConstraint(
            model_name='appealentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['call', 'receipt', 'note']), models.Q(('text', ''), _negated=True)), name='appeal_entry_says_what'),
        ),
        migrations.AddConstraint(
            model_name='appealfile',
            constraint=models.UniqueConstraint(fields=('appeal', 'sha256'), name='appeal_file_once'),
        ),
        migrations.AddConstraint(
            model_name='appealfile',
            constraint=models.UniqueConstraint(condition=models.Q(('item', 'packet')), fields=('appeal',), name='appeal_packet_once'),
        ),
        migrations.AddConstraint(
            model_name='appealfile',
            constraint=models.CheckConstraint(condition=models.Q(('item__in', ['letter', 'remittance', 'decision', 'claim', 'chart', 'coder', 'policy', 'authorization', 'filing_proof', 'other', 'packet']), ('pages__gte', 1), models.Q(('item', 'letter'), _negated=True), ('content_type__in', ['application/pdf', 'image/png', 'image/jpeg', 'image/tiff', 'text/plain'])), name='appeal_file_known'),
        ),
        migrations.AddConstraint(
            model_name='appealitem',
            constraint=models.UniqueConstraint(fields=('appeal', 'kind'), name='appeal_item_once'),
        ),
        migrations.AddConstraint(
            model_name='appealitem',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['letter', 'remittance', 'decision', 'claim', 'chart', 'coder', 'policy', 'authorization', 'filing_proof', 'other'])), name='appeal_item_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='appealitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('not_available', ''), ('not_available_by__isnull', True)), models.Q(models.Q(('not_available', ''), _negated=True), ('not_available_by__isnull', False), models.Q(('kind', 'letter'), _negated=True)), _connector='OR'), name='appeal_item_let_go_by'),
        ),
        migrations.AddConstraint(
            model_name='appealline',
            constraint=models.UniqueConstraint(fields=('appeal', 'denial'), name='appeal_line_once'),
        ),
        migrations.AddConstraint(
            model_name='appealtemplate',
            constraint=models.UniqueConstraint(fields=('practice', 'name', 'version'), name='appeal_template_version_once'),
        ),
        migrations.AddConstraint(
            model_name='appealtemplate',
            constraint=models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('practice', 'name'), name='appeal_template_in_force_once'),
        ),
        migrations.AddConstraint(
            model_name='appealtemplate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('body', ''), _negated=True), models.Q(('name', ''), _negated=True), models.Q(('level__isnull', True), ('level__range', (1, 6)), _connector='OR'), models.Q(('payer__isnull', True), ('payer_class', ''), _connector='OR'), ('required__contained_by', ['letter', 'remittance', 'decision', 'claim', 'chart', 'coder', 'policy', 'authorization', 'filing_proof', 'other'])), name='appeal_template_sane'),
        ),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(fields=['practice', 'state', 'last_safe_day', 'id'], name='appeal_list'),
        ),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(condition=models.Q(('follow_up_on__isnull', False)), fields=['practice', 'follow_up_on'], name='appeal_follow_up'),
        ),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(fields=['practice', 'category', 'payer'], name='appeal_rates'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.UniqueConstraint(condition=models.Q(('outcome', 'withdrawn'), _negated=True), fields=('remitted_claim', 'group', 'reason', 'category', 'level'), name='appeal_of_level_once'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'ready', 'submitted', 'decided']), ('amount__gt', 0), ('kind__in', ['medical_necessity', 'coding', 'authorization', 'timely_filing', 'documentation', 'eligibility', 'general']), ('level__range', (1, 6))), name='appeal_known'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_on__isnull', False), ('state', 'decided'), ('outcome__in', ['favorable', 'partly', 'unfavorable', 'dismissed', 'withdrawn'])), models.Q(models.Q(('state', 'decided'), _negated=True), ('decided_at__isnull', True), ('decided_on__isnull', True), ('outcome', '')), _connector='OR'), name='appeal_decided_says_how'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('follow_up_on__isnull', False), ('submitted_at__isnull', False), ('submitted_by__isnull', False), models.Q(('submitted_how', ''), _negated=True), models.Q(('sent_letter', ''), _negated=True)), models.Q(('state', 'submitted'), _negated=True), _connector='OR'), name='appeal_submitted_says_how'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(('submitted_at__isnull', False), ('outcome__in', ['', 'withdrawn']), _connector='OR'), name='appeal_decided_was_submitted'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(('amount_won__isnull', True), models.Q(('amount_won__gte', 0), ('amount_won__lte', models.F('amount'))), _connector='OR'), name='appeal_wins_at_most_all'),
        ),
        *wall(
            "denials_appeal",
            "denials_appealdocument",
            "denials_appealentry",
            "denials_appealfile",
            "denials_appealitem",
            "denials_appealline",
            "denials_appealtemplate",
        ),
    ]
