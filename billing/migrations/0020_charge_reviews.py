"""Coded visits that wait for a person before they are billed, and the practice walls around them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0019_waiting_remittances'),
        ('coding', '0003_walls'),
        ('rcm', '0007_charts_to_review'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ChargeReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'To review'), ('accepted', 'Accepted'), ('returned', 'Back to the coder'), ('cleared', 'Cleared by itself')], default='waiting', max_length=10)),
                ('reasons', models.JSONField(default=list)),
                ('codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('encounter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='charge_review', to='coding.encounter')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['practice', 'opened_at', 'id'], name='charge_review_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='charge_review_decided_has_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting'), _negated=True), models.Q(('codes', []), _negated=True), _connector='OR'), name='charge_review_has_reason')],
            },
        ),
        *wall('billing_chargereview'),
    ]
