"""By which guide a claim and its batch are written; the revenue code of a line."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0020_charge_reviews'),
        ('coding', '0004_facility_stays'),
        ('payers', '0004_treatment_patient_is_pr'),
        ('rcm', '0008_running_jobs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='form',
            field=models.CharField(choices=[('professional', 'Professional'), ('institutional', 'Institutional')], db_default='professional', default='professional', max_length=13),
        ),
        migrations.AddField(
            model_name='claim',
            name='form',
            field=models.CharField(choices=[('professional', 'Professional'), ('institutional', 'Institutional')], db_default='professional', default='professional', max_length=13),
        ),
        migrations.AddField(
            model_name='serviceline',
            name='revenue_code',
            field=models.CharField(blank=True, db_default='', default='', max_length=4),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ['professional', 'institutional'])), name='batch_form_known'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ['professional', 'institutional'])), name='claim_form_known'),
        ),
    ]
