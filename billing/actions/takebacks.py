"""Takes a whole posting back: every move of the remittance once more, swapped."""

from django.db import transaction
from django.utils import timezone

from billing.models import Remittance, RemittedClaim
from billing.staging import cursor
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

SWAP = """
INSERT INTO billing_posting (
    practice_id, source, destination, amount, claim_id, service_line_id, remittance_id,
    remitted_claim_id, remitted_line_id, reverses_id, origin, posted_on, created_by_id
)
SELECT practice_id, destination, source, amount, claim_id, service_line_id, remittance_id,
       remitted_claim_id, remitted_line_id, id, origin || ':reversed', %(today)s, %(by)s
FROM billing_posting
WHERE practice_id = %(practice)s AND remittance_id = %(remittance)s AND reverses_id IS NULL
ON CONFLICT (practice_id, origin) DO NOTHING
"""


@transaction.atomic
def reverse_remittance(remittance: Remittance, *, reason: str, by: User) -> Remittance:
    """Undo the posting of a remittance; it stays held with the reason and is not posted again.

    Raises Refusal when nothing of it is posted, without a reason, or when one of its payments was
    reversed by a later remittance: taking it back as well would take it back twice.
    """
    locked = Remittance.objects.select_for_update(of=("self",)).get(pk=remittance.pk)
    if locked.state not in (Remittance.State.POSTED, Remittance.State.PARTLY_POSTED):
        raise Refusal("remittance_not_posted", "Nothing of this remittance is posted.")
    if not reason.strip():
        message = "Say why the posting is taken back."
        raise Refusal("reason_missing", message, fields={"reason": message})
    claims = locked.claims.filter(state=RemittedClaim.State.POSTED)
    later = RemittedClaim.objects.filter(
        practice_id=locked.practice_id,
        claim__in=claims.values("claim"),
        status_code="22",
        state=RemittedClaim.State.POSTED,
        remittance_id__gt=locked.pk,
    )
    if later.exists():
        raise Refusal(
            "reversed_by_payer", "The payer itself took back a payment of this remittance later."
        )
    with cursor() as db:
        db.execute(
            SWAP,
            {
                "practice": locked.practice_id,
                "remittance": locked.pk,
                "today": timezone.localdate(),
                "by": by.pk,
            },
        )
    claims.update(state=RemittedClaim.State.MATCHED, exception="The posting was taken back.")
    locked.state = Remittance.State.HELD
    locked.hold_code = "taken_back"
    locked.hold_message = f"The posting was taken back: {reason.strip()}"[:300]
    locked.save(update_fields=["state", "hold_code", "hold_message"])
    events.record("remittance.taken_back", locked, by=by)
    return locked
