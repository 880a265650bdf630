"""Payments that wait are counted beside every page."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0018_manual_trace_key'),
        ('payers', '0004_treatment_patient_is_pr'),
        ('rcm', '0006_cancel_jobs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='remittance',
            index=models.Index(condition=models.Q(('state__in', ['held', 'ready', 'partly_posted'])), fields=['practice', 'state'], name='remittance_waiting'),
        ),
    ]
