"""Whether a practice is in production, and whose Medicare prices hold there."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rcm', '0008_running_jobs'),
    ]

    operations = [
        migrations.AddField(
            model_name='practice',
            name='is_production',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='practice',
            name='medicare_contractor',
            field=models.CharField(blank=True, max_length=5),
        ),
        migrations.AddField(
            model_name='practice',
            name='medicare_locality',
            field=models.CharField(blank=True, max_length=2),
        ),
    ]
