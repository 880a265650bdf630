"""What denials are worth per minute, and what payers want in the packet of an appeal."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0035_estimates'),
        ('coding', '0018_provider_visits'),
        ('denials', '0012_worklist'),
        ('payers', '0011_fee_shares'),
        ('rcm', '0011_events_of_people_on_charts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AppealRequirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('items', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=15), size=None)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='VerbHistory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(max_length=40)),
                ('verb', models.CharField(max_length=10)),
                ('ended', models.PositiveIntegerField()),
                ('paid', models.PositiveIntegerField()),
                ('median_days', models.IntegerField(null=True)),
                ('minutes', models.DecimalField(decimal_places=1, max_digits=6, null=True)),
                ('measured', models.PositiveIntegerField()),
                ('computed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddField(
            model_name='denial',
            name='worth',
            field=models.DecimalField(db_default=0, decimal_places=2, max_digits=10),
        ),
        migrations.AddField(
            model_name='denial',
            name='worth_verb',
            field=models.CharField(blank=True, db_default='', max_length=10),
        ),
        migrations.AlterField(
            model_name='denial',
            name='resolution',
            field=models.CharField(blank=True, choices=[('paid', 'Paid'), ('overturned', 'Paid after appeal'), ('written_off', 'Written off'), ('patient', 'Moved to the patient'), ('reversed', 'Payer reversed it'), ('denied_again', 'Denied again'), ('taken_back', 'Posting taken back')], max_length=12),
        ),
        migrations.AddIndex(
            model_name='denial',
            index=models.Index(condition=models.Q(('state__in', ['open', 'with_coder', 'pended'])), fields=['practice', '-worth', 'due_on', 'id'], name='denial_waiting_best'),
        ),
        migrations.AddConstraint(
            model_name='denial',
            constraint=models.CheckConstraint(condition=models.Q(('worth__gte', 0)), name='denial_worth_not_negative'),
        ),
        migrations.AddField(
            model_name='appealrequirement',
            name='changed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appealrequirement',
            name='payer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeal_requirements', to='payers.payer'),
        ),
        migrations.AddField(
            model_name='appealrequirement',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='verbhistory',
            name='payer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verb_history', to='payers.payer'),
        ),
        migrations.AddField(
            model_name='verbhistory',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddConstraint(
            model_name='appealrequirement',
            constraint=models.UniqueConstraint(fields=('payer', 'level'), name='appeal_requirement_once'),
        ),
        migrations.AddConstraint(
            model_name='appealrequirement',
            constraint=models.CheckConstraint(condition=models.Q(('level__range', (1, 6)), ('items__contained_by', ['letter', 'remittance', 'decision', 'claim', 'chart', 'coder', 'policy', 'authorization', 'filing_proof', 'other']), models.Q(('items', []), _negated=True)), name='appeal_requirement_sane'),
        ),
        migrations.AddConstraint(
            model_name='verbhistory',
            constraint=models.UniqueConstraint(fields=('practice', 'payer', 'category', 'verb'), name='verb_history_once'),
        ),
        migrations.AddConstraint(
            model_name='verbhistory',
            constraint=models.CheckConstraint(condition=models.Q(('paid__lte', models.F('ended')), ('measured__lte', models.F('ended'))), name='verb_history_within'),
        ),
        *wall("denials_verbhistory", "denials_appealrequirement"),
    ]
