"""Only the indexes that are asked for: each costs on every claim that posts."""

import django.db.models.deletion
from django.db import migrations, models

from rcm.walls import REFUSE_STRANGERS

# Packing text of many megabytes costs more than storing it.
STORE_AS_IS = migrations.RunSQL(
    sql="ALTER TABLE billing_interchangefile ALTER COLUMN content SET STORAGE EXTERNAL;",
    reverse_sql="ALTER TABLE billing_interchangefile ALTER COLUMN content SET STORAGE EXTENDED;",
)
# Each row referred to is looked up once per statement, however many rows refer to it.
DISTINCT_LOOKUPS = migrations.RunSQL(REFUSE_STRANGERS.sql, reverse_sql=migrations.RunSQL.noop)


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0007_payments_once'),
        ('coding', '0003_walls'),
        ('payers', '0003_walls'),
        ('rcm', '0004_lean_events'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='remittedline',
            name='remitted_line_stream',
        ),
        migrations.AlterField(
            model_name='claim',
            name='coverage',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='payers.coverage'),
        ),
        migrations.AlterField(
            model_name='claim',
            name='patient',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='rcm.patient'),
        ),
        migrations.AlterField(
            model_name='claim',
            name='payer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='payers.payer'),
        ),
        migrations.AlterField(
            model_name='claim',
            name='practice',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(fields=['practice', 'date_of_service', 'amount_billed'], name='claim_by_day_charge'),
        ),
        STORE_AS_IS,
        DISTINCT_LOOKUPS,
    ]
