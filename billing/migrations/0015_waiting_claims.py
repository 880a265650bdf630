"""What waits for a person is found without looking at all that does not."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0014_recorded_facts'),
        ('rcm', '0006_cancel_jobs'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='remittedclaim',
            index=models.Index(condition=models.Q(('exception', ''), _negated=True), fields=['practice', 'remittance'], name='remitted_claim_waiting'),
        ),
    ]
