"""Paper EOBs keyed by hand, their scanned pages, and the practice walls around them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0009_archives'),
        ('payers', '0003_walls'),
        ('rcm', '0003_event_seals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ManualBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=[('CHK', 'Check'), ('ACH', 'EFT'), ('NON', 'No payment')], default='CHK', max_length=3)),
                ('trace_number', models.CharField(max_length=50)),
                ('paid_on', models.DateField()),
                ('deposited_on', models.DateField(blank=True, null=True)),
                ('control_total', models.DecimalField(decimal_places=2, max_digits=12)),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed'), ('reopened', 'Reopened')], default='open', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('reopened_at', models.DateTimeField(blank=True, null=True)),
                ('reopened_reason', models.CharField(blank=True, max_length=300)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='manual_batches', to='payers.payer')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('remittance', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='manual_batch', to='billing.remittance')),
                ('reopened_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ManualClaim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('status_code', models.CharField(choices=[('1', '1 Paid as primary'), ('2', '2 Paid as secondary'), ('3', '3 Paid as tertiary'), ('4', '4 Denied'), ('22', '22 Taken back')], default='1', max_length=2)),
                ('payer_claim_control_number', models.CharField(blank=True, max_length=50)),
                ('is_repeat', models.BooleanField(default=False)),
                ('locked_until', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='billing.manualbatch')),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='manual_claims', to='billing.claim')),
                ('locked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='ManualLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('amount_paid', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('amount_allowed', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('adjustments', models.JSONField(default=list)),
                ('is_left_out', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('version', models.PositiveIntegerField(default=1)),
                ('manual_claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.manualclaim')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('service_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='manual_lines', to='billing.serviceline')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='ManualPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=200)),
                ('content_type', models.CharField(choices=[('application/pdf', 'PDF'), ('image/png', 'PNG'), ('image/jpeg', 'JPEG')], max_length=20)),
                ('content', models.BinaryField()),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='billing.manualbatch')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='ManualProviderAdjustment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('code', models.CharField(max_length=2)),
                ('reference', models.CharField(blank=True, max_length=50)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='provider_adjustments', to='billing.manualbatch')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.AddIndex(
            model_name='manualbatch',
            index=models.Index(fields=['practice', '-id'], name='manual_batch_newest'),
        ),
        migrations.AddIndex(
            model_name='manualbatch',
            index=models.Index(fields=['practice', 'payer', 'paid_on'], name='manual_batch_by_payer'),
        ),
        migrations.AddConstraint(
            model_name='manualbatch',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'closed', 'reopened'])), name='manual_batch_state_known'),
        ),
        migrations.AddConstraint(
            model_name='manualbatch',
            constraint=models.CheckConstraint(condition=models.Q(('control_total__gte', 0)), name='manual_batch_total_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='manualbatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(('closed_at__isnull', False), ('remittance__isnull', False)), _connector='OR'), name='manual_batch_closed_has_remittance'),
        ),
        migrations.AddConstraint(
            model_name='manualbatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'reopened'), _negated=True), models.Q(('reopened_reason', ''), _negated=True), _connector='OR'), name='manual_batch_reopened_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='manualclaim',
            constraint=models.UniqueConstraint(fields=('batch', 'position'), name='manual_claim_position_once'),
        ),
        migrations.AddConstraint(
            model_name='manualclaim',
            constraint=models.UniqueConstraint(condition=models.Q(('is_repeat', False)), fields=('batch', 'claim'), name='manual_claim_once'),
        ),
        migrations.AddConstraint(
            model_name='manualclaim',
            constraint=models.CheckConstraint(condition=models.Q(('status_code__in', ['1', '2', '3', '4', '22'])), name='manual_claim_status_known'),
        ),
        migrations.AddConstraint(
            model_name='manualline',
            constraint=models.UniqueConstraint(fields=('manual_claim', 'service_line'), name='manual_line_once'),
        ),
        migrations.AddConstraint(
            model_name='manualline',
            constraint=models.CheckConstraint(condition=models.Q(('is_left_out', False), models.Q(('adjustments', []), ('amount_allowed__isnull', True), ('amount_paid__isnull', True)), _connector='OR'), name='manual_line_left_out_is_empty'),
        ),
        migrations.AddConstraint(
            model_name='manualpage',
            constraint=models.UniqueConstraint(fields=('batch', 'position'), name='manual_page_position_once'),
        ),
        migrations.AddConstraint(
            model_name='manualpage',
            constraint=models.UniqueConstraint(fields=('batch', 'sha256'), name='manual_page_bytes_once'),
        ),
        migrations.AddConstraint(
            model_name='manualpage',
            constraint=models.CheckConstraint(condition=models.Q(('content_type__in', ['application/pdf', 'image/png', 'image/jpeg'])), name='manual_page_type_known'),
        ),
        migrations.AddConstraint(
            model_name='manualprovideradjustment',
            constraint=models.UniqueConstraint(fields=('batch', 'position'), name='manual_adjustment_position_once'),
        ),
        migrations.AddConstraint(
            model_name='manualprovideradjustment',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='manual_adjustment_not_zero'),
        ),
        *wall(
            "billing_manualbatch",
            "billing_manualclaim",
            "billing_manualline",
            "billing_manualpage",
            "billing_manualprovideradjustment",
        ),
    ]
