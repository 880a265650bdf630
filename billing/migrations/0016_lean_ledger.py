"""Moves of a remittance are found by where they lie."""

import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0015_waiting_claims'),
        ('rcm', '0005_idempotency_keys'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='posting',
            name='posting_of_remittance',
        ),
        migrations.AddIndex(
            model_name='posting',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['remittance'], name='posting_of_remittance', pages_per_range=32),
        ),
    ]
