"""Posters with a known defect. The harness is worth something only if it finds them.

Both commit claim by claim. `naive` gives each move an origin of its own, so that trying again posts
again; `claimwise` keeps our origins, so that the end is right and only the way there is not.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction

from billing.actions import postings, remittances
from billing.models import Posting, Remittance
from billing.tasks_in import waiting_remittances
from rcm import access, events
from rcm.money import from_cents

Tasks = dict[str, Callable[..., Any]]


def post_claim_by_claim(practice_id: int, remittance_id: int, *, is_naive: bool) -> None:
    """Match, then commit the moves of one claim after the other, the payment's own at the end."""
    with access.acting_in(practice_id):
        remittance = waiting_remittances(practice_id).filter(pk=remittance_id).first()
        if remittance is None:
            return
        remittances.match_remittance(remittance)
        moves = postings.preview(remittance)
    by_claim: dict[int | None, list[Any]] = {}
    for found in moves:
        by_claim.setdefault(found.remitted_claim_id, []).append(found)
    for group in by_claim.values():
        with access.acting_in(practice_id):
            for found in group:
                write_move(remittance, found, f"~{uuid4()}" if is_naive else "")
    with access.acting_in(practice_id):
        waiting = remittance.claims.filter(state="unmatched").exists()
        remittance.state = Remittance.State.PARTLY_POSTED if waiting else Remittance.State.POSTED
        remittance.save(update_fields=["state"])
        events.record("remittance.posted", remittance, by=None)


def write_move(remittance: Remittance, found: Any, tail: str) -> None:
    move = found.move
    try:
        with transaction.atomic():
            Posting.objects.create(
                practice_id=remittance.practice_id,
                remittance=remittance,
                source=move.source,
                destination=move.destination,
                amount=from_cents(move.amount),
                claim_id=found.claim_id,
                remitted_claim_id=found.remitted_claim_id,
                service_line_id=move.service_line_id,
                remitted_line_id=move.remitted_line_id,
                origin=f"{move.origin}{tail}",
                posted_on=remittance.paid_on,
            )
    except IntegrityError:
        # The same fact posts once: the origin exists.
        return


def planted_tasks(name: str) -> Tasks:
    """The tasks a defect replaces. Raises KeyError for a name that is none."""
    is_naive = {"naive": True, "claimwise": False}[name]

    def post(practice_id: int, remittance_id: int) -> None:
        post_claim_by_claim(practice_id, remittance_id, is_naive=is_naive)

    return {"billing.tasks.post_remittance": post}
