"""Rules that draft themselves, what payers usually allow, and lines paid below it."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0033_patient_accounts'),
        ('payers', '0011_fee_shares'),
        ('rcm', '0011_events_of_people_on_charts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='claimrule',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='Underpayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('procedure_code', models.CharField(max_length=5)),
                ('modifiers', models.CharField(blank=True, max_length=11)),
                ('place_of_service', models.CharField(blank=True, max_length=2)),
                ('paid_on', models.DateField()),
                ('basis', models.CharField(choices=[('contract', 'Contract'), ('usual', 'Usual allowed')], max_length=8)),
                ('basis_name', models.CharField(blank=True, max_length=200)),
                ('basis_lines', models.PositiveIntegerField(blank=True, null=True)),
                ('expected', models.DecimalField(decimal_places=2, max_digits=12)),
                ('allowed', models.DecimalField(decimal_places=2, max_digits=12)),
                ('shortfall', models.DecimalField(decimal_places=2, max_digits=12)),
                ('state', models.CharField(choices=[('open', 'Open'), ('disputed', 'Disputed'), ('recovered', 'Recovered'), ('accepted', 'Accepted')], db_default='open', default='open', max_length=9)),
                ('recovered', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('note', models.CharField(blank=True, db_default='', max_length=300)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('found_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='underpayments', to='billing.claim')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('payer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='underpayments', to='payers.payer')),
                ('practice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('remitted_line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='underpayment', to='billing.remittedline')),
            ],
            options={
                'indexes': [models.Index(fields=['practice', 'state', 'payer', 'procedure_code'], name='underpayment_list')],
                'constraints': [models.CheckConstraint(condition=models.Q(('shortfall', django.db.models.expressions.CombinedExpression(models.F('expected'), '-', models.F('allowed'))), ('shortfall__gt', 0)), name='underpayment_is_short'), models.CheckConstraint(condition=models.Q(models.Q(('recovered__gt', 0), ('state', 'recovered')), models.Q(models.Q(('state', 'recovered'), _negated=True), ('recovered__isnull', True)), _connector='OR'), name='underpayment_recovered_amount'), models.CheckConstraint(condition=models.Q(models.Q(('basis', 'contract'), ('basis_lines__isnull', True)), models.Q(('basis', 'usual'), ('basis_lines__gte', 20)), _connector='OR'), name='underpayment_basis_known')],
            },
        ),
        migrations.CreateModel(
            name='UsualAllowed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('procedure_code', models.CharField(max_length=5)),
                ('modifiers', models.CharField(blank=True, max_length=11)),
                ('place_of_service', models.CharField(blank=True, max_length=2)),
                ('quarter', models.DateField()),
                ('lines', models.PositiveIntegerField()),
                ('median', models.DecimalField(decimal_places=2, max_digits=12)),
                ('low', models.DecimalField(decimal_places=2, max_digits=12)),
                ('high', models.DecimalField(decimal_places=2, max_digits=12)),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='usual_allowed', to='payers.payer')),
                ('practice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('practice', 'payer', 'procedure_code', 'modifiers', 'place_of_service', 'quarter'), name='usual_allowed_once'), models.CheckConstraint(condition=models.Q(('lines__gte', 20)), name='usual_allowed_of_enough')],
            },
        ),
        *wall("billing_usualallowed", "billing_underpayment"),
    ]
