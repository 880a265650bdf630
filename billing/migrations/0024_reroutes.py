"""Transactions moved from one clearinghouse to another, and the practice walls around them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0023_status_inquiries'),
        ('payers', '0006_payer_routes'),
        ('rcm', '0009_practice_usage'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='payer_identifier',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='batch',
            name='transaction',
            field=models.CharField(choices=[('837P', 'Professional claims'), ('837I', 'Institutional claims'), ('270', 'Eligibility'), ('276', 'Claim status'), ('835', 'Remittances')], default='837P', max_length=4),
        ),
        migrations.AddField(
            model_name='batch',
            name='was_unknown',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='Reroute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('batches', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('in_flight', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('is_default_moved', models.BooleanField(default=False)),
                ('claims_count', models.PositiveIntegerField(default=0)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('from_channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reroutes_from', to='payers.channel')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('to_channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reroutes_to', to='payers.channel')),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RerouteMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('transaction', models.CharField(choices=[('837P', 'Professional claims'), ('837I', 'Institutional claims'), ('270', 'Eligibility'), ('276', 'Claim status'), ('835', 'Remittances')], max_length=4)),
                ('new_route', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payers.payerroute')),
                ('old_route', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payers.payerroute')),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payers.payer')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('reroute', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='billing.reroute')),
            ],
        ),
        migrations.AddIndex(
            model_name='reroute',
            index=models.Index(fields=['practice', '-id'], name='reroute_newest'),
        ),
        migrations.AddConstraint(
            model_name='reroute',
            constraint=models.CheckConstraint(condition=models.Q(('from_channel', models.F('to_channel')), _negated=True), name='reroute_two_channels'),
        ),
        migrations.AddConstraint(
            model_name='reroutemove',
            constraint=models.UniqueConstraint(fields=('reroute', 'payer', 'transaction'), name='reroute_move_once'),
        ),
        *wall("billing_reroute", "billing_reroutemove"),
    ]
