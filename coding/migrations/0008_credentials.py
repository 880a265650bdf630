"""Credentials of people and what visits want of them; the practice walls."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('coding', '0007_provider_queries'),
        ('rcm', '0009_practice_usage'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Credential',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('cpc', 'CPC'), ('coc', 'COC'), ('cic', 'CIC'), ('crc', 'CRC'), ('cpma', 'CPMA'), ('ccs', 'CCS'), ('ccs_p', 'CCS-P'), ('cca', 'CCA'), ('cpb', 'CPB'), ('rhit', 'RHIT'), ('rhia', 'RHIA'), ('other', 'Other')], max_length=5)),
                ('other_name', models.CharField(blank=True, max_length=40)),
                ('number', models.CharField(max_length=30)),
                ('issued_on', models.DateField()),
                ('expires_on', models.DateField(blank=True, null=True)),
                ('ceus_earned', models.DecimalField(decimal_places=2, default=0, max_digits=5)),
                ('ceus_required', models.DecimalField(decimal_places=2, default=0, max_digits=5)),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credentials', to=settings.AUTH_USER_MODEL)),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['practice', 'expires_on'], name='credential_expiry'), models.Index(fields=['practice', 'person'], name='credential_of_person')],
                'constraints': [models.UniqueConstraint(fields=('practice', 'person', 'kind', 'other_name', 'number', 'issued_on'), name='credential_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['cpc', 'coc', 'cic', 'crc', 'cpma', 'ccs', 'ccs_p', 'cca', 'cpb', 'rhit', 'rhia', 'other'])), name='credential_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'other'), ('other_name__gt', '')), models.Q(models.Q(('kind', 'other'), _negated=True), ('other_name', '')), _connector='OR'), name='credential_other_named'), models.CheckConstraint(condition=models.Q(('number__gt', '')), name='credential_numbered'), models.CheckConstraint(condition=models.Q(('expires_on__isnull', True), ('expires_on__gte', models.F('issued_on')), _connector='OR'), name='credential_days_in_order'), models.CheckConstraint(condition=models.Q(('ceus_earned__gte', 0), ('ceus_required__gte', 0)), name='credential_ceus_counted')],
            },
        ),
        migrations.CreateModel(
            name='CredentialRequirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('care', models.CharField(blank=True, choices=[('', 'Any care'), ('inpatient', 'Inpatient stays'), ('outpatient', 'Outpatient facility visits'), ('professional', 'Professional visits')], default='', max_length=12)),
                ('specialty', models.CharField(blank=True, max_length=40)),
                ('visit_type', models.CharField(blank=True, max_length=40)),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('cpc', 'CPC'), ('coc', 'COC'), ('cic', 'CIC'), ('crc', 'CRC'), ('cpma', 'CPMA'), ('ccs', 'CCS'), ('ccs_p', 'CCS-P'), ('cca', 'CCA'), ('cpb', 'CPB'), ('rhit', 'RHIT'), ('rhia', 'RHIA'), ('other', 'Other')], max_length=5), size=None)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('practice', 'care', 'specialty', 'visit_type'), name='credential_requirement_once'), models.CheckConstraint(condition=models.Q(('care__in', ['', 'inpatient', 'outpatient', 'professional'])), name='credential_requirement_care'), models.CheckConstraint(condition=models.Q(('kinds__len__gte', 1)), name='credential_requirement_kinds')],
            },
        ),
        *wall('coding_credential', 'coding_credentialrequirement'),
    ]
