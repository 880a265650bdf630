"""Credit balances, computed from the moves: receivables below zero, and since when.

The versions of a claim stand for one visit: what one closed and another owes is netted by visit,
account and (for the primary payer) payer, so that a replaced claim is no credit.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from billing.models import Account, Claim, Refund
from billing.models.refunds import OWED_ACCOUNTS
from billing.rules.next_party import RECEIVABLES
from billing.rules.refunds import due_on, owner_of
from payers.models import Coverage, Payer
from rcm.money import ZERO

# {only} narrows to the claims of one visit; without it all moves of the practice are read once.
CREDITS = """
WITH sides AS (
    SELECT claim_id, destination AS account, amount FROM billing_posting
    WHERE practice_id = %(practice)s AND destination = ANY(%(accounts)s) {only}
    UNION ALL
    SELECT claim_id, source, -amount FROM billing_posting
    WHERE practice_id = %(practice)s AND source = ANY(%(accounts)s) {only}
), balances AS (
    SELECT claim_id, account, sum(amount) AS balance FROM sides
    WHERE claim_id IS NOT NULL GROUP BY claim_id, account
), below AS (
    SELECT DISTINCT c.encounter_id FROM balances b JOIN billing_claim c ON c.id = b.claim_id
    WHERE b.balance < 0
), credits AS (
    SELECT b.account, sum(b.balance) AS balance,
           (array_agg(b.claim_id ORDER BY b.balance, b.claim_id))[1] AS claim_id,
           array_agg(b.claim_id) AS claims
    FROM balances b JOIN billing_claim c ON c.id = b.claim_id
    WHERE c.encounter_id IN (SELECT encounter_id FROM below)
    GROUP BY c.encounter_id, b.account,
             CASE b.account WHEN 'primary_receivable' THEN c.payer_id END
    HAVING sum(b.balance) < 0
), days AS (
    SELECT k.claim_id, k.account, m.posted_on,
           sum(sum(m.amount)) OVER (
               PARTITION BY k.claim_id, k.account ORDER BY m.posted_on
           ) AS balance
    FROM credits k CROSS JOIN LATERAL (
        SELECT p.posted_on, p.amount FROM billing_posting p
        WHERE p.practice_id = %(practice)s AND p.claim_id = ANY(k.claims)
          AND p.destination = k.account
        UNION ALL
        SELECT p.posted_on, -p.amount FROM billing_posting p
        WHERE p.practice_id = %(practice)s AND p.claim_id = ANY(k.claims)
          AND p.source = k.account
    ) m
    GROUP BY k.claim_id, k.account, m.posted_on
), starts AS (
    SELECT d.claim_id, d.account, min(d.posted_on) AS identified_on FROM days d
    WHERE d.posted_on > coalesce((
        SELECT max(n.posted_on) FROM days n
        WHERE n.claim_id = d.claim_id AND n.account = d.account AND n.balance >= 0
    ), '-infinity')
    GROUP BY d.claim_id, d.account
)
SELECT k.claim_id, k.account, -k.balance, s.identified_on, k.claims
FROM credits k JOIN starts s ON s.claim_id = k.claim_id AND s.account = k.account
ORDER BY s.identified_on, k.claim_id, k.account
"""
PENDING = (Refund.State.REQUESTED, Refund.State.APPROVED)


@dataclass(frozen=True, slots=True)
class Credit:
    """`amount` dollars too much on `account`; `claims` are all versions it was summed over.

    `identified_on` is the day from which on the account stayed below zero.
    """

    claim_id: int
    account: str
    amount: Decimal
    identified_on: date
    claims: tuple[int, ...]
    reserved: Decimal = ZERO

    @property
    def owner(self) -> str:
        return owner_of(self.account)

    @property
    def due_on(self) -> date:
        return due_on(self.identified_on)

    @property
    def free(self) -> Decimal:
        """What no refund or offset has been asked for yet."""
        return max(self.amount - self.reserved, ZERO)


def credits_of(practice_id: int) -> list[Credit]:
    """All credit balances of a practice, the oldest first. Two statements."""
    return _with_reserved(_select(practice_id, None), practice_id)


def credit_of(claim: Claim, account: str) -> Credit | None:
    """The credit that `claim` is part of, or None. Three statements, along the claim's index."""
    visit = Claim.objects.filter(encounter_id=claim.encounter_id, practice_id=claim.practice_id)
    found = _select(claim.practice_id, list(visit.values_list("pk", flat=True)))
    mine = [row for row in found if row.account == account and claim.pk in row.claims]
    return next(iter(_with_reserved(mine, claim.practice_id)), None)


def _select(practice_id: int, only: Collection[int] | None) -> list[Credit]:
    names: dict[str, Any] = {
        "practice": practice_id,
        "accounts": list(OWED_ACCOUNTS),
        "only": list(only or ()),
    }
    narrowed = CREDITS.format(only="" if only is None else "AND claim_id = ANY(%(only)s)")
    with connection.cursor() as db:
        db.execute(narrowed, names)
        return [
            Credit(claim_id, account, amount, since, tuple(claims))
            for claim_id, account, amount, since, claims in db.fetchall()
        ]


def _with_reserved(credits: list[Credit], practice_id: int) -> list[Credit]:
    """Each credit with what is asked for and not paid yet."""
    claims = {pk for row in credits for pk in row.claims}
    asked = Refund.objects.filter(practice_id=practice_id, claim__in=claims, state__in=PENDING)
    amounts = list(asked.values_list("claim_id", "account", "amount")) if claims else []
    return [
        Credit(
            row.claim_id,
            row.account,
            row.amount,
            row.identified_on,
            row.claims,
            sum((a for pk, name, a in amounts if name == row.account and pk in row.claims), ZERO),
        )
        for row in credits
    ]


def owner_payers(pairs: Iterable[tuple[Claim, str]]) -> dict[tuple[int, str], Payer | None]:
    """(claim id, account) -> the payer whose money a credit is; None for patients and unknown ones.

    The account of the claim's own rank is its payer's; another rank's is the payer's of that rank
    on the day of service. One statement.
    """
    wanted = [(claim, account) for claim, account in pairs if owner_of(account) == "payer"]
    ranks = {account: rank for rank, account in RECEIVABLES.items()}
    found: dict[tuple[int, str], Payer | None] = {}
    patients = {c.patient_id for c, account in wanted if RECEIVABLES[c.rank] != account}
    coverages = list(
        Coverage.objects.filter(patient__in=patients).select_related("payer").order_by("pk")
        if patients
        else ()
    )
    for claim, account in wanted:
        own = claim.payer if RECEIVABLES[claim.rank] == account else None
        found[claim.pk, account] = own or next(
            (
                row.payer
                for row in coverages
                if row.patient_id == claim.patient_id
                and row.rank == ranks[account]
                and row.starts_on <= claim.date_of_service
                and (row.ends_on is None or row.ends_on >= claim.date_of_service)
            ),
            None,
        )
    return found


def possible_targets(claim: Claim, account: str, payer: Payer | None) -> list[Claim]:
    """Other claims of the same patient and party an offset could go to: suggestions."""
    rows = Claim.objects.filter(practice_id=claim.practice_id, patient_id=claim.patient_id)
    if owner_of(account) == "payer":
        rows = rows.filter(Q(payer=payer) if payer else Q(pk=None))
    return list(rows.exclude(encounter=claim.encounter_id).order_by("-date_of_service")[:20])


def target_account(claim: Claim, owner: str) -> str:
    """Where an offset lands on its target claim."""
    return Account.PATIENT_RECEIVABLE.value if owner == "patient" else RECEIVABLES[claim.rank]
