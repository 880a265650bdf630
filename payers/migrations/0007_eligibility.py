"""Questions about policies and what payers answer, and the practice walls around them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall

SEQUENCE = migrations.RunSQL(
    sql="CREATE SEQUENCE payers_inquiry_number MINVALUE 1 NO CYCLE;",
    reverse_sql="DROP SEQUENCE payers_inquiry_number;",
)


class Migration(migrations.Migration):

    dependencies = [
        ('payers', '0006_payer_routes'),
        ('rcm', '0008_running_jobs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EligibilityAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan_status', models.CharField(choices=[('active', 'Active'), ('inactive', 'Inactive'), ('unknown', 'Not said'), ('error', 'Not found or refused')], max_length=8)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('rejection_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), default=list, size=None)),
                ('plan_name', models.CharField(blank=True, max_length=60)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('member_id', models.CharField(blank=True, max_length=80)),
                ('last_name', models.CharField(blank=True, max_length=60)),
                ('first_name', models.CharField(blank=True, max_length=35)),
                ('birth_date', models.DateField(blank=True, null=True)),
                ('mismatches', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None)),
                ('other_payer_name', models.CharField(blank=True, max_length=60)),
                ('other_payer_id', models.CharField(blank=True, max_length=80)),
                ('digest', models.CharField(max_length=64)),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='EligibilityBenefit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('code', models.CharField(max_length=3)),
                ('service_types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), default=list, size=None)),
                ('level', models.CharField(blank=True, max_length=3)),
                ('time', models.CharField(blank=True, max_length=2)),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('percent', models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ('quantity', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('network', models.CharField(blank=True, max_length=1)),
                ('authorization', models.CharField(blank=True, max_length=1)),
                ('plan_name', models.CharField(blank=True, max_length=50)),
                ('messages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=264), default=list, size=None)),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='EligibilityInquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('for_day', models.DateField()),
                ('service_types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), default=list, size=None)),
                ('trace_number', models.CharField(max_length=20)),
                ('asked_as', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('waiting', 'To be sent'), ('sent', 'Waits for the payer'), ('answered', 'Answered'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('message', models.CharField(blank=True, max_length=300)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='payer',
            name='requires_eligibility',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='payer',
            name='status_inquiry_after_days',
            field=models.PositiveSmallIntegerField(default=30),
        ),
        migrations.AddField(
            model_name='payer',
            name='status_inquiry_every_days',
            field=models.PositiveSmallIntegerField(default=14),
        ),
        migrations.AddConstraint(
            model_name='payer',
            constraint=models.CheckConstraint(condition=models.Q(('status_inquiry_every_days__gte', 1)), name='payer_asked_at_most_daily'),
        ),
        migrations.AddField(
            model_name='eligibilityanswer',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='eligibilitybenefit',
            name='answer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='benefits', to='payers.eligibilityanswer'),
        ),
        migrations.AddField(
            model_name='eligibilitybenefit',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='eligibilityinquiry',
            name='asked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='eligibilityinquiry',
            name='coverage',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='eligibility_inquiries', to='payers.coverage'),
        ),
        migrations.AddField(
            model_name='eligibilityinquiry',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='eligibilityanswer',
            name='inquiry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='payers.eligibilityinquiry'),
        ),
        migrations.AddConstraint(
            model_name='eligibilitybenefit',
            constraint=models.UniqueConstraint(fields=('answer', 'position'), name='eligibility_benefit_position_once'),
        ),
        migrations.AddIndex(
            model_name='eligibilityinquiry',
            index=models.Index(fields=['practice', '-id'], name='eligibility_newest'),
        ),
        migrations.AddIndex(
            model_name='eligibilityinquiry',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'sent'])), fields=['practice', 'state', 'asked_at'], name='eligibility_open'),
        ),
        migrations.AddConstraint(
            model_name='eligibilityinquiry',
            constraint=models.UniqueConstraint(fields=('practice', 'trace_number'), name='eligibility_trace_once'),
        ),
        migrations.AddConstraint(
            model_name='eligibilityinquiry',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'sent'])), fields=('coverage', 'for_day'), name='eligibility_asked_once'),
        ),
        migrations.AddConstraint(
            model_name='eligibilityinquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('state', 'answered')), models.Q(models.Q(('state', 'answered'), _negated=True), ('answered_at__isnull', True)), _connector='OR'), name='eligibility_answered_has_time'),
        ),
        migrations.AddConstraint(
            model_name='eligibilityinquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('message', ''), _negated=True), _connector='OR'), name='eligibility_failure_says_why'),
        ),
        migrations.AddConstraint(
            model_name='eligibilityinquiry',
            constraint=models.CheckConstraint(condition=models.Q(('service_types', []), _negated=True), name='eligibility_asks_something'),
        ),
        migrations.AddConstraint(
            model_name='eligibilityanswer',
            constraint=models.UniqueConstraint(fields=('inquiry', 'digest'), name='eligibility_answer_once'),
        ),
        migrations.AddConstraint(
            model_name='eligibilityanswer',
            constraint=models.CheckConstraint(condition=models.Q(('plan_status__in', ['active', 'inactive', 'unknown', 'error'])), name='eligibility_status_known'),
        ),
        migrations.AddConstraint(
            model_name='eligibilityanswer',
            constraint=models.CheckConstraint(condition=models.Q(('plan_status', 'active'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='eligibility_answer_says_why'),
        ),
        SEQUENCE,
        *wall(
            "payers_eligibilityanswer",
            "payers_eligibilitybenefit",
            "payers_eligibilityinquiry",
        ),
    ]
