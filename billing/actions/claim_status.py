"""Moving claims from one status to the next: one conditional UPDATE, for one claim or thousands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from billing.models import Claim, RemittedClaim
from billing.rules import transitions
from billing.rules.policy import REVERSAL, WITHOUT_PAYMENT
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

# The time stamp each status sets; those not named leave every stamp but submitted_at alone.
STAMPS = {
    "submitted": "submitted_at",
    "accepted": "accepted_at",
    "adjudicated": "adjudicated_at",
}

# Back in our hands: it no longer counts as sent.
NOT_SENT = frozenset({"draft", "held", "ready"})


def _update_sql(to: str, sources: Sequence[str]) -> str:
    assignments = ["status = %(to)s"]
    if to in NOT_SENT:
        assignments.append("submitted_at = NULL")
    elif stamp := STAMPS.get(to):
        assignments.append(f"{stamp} = %(at)s")
    return (
        f"UPDATE billing_claim SET {', '.join(assignments)} "  # noqa: S608  # own words only
        "WHERE practice_id = %(practice)s AND id = ANY(%(ids)s) AND status = ANY(%(sources)s) "
        "RETURNING id, patient_id"
    )


def advance_claims(
    practice_id: int,
    claim_ids: Sequence[int],
    to: str,
    *,
    by: User | None,
    at: datetime | None = None,
    sources: Sequence[str] | None = None,
    **facts: object,
) -> list[int]:
    """Move those of the claims that may go to `to`; the ids that moved. Two statements.

    `sources` narrows the statuses they may come from; `facts` (ids and codes, never PHI) go into
    each claim's event.
    """
    allowed = sources if sources is not None else transitions.sources(to)
    if not claim_ids or not allowed:
        return []
    values: dict[str, Any] = {
        "to": to,
        "at": at or timezone.now(),
        "practice": practice_id,
        "ids": list(claim_ids),
        "sources": list(allowed),
    }
    with connection.cursor() as cursor:
        cursor.execute(_update_sql(to, allowed), values)
        moved = cursor.fetchall()
    told = ((claim_id, patient_id, facts) for claim_id, patient_id in sorted(moved))
    events.record_each(f"claim.{to}", Claim, practice_id, told, by=by)
    return sorted(claim_id for claim_id, _ in moved)


def advance(claim: Claim, to: str, *, by: User | None, **facts: Any) -> None:
    """Move one claim and reload its status. Raises Refusal 409 when it may not go there."""
    if not advance_claims(claim.practice_id, [claim.pk], to, by=by, **facts):
        current = Claim.objects.values_list("status", flat=True).get(pk=claim.pk)
        raise Refusal(
            "claim_moved_on",
            f"Claim {claim} is {Claim.Status(current).label.lower()} and cannot become "
            f"{Claim.Status(to).label.lower()}. Somebody may have been first; reload the page.",
            status=409,
        )
    claim.refresh_from_db(fields=["status", "submitted_at", "accepted_at", "adjudicated_at"])


def withdraw_decision(claim: Claim, *, by: User | None) -> None:
    """A decision posted to the claim was about another one: forget what it taught.

    Its payer number is again that of the latest other decision, else of its acknowledgment (REF*1K
    of the 277CA); without another decision the claim waits for its payer as before.
    """
    decisions = RemittedClaim.objects.filter(
        practice_id=claim.practice_id, claim=claim, state=RemittedClaim.State.POSTED
    ).exclude(status_code__in={REVERSAL, *WITHOUT_PAYMENT})
    decision = decisions.order_by("-remittance__paid_on", "-pk").first()
    answers = claim.acknowledgments.order_by("received_at", "pk")
    numbers = [row.payer_claim_control_number for row in answers if not row.is_rejection]
    if decision is not None:
        numbers.append(decision.payer_claim_control_number)
    claim.payer_claim_control_number = next(filter(None, reversed(numbers)), "")
    if decision is None and claim.status == Claim.Status.ADJUDICATED:
        claim.adjudicated_at = None
        claim.status = Claim.Status.ACCEPTED if claim.accepted_at else Claim.Status.SUBMITTED
        last = answers.last()
        # The worst said of the latest sending stands, whatever was said last.
        if last and any(row.is_rejection for row in answers if row.batch_id == last.batch_id):
            claim.status = Claim.Status.REJECTED
    claim.save(update_fields=["payer_claim_control_number", "status", "adjudicated_at"])
    record_for_claim("claim.decision_withdrawn", claim, by=by)


def record_for_claim(name: str, claim: Claim, *, by: User | None, **facts: object) -> None:
    """An event of the claim's timeline."""
    events.record(name, claim, by=by, patient_id=claim.patient_id, **facts)
