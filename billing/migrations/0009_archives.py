"""Files that come inside archives."""

import django.db.models.deletion
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0008_lean_indexes'),
        ('rcm', '0004_lean_events'),
    ]

    operations = [
        migrations.CreateModel(
            name='ArchiveMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('archive', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='billing.interchangefile')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='archives', to='billing.interchangefile')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('archive', models.F('file')), _negated=True), name='archive_member_is_another_file')],
            },
        ),
        *wall("billing_archivemember"),
    ]
