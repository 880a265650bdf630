"""What a claim keeps of its checks, behind the practice walls, and what it was sent under."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0025_claim_form'),
        ('rcm', '0008_running_jobs'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClaimScrub',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ran_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('catalogue_version', models.CharField(max_length=12)),
                ('checks', models.PositiveSmallIntegerField()),
                ('failed', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('not_checked', models.JSONField(default=dict)),
                ('releases', models.JSONField(default=dict)),
                ('claim', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='scrubs', to='billing.claim')),
                ('practice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
        ),
        migrations.AddField(
            model_name='submission',
            name='scrub',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='billing.claimscrub'),
        ),
        migrations.AddIndex(
            model_name='claimscrub',
            index=models.Index(fields=['claim', '-id'], name='claim_scrub_newest'),
        ),
        *wall('billing_claimscrub'),
    ]
