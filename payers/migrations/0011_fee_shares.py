"""Shares of the global fee and the endoscopic base in the fee schedule."""

from django.db import migrations, models


def forget_checksums(apps, schema_editor):
    """Releases loaded before lack the shares: loading the same file again must fill them."""
    releases = apps.get_model('payers', 'EditTableRelease').objects
    releases.filter(table='pprrvu', state='loaded').update(checksum='')


class Migration(migrations.Migration):

    dependencies = [
        ('payers', '0010_plans_and_contracts'),
    ]

    operations = [
        migrations.AddField(
            model_name='relativevaluerow',
            name='endoscopy_base',
            field=models.CharField(blank=True, db_collation='C', default='', max_length=5),
            preserve_default=False,
        ),
        *(
            migrations.AddField(
                model_name='relativevaluerow',
                name=name,
                field=models.DecimalField(decimal_places=6, max_digits=7, null=True),
            )
            for name in ('preoperative_share', 'intraoperative_share', 'postoperative_share')
        ),
        migrations.RunPython(forget_checksums, migrations.RunPython.noop),
    ]
