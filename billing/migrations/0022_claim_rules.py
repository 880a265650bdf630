"""Rules a practice writes about its own claims."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0021_next_claims'),
        ('rcm', '0008_running_jobs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='claim',
            name='overridden_codes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='claimfinding',
            name='line',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='ClaimRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('terms', models.TextField()),
                ('action', models.CharField(choices=[('hold', 'Hold the claim'), ('warn', 'Warn'), ('set', 'Set a field')], max_length=4)),
                ('message', models.CharField(max_length=200)),
                ('set_field', models.CharField(blank=True, max_length=20)),
                ('set_value', models.CharField(blank=True, max_length=80)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('back_test', models.JSONField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('enabled_at', models.DateTimeField(blank=True, null=True)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enabled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='billing.claimrule')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('enabled_at__isnull', False), ('retired_at__isnull', True)), fields=['practice'], name='claim_rule_in_force')],
                'constraints': [models.CheckConstraint(condition=models.Q(('action__in', ['hold', 'warn', 'set'])), name='claim_rule_action_known'), models.CheckConstraint(condition=models.Q(('enabled_at__isnull', True), ('back_test__isnull', False), _connector='OR'), name='claim_rule_tested_first'), models.CheckConstraint(condition=models.Q(models.Q(('action', 'set'), models.Q(('set_field', ''), _negated=True), models.Q(('set_value', ''), _negated=True)), models.Q(models.Q(('action', 'set'), _negated=True), ('set_field', ''), ('set_value', '')), _connector='OR'), name='claim_rule_sets_something'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='claim_rule_dates_in_order')],
            },
        ),
        *wall("billing_claimrule"),
    ]
