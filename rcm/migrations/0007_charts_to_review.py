"""The next charts of a new coder are looked at before they are billed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rcm', '0006_cancel_jobs'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='charts_to_review',
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
