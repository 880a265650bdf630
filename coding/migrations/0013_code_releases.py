"""Releases of code sets, what each changed, and the words codes are searched by."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coding', '0012_intake'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CodeChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(choices=[('icd10cm', 'ICD-10-CM'), ('icd10pcs', 'ICD-10-PCS'), ('procedure', 'CPT and HCPCS'), ('modifier', 'Modifiers')], max_length=10)),
                ('code', models.CharField(max_length=8)),
                ('kind', models.CharField(choices=[('new', 'New'), ('ended', 'Ended'), ('split', 'Heading now'), ('retitled', 'New title'), ('renoted', 'New notes')], max_length=10)),
                ('label', models.CharField(blank=True, max_length=300)),
                ('label_before', models.CharField(blank=True, max_length=300)),
                ('last_on', models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='CodeRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_set', models.CharField(choices=[('icd10cm', 'ICD-10-CM'), ('icd10pcs', 'ICD-10-PCS'), ('hcpcs', 'HCPCS Level II and modifiers'), ('cpt', 'CPT')], max_length=10)),
                ('name', models.CharField(max_length=60)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('checksum', models.CharField(max_length=64)),
                ('file_names', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None)),
                ('row_count', models.PositiveIntegerField()),
                ('new_count', models.PositiveIntegerField(default=0)),
                ('changed_count', models.PositiveIntegerField(default=0)),
                ('ended_count', models.PositiveIntegerField(default=0)),
                ('term_count', models.PositiveIntegerField(default=0)),
                ('left_out_count', models.PositiveIntegerField(default=0)),
                ('lacking', models.CharField(blank=True, max_length=60)),
                ('state', models.CharField(choices=[('loaded', 'Loaded'), ('replaced', 'Replaced'), ('previewed', 'Previewed')], default='loaded', max_length=10)),
                ('loaded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='CodeWord',
            fields=[
                ('word', models.CharField(max_length=300, primary_key=True, serialize=False)),
                ('codes', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='PcsTableRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=3)),
                ('position', models.PositiveSmallIntegerField()),
                ('axes', models.JSONField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name='code',
            name='code_trigram',
        ),
        migrations.AddField(
            model_name='code',
            name='rank',
            field=models.PositiveSmallIntegerField(db_default=20, default=20),
        ),
        migrations.AlterField(
            model_name='code',
            name='system',
            field=models.CharField(choices=[('icd10cm', 'ICD-10-CM'), ('icd10pcs', 'ICD-10-PCS'), ('procedure', 'CPT and HCPCS'), ('modifier', 'Modifiers')], max_length=10),
        ),
        migrations.AddField(
            model_name='coderelease',
            name='loaded_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='codechange',
            name='release',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='coding.coderelease'),
        ),
        migrations.AddField(
            model_name='code',
            name='release',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='coding.coderelease'),
        ),
        migrations.AddField(
            model_name='code',
            name='document',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.expressions.RawSQL("(\n    to_tsvector('simple'::regconfig, search_text) || to_tsvector('english'::regconfig, search_text)\n    || array_to_tsvector(ARRAY['=' || system])\n    || CASE WHEN rank < 8 THEN array_to_tsvector(ARRAY['=first', '=early'])\n        WHEN rank < 50 THEN array_to_tsvector(ARRAY['=early']) ELSE ''::tsvector END\n)", []), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name='code',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['document'], name='code_document'),
        ),
        migrations.AddConstraint(
            model_name='code',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='code_ends_after_start'),
        ),
        migrations.AddField(
            model_name='pcstablerow',
            name='release',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='pcs_rows', to='coding.coderelease'),
        ),
        migrations.AddConstraint(
            model_name='coderelease',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'loaded')), fields=('code_set', 'starts_on'), name='code_release_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='coderelease',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='code_release_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='coderelease',
            constraint=models.CheckConstraint(condition=models.Q(('row_count__gt', 0)), name='code_release_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='codechange',
            constraint=models.UniqueConstraint(fields=('release', 'system', 'code'), name='code_change_once'),
        ),
        migrations.AddConstraint(
            model_name='codechange',
            constraint=models.CheckConstraint(condition=models.Q(('last_on__isnull', False), models.Q(('kind__in', ['ended', 'split']), _negated=True), _connector='OR'), name='code_change_ended_has_day'),
        ),
        migrations.AddConstraint(
            model_name='pcstablerow',
            constraint=models.UniqueConstraint(fields=('release', 'table', 'position'), name='pcs_row_once'),
        ),
    ]
