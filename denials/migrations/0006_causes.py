"""Overrides of causes, why a denial has its cause, and one coder task for several lines."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0032_claim_parts'),
        ('coding', '0018_provider_visits'),
        ('denials', '0005_posting_taken_back'),
        ('payers', '0011_fee_shares'),
        ('rcm', '0011_events_of_people_on_charts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CauseOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(blank=True, max_length=2)),
                ('reason', models.CharField(max_length=5)),
                ('remark', models.CharField(blank=True, max_length=10)),
                ('category', models.CharField(max_length=40)),
                ('owner_queue', models.CharField(max_length=40)),
                ('routes_to_coder', models.BooleanField(default=False)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='denial',
            name='cause_set_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='denial',
            name='team',
            field=models.CharField(blank=True, db_default='', max_length=40),
        ),
        migrations.AddField(
            model_name='denial',
            name='why',
            field=models.CharField(blank=True, db_default='', max_length=500),
        ),
        migrations.AlterField(
            model_name='denial',
            name='coder_task',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='denials', related_query_name='denial', to='coding.codertask'),
        ),
        migrations.AddIndex(
            model_name='denial',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['practice', 'reason'], name='denial_open_reason'),
        ),
        migrations.AddField(
            model_name='causeoverride',
            name='created_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='causeoverride',
            name='ended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='causeoverride',
            name='payer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cause_overrides', to='payers.payer'),
        ),
        migrations.AddField(
            model_name='causeoverride',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddConstraint(
            model_name='causeoverride',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('practice', 'payer', 'group', 'reason', 'remark'), name='cause_override_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='causeoverride',
            constraint=models.CheckConstraint(condition=models.Q(('group__in', ['', 'CO', 'PR', 'OA', 'PI']), models.Q(('reason', ''), _negated=True), models.Q(('category__in', ['', 'unknown']), _negated=True), models.Q(('owner_queue', ''), _negated=True)), name='cause_override_says_what'),
        ),
        migrations.AddConstraint(
            model_name='causeoverride',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='cause_override_end_whole'),
        ),
        *wall("denials_causeoverride"),
    ]
