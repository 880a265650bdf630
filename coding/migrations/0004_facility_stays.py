"""Facility stays, revenue codes of charges, what was present on admission; the practice wall."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.lookups
from django.db import migrations, models


from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('coding', '0003_walls'),
        ('rcm', '0008_running_jobs'),
    ]

    operations = [
        migrations.CreateModel(
            name='FacilityStay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type_of_bill', models.CharField(max_length=3)),
                ('statement_from', models.DateField()),
                ('statement_to', models.DateField()),
                ('admission_on', models.DateField(blank=True, null=True)),
                ('admission_time', models.CharField(blank=True, max_length=4)),
                ('discharge_time', models.CharField(blank=True, max_length=4)),
                ('admission_type', models.CharField(max_length=1)),
                ('admission_source', models.CharField(blank=True, max_length=1)),
                ('patient_status', models.CharField(max_length=2)),
                ('drg', models.CharField(blank=True, max_length=4)),
                ('admitting_diagnosis', models.CharField(blank=True, max_length=7)),
                ('patient_reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=7), blank=True, default=list, size=None)),
                ('condition_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, size=None)),
                ('external_causes', models.JSONField(blank=True, default=list)),
                ('procedures', models.JSONField(blank=True, default=list)),
                ('occurrences', models.JSONField(blank=True, default=list)),
                ('occurrence_spans', models.JSONField(blank=True, default=list)),
                ('value_codes', models.JSONField(blank=True, default=list)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='encounterdiagnosis',
            name='diagnosis_position_1_to_12',
        ),
        migrations.AddField(
            model_name='charge',
            name='revenue_code',
            field=models.CharField(blank=True, db_default='', default='', max_length=4),
        ),
        migrations.AddField(
            model_name='encounterdiagnosis',
            name='present_on_admission',
            field=models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No'), ('U', 'Not documented'), ('W', 'Cannot be determined')], db_default='', default='', max_length=1),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(('revenue_code', ''), ('revenue_code__regex', '^[0-9]{4}$'), _connector='OR'), name='charge_revenue_four_digits'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('procedure_code', ''), _negated=True), models.Q(('revenue_code', ''), _negated=True), _connector='OR'), name='charge_has_code'),
        ),
        migrations.AddConstraint(
            model_name='encounterdiagnosis',
            constraint=models.CheckConstraint(condition=models.Q(('position__gte', 1), ('position__lte', 25)), name='diagnosis_position_1_to_25'),
        ),
        migrations.AddConstraint(
            model_name='encounterdiagnosis',
            constraint=models.CheckConstraint(condition=models.Q(('present_on_admission__in', ['', 'Y', 'N', 'U', 'W'])), name='diagnosis_admission_known'),
        ),
        migrations.AddField(
            model_name='facilitystay',
            name='attending',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.provider'),
        ),
        migrations.AddField(
            model_name='facilitystay',
            name='encounter',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='stay', to='coding.encounter'),
        ),
        migrations.AddField(
            model_name='facilitystay',
            name='operating',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.provider'),
        ),
        migrations.AddField(
            model_name='facilitystay',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddConstraint(
            model_name='facilitystay',
            constraint=models.CheckConstraint(condition=models.Q(('type_of_bill__regex', '^[0-9]{2}[0-9A-Z]$')), name='stay_bill_type_form'),
        ),
        migrations.AddConstraint(
            model_name='facilitystay',
            constraint=models.CheckConstraint(condition=models.Q(('statement_to__gte', models.F('statement_from'))), name='stay_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='facilitystay',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('admission_time', ''), ('admission_time__regex', '^([01][0-9]|2[0-3])[0-5][0-9]$'), _connector='OR'), models.Q(('discharge_time', ''), ('discharge_time__regex', '^([01][0-9]|2[0-3])[0-5][0-9]$'), _connector='OR'), models.Q(('admission_time', ''), ('admission_on__isnull', False), _connector='OR')), name='stay_times_hhmm'),
        ),
        migrations.AddConstraint(
            model_name='facilitystay',
            constraint=models.CheckConstraint(condition=models.Q(('admission_type__regex', '^[1-9]$'), ('patient_status__regex', '^[0-9]{2}$')), name='stay_codes_form'),
        ),
        migrations.AddConstraint(
            model_name='facilitystay',
            constraint=models.CheckConstraint(condition=models.Q(('condition_codes__len__lte', 24), ('patient_reasons__len__lte', 3)), name='stay_codes_few'),
        ),
        migrations.AddConstraint(
            model_name='facilitystay',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(models.Func(models.F('external_causes'), function='jsonb_array_length', output_field=models.IntegerField()), 12), name='stay_causes_few'),
        ),
        migrations.AddConstraint(
            model_name='facilitystay',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(models.Func(models.F('procedures'), function='jsonb_array_length', output_field=models.IntegerField()), 25), name='stay_procedures_few'),
        ),
        migrations.AddConstraint(
            model_name='facilitystay',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(models.Func(models.F('occurrences'), function='jsonb_array_length', output_field=models.IntegerField()), 24), name='stay_events_few'),
        ),
        migrations.AddConstraint(
            model_name='facilitystay',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(models.Func(models.F('occurrence_spans'), function='jsonb_array_length', output_field=models.IntegerField()), 24), name='stay_spans_few'),
        ),
        migrations.AddConstraint(
            model_name='facilitystay',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(models.Func(models.F('value_codes'), function='jsonb_array_length', output_field=models.IntegerField()), 24), name='stay_values_few'),
        ),
        *wall('coding_facilitystay'),
    ]
