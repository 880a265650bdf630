"""Codes suggested from charts, the readings they come from; the practice wall."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('coding', '0006_code_releases'),
        ('rcm', '0009_practice_usage'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ChartReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text_sha256', models.CharField(max_length=64)),
                ('dictionary', models.CharField(max_length=40)),
                ('withheld', models.JSONField(default=list)),
                ('read_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('encounter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reading', to='coding.encounter')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CodingSuggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(max_length=10)),
                ('code', models.CharField(max_length=8)),
                ('label', models.CharField(max_length=300)),
                ('kind', models.CharField(choices=[('diagnosis', 'Diagnosis'), ('procedure', 'Service'), ('drug', 'Drug')], max_length=10)),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('quote', models.CharField(max_length=500)),
                ('explanation', models.JSONField(default=dict)),
                ('position', models.PositiveSmallIntegerField()),
                ('score', models.SmallIntegerField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('accepted', 'Accepted'), ('rejected', 'Rejected'), ('superseded', 'Coded by hand')], default='open', max_length=10)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suggestions', to='coding.document')),
                ('encounter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suggestions', to='coding.encounter')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('encounter', 'system', 'code'), name='suggestion_code_once'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='suggestion_decided_has_time'), models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='suggestion_words_in_order')],
            },
        ),
        *wall("coding_chartreading", "coding_codingsuggestion"),
    ]
