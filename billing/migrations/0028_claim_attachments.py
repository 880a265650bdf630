"""Files that go with claims, behind the practice walls, and the sequence of their numbers."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import billing.models.fields
from rcm.walls import wall

# Part of PWK06, by which a payer finds the file. Never used twice; gaps are fine.
NUMBERS = migrations.RunSQL(
    sql="CREATE SEQUENCE billing_attachment_number MINVALUE 10001 NO CYCLE;",
    reverse_sql="DROP SEQUENCE billing_attachment_number;",
)


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0027_answers'),
        ('coding', '0004_facility_stays'),
        ('rcm', '0009_practice_usage'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ClaimAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.CharField(choices=[('P', 'Primary'), ('S', 'Secondary'), ('T', 'Tertiary')], max_length=1)),
                ('report_type', models.CharField(choices=[('OZ', 'Support for the claim'), ('M1', 'Medical record'), ('09', 'Progress notes'), ('08', 'Treatment plan'), ('06', 'First assessment'), ('03', 'Why more treatment than usual'), ('15', 'Why admitted'), ('AS', 'Summary of the admission'), ('DS', 'Discharge summary'), ('OB', 'Operation note'), ('B3', 'Order of a physician'), ('PY', 'Letter of a physician'), ('B4', 'Referral form'), ('NN', 'Nursing notes'), ('PN', 'Therapy notes'), ('DG', 'Diagnostic report'), ('LA', 'Laboratory results'), ('P4', 'Pathology report'), ('RR', 'Radiology report'), ('RB', 'Radiology images'), ('XP', 'Photographs'), ('04', 'Drugs given'), ('B2', 'Prescription'), ('AM', 'Ambulance papers'), ('EB', "Another payer's EOB")], max_length=2)),
                ('transmission', models.CharField(choices=[('BM', 'By mail'), ('FX', 'By fax'), ('EL', 'Electronically'), ('FT', 'File transfer'), ('AA', 'Kept here, on request')], max_length=2)),
                ('control_number', models.CharField(max_length=50)),
                ('name', models.CharField(max_length=200)),
                ('content_type', models.CharField(choices=[('application/pdf', 'PDF'), ('image/png', 'PNG'), ('image/jpeg', 'JPEG'), ('image/tiff', 'TIFF'), ('text/plain', 'Text')], max_length=20)),
                ('content', billing.models.fields.CompressedBinaryField()),
                ('size', models.PositiveIntegerField()),
                ('pages', models.PositiveSmallIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('added_to', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='added_attachments', to='billing.claim')),
                ('encounter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='claim_attachments', to='coding.encounter')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('removed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('removed_from', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='removed_attachments', to='billing.claim')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['encounter', 'rank'], name='attachment_of_visit')],
                'constraints': [models.UniqueConstraint(fields=('practice', 'control_number'), name='attachment_number_once'), models.UniqueConstraint(condition=models.Q(('removed_from__isnull', True)), fields=('encounter', 'rank', 'sha256'), name='attachment_bytes_once'), models.CheckConstraint(condition=models.Q(('report_type__in', ['OZ', 'M1', '09', '08', '06', '03', '15', 'AS', 'DS', 'OB', 'B3', 'PY', 'B4', 'NN', 'PN', 'DG', 'LA', 'P4', 'RR', 'RB', 'XP', '04', 'B2', 'AM', 'EB'])), name='attachment_report_known'), models.CheckConstraint(condition=models.Q(('transmission__in', ['BM', 'FX', 'EL', 'FT', 'AA'])), name='attachment_way_known'), models.CheckConstraint(condition=models.Q(('content_type__in', ['application/pdf', 'image/png', 'image/jpeg', 'image/tiff', 'text/plain'])), name='attachment_type_known'), models.CheckConstraint(condition=models.Q(('control_number__regex', '^[A-Z0-9]{2,50}$')), name='attachment_number_well_formed'), models.CheckConstraint(condition=models.Q(('pages__gte', 1)), name='attachment_has_pages'), models.CheckConstraint(condition=models.Q(models.Q(('removed_at__isnull', True), ('removed_from__isnull', True)), models.Q(('removed_at__isnull', False), ('removed_from__isnull', False)), _connector='OR'), name='attachment_removed_has_time')],
            },
        ),
        *wall('billing_claimattachment'),
        NUMBERS,
    ]
