"""Finds the claims a payer speaks of: set-based for what is certain, a person for the rest."""

from typing import Any

from django.db import transaction

from billing.actions import claim_matches, line_matches, postings
from billing.models import Claim, Remittance, RemittedClaim
from billing.staging import cursor
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

UNMATCHED = """
UPDATE billing_remittedclaim
SET state = 'unmatched', exception = 'No claim of this practice has this number.'
WHERE practice_id = %(practice)s AND remittance_id = %(remittance)s AND state = 'recorded'
"""


@transaction.atomic
def match_remittance(remittance: Remittance, *, by: User | None = None) -> Remittance:
    """Match all claims and lines of a balanced remittance; afterwards it is ready to post.

    May be repeated: only what is not matched yet is looked at. A held remittance stays held.
    """
    names: dict[str, Any] = {"practice": remittance.practice_id, "remittance": remittance.pk}
    with cursor() as db:
        claim_matches.match_claims_of(db, remittance)
        db.execute(UNMATCHED, names)
        line_matches.match_lines_of(db, remittance)
    if remittance.state == Remittance.State.RECORDED:
        remittance.state = Remittance.State.READY
        remittance.save(update_fields=["state"])
        events.record("remittance.matched", remittance, by=by)
    return remittance


@transaction.atomic
def match_claim(remitted_claim: RemittedClaim, claim: Claim, *, by: User) -> RemittedClaim:
    """A person says which claim the payer means; it posts at once when the payment has posted.

    Raises Refusal when the payer's claim has posted already or the claim was never sent.
    """
    remittance = Remittance.objects.select_for_update(of=("self",)).get(
        pk=remitted_claim.remittance_id
    )
    locked = RemittedClaim.objects.select_for_update(of=("self",)).get(pk=remitted_claim.pk)
    if locked.state == RemittedClaim.State.POSTED:
        raise Refusal("already_posted", "This payment is posted already.", status=409)
    if claim.practice_id != locked.practice_id or claim.submitted_at is None:
        message = f"Claim {claim.patient_control_number} was never sent to a payer."
        raise Refusal("claim_not_sent", message, fields={"claim": message})
    locked.claim = claim
    locked.match_method = "person"
    locked.state = RemittedClaim.State.MATCHED
    locked.exception = ""
    locked.save(update_fields=["claim", "match_method", "state", "exception"])
    locked.lines.update(service_line=None)
    with cursor() as db:
        line_matches.match_lines_of(db, remittance, only=locked.pk)
    events.record(
        "remitted_claim.matched", locked, by=by, patient_id=claim.patient_id, claim=claim.pk
    )
    if remittance.state in (Remittance.State.PARTLY_POSTED, Remittance.State.POSTED):
        postings.post_remittance(remittance, by=by)
    locked.refresh_from_db()
    return locked
