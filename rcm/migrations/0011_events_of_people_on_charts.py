"""How long a person had charts in hand is read by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rcm', '0010_provider_user'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('created_by__isnull', False), ('subject_type', 'encounter')), fields=['practice', 'created_by', 'created_at'], name='event_of_person_on_chart'),
        ),
    ]
