"""Questions to payers on their way and answers about claims, and the practice walls around them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0022_claim_rules'),
        ('payers', '0007_eligibility'),
        ('rcm', '0008_running_jobs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EligibilitySource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='source', to='payers.eligibilityanswer')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='eligibility_sources', to='billing.interchangefile')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='InquiryBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('270', 'Eligibility'), ('276', 'Claim status')], max_length=3)),
                ('state', models.CharField(choices=[('queued', 'In the outbox'), ('sending', 'Sending'), ('sent', 'Sent'), ('acknowledged', 'Acknowledged'), ('rejected', 'Rejected'), ('unknown', 'Outcome unknown'), ('failed', 'Not sent')], default='queued', max_length=12)),
                ('interchange_control_number', models.PositiveIntegerField()),
                ('group_control_number', models.PositiveIntegerField()),
                ('inquiries_count', models.PositiveIntegerField()),
                ('send_after', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('message', models.CharField(blank=True, max_length=300)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inquiry_batches', to='payers.channel')),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.interchangefile')),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inquiry_batches', to='payers.payer')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
        ),
        migrations.CreateModel(
            name='EligibilitySending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inquiry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sending', to='payers.eligibilityinquiry')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='eligibility_sendings', to='billing.inquirybatch')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StatusInquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trace_number', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('waiting', 'To be sent'), ('sent', 'Waits for the payer'), ('answered', 'Answered'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('message', models.CharField(blank=True, max_length=300)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='status_inquiries', to='billing.inquirybatch')),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='status_inquiries', to='billing.claim')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
        ),
        migrations.CreateModel(
            name='StatusAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(max_length=3)),
                ('status_code', models.CharField(blank=True, max_length=4)),
                ('statuses', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None)),
                ('words', models.CharField(max_length=300)),
                ('effective_on', models.DateField(blank=True, null=True)),
                ('amount_billed', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('amount_paid', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('finalized_on', models.DateField(blank=True, null=True)),
                ('paid_on', models.DateField(blank=True, null=True)),
                ('check_number', models.CharField(blank=True, max_length=50)),
                ('payer_claim_control_number', models.CharField(blank=True, max_length=50)),
                ('lines', models.JSONField(default=list)),
                ('digest', models.CharField(max_length=64)),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='status_answers', to='billing.claim')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='status_answers', to='billing.interchangefile')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('inquiry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='billing.statusinquiry')),
            ],
        ),
        migrations.AddIndex(
            model_name='inquirybatch',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['practice', 'send_after'], name='inquiry_batch_open'),
        ),
        migrations.AddIndex(
            model_name='inquirybatch',
            index=models.Index(fields=['practice', 'group_control_number'], name='inquiry_batch_by_group'),
        ),
        migrations.AddConstraint(
            model_name='inquirybatch',
            constraint=models.UniqueConstraint(fields=('practice', 'interchange_control_number'), name='inquiry_control_number_once'),
        ),
        migrations.AddConstraint(
            model_name='inquirybatch',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['270', '276'])), name='inquiry_batch_kind_known'),
        ),
        migrations.AddIndex(
            model_name='statusinquiry',
            index=models.Index(fields=['practice', '-id'], name='status_inquiry_newest'),
        ),
        migrations.AddIndex(
            model_name='statusinquiry',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'sent'])), fields=['practice', 'state', 'asked_at'], name='status_inquiry_open'),
        ),
        migrations.AddConstraint(
            model_name='statusinquiry',
            constraint=models.UniqueConstraint(fields=('practice', 'trace_number'), name='status_inquiry_trace_once'),
        ),
        migrations.AddConstraint(
            model_name='statusinquiry',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'sent'])), fields=('claim',), name='status_inquiry_asked_once'),
        ),
        migrations.AddConstraint(
            model_name='statusinquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('state', 'answered')), models.Q(models.Q(('state', 'answered'), _negated=True), ('answered_at__isnull', True)), _connector='OR'), name='status_inquiry_answered_has_time'),
        ),
        migrations.AddConstraint(
            model_name='statusinquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('message', ''), _negated=True), _connector='OR'), name='status_inquiry_failure_says_why'),
        ),
        migrations.AddConstraint(
            model_name='statusanswer',
            constraint=models.UniqueConstraint(fields=('claim', 'digest'), name='status_answer_once'),
        ),
        *wall(
            "billing_eligibilitysending",
            "billing_eligibilitysource",
            "billing_inquirybatch",
            "billing_statusanswer",
            "billing_statusinquiry",
        ),
    ]
