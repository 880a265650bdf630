"""Accounts of patients: payments, statements, plans, questions, estimates."""

import django.db.models.deletion
import django.db.models.functions.datetime
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from rcm.walls import append_only, never_changed, never_deleted, wall

# A number is used once; the gaps of what was taken back are fine.
STATEMENT_NUMBERS = migrations.RunSQL(
    sql="CREATE SEQUENCE billing_statement_number MINVALUE 100001 NO CYCLE;",
    reverse_sql="DROP SEQUENCE billing_statement_number;",
)


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0032_claim_parts'),
        ('rcm', '0011_events_of_people_on_charts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('bankruptcy', 'Bankruptcy'), ('collections', 'Collections')], max_length=11)),
                ('state', models.CharField(choices=[('requested', 'Needs approval'), ('set', 'Set'), ('ended', 'Ended')], max_length=9)),
                ('reason', models.CharField(max_length=300)),
                ('amount', models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ('needs_approval', models.BooleanField(default=False)),
                ('requested_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('decided_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='AccountInquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('question', 'Question'), ('dispute', 'Dispute')], max_length=8)),
                ('due_on', models.DateField()),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('closed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='AccountMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('author', models.CharField(choices=[('patient', 'Patient'), ('practice', 'Practice')], max_length=8)),
                ('text', models.CharField(max_length=2000)),
                ('is_answer', models.BooleanField(default=False)),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='AccountSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_on', models.BooleanField(default=False)),
                ('minimum', models.DecimalField(decimal_places=2, default=Decimal('5.00'), max_digits=8)),
                ('interval_days', models.PositiveSmallIntegerField(default=28)),
                ('due_days', models.PositiveSmallIntegerField(default=21)),
                ('message', models.CharField(blank=True, max_length=400)),
                ('remit_to', models.CharField(blank=True, max_length=300)),
                ('missed_installments', models.PositiveSmallIntegerField(default=2)),
                ('inquiry_days', models.PositiveSmallIntegerField(default=3)),
                ('collections_statements', models.PositiveSmallIntegerField(default=3)),
                ('collections_days', models.PositiveSmallIntegerField(default=90)),
                ('collections_limit', models.DecimalField(decimal_places=2, default=Decimal('500.00'), max_digits=10)),
            ],
        ),
        migrations.CreateModel(
            name='BatchAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('made', 'Made'), ('skipped', 'No statement'), ('failed', 'Failed')], default='waiting', max_length=7)),
                ('note', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='PatientMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='PatientPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=[('cash', 'Cash'), ('check', 'Check'), ('card', 'Card'), ('prepayment', 'Prepaid money')], max_length=10)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('reference', models.CharField(blank=True, max_length=50)),
                ('paid_on', models.DateField()),
                ('key', models.CharField(max_length=200)),
                ('body_sha256', models.CharField(max_length=64)),
                ('taken_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('is_reversed', models.BooleanField(default=False)),
                ('reversals', models.PositiveSmallIntegerField(default=0)),
                ('reversal_reason', models.CharField(blank=True, max_length=300)),
                ('reversed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='PaymentPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('missed_allowed', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('in_force', 'In force'), ('completed', 'Paid'), ('defaulted', 'In default'), ('cancelled', 'Cancelled')], default='in_force', max_length=9)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='PlanInstallment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('due_on', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=12)),
                ('statement_on', models.DateField()),
                ('cycle_on', models.DateField()),
                ('due_on', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('content', models.JSONField()),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('voided_at', models.DateTimeField(null=True)),
                ('resent_on', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StatementBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('statement_on', models.DateField()),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('made', 'Made'), ('mailed', 'Mailed'), ('undone', 'Undone')], default='queued', max_length=6)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('mailed_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StatementPrint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.BinaryField()),
                ('count', models.PositiveIntegerField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='posting',
            name='posting_accounts_known',
        ),
        migrations.AlterField(
            model_name='posting',
            name='destination',
            field=models.CharField(choices=[('revenue', 'Revenue'), ('primary_receivable', 'Owed by the primary payer'), ('secondary_receivable', 'Owed by the secondary payer'), ('tertiary_receivable', 'Owed by the tertiary payer'), ('patient_receivable', 'Owed by the patient'), ('contractual', 'Contractual adjustment'), ('write_off', 'Write-off'), ('cash', 'Cash'), ('unapplied', 'Unapplied'), ('payer_offset', 'Kept or added by payers'), ('interest', 'Interest paid by payers'), ('between_claims', 'Passed on to the next claim'), ('patient_prepayment', 'Prepaid by patients')], max_length=22),
        ),
        migrations.AlterField(
            model_name='posting',
            name='source',
            field=models.CharField(choices=[('revenue', 'Revenue'), ('primary_receivable', 'Owed by the primary payer'), ('secondary_receivable', 'Owed by the secondary payer'), ('tertiary_receivable', 'Owed by the tertiary payer'), ('patient_receivable', 'Owed by the patient'), ('contractual', 'Contractual adjustment'), ('write_off', 'Write-off'), ('cash', 'Cash'), ('unapplied', 'Unapplied'), ('payer_offset', 'Kept or added by payers'), ('interest', 'Interest paid by payers'), ('between_claims', 'Passed on to the next claim'), ('patient_prepayment', 'Prepaid by patients')], max_length=22),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['revenue', 'primary_receivable', 'secondary_receivable', 'tertiary_receivable', 'patient_receivable', 'contractual', 'write_off', 'cash', 'unapplied', 'payer_offset', 'interest', 'between_claims', 'patient_prepayment']), ('destination__in', ['revenue', 'primary_receivable', 'secondary_receivable', 'tertiary_receivable', 'patient_receivable', 'contractual', 'write_off', 'cash', 'unapplied', 'payer_offset', 'interest', 'between_claims', 'patient_prepayment'])), name='posting_accounts_known'),
        ),
        migrations.AddField(
            model_name='accountflag',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='accountflag',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='accountflag',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='account_flags', to='rcm.patient'),
        ),
        migrations.AddField(
            model_name='accountflag',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='accountflag',
            name='requested_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='accountinquiry',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='accountinquiry',
            name='opened_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='accountinquiry',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='account_inquiries', to='rcm.patient'),
        ),
        migrations.AddField(
            model_name='accountinquiry',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='accountmessage',
            name='inquiry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='billing.accountinquiry'),
        ),
        migrations.AddField(
            model_name='accountmessage',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='accountmessage',
            name='written_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='accountsettings',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='batchaccount',
            name='patient',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.patient'),
        ),
        migrations.AddField(
            model_name='batchaccount',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='patientmove',
            name='patient',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.patient'),
        ),
        migrations.AddField(
            model_name='patientmove',
            name='posting',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='patient_move', to='billing.posting'),
        ),
        migrations.AddField(
            model_name='patientmove',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='patientpayment',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='rcm.patient'),
        ),
        migrations.AddField(
            model_name='patientpayment',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='patientpayment',
            name='reversed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='patientpayment',
            name='taken_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='patientmove',
            name='payment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='billing.patientpayment'),
        ),
        migrations.AddField(
            model_name='paymentplan',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paymentplan',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paymentplan',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payment_plans', to='rcm.patient'),
        ),
        migrations.AddField(
            model_name='paymentplan',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='planinstallment',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='installments', to='billing.paymentplan'),
        ),
        migrations.AddField(
            model_name='planinstallment',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='statement',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statement',
            name='patient',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='rcm.patient'),
        ),
        migrations.AddField(
            model_name='statement',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='statementbatch',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statementbatch',
            name='mailed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statementbatch',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='statementbatch',
            name='undone_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statement',
            name='batch',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='billing.statementbatch'),
        ),
        migrations.AddField(
            model_name='batchaccount',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='billing.statementbatch'),
        ),
        migrations.AddField(
            model_name='statementprint',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prints', to='billing.statementbatch'),
        ),
        migrations.AddField(
            model_name='statementprint',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddConstraint(
            model_name='accountflag',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'ended'), _negated=True), fields=('patient', 'kind'), name='account_flag_once'),
        ),
        migrations.AddConstraint(
            model_name='accountflag',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['bankruptcy', 'collections']), ('state__in', ['requested', 'set', 'ended'])), name='account_flag_known'),
        ),
        migrations.AddConstraint(
            model_name='accountflag',
            constraint=models.CheckConstraint(condition=models.Q(('needs_approval', False), ('decided_by__isnull', True), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='account_flag_by_another'),
        ),
        migrations.AddConstraint(
            model_name='accountflag',
            constraint=models.CheckConstraint(condition=models.Q(('needs_approval', False), models.Q(('state', 'set'), _negated=True), ('decided_by__isnull', False), _connector='OR'), name='account_flag_approved'),
        ),
        migrations.AddConstraint(
            model_name='accountflag',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'ended'), _negated=True), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='account_flag_end_whole'),
        ),
        migrations.AddIndex(
            model_name='accountinquiry',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['practice', 'due_on'], name='account_inquiry_open'),
        ),
        migrations.AddConstraint(
            model_name='accountinquiry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['question', 'dispute'])), name='account_inquiry_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='accountinquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', None)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='account_inquiry_end_whole'),
        ),
        migrations.AddConstraint(
            model_name='accountmessage',
            constraint=models.UniqueConstraint(condition=models.Q(('is_answer', True)), fields=('inquiry',), name='account_answer_once'),
        ),
        migrations.AddConstraint(
            model_name='accountmessage',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='account_message_says_something'),
        ),
        migrations.AddConstraint(
            model_name='accountsettings',
            constraint=models.UniqueConstraint(fields=('practice',), name='account_settings_once'),
        ),
        migrations.AddConstraint(
            model_name='accountsettings',
            constraint=models.CheckConstraint(condition=models.Q(('due_days__gte', 1), ('interval_days__gte', 1), ('minimum__gt', 0), ('inquiry_days__gte', 1), ('missed_installments__gte', 1), ('collections_limit__gte', 0), ('collections_statements__gte', 1)), name='account_settings_possible'),
        ),
        migrations.AddIndex(
            model_name='patientpayment',
            index=models.Index(fields=['practice', 'patient', '-id'], name='patient_payment_list'),
        ),
        migrations.AddConstraint(
            model_name='patientpayment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='patient_payment_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='patientpayment',
            constraint=models.UniqueConstraint(fields=('practice', 'key'), name='patient_payment_once'),
        ),
        migrations.AddConstraint(
            model_name='patientpayment',
            constraint=models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='patient_payment_has_key'),
        ),
        migrations.AddConstraint(
            model_name='patientpayment',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['cash', 'check', 'card', 'prepayment'])), name='patient_payment_method_known'),
        ),
        migrations.AddConstraint(
            model_name='patientpayment',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['cash', 'prepayment']), models.Q(('reference', ''), _negated=True), _connector='OR'), name='patient_payment_has_reference'),
        ),
        migrations.AddConstraint(
            model_name='patientpayment',
            constraint=models.CheckConstraint(condition=models.Q(('is_reversed', False), models.Q(('reversals__gt', 0), ('reversed_at__isnull', False), ('reversed_by__isnull', False), models.Q(('reversal_reason', ''), _negated=True)), _connector='OR'), name='patient_payment_reversal_whole'),
        ),
        migrations.AddIndex(
            model_name='patientmove',
            index=models.Index(fields=['practice', 'patient'], name='patient_move_of_patient'),
        ),
        migrations.AddConstraint(
            model_name='paymentplan',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'in_force')), fields=('patient',), name='payment_plan_one_in_force'),
        ),
        migrations.AddConstraint(
            model_name='paymentplan',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('missed_allowed__gte', 1)), name='payment_plan_possible'),
        ),
        migrations.AddConstraint(
            model_name='paymentplan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'in_force')), models.Q(('ended_at__isnull', False), ('state__in', ['completed', 'defaulted', 'cancelled'])), _connector='OR'), name='payment_plan_end_whole'),
        ),
        migrations.AddConstraint(
            model_name='planinstallment',
            constraint=models.UniqueConstraint(fields=('plan', 'position'), name='installment_position_once'),
        ),
        migrations.AddConstraint(
            model_name='planinstallment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='installment_positive'),
        ),
        migrations.AddIndex(
            model_name='statementbatch',
            index=models.Index(fields=['practice', '-id'], name='statement_batch_newest'),
        ),
        migrations.AddConstraint(
            model_name='statementbatch',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'queued')), fields=('practice',), name='statement_batch_one_waits'),
        ),
        migrations.AddConstraint(
            model_name='statementbatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mailed_at', None), ('state__in', ['queued', 'made']), ('undone_at', None)), models.Q(('mailed_at__isnull', False), ('state', 'mailed'), ('undone_at', None)), models.Q(('mailed_at', None), ('state', 'undone'), ('undone_at__isnull', False)), _connector='OR'), name='statement_batch_state_whole'),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(fields=['practice', 'patient', '-statement_on'], name='statement_of_patient'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(fields=('practice', 'number'), name='statement_number_once'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at', None)), fields=('patient', 'cycle_on'), name='statement_once_a_cycle'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='statement_amount_positive'),
        ),
        migrations.AddIndex(
            model_name='batchaccount',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['batch', 'id'], name='batch_account_waiting'),
        ),
        migrations.AddConstraint(
            model_name='batchaccount',
            constraint=models.UniqueConstraint(fields=('batch', 'patient'), name='batch_account_once'),
        ),
        STATEMENT_NUMBERS,
        *wall(
            "billing_accountflag",
            "billing_accountinquiry",
            "billing_accountmessage",
            "billing_accountsettings",
            "billing_batchaccount",
            "billing_patientmove",
            "billing_patientpayment",
            "billing_paymentplan",
            "billing_planinstallment",
            "billing_statement",
            "billing_statementbatch",
            "billing_statementprint",
        ),
        *append_only(
            "billing_accountmessage",
            "billing_patientmove",
            "billing_planinstallment",
            "billing_statementprint",
        ),
        *never_deleted(
            "billing_accountflag",
            "billing_accountinquiry",
            "billing_patientpayment",
            "billing_paymentplan",
            "billing_statement",
            "billing_statementbatch",
        ),
        *never_changed(
            "billing_patientpayment",
            *("patient_id", "method", "amount", "reference", "paid_on", "key", "body_sha256"),
        ),
        *never_changed(
            "billing_statement",
            *("patient_id", "number", "statement_on", "cycle_on", "due_on", "amount", "content"),
        ),
        *never_changed("billing_paymentplan", "patient_id", "amount", "missed_allowed"),
    ]
