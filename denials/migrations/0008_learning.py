"""Rules drafted from denials, and what payers changed."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0033_learning'),
        ('coding', '0018_provider_visits'),
        ('denials', '0007_deadlines'),
        ('payers', '0011_fee_shares'),
        ('rcm', '0011_events_of_people_on_charts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LearnedRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(max_length=40)),
                ('reason', models.CharField(max_length=5)),
                ('procedure_code', models.CharField(blank=True, max_length=5)),
                ('claims', models.PositiveIntegerField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('denied_hit', models.PositiveIntegerField()),
                ('denied_of', models.PositiveIntegerField()),
                ('paid_hit', models.PositiveIntegerField()),
                ('paid_of', models.PositiveIntegerField()),
                ('drafted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddIndex(
            model_name='denial',
            index=models.Index(fields=['practice', 'denied_on'], name='denial_by_day'),
        ),
        migrations.AddField(
            model_name='learnedrule',
            name='payer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='learned_rules', to='payers.payer'),
        ),
        migrations.AddField(
            model_name='learnedrule',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='learnedrule',
            name='rule',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='learned', to='billing.claimrule'),
        ),
        migrations.AddConstraint(
            model_name='learnedrule',
            constraint=models.CheckConstraint(condition=models.Q(('denied_hit__lte', models.F('denied_of')), ('paid_hit__lte', models.F('paid_of'))), name='learned_rule_hits_within'),
        ),
        *wall("denials_learnedrule"),
    ]
