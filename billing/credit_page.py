"""What the pages of credits and refunds show: one page of rows with claims, owners and clocks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from billing.credits import Credit, credit_of, owner_payers, possible_targets
from billing.models import Account, Claim, Refund, WorkOwner
from rcm.access import CAPABILITIES
from rcm.models import Membership, User

STATES = {
    "requested": ("Needs approval", [Refund.State.REQUESTED]),
    "approved": ("To pay", [Refund.State.APPROVED]),
    "paid": ("Paid", [Refund.State.PAID]),
    "ended": ("Ended", [Refund.State.DECLINED, Refund.State.CANCELLED]),
}
LABELS: dict[str, str] = dict(Account.choices)
OVERPAID: dict[str, str] = {
    Account.PRIMARY_RECEIVABLE: "Overpaid by the primary payer",
    Account.SECONDARY_RECEIVABLE: "Overpaid by the secondary payer",
    Account.TERTIARY_RECEIVABLE: "Overpaid by the tertiary payer",
    Account.PATIENT_RECEIVABLE: "Overpaid by the patient",
}


@dataclass(frozen=True, slots=True)
class CreditRow:
    """A credit with the names people know it by. `days_left` of its 60 days."""

    credit: Credit
    claim: Claim
    owner: str
    account_label: str
    days_left: int
    worker: str


def credit_rows(credits: Sequence[Credit], today: date) -> list[CreditRow]:
    """Rows of one page, in four statements at most."""
    claims = Claim.objects.select_related("patient", "payer").in_bulk(
        [credit.claim_id for credit in credits]
    )
    pairs = [(claims[credit.claim_id], credit.account) for credit in credits]
    payers = owner_payers(pairs)
    owners = WorkOwner.objects.filter(claim__in=claims).select_related("owner")
    workers = {(row.claim_id, row.account): str(row.owner) for row in owners}
    return [
        CreditRow(
            credit,
            claim,
            str(claim.patient)
            if credit.owner == "patient"
            else str(payers[claim.pk, account] or "Payer not known"),
            OVERPAID[account],
            (credit.due_on - today).days,
            workers.get((claim.pk, account), ""),
        )
        for credit, (claim, account) in zip(credits, pairs, strict=True)
    ]


def credit_detail(claim: Claim, account: str, today: date) -> dict[str, Any]:
    """One credit with its refunds; `row` is None when nothing is left of it."""
    credit = credit_of(claim, account)
    payer = owner_payers([(claim, account)]).get((claim.pk, account))
    asked = refunds(claim.practice_id).filter(
        claim__in=credit.claims if credit else [claim.pk], account=account
    )
    return {
        "row": next(iter(credit_rows([credit], today)), None) if credit else None,
        "claim": claim,
        "account": account,
        "asked": asked.order_by("-pk"),
        "targets": possible_targets(claim, account, payer),
    }


def refunds(practice_id: int) -> QuerySet[Refund]:
    return Refund.objects.filter(practice_id=practice_id).select_related(
        "claim__patient", "claim__payer", "target_claim", "requested_by", "decided_by"
    )


def refund_detail(
    refund: Refund, user: User, *, may_work: bool, may_approve: bool
) -> dict[str, Any]:
    """One refund, its moves, and which verbs the person has."""
    state = refund.state
    is_own = refund.requested_by_id == user.pk
    return {
        "refund": refund,
        "account_label": OVERPAID[refund.account],
        "moves": [
            {
                "source": LABELS[move.source],
                "destination": LABELS[move.destination],
                "amount": move.amount,
                "claim": move.claim,
                "posted_on": move.posted_on,
            }
            for move in refund.moves().select_related("claim")
        ],
        "can_decide": may_approve and not is_own and state == Refund.State.REQUESTED,
        "is_own": is_own,
        "can_pay": may_work and state == Refund.State.APPROVED,
        "can_cancel": may_work and state in ("requested", "approved", "paid"),
    }


def billers(practice_id: int) -> list[User]:
    """People who may own work on billing, by name."""
    roles = [role for role, allowed in CAPABILITIES.items() if "billing.work" in allowed]
    members: Iterable[Membership] = (
        Membership.objects.filter(practice_id=practice_id, role__in=roles)
        .select_related("user")
        .order_by("user__last_name", "user__first_name")
    )
    return [member.user for member in members]
