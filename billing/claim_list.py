"""What the claims list shows: filters from the address, counts per status, money of one page."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import QueryDict

from billing.kpis import RECEIVABLES, balance
from billing.ledger import claim_balances
from billing.models import Account, Claim, Posting
from billing.sent_codes import left_behind
from rcm.money import ZERO

TABS = [
    ("", "All"),
    ("held", "Held"),
    ("ready", "Ready"),
    ("submitted", "Submitted"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("adjudicated", "Adjudicated"),
    ("closed", "Closed"),
]


@dataclass(frozen=True, slots=True)
class Money:
    """Who owes what of one claim, from its moves."""

    paid: Decimal
    contractual: Decimal
    written_off: Decimal
    payer_owes: Decimal
    patient_owes: Decimal

    @property
    def is_open(self) -> Decimal:
        """Everything still owed by anybody."""
        return self.payer_owes + self.patient_owes


def money_of(balances: dict[str, Decimal]) -> Money:
    """The five figures from a claim's account balances (debits positive)."""
    payers = [account for account in RECEIVABLES if account != Account.PATIENT_RECEIVABLE]
    return Money(
        paid=balances.get(Account.UNAPPLIED, ZERO),
        contractual=balances.get(Account.CONTRACTUAL, ZERO),
        written_off=balances.get(Account.WRITE_OFF, ZERO),
        payer_owes=sum((balances.get(account, ZERO) for account in payers), ZERO),
        patient_owes=balances.get(Account.PATIENT_RECEIVABLE, ZERO),
    )


def filter_claims(claims: QuerySet[Claim], query: QueryDict) -> QuerySet[Claim]:
    """Everything the address asks for except the status: number or name, payer, who owes, and
    what its chart has left behind (coded=anew).
    """
    if query.get("coded") == "anew":
        claims = left_behind(claims)
    if text := query.get("q", "").strip():
        claims = claims.filter(
            Q(patient_control_number__istartswith=text)
            | Q(payer_claim_control_number__iexact=text)
            | Q(patient__last_name__istartswith=text.split(",")[0])
        )
    if (payer := query.get("payer", "")).isdecimal():
        claims = claims.filter(payer_id=int(payer))
    if query.get("owed_by") == "patient":
        owing = Posting.objects.filter(claim__isnull=False).values("claim")
        owing = owing.annotate(owed=balance(Account.PATIENT_RECEIVABLE)).filter(owed__gt=0)
        claims = claims.filter(pk__in=owing.values("claim"))
    return claims


def status_tabs(claims: QuerySet[Claim], query: QueryDict) -> tuple[list[dict[str, Any]], Decimal]:
    """The tabs with their counts, and the dollars billed in the chosen one. One statement."""
    rows = claims.order_by().values_list("status").annotate(Count("id"), Sum("amount_billed"))
    counts = {status: (count, amount) for status, count, amount in rows}
    counts[""] = (
        sum(count for count, _ in counts.values()),
        sum((amount for _, amount in counts.values()), ZERO),
    )
    chosen = query.get("status", "")
    tabs = []
    for status, label in TABS:
        address = query.copy()
        address.pop("page", None)
        address.pop("status", None)
        if status:
            address["status"] = status
        tabs.append(
            {
                "label": label,
                "url": f"?{address.urlencode()}",
                "count": counts.get(status, (0, ZERO))[0],
                "is_current": status == chosen,
                "status": status,
            }
        )
    return tabs, counts.get(chosen, (0, ZERO))[1]


def with_money(practice_id: int, claims: Iterable[Claim]) -> list[tuple[Claim, Money]]:
    """Each claim with its money; one statement for all."""
    rows = list(claims)
    balances = claim_balances(practice_id, [claim.pk for claim in rows])
    return [(claim, money_of(balances[claim.pk])) for claim in rows]
