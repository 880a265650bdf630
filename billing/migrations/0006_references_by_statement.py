"""Keys of bulk rows are checked once per statement, and within the practice."""

import django.db.models.deletion
from django.db import migrations, models

from rcm.walls import REFUSE_STRANGERS, never_deleted, refers_to


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0005_lean_postings'),
    ]

    operations = [
        migrations.AlterField(
            model_name='adjustment',
            name='remitted_claim',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='billing.remittedclaim'),
        ),
        migrations.AlterField(
            model_name='adjustment',
            name='remitted_line',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='billing.remittedline'),
        ),
        migrations.AlterField(
            model_name='posting',
            name='claim',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='billing.claim'),
        ),
        migrations.AlterField(
            model_name='posting',
            name='remitted_line',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='billing.remittedline'),
        ),
        migrations.AlterField(
            model_name='posting',
            name='service_line',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='billing.serviceline'),
        ),
        migrations.AlterField(
            model_name='remittedline',
            name='remitted_claim',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.remittedclaim'),
        ),
        migrations.AlterField(
            model_name='remittedline',
            name='service_line',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='remitted', to='billing.serviceline'),
        ),
        REFUSE_STRANGERS,
        *refers_to(
            "billing_posting",
            claim_id="billing_claim",
            service_line_id="billing_serviceline",
            remitted_line_id="billing_remittedline",
        ),
        *refers_to(
            "billing_adjustment",
            remitted_claim_id="billing_remittedclaim",
            remitted_line_id="billing_remittedline",
        ),
        *refers_to(
            "billing_remittedline",
            remitted_claim_id="billing_remittedclaim",
            service_line_id="billing_serviceline",
        ),
        *never_deleted(
            "billing_claim",
            "billing_serviceline",
            "billing_remittedclaim",
            "billing_remittedline",
        ),
    ]
