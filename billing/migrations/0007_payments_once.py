"""One payment may come in several transactions; each of its claims posts once."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall

# A remitted claim is updated once when it posts; room on its page keeps its indexes out of that.
ROOM_FOR_STATES = migrations.RunSQL(
    sql="ALTER TABLE billing_remittedclaim SET (fillfactor = 70);",
    reverse_sql="ALTER TABLE billing_remittedclaim RESET (fillfactor);",
)


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0006_references_by_statement'),
        ('payers', '0003_walls'),
        ('rcm', '0003_event_seals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RemittanceCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('transaction_number', models.CharField(blank=True, max_length=12)),
                ('kind', models.CharField(choices=[('duplicate', 'Duplicate'), ('addition', 'Repeats and adds'), ('part', 'Further part'), ('new_version', 'New version')], max_length=12)),
                ('claims_count', models.PositiveIntegerField()),
                ('known_count', models.PositiveIntegerField()),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='posting',
            name='posting_accounts_known',
        ),
        migrations.RemoveConstraint(
            model_name='remittance',
            name='remittance_payment_once',
        ),
        migrations.AddField(
            model_name='remittance',
            name='amount_elsewhere',
            field=models.DecimalField(decimal_places=2, default=0, max_digits=14),
        ),
        migrations.AddField(
            model_name='remittance',
            name='copy_number',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='remittance',
            name='created_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='remittance',
            name='posting_round',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='remittance',
            name='replaced_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='billing.remittance'),
        ),
        migrations.AddField(
            model_name='remittance',
            name='source',
            field=models.CharField(choices=[('835', '835'), ('manual', 'Keyed by hand')], default='835', max_length=6),
        ),
        migrations.AddField(
            model_name='remittedclaim',
            name='exception_code',
            field=models.CharField(blank=True, db_default='', max_length=30),
        ),
        migrations.AddField(
            model_name='remittedclaim',
            name='is_released',
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name='remittedclaim',
            name='match_score',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='remittedclaim',
            name='posting_round',
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='remittedclaim',
            name='reverses',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='billing.remittedclaim'),
        ),
        migrations.AddField(
            model_name='remittedline',
            name='match_method',
            field=models.CharField(blank=True, db_default='', max_length=20),
        ),
        migrations.AlterField(
            model_name='posting',
            name='destination',
            field=models.CharField(choices=[('revenue', 'Revenue'), ('primary_receivable', 'Owed by the primary payer'), ('secondary_receivable', 'Owed by the secondary payer'), ('tertiary_receivable', 'Owed by the tertiary payer'), ('patient_receivable', 'Owed by the patient'), ('contractual', 'Contractual adjustment'), ('write_off', 'Write-off'), ('cash', 'Cash'), ('unapplied', 'Unapplied'), ('payer_offset', 'Kept or added by payers'), ('interest', 'Interest paid by payers')], max_length=22),
        ),
        migrations.AlterField(
            model_name='posting',
            name='origin',
            field=models.CharField(db_collation='C', max_length=80),
        ),
        migrations.AlterField(
            model_name='posting',
            name='reverses',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='billing.posting'),
        ),
        migrations.AlterField(
            model_name='posting',
            name='source',
            field=models.CharField(choices=[('revenue', 'Revenue'), ('primary_receivable', 'Owed by the primary payer'), ('secondary_receivable', 'Owed by the secondary payer'), ('tertiary_receivable', 'Owed by the tertiary payer'), ('patient_receivable', 'Owed by the patient'), ('contractual', 'Contractual adjustment'), ('write_off', 'Write-off'), ('cash', 'Cash'), ('unapplied', 'Unapplied'), ('payer_offset', 'Kept or added by payers'), ('interest', 'Interest paid by payers')], max_length=22),
        ),
        migrations.AlterField(
            model_name='remittance',
            name='file',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='remittances', to='billing.interchangefile'),
        ),
        migrations.AlterField(
            model_name='remittance',
            name='state',
            field=models.CharField(choices=[('recorded', 'Recorded'), ('held', 'Held'), ('ready', 'Ready to post'), ('partly_posted', 'Partly posted'), ('posted', 'Posted'), ('replaced', 'Replaced')], default='recorded', max_length=14),
        ),
        migrations.AlterField(
            model_name='remittance',
            name='transaction_number',
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['revenue', 'primary_receivable', 'secondary_receivable', 'tertiary_receivable', 'patient_receivable', 'contractual', 'write_off', 'cash', 'unapplied', 'payer_offset', 'interest']), ('destination__in', ['revenue', 'primary_receivable', 'secondary_receivable', 'tertiary_receivable', 'patient_receivable', 'contractual', 'write_off', 'cash', 'unapplied', 'payer_offset', 'interest'])), name='posting_accounts_known'),
        ),
        migrations.AddIndex(
            model_name='posting',
            index=models.Index(condition=models.Q(('reverses__isnull', False)), fields=['reverses'], name='posting_reversal'),
        ),
        migrations.AddConstraint(
            model_name='remittance',
            constraint=models.UniqueConstraint(fields=('practice', 'payer_identifier', 'trace_number', 'paid_on', 'copy_number'), name='remittance_copy_once'),
        ),
        migrations.AddConstraint(
            model_name='remittance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('file__isnull', False), ('source', '835')), models.Q(('file__isnull', True), ('source', 'manual')), _connector='OR'), name='remittance_source_has_file'),
        ),
        migrations.AddConstraint(
            model_name='remittance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'replaced'), _negated=True), ('replaced_by__isnull', False), _connector='OR'), name='remittance_replaced_by_something'),
        ),
        migrations.AddConstraint(
            model_name='remittedclaim',
            constraint=models.UniqueConstraint(condition=models.Q(('reverses__isnull', False)), fields=('reverses',), name='remitted_claim_reversed_once'),
        ),
        migrations.AddField(
            model_name='remittancecopy',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remittance_copies', to='billing.interchangefile'),
        ),
        migrations.AddField(
            model_name='remittancecopy',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='remittancecopy',
            name='remittance',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='billing.remittance'),
        ),
        migrations.AddConstraint(
            model_name='remittancecopy',
            constraint=models.CheckConstraint(condition=models.Q(('known_count__lte', models.F('claims_count'))), name='remittance_copy_known_within'),
        ),
        *wall("billing_remittancecopy"),
        ROOM_FOR_STATES,
    ]
