"""Terms of appeals, deadlines of denials, and the practice walls around them."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import payers.models.parties
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('denials', '0006_causes'),
        ('payers', '0011_fee_shares'),
        ('rcm', '0011_events_of_people_on_charts'),
    ]

    operations = [
        migrations.CreateModel(
            name='AppealTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('corrected_claim_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeal_terms', to='payers.payer')),
                ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeal_terms', to='payers.plan')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
        ),
        migrations.CreateModel(
            name='AppealLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('days', models.PositiveSmallIntegerField()),
                ('day_kind', models.CharField(choices=[('calendar', 'Calendar days'), ('business', 'Business days')], default='calendar', max_length=8)),
                ('presumed_receipt_days', models.PositiveSmallIntegerField(default=0)),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('terms', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='levels', to='denials.appealterms')),
            ],
        ),
        migrations.CreateModel(
            name='DenialDeadline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('remedy', models.CharField(choices=[('new_claim', 'New claim'), ('corrected_claim', 'Corrected claim'), ('reopening', 'Reopening'), ('appeal_1', 'Appeal, level 1'), ('appeal_2', 'Appeal, level 2'), ('appeal_3', 'Appeal, level 3'), ('appeal_4', 'Appeal, level 4'), ('appeal_5', 'Appeal, level 5'), ('external_review', 'External review'), ('decision', 'Decision')], max_length=15)),
                ('starts_on', models.DateField()),
                ('days', models.PositiveSmallIntegerField()),
                ('day_kind', models.CharField(max_length=13)),
                ('deadline', models.DateField()),
                ('last_safe_day', models.DateField()),
                ('source', models.CharField(max_length=200)),
                ('confidence', models.CharField(max_length=10)),
                ('met_at', models.DateTimeField(blank=True, null=True)),
                ('missed_at', models.DateTimeField(blank=True, null=True)),
                ('warned_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('denial', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deadlines', to='denials.denial')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
        ),
        migrations.AddConstraint(
            model_name='appealterms',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('payer', '='), (django.db.models.functions.comparison.Coalesce('plan', 0), '='), (payers.models.parties.DateRange('starts_on', 'ends_on', models.Value('[]')), '&&')], name='appeal_terms_one_a_day'),
        ),
        migrations.AddConstraint(
            model_name='appealterms',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='appeal_terms_end_after_start'),
        ),
        migrations.AddConstraint(
            model_name='appealterms',
            constraint=models.CheckConstraint(condition=models.Q(('corrected_claim_days__isnull', True), ('corrected_claim_days__range', (1, 3650)), _connector='OR'), name='appeal_terms_days_sane'),
        ),
        migrations.AddConstraint(
            model_name='appeallevel',
            constraint=models.UniqueConstraint(fields=('terms', 'level'), name='appeal_level_once'),
        ),
        migrations.AddConstraint(
            model_name='appeallevel',
            constraint=models.CheckConstraint(condition=models.Q(('days__range', (1, 3650)), ('level__range', (1, 6)), ('presumed_receipt_days__lte', 30)), name='appeal_level_sane'),
        ),
        migrations.AddIndex(
            model_name='denialdeadline',
            index=models.Index(condition=models.Q(('met_at__isnull', True), ('missed_at__isnull', True)), fields=['practice', 'last_safe_day'], name='denial_deadline_running'),
        ),
        migrations.AddIndex(
            model_name='denialdeadline',
            index=models.Index(condition=models.Q(('missed_at__isnull', False)), fields=['practice', 'missed_at'], name='denial_deadline_missed'),
        ),
        migrations.AddConstraint(
            model_name='denialdeadline',
            constraint=models.UniqueConstraint(fields=('denial', 'remedy'), name='denial_deadline_once'),
        ),
        migrations.AddConstraint(
            model_name='denialdeadline',
            constraint=models.CheckConstraint(condition=models.Q(('last_safe_day__lte', models.F('deadline'))), name='denial_deadline_is_safe'),
        ),
        *wall("denials_appealterms", "denials_appeallevel", "denials_denialdeadline"),
    ]
