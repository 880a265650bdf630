"""Chart intake: messages, versions of documents, what senders call people and visits; walls."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import rcm.fields
from django.conf import settings
from django.db import migrations, models

from rcm.walls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('coding', '0011_coding_suggestions'),
        ('rcm', '0009_practice_usage'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DocumentFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('media_type', models.CharField(max_length=80)),
                ('content', rcm.fields.CompressedBinaryField()),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('pages', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('has_text', models.BooleanField(default=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ExternalPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('told', models.JSONField(default=dict)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ExternalVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sender', models.CharField(max_length=60)),
                ('number', models.CharField(max_length=60)),
                ('told', models.JSONField(default=dict)),
                ('is_cancelled', models.BooleanField(default=False)),
                ('discharged_on', models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='IntakeMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('upload', 'Upload'), ('folder', 'Folder'), ('sftp', 'SFTP'), ('hl7', 'HL7 line'), ('fhir', 'FHIR'), ('rest', 'API')], max_length=8)),
                ('kind', models.CharField(choices=[('adt', 'ADT'), ('dft', 'DFT'), ('mdm', 'MDM'), ('bundle', 'FHIR bundle'), ('document', 'Document'), ('batch', 'Batch'), ('other', 'Other')], default='other', max_length=8)),
                ('event', models.CharField(blank=True, max_length=40)),
                ('sender', models.CharField(blank=True, max_length=60)),
                ('name', models.CharField(max_length=200)),
                ('control_id', models.CharField(blank=True, max_length=80)),
                ('content', rcm.fields.CompressedBinaryField()),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('identity', models.CharField(max_length=64)),
                ('document_kind', models.CharField(blank=True, choices=[('progress_note', 'Progress note'), ('procedure_note', 'Procedure note'), ('operative', 'Operative report'), ('imaging', 'Imaging report'), ('laboratory', 'Laboratory report'), ('pathology', 'Pathology report'), ('addendum', 'Addendum'), ('other', 'Document')], max_length=16)),
                ('batch_position', models.PositiveIntegerField(blank=True, null=True)),
                ('state', models.CharField(choices=[('received', 'Received'), ('waiting', 'Waiting'), ('applied', 'Applied'), ('repeated', 'Repeated'), ('failed', 'Failed'), ('discarded', 'Discarded')], default='received', max_length=9)),
                ('error_code', models.CharField(blank=True, max_length=40)),
                ('error', models.CharField(blank=True, max_length=400)),
                ('place', models.CharField(blank=True, max_length=120)),
                ('advice', models.CharField(blank=True, max_length=300)),
                ('warnings', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), blank=True, default=list, size=None)),
                ('person_key', models.CharField(blank=True, max_length=60)),
                ('visit_key', models.CharField(blank=True, max_length=130)),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('times_received', models.PositiveIntegerField(default=1)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('retried_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('discard_reason', models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='IntakeSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('host', models.CharField(max_length=200)),
                ('port', models.PositiveIntegerField(default=22)),
                ('host_key', models.CharField(max_length=1000)),
                ('username', models.CharField(max_length=60)),
                ('secret_name', models.CharField(max_length=60)),
                ('folder', models.CharField(default='charts', max_length=200)),
                ('is_active', models.BooleanField(default=True)),
                ('last_fetched_at', models.DateTimeField(blank=True, null=True)),
                ('trouble', models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.AddField(
            model_name='charge',
            name='source',
            field=models.CharField(blank=True, db_default='', max_length=100),
        ),
        migrations.AddField(
            model_name='document',
            name='external_id',
            field=models.CharField(blank=True, db_default='', max_length=80),
        ),
        migrations.AddField(
            model_name='document',
            name='is_withdrawn',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='document',
            name='parent_number',
            field=models.CharField(blank=True, db_default='', max_length=80),
        ),
        migrations.AddField(
            model_name='document',
            name='received_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name='document',
            name='relation',
            field=models.CharField(blank=True, choices=[('addendum', 'Addendum'), ('replacement', 'Replacement')], db_default='', max_length=12),
        ),
        migrations.AddField(
            model_name='document',
            name='replaces',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='coding.document'),
        ),
        migrations.AddField(
            model_name='document',
            name='superseded_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='told_key',
            field=models.CharField(blank=True, db_default='', max_length=80),
        ),
        migrations.AddField(
            model_name='document',
            name='version',
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='encounter',
            name='amended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='encounterdiagnosis',
            name='source',
            field=models.CharField(blank=True, db_default='', max_length=100),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('encounter', 'external_id', 'version'), name='document_version_once'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True), models.Q(('external_id', ''), _negated=True)), fields=('encounter', 'external_id'), name='document_current_once'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('is_withdrawn', False), ('superseded_at__isnull', False), _connector='OR'), name='document_withdrawn_is_superseded'),
        ),
        migrations.AddField(
            model_name='documentfile',
            name='document',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='file', to='coding.document'),
        ),
        migrations.AddField(
            model_name='documentfile',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='externalperson',
            name='patient',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='external', to='rcm.patient'),
        ),
        migrations.AddField(
            model_name='externalperson',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='externalvisit',
            name='encounter',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='external_visit', to='coding.encounter'),
        ),
        migrations.AddField(
            model_name='externalvisit',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='intakemessage',
            name='batch',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='coding.intakemessage'),
        ),
        migrations.AddField(
            model_name='intakemessage',
            name='created_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='intakemessage',
            name='discarded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='intakemessage',
            name='encounter',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='coding.encounter'),
        ),
        migrations.AddField(
            model_name='intakemessage',
            name='patient',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.patient'),
        ),
        migrations.AddField(
            model_name='intakemessage',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='intakesource',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddIndex(
            model_name='externalvisit',
            index=models.Index(fields=['practice', 'number'], name='external_visit_by_number'),
        ),
        migrations.AddConstraint(
            model_name='externalvisit',
            constraint=models.UniqueConstraint(fields=('practice', 'sender', 'number'), name='external_visit_once'),
        ),
        migrations.AddIndex(
            model_name='intakemessage',
            index=models.Index(fields=['practice', 'state', '-id'], name='intake_by_state'),
        ),
        migrations.AddIndex(
            model_name='intakemessage',
            index=models.Index(fields=['practice', '-id'], name='intake_newest'),
        ),
        migrations.AddIndex(
            model_name='intakemessage',
            index=models.Index(condition=models.Q(('state', 'received')), fields=['practice', 'id'], name='intake_unread'),
        ),
        migrations.AddIndex(
            model_name='intakemessage',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'failed']), models.Q(('person_key', ''), _negated=True)), fields=['practice', 'person_key'], name='intake_of_person'),
        ),
        migrations.AddConstraint(
            model_name='intakemessage',
            constraint=models.UniqueConstraint(fields=('practice', 'identity'), name='intake_message_once'),
        ),
        migrations.AddConstraint(
            model_name='intakemessage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['failed', 'waiting']), _negated=True), models.Q(('error', ''), _negated=True), _connector='OR'), name='intake_failure_says_why'),
        ),
        migrations.AddConstraint(
            model_name='intakemessage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'discarded'), _negated=True), models.Q(('discard_reason', ''), _negated=True), _connector='OR'), name='intake_discard_says_why'),
        ),
        migrations.AddConstraint(
            model_name='intakemessage',
            constraint=models.CheckConstraint(condition=models.Q(('batch__isnull', True), models.Q(('kind', 'batch'), _negated=True), _connector='OR'), name='intake_batch_is_flat'),
        ),
        migrations.AddConstraint(
            model_name='intakesource',
            constraint=models.UniqueConstraint(fields=('practice', 'name'), name='intake_source_once'),
        ),
        *wall(
            "coding_documentfile",
            "coding_externalperson",
            "coding_externalvisit",
            "coding_intakemessage",
            "coding_intakesource",
        ),
    ]
