"""Takes postings back, of a whole remittance or of one claim, and lets them post again.

Nothing is changed or deleted: every move that still counts is written once more, swapped. The next
posting has another round, so its moves have origins of their own.
"""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from billing.actions import cancelling, manual_twins, offsets, policies
from billing.actions.posting_moves import COLUMNS, STANDING
from billing.actions.postings import post_remittance
from billing.actions.remittances import unmatch_claim
from billing.models import Remittance, RemittedClaim
from billing.staging import cursor
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

RELEASABLE = ("taken_back", "overlaps", manual_twins.HOLD_CODE, cancelling.HOLD_CODE)
SWAP = f"""
INSERT INTO billing_posting ({COLUMNS}, reverses_id)
SELECT m.practice_id, m.remittance_id, %(today)s, %(by)s, m.destination, m.source, m.amount,
       m.origin || ':reversed', m.service_line_id, m.remitted_line_id, m.claim_id,
       m.remitted_claim_id, m.id
FROM billing_posting m
WHERE m.practice_id = %(practice)s AND m.remittance_id = %(remittance)s
  AND (%(claim)s::bigint IS NULL OR m.remitted_claim_id = %(claim)s) AND {STANDING}
"""  # noqa: S608  constants of ours


@transaction.atomic
def reverse_remittance(remittance: Remittance, *, reason: str, by: User) -> Remittance:
    """Undo the posting of a remittance; it stays held with the reason until it is released.

    Raises Refusal when nothing of it is posted, without a reason, or when one of its payments was
    reversed by a remittance still posted: taking it back as well would take it back twice.
    """
    locked = Remittance.objects.select_for_update(of=("self",)).get(pk=remittance.pk)
    refuse_unposted(locked)
    reason = require_reason(reason)
    # Locks the claims, too: a reversal that is posting now is seen below, or waits for us.
    locked.claims.filter(state=RemittedClaim.State.POSTED).update(
        state=RemittedClaim.State.MATCHED,
        is_released=False,
        reverses=None,
        posting_round=F("posting_round") + 1,
    )
    taken = RemittedClaim.objects.filter(reverses__remittance=locked).exclude(remittance=locked)
    if taken.exists():
        raise Refusal(
            "reversed_by_payer", "The payer itself took back a payment of this remittance later."
        )
    swap(locked, None, by)
    locked.state = Remittance.State.HELD
    locked.hold_code = "taken_back"
    locked.hold_message = f"The posting was taken back: {reason}"[:300]
    locked.posted_at = None
    locked.posting_round += 1
    locked.save(update_fields=["state", "hold_code", "hold_message", "posted_at", "posting_round"])
    offsets.reopen_offsets(locked, by=by)
    events.record("remittance.taken_back", locked, by=by)
    events.notify("remittance.taken_back", locked.practice_id, locked.pk)
    return locked


@transaction.atomic
def reverse_claim(remitted_claim: RemittedClaim, *, reason: str, by: User) -> RemittedClaim:
    """Undo the posting of one claim of a remittance; its money is unapplied until it posts again.

    Raises Refusal when it is not posted, without a reason, or when the payer reversed it later.
    """
    remittance = Remittance.objects.select_for_update(of=("self",)).get(
        pk=remitted_claim.remittance_id
    )
    locked = RemittedClaim.objects.select_for_update(of=("self",)).get(pk=remitted_claim.pk)
    if locked.state != RemittedClaim.State.POSTED:
        raise Refusal("claim_not_posted", "Nothing of this claim is posted by this payment.")
    reason = require_reason(reason)
    if locked.reversed_by.exists():
        raise Refusal("reversed_by_payer", "The payer itself took this payment back later.")
    swap(remittance, locked.pk, by)
    locked.state = RemittedClaim.State.MATCHED
    locked.exception = f"The posting was taken back: {reason}"[:300]
    locked.exception_code = "taken_back"
    locked.reverses = None
    locked.posting_round += 1
    locked.is_released = False
    locked.save(
        update_fields=[
            *("state", "exception", "exception_code", "reverses", "posting_round"),
            "is_released",
        ]
    )
    remittance.state = Remittance.State.PARTLY_POSTED
    remittance.save(update_fields=["state"])
    patient_id = locked.claim.patient_id if locked.claim else None
    events.record("remitted_claim.taken_back", locked, by=by, patient_id=patient_id)
    events.notify("remittance.taken_back", remittance.practice_id, remittance.pk)
    return locked


@transaction.atomic
def release_remittance(remittance: Remittance, *, by: User) -> Remittance:
    """Post a remittance again whose posting was taken back, or one held for a person to judge.

    Raises Refusal for any other hold: what does not add up is corrected by a new version of the
    file, never by hand.
    """
    locked = Remittance.objects.select_for_update(of=("self",)).get(pk=remittance.pk)
    is_releasable = locked.hold_code in RELEASABLE and not locked.differences
    if locked.state != Remittance.State.HELD or not is_releasable:
        raise Refusal(
            "not_releasable",
            "Only a posting that was taken back or a payment held for your judgment can be "
            "released. What does not add up needs a new version of the file from the payer.",
        )
    manual_twins.refuse_release(locked)
    locked.state = Remittance.State.READY
    locked.hold_code = locked.hold_message = ""
    locked.save(update_fields=["state", "hold_code", "hold_message"])
    events.record("remittance.released", locked, by=by)
    return post_remittance(locked, by=by)


@transaction.atomic
def release_claim(remitted_claim: RemittedClaim, *, reason: str, by: User) -> RemittedClaim:
    """Post one matched claim in spite of what holds it; a person answers for it with a reason.

    Raises Refusal when it is posted, has no claim of ours, or its payment is held.
    """
    remittance = Remittance.objects.select_for_update(of=("self",)).get(
        pk=remitted_claim.remittance_id
    )
    locked = RemittedClaim.objects.select_for_update(of=("self",)).get(pk=remitted_claim.pk)
    if locked.state == RemittedClaim.State.POSTED:
        raise Refusal("already_posted", "This payment is posted already.", status=409)
    if locked.claim is None:
        raise Refusal("claim_not_matched", "Say first which claim the payer means.")
    reason = require_reason(reason, "Say why it may post.")
    policies.record_release(remittance, [locked], by, reason[:300])
    locked.is_released = True
    locked.exception = locked.exception_code = ""
    locked.save(update_fields=["is_released", "exception", "exception_code"])
    post_remittance(remittance, by=by)
    locked.refresh_from_db()
    return locked


@transaction.atomic
def undo_match(remitted_claim: RemittedClaim, *, by: User) -> RemittedClaim:
    """Undo what match_claim did, the posting that came with it included.

    Raises Refusal when no claim is matched, or when the payer reversed it later.
    """
    if RemittedClaim.objects.get(pk=remitted_claim.pk).state == RemittedClaim.State.POSTED:
        reverse_claim(remitted_claim, reason="The match was undone.", by=by)
    return unmatch_claim(remitted_claim, by=by)


def swap(remittance: Remittance, claim: int | None, by: User) -> None:
    """Write every move that counts once more, swapped: of one remitted claim, or of all."""
    names: dict[str, Any] = {
        "practice": remittance.practice_id,
        "remittance": remittance.pk,
        "claim": claim,
        "today": timezone.localdate(),
        "by": by.pk,
    }
    with cursor() as db:
        db.execute(SWAP, names)


def refuse_unposted(remittance: Remittance) -> None:
    if remittance.state not in (Remittance.State.POSTED, Remittance.State.PARTLY_POSTED):
        raise Refusal("remittance_not_posted", "Nothing of this remittance is posted.")


def require_reason(reason: str, message: str = "Say why the posting is taken back.") -> str:
    """The reason, trimmed. Raises Refusal without one."""
    reason = reason.strip()
    if not reason:
        raise Refusal("reason_missing", message, fields={"reason": message})
    return reason
