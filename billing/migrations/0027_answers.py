"""Answers kept one by one, rejections as work, clocks of silence, and the walls around them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0026_claim_scrubs'),
        ('payers', '0008_authorizations'),
        ('rcm', '0008_running_jobs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AnswerClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('form', '999'), ('claims', '277CA'), ('payment', 'Payment')], max_length=7)),
                ('expected_within', models.DurationField()),
                ('answers_count', models.PositiveIntegerField()),
                ('learned_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='AnswerError',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('segment', models.CharField(max_length=3)),
                ('element', models.PositiveSmallIntegerField(default=0)),
                ('component', models.PositiveSmallIntegerField(default=0)),
                ('code', models.CharField(max_length=3)),
                ('message', models.CharField(max_length=300)),
                ('field', models.CharField(blank=True, max_length=80)),
                ('value_sent', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='BatchAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('TA1', 'Interchange (TA1)'), ('999', 'Group (999)'), ('ST', 'Transaction (999)')], max_length=3)),
                ('transaction_number', models.CharField(blank=True, max_length=9)),
                ('code', models.CharField(max_length=1)),
                ('note', models.CharField(blank=True, max_length=20)),
                ('message', models.CharField(blank=True, max_length=300)),
                ('answer_number', models.CharField(blank=True, max_length=20)),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='Rejection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('TA1', 'TA1'), ('999', '999'), ('277', '277CA')], max_length=3)),
                ('reason', models.CharField(max_length=60)),
                ('label', models.CharField(max_length=200)),
                ('message', models.CharField(max_length=300)),
                ('field', models.CharField(blank=True, max_length=80)),
                ('value_sent', models.CharField(blank=True, max_length=200)),
                ('is_contradicted', models.BooleanField(default=False)),
                ('rejected_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='batch',
            name='form_answered_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='claimacknowledgment',
            name='answer_number',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='claimacknowledgment',
            name='batch',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claim_acknowledgments', to='billing.batch'),
        ),
        migrations.AddField(
            model_name='claimacknowledgment',
            name='clearinghouse_number',
            field=models.CharField(blank=True, max_length=50),
        ),
        migrations.AddField(
            model_name='claimacknowledgment',
            name='effective_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='claimacknowledgment',
            name='lines',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='claimacknowledgment',
            name='reference',
            field=models.CharField(blank=True, max_length=50),
        ),
        migrations.AddField(
            model_name='claimacknowledgment',
            name='statuses',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='claimacknowledgment',
            name='verdict',
            field=models.CharField(default='accepted', max_length=8),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(condition=models.Q(('form_answered_at__isnull', True), ('state__in', ['sent', 'acknowledged', 'unknown'])), fields=['practice', 'sent_at'], name='batch_form_silent'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(condition=models.Q(('form_answered_at__isnull', False)), fields=['practice', 'payer', '-sent_at'], name='batch_form_answered'),
        ),
        migrations.AddField(
            model_name='answerclock',
            name='payer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answer_clocks', to='payers.payer'),
        ),
        migrations.AddField(
            model_name='answerclock',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='answererror',
            name='claim',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answer_errors', to='billing.claim'),
        ),
        migrations.AddField(
            model_name='answererror',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='batchanswer',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='billing.batch'),
        ),
        migrations.AddField(
            model_name='batchanswer',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batch_answers', to='billing.interchangefile'),
        ),
        migrations.AddField(
            model_name='batchanswer',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='answererror',
            name='answer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='errors', to='billing.batchanswer'),
        ),
        migrations.AddField(
            model_name='rejection',
            name='batch',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rejections', to='billing.batch'),
        ),
        migrations.AddField(
            model_name='rejection',
            name='claim',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rejections', to='billing.claim'),
        ),
        migrations.AddField(
            model_name='rejection',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rejections', to='billing.interchangefile'),
        ),
        migrations.AddField(
            model_name='rejection',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rejection',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddConstraint(
            model_name='answerclock',
            constraint=models.UniqueConstraint(fields=('practice', 'payer', 'step'), name='answer_clock_once'),
        ),
        migrations.AddConstraint(
            model_name='batchanswer',
            constraint=models.UniqueConstraint(fields=('file', 'batch', 'kind', 'transaction_number', 'code'), name='batch_answer_once'),
        ),
        migrations.AddIndex(
            model_name='rejection',
            index=models.Index(condition=models.Q(('resolved_at__isnull', True)), fields=['practice', 'due_at', 'id'], name='rejection_open'),
        ),
        migrations.AddConstraint(
            model_name='rejection',
            constraint=models.UniqueConstraint(condition=models.Q(('resolved_at__isnull', True)), fields=('claim',), name='rejection_open_once'),
        ),
        *wall(
            'billing_batchanswer', 'billing_answererror', 'billing_rejection', 'billing_answerclock'
        ),
    ]
