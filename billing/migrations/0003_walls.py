"""Practice walls, the append-only ledger, and the sequences of control numbers."""

from django.db import migrations

from rcm.walls import append_only, wall

# ISA13 and GS06 have nine digits and are never used twice between two partners. Gaps are fine.
CONTROL_NUMBERS = migrations.RunSQL(
    sql="""
    CREATE SEQUENCE billing_interchange_control_number MINVALUE 1 MAXVALUE 999999999 NO CYCLE;
    CREATE SEQUENCE billing_group_control_number MINVALUE 1 MAXVALUE 999999999 NO CYCLE;
    CREATE SEQUENCE billing_claim_number MINVALUE 10001 NO CYCLE;
    """,
    reverse_sql="""
    DROP SEQUENCE billing_interchange_control_number;
    DROP SEQUENCE billing_group_control_number;
    DROP SEQUENCE billing_claim_number;
    """,
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_initial"), ("rcm", "0002_walls")]

    operations = [
        *wall(
            "billing_adjustment",
            "billing_batch",
            "billing_claim",
            "billing_claimacknowledgment",
            "billing_claimfinding",
            "billing_fileproblem",
            "billing_interchangefile",
            "billing_posting",
            "billing_provideradjustment",
            "billing_remittance",
            "billing_remittedclaim",
            "billing_remittedline",
            "billing_serviceline",
            "billing_submission",
        ),
        *append_only(
            "billing_posting",
        ),
        CONTROL_NUMBERS,
    ]
