"""What payers have authorized and what they want authorized, and the practice walls around them."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import payers.models.parties
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('payers', '0007_eligibility'),
        ('rcm', '0009_practice_usage'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Authorization',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(blank=True, max_length=30)),
                ('state', models.CharField(choices=[('requested', 'Requested'), ('approved', 'Approved'), ('refused', 'Refused'), ('cancelled', 'Cancelled')], default='approved', max_length=10)),
                ('counts', models.CharField(choices=[('units', 'Units'), ('visits', 'Visits')], default='units', max_length=6)),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=8)),
                ('codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=11), blank=True, default=list, size=None)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('coverage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorizations', to='payers.coverage')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorizations', to='rcm.patient')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('provider', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='authorizations', to='rcm.provider')),
            ],
            options={
                'indexes': [models.Index(fields=['practice', 'ends_on', 'id'], name='authorization_list')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('coverage', 'number'), name='authorization_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('number', ''), _negated=True), _connector='OR'), name='authorization_has_number'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='authorization_above_zero'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='authorization_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='AuthorizationRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_code', models.CharField(max_length=5)),
                ('last_code', models.CharField(max_length=5)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorization_rules', to='payers.payer')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('last_code__gte', models.F('first_code'))), name='authorization_rule_range'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('payer', '='), ('first_code', '='), ('last_code', '='), (payers.models.parties.DateRange('starts_on', 'ends_on', models.Value('[]')), '&&')], name='authorization_rule_once')],
            },
        ),
        *wall("payers_authorization", "payers_authorizationrule"),
    ]
