"""Balances, computed from the moves when asked for. One statement each, whatever the number."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import connection

from rcm.models import Practice
from rcm.money import ZERO

# Every move once as a debit of its destination and once as a credit of its source.
SIDES = """
SELECT {key} destination AS account, amount FROM billing_posting WHERE {where}
UNION ALL
SELECT {key} source, -amount FROM billing_posting WHERE {where}
"""
BY_CLAIM = SIDES.format(
    key="claim_id,", where="practice_id = %(practice)s AND claim_id = ANY(%(claims)s)"
)
ALL = SIDES.format(key="", where="practice_id = %(practice)s")
OF_REMITTANCE = SIDES.format(
    key="", where="practice_id = %(practice)s AND remittance_id = %(remittance)s"
)


def claim_balances(practice_id: int, claim_ids: Iterable[int]) -> dict[int, dict[str, Decimal]]:
    """Claim id -> account -> balance in dollars; a claim without moves has an empty dict."""
    balances: dict[int, dict[str, Decimal]] = {claim_id: {} for claim_id in claim_ids}
    with connection.cursor() as db:
        db.execute(
            f"SELECT claim_id, account, sum(amount) FROM ({BY_CLAIM}) s "  # noqa: S608  constants
            "GROUP BY claim_id, account ORDER BY claim_id, account",
            {"practice": practice_id, "claims": list(balances)},
        )
        for claim_id, account, amount in db.fetchall():
            balances[claim_id][account] = amount
    return balances


def account_balances(practice: Practice) -> dict[str, Decimal]:
    """Account -> balance in dollars, of everything the practice ever posted."""
    return _balances(ALL, practice.pk, 0)


def remittance_balances(practice: Practice, remittance_id: int) -> dict[str, Decimal]:
    """Account -> balance in dollars, of the moves of one remittance."""
    return _balances(OF_REMITTANCE, practice.pk, remittance_id)


def ledger_sum(practice: Practice) -> Decimal:
    """All accounts together: debits less credits. Anything but zero is a bug."""
    return sum(account_balances(practice).values(), ZERO)


def unapplied(practice: Practice) -> Decimal:
    """Money received and not yet explained, as a positive figure."""
    return ZERO - account_balances(practice).get("unapplied", ZERO)


def _balances(sides: str, practice_id: int, remittance_id: int) -> dict[str, Decimal]:
    with connection.cursor() as db:
        db.execute(
            f"SELECT account, sum(amount) FROM ({sides}) s "  # noqa: S608  constants of ours
            "GROUP BY account ORDER BY account",
            {"practice": practice_id, "remittance": remittance_id},
        )
        return dict(db.fetchall())
