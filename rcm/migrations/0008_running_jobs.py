"""What runs is counted beside every page, and lost jobs are ended."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rcm', '0007_charts_to_review'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'running'])), fields=['practice', '-id'], name='job_running'),
        ),
    ]
