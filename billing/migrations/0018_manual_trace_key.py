"""A keyed payment is known by its number as bank lines compare it."""

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0017_compressed_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='manualbatch',
            name='trace_key',
            field=models.GeneratedField(db_persist=True, expression=models.Func(django.db.models.functions.text.Upper(django.db.models.functions.text.Replace('trace_number', models.Value(' '), models.Value(''))), models.Value('0'), function='LTRIM'), output_field=models.CharField(max_length=50)),
        ),
    ]
