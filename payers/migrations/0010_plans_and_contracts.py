"""Plans and contracts of payers, and the practice walls around them."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import payers.models.parties
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('payers', '0008_authorizations'),
        ('rcm', '0009_practice_usage'),
    ]

    operations = [
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('group_pattern', models.CharField(blank=True, max_length=60)),
                ('filing_indicator', models.CharField(blank=True, max_length=2)),
                ('timely_filing_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('corrected_claim_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('requires_referral', models.BooleanField(default=False)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='payers.payer')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
        ),
        migrations.CreateModel(
            name='PayerContract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('method', models.CharField(choices=[('fee_schedule', 'Fee schedule'), ('medicare', 'Percent of Medicare'), ('charge', 'Percent of charge')], max_length=12)),
                ('percent', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ('reduces_multiple', models.BooleanField(default=True)),
                ('reduces_bilateral', models.BooleanField(default=True)),
                ('pays_lesser', models.BooleanField(default=True)),
                ('timely_filing_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('corrected_claim_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='payers.payer')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('schedule', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='payers.feeschedule')),
                ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='payers.plan')),
            ],
        ),
        migrations.AddField(
            model_name='coverage',
            name='plan',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='coverages', to='payers.plan'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.UniqueConstraint(fields=('payer', 'name'), name='plan_name_once'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='plan_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='payercontract',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('payer', '='), (django.db.models.functions.comparison.Coalesce('plan', 0), '='), (payers.models.parties.DateRange('starts_on', 'ends_on', models.Value('[]')), '&&')], name='payer_contract_one_a_day'),
        ),
        migrations.AddConstraint(
            model_name='payercontract',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('method', 'fee_schedule'), ('percent__isnull', True), ('schedule__isnull', False)), models.Q(('method__in', ['medicare', 'charge']), ('percent__gt', 0), ('percent__isnull', False), ('schedule__isnull', True)), _connector='OR'), name='payer_contract_method_fits'),
        ),
        migrations.AddConstraint(
            model_name='payercontract',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='payer_contract_ends_after_start'),
        ),
        *wall("payers_plan", "payers_payercontract"),
    ]
