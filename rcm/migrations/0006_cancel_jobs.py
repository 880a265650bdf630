"""Work in view can be asked to stop, and says who asked."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rcm', '0005_idempotency_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='can_cancel',
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name='job',
            name='cancel_requested_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='job',
            name='cancel_requested_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='job',
            name='state',
            field=models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('partial', 'Partly done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), ('cancel_requested_by__isnull', False), _connector='OR'), name='job_cancelled_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancel_requested_at', None), ('cancel_requested_by', None)), models.Q(('cancel_requested_at__isnull', False), ('cancel_requested_by__isnull', False)), _connector='OR'), name='job_cancel_request_is_whole'),
        ),
    ]
