"""Makes anew what the database keeps of patients' accounts."""

from django.db import connection, transaction

from rcm import events
from rcm.models import Practice

REBUILD = """
SELECT keep_patient_balances(%(practice)s,
    coalesce((SELECT array_agg(id) FROM billing_claim WHERE practice_id = %(practice)s), '{}'),
    coalesce((SELECT array_agg(id) FROM rcm_patient WHERE practice_id = %(practice)s), '{}'))
"""


@transaction.atomic
def rebuild_balances(practice: Practice) -> None:
    """Every kept balance of the practice from its moves. Three statements."""
    with connection.cursor() as db:
        db.execute("DELETE FROM billing_visitbalance WHERE practice_id = %s", [practice.pk])
        db.execute(REBUILD, {"practice": practice.pk})
    events.record("practice.balances_rebuilt", practice, by=None)
