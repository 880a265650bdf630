"""What the page of one remittance shows: its equation, what waits, claims, moves, history."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q, QuerySet

from billing.actions.postings import preview
from billing.forms import MatchForm
from billing.ledger import remittance_balances
from billing.models import (
    Account,
    Adjustment,
    Claim,
    Posting,
    Remittance,
    RemittedClaim,
    RemittedLine,
)
from billing.policy_page import HOLDING
from billing.remittance_list import WAITING
from billing.rules.matching import CandidateFact, RemittedFact, best_candidates
from payers.models import Treatment
from payers.rules.treatment import treat
from rcm import events
from rcm.models import Event, Practice, User
from rcm.money import ZERO, from_cents, to_cents

CLAIMS = 25
EXCEPTIONS = 25
MOVES = 60
EVENT_TEXTS = {
    "remittance.recorded": "Recorded",
    "remittance.held": "Recorded and held",
    "remittance.matched": "Matched with our claims",
    "remittance.posted": "Posted",
    "remittance.denials_opened": "Denials opened",
    "remittance.received_again": "Received again, not recorded twice",
    "remittance.taken_back": "Posting taken back",
    "remittance.exported": "Downloaded as an 835",
    "remittance.rules_applied": "Posted by rules",
    "remittance.holds_released": "Held claims released",
}


def balance_terms(remittance: Remittance) -> list[dict[str, Any]]:
    """Claim payments less provider adjustments is the check, and by how much it is not."""
    computed = remittance.amount_claims - remittance.amount_provider_adjustments
    difference = remittance.amount_paid - computed
    kept = remittance.amount_provider_adjustments
    note = "adds up" if not difference else f"check states {remittance.amount_paid:,.2f}"
    return [
        {"label": "Claim payments", "amount": remittance.amount_claims},
        {
            "label": "Provider adjustments",
            "sign": "−",
            "amount": kept,
            "note": "kept back" if kept > 0 else "added" if kept < 0 else "",
        },
        {
            "label": "Check",
            "sign": "=",
            "amount": computed,
            "note": note,
            "is_result": True,
            "tone": "red" if difference else "green",
        },
    ]


def differences_of(remittance: Remittance) -> list[dict[str, Any]]:
    """The equations that do not hold, amounts as Decimal."""
    amounts = ("stated", "computed", "difference")
    return [row | {name: Decimal(row[name]) for name in amounts} for row in remittance.differences]


def claims_page(remittance: Remittance, number: str | None) -> Page:
    """The payer's claims with lines and adjustments, in its order."""
    adjustments = Adjustment.objects.filter(remittance=remittance).order_by("position")
    lines = RemittedLine.objects.order_by("position").prefetch_related(
        Prefetch("adjustments", adjustments)
    )
    claims = (
        RemittedClaim.objects.filter(practice_id=remittance.practice_id, remittance=remittance)
        .select_related("claim__patient")
        .prefetch_related(
            Prefetch("lines", lines),
            Prefetch("adjustments", adjustments.filter(remitted_line=None)),
        )
        .order_by("position")
    )
    return Paginator(claims, CLAIMS).get_page(number)


def record_view(remittance: Remittance, page: Page, *, by: User) -> None:
    """Somebody saw the payment, and these claims of it."""
    shown = [claim.pk for claim in page.object_list]
    events.record("remittance.viewed", remittance, by=by, remitted_claims=shown)


def claim_rows(remittance: Remittance, claims: Iterable[RemittedClaim]) -> list[dict[str, Any]]:
    """Each claim with its lines; adjustments carry how they are taken."""
    overrides: dict[tuple[str, str], Any] = {
        (row.group, row.reason): row.kind
        for row in Treatment.objects.filter(practice_id=remittance.practice_id).filter(
            Q(payer=remittance.payer) | Q(payer=None)
        )
    }

    def chips(adjustments: Iterable[Adjustment]) -> list[dict[str, Any]]:
        return [
            {
                "code": f"{row.group}-{row.reason}",
                "amount": row.amount,
                "is_denial": treat(row.group, row.reason, overrides) == "denial",
            }
            for row in adjustments
        ]

    return [
        {
            "remitted": claim,
            "adjustments": chips(claim.adjustments.all()),
            "lines": [
                {"line": line, "adjustments": chips(line.adjustments.all())}
                for line in claim.lines.all()
            ],
        }
        for claim in claims
    ]


def exceptions_of(
    remittance: Remittance, practice: Practice, bound: tuple[int, MatchForm] | None
) -> list[dict[str, Any]]:
    """Claims that wait for a person, with up to three suggestions and a form each."""
    if remittance.state == Remittance.State.HELD:
        return []
    waiting = RemittedClaim.objects.filter(
        WAITING, practice_id=practice.pk, remittance=remittance
    ).order_by("position")
    waiting = waiting.exclude(HOLDING)
    rows = []
    for remitted in waiting[:EXCEPTIONS]:
        form = MatchForm(practice=practice, auto_id=f"id_{remitted.pk}_%s")
        if bound is not None and bound[0] == remitted.pk:
            form = bound[1]
        rows.append(
            {"remitted": remitted, "form": form, "candidates": candidates_for(remitted, practice)}
        )
    return rows


def candidates_for(remitted: RemittedClaim, practice: Practice) -> list[dict[str, Any]]:
    """Sent claims of the same patient, member or charge, best first."""
    line = remitted.lines.exclude(date_of_service=None).first()
    served_on = line.date_of_service if line else None
    told = RemittedFact(
        remitted.patient_last_name,
        remitted.patient_first_name,
        remitted.member_id,
        to_cents(remitted.amount_billed),
        served_on,
    )
    possible = possible_claims(remitted, practice)
    facts = [
        CandidateFact(
            claim.pk,
            claim.patient.last_name,
            claim.patient.first_name,
            claim.coverage.member_id,
            to_cents(claim.amount_billed),
            claim.date_of_service,
        )
        for claim in possible
    ]
    claims = {claim.pk: claim for claim in possible}
    found = best_candidates(told, facts)
    return [{"claim": claims[fact.id], "score": score} for fact, score in found]


def possible_claims(remitted: RemittedClaim, practice: Practice) -> QuerySet[Claim]:
    """Sent claims that share the member id or the name with what the payer says."""
    same_member = Q(coverage__member_id=remitted.member_id) if remitted.member_id else Q(pk=None)
    same_name = Q(patient__last_name__iexact=remitted.patient_last_name)
    return (
        Claim.objects.filter(same_member | same_name, practice=practice)
        .exclude(submitted_at=None)
        .select_related("patient", "coverage")
        .order_by("-date_of_service")[:50]
    )


def moves_of(remittance: Remittance, practice: Practice) -> dict[str, Any]:
    """The moves written, or before posting the ones that would be; per account what they sum to."""
    labels = dict(Account.choices)
    if remittance.posted_at or remittance.state == Remittance.State.HELD:
        postings = Posting.objects.filter(practice=practice, remittance=remittance)
        rows: list[dict[str, Any]] = [
            {"source": labels[p.source], "destination": labels[p.destination]}
            | {"amount": p.amount, "origin": p.origin, "claim": p.claim}
            for p in postings.select_related("claim").order_by("pk")[:MOVES]
        ]
        balances = remittance_balances(practice, remittance.pk)
        return {"rows": rows, "total": postings.count()} | totals(balances, is_written=True)
    planned = preview(remittance)
    claims = Claim.objects.in_bulk({m.claim_id for m in planned[:MOVES] if m.claim_id})
    rows = [
        {"source": labels[move.source], "destination": labels[move.destination]}
        | {"amount": from_cents(move.amount), "origin": move.origin}
        | {"claim": claims.get(claim_id or 0)}
        for move, claim_id, _ in planned[:MOVES]
    ]
    balances = {}
    for move, *_ in planned:
        for account, cents in ((move.source, -move.amount), (move.destination, move.amount)):
            balances[account] = balances.get(account, ZERO) + from_cents(cents)
    return {"rows": rows, "total": len(planned)} | totals(balances, is_written=False)


def totals(balances: dict[str, Decimal], *, is_written: bool) -> dict[str, Any]:
    """Account labels with what the moves change; zeros and unapplied, shown below, left out."""
    labels = dict(Account.choices)
    accounts = [
        (labels[name], amount)
        for name, amount in balances.items()
        if amount and name != Account.UNAPPLIED
    ]
    return {
        "accounts": accounts,
        "unapplied": -balances.get(Account.UNAPPLIED, ZERO),
        "is_written": is_written,
    }


def history_of(remittance: Remittance) -> list[dict[str, Any]]:
    """What happened to it, newest first, without the looks at it."""
    told = Event.objects.filter(
        practice_id=remittance.practice_id, subject_type="remittance", subject_id=remittance.pk
    ).exclude(name="remittance.viewed")
    return [
        {
            "text": EVENT_TEXTS.get(event.name, event.name.replace(".", " ")),
            "who": str(event.created_by) if event.created_by else "System",
            "when": event.created_at,
        }
        for event in told.select_related("created_by").order_by("-id")[:30]
    ]
