"""What patients were told planned visits would cost."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import append_only, wall


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0034_learning'),
        ('payers', '0011_fee_shares'),
        ('rcm', '0011_events_of_people_on_charts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GoodFaithEstimate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('planned_on', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('content', models.JSONField()),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('coverage', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payers.coverage')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='estimates', to='rcm.patient')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.provider')),
            ],
            options={
                'indexes': [models.Index(fields=['practice', 'patient', '-id'], name='estimate_of_patient')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='estimate_amount_positive')],
            },
        ),
        *wall("billing_goodfaithestimate"),
        # What was handed out stays as it was.
        *append_only("billing_goodfaithestimate"),
    ]
