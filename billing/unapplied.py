"""Every dollar in a named account: unapplied money by payment, and what stands on each account."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count

from billing.models import Account, Remittance, RemittedClaim, WorkOwner
from billing.models.refunds import OWED_ACCOUNTS
from rcm.money import ZERO

# Money received is credited to `unapplied`, so what is left of it is below zero there.
BY_PAYMENT = """
SELECT remittance_id, sum(amount), min(posted_on) FROM (
    SELECT remittance_id, amount, posted_on FROM billing_posting
    WHERE practice_id = %(practice)s AND source = 'unapplied'
    UNION ALL
    SELECT remittance_id, -amount, posted_on FROM billing_posting
    WHERE practice_id = %(practice)s AND destination = 'unapplied'
) s GROUP BY remittance_id HAVING sum(amount) <> 0
ORDER BY min(posted_on), remittance_id
"""
# What is open is one claim's share of a receivable, or one payment's share of unapplied.
BY_ACCOUNT = """
SELECT account, sum(balance), count(*), min(since) FROM (
    SELECT account, sum(amount) AS balance, min(posted_on) AS since FROM (
        SELECT destination AS account, claim_id, remittance_id, amount, posted_on
        FROM billing_posting WHERE practice_id = %(practice)s
        UNION ALL
        SELECT source, claim_id, remittance_id, -amount, posted_on
        FROM billing_posting WHERE practice_id = %(practice)s
    ) s
    GROUP BY account, CASE WHEN account = ANY(%(owed)s) THEN claim_id
                           WHEN account = 'unapplied' THEN remittance_id END
    HAVING sum(amount) <> 0
) t GROUP BY account
"""
PAGES = {
    Account.UNAPPLIED: "unapplied",
    Account.PAYER_OFFSET: "payer_balances",
    **dict.fromkeys(OWED_ACCOUNTS, "claims"),
}


@dataclass(slots=True)
class Unapplied:
    """Money of one payment that is not explained; `amount` below zero: more explained than came."""

    remittance_id: int | None
    amount: Decimal
    since: date
    days: int
    remittance: Remittance | None = None
    owner: str = ""
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """One account; `count` and `days` only where something can be open."""

    label: str
    balance: Decimal
    count: int | None
    days: int | None
    page: str


def unapplied_of(practice_id: int, today: date) -> list[Unapplied]:
    """Payments with unapplied money, the oldest first. One statement."""
    with connection.cursor() as db:
        db.execute(BY_PAYMENT, {"practice": practice_id})
        return [
            Unapplied(remittance_id, amount, since, (today - since).days)
            for remittance_id, amount, since in db.fetchall()
        ]


def explain(rows: Sequence[Unapplied]) -> None:
    """Add payment, owner and reasons to the rows of one page. Three statements."""
    ids = [row.remittance_id for row in rows if row.remittance_id is not None]
    payments = Remittance.objects.select_related("payer").in_bulk(ids)
    owners = WorkOwner.objects.filter(remittance__in=ids).select_related("owner")
    names = {row.remittance_id: str(row.owner) for row in owners}
    why = reasons(ids)
    for row in rows:
        if row.remittance_id is not None:
            row.remittance = payments.get(row.remittance_id)
            row.owner = names.get(row.remittance_id, "")
            row.why = why[row.remittance_id] or ("Nothing waits: look at its moves.",)
        else:
            row.why = ("Moves of no payment.",)


def reasons(ids: Collection[int]) -> defaultdict[int, tuple[str, ...]]:
    """Why claims of these payments wait: "2 claims: No claim of this practice has this number."."""
    waiting = (
        RemittedClaim.objects.filter(remittance__in=ids)
        .exclude(state=RemittedClaim.State.POSTED)
        .order_by("remittance", "exception")
        .values_list("remittance", "exception")
        .annotate(count=Count("pk"))
    )
    found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    for remittance_id, exception, count in waiting:
        word = "claim" if count == 1 else "claims"
        text = exception or "Matched, and not posted yet."
        found[remittance_id] += (f"{count:,} {word}: {text}",)
    return found


def account_totals(practice_id: int, today: date) -> list[AccountTotal]:
    """All accounts in their order with what stands on them. One statement."""
    names: dict[str, Any] = {"practice": practice_id, "owed": list(OWED_ACCOUNTS)}
    with connection.cursor() as db:
        db.execute(BY_ACCOUNT, names)
        found = {row[0]: row[1:] for row in db.fetchall()}
    totals = []
    for account in Account:
        balance, count, since = found.get(account.value, (ZERO, 0, None))
        is_worked = account in (*OWED_ACCOUNTS, Account.UNAPPLIED)
        days = (today - since).days if since and is_worked else None
        page = PAGES.get(account, "")
        totals.append(
            AccountTotal(account.label, balance, count if is_worked else None, days, page)
        )
    return totals
