"""Which way a claim may go."""

import pytest

from billing.actions.claims import advance
from billing.models import Claim
from billing.rules.transitions import ALLOWED, may_move, sources
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make


def test_every_status_of_the_model_has_its_row_in_the_table() -> None:
    assert set(ALLOWED) == set(Claim.Status.values)
    assert set().union(*ALLOWED.values()) < set(Claim.Status.values)


def test_a_rejected_claim_may_be_corrected_but_never_becomes_accepted_by_itself() -> None:
    assert may_move("rejected", "ready")
    assert not may_move("rejected", "accepted")
    assert sources("rejected") == ("accepted", "submitted")


def test_nothing_leaves_closed_or_voided() -> None:
    assert [may_move("closed", to) for to in Claim.Status.values] == [False] * 9
    assert [may_move("voided", to) for to in Claim.Status.values] == [False] * 9


def test_advancing_moves_the_claim_sets_its_time_and_leaves_an_event(
    north: Practice, ben: User
) -> None:
    claim = make.claim(north, status="submitted", accepted_at=None)
    advance(claim, "accepted", by=ben)
    assert claim.status == "accepted"
    assert claim.accepted_at is not None
    event = Event.objects.get(name="claim.accepted")
    assert (event.subject_id, event.patient_id) == (claim.pk, claim.patient_id)
    assert event.created_by == ben


def test_the_second_hand_is_told_that_somebody_was_first(north: Practice, ben: User) -> None:
    claim = make.claim(north, status="ready", submitted_at=None, accepted_at=None)
    advance(Claim.objects.get(pk=claim.pk), "held", by=ben)
    with pytest.raises(Refusal) as refused:
        advance(claim, "submitted", by=ben)
    assert refused.value.status == 409
    assert refused.value.message == (
        f"Claim {claim} is held and cannot become submitted. "
        "Somebody may have been first; reload the page."
    )
    assert list(Event.objects.values_list("name", flat=True)) == ["claim.held"]


def test_a_claim_taken_back_loses_the_time_it_was_sent(north: Practice, ben: User) -> None:
    claim = make.claim(north, status="submitted", accepted_at=None)
    advance(claim, "ready", by=ben)
    assert claim.submitted_at is None
