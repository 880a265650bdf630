"""The queue of coded visits without a living claim, which triggers keep."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.actions.claim_drafts import draft_chunk, ready_to_bill
from billing.actions.claims import redraft_claim
from billing.models import Claim, UnbilledVisit
from coding.actions.encounters import reopen_encounter
from coding.models import Encounter
from rcm.models import Practice
from tests import make
from tests.billing.reviewing import code_anew, coded_visit, waiting_review


def queued() -> list[int]:
    return list(UnbilledVisit.objects.order_by("encounter").values_list("encounter", flat=True))


def test_a_visit_waits_from_its_coding_to_its_claim(north: Practice) -> None:
    visit = make.coded(make.encounter(north), ("99213", "165.00"))
    assert queued() == []
    visit.charges.update(is_frozen=True)
    code_anew(visit)
    assert queued() == [visit.pk]
    assert draft_chunk(north.pk, by=None, today=make.TODAY) == 1
    assert queued() == []


def test_visits_inserted_as_coded_wait_at_once(north: Practice) -> None:
    made = make.encounter(north, state=Encounter.State.FINALIZED, finalized_at=timezone.now())
    assert queued() == [made.pk]


def test_a_reopened_visit_waits_no_longer(north: Practice) -> None:
    visit = coded_visit(north)
    reopen_encounter(visit, reason="Wrong side", by=None)
    assert queued() == []
    code_anew(visit)
    assert queued() == [visit.pk]


def test_a_visit_coded_anew_beside_its_claim_does_not_wait(north: Practice) -> None:
    visit = coded_visit(north)
    draft_chunk(north.pk, by=None, today=make.TODAY)
    reopen_encounter(visit, reason="Wrong side", by=None)
    code_anew(visit)
    assert queued() == []
    redraft_claim(Claim.objects.get(encounter=visit), by=None, today=make.TODAY)
    assert queued() == []


def test_a_visit_whose_only_claim_is_voided_waits_again(north: Practice) -> None:
    visit = coded_visit(north)
    draft_chunk(north.pk, by=None, today=make.TODAY)
    Claim.objects.filter(encounter=visit).update(status=Claim.Status.VOIDED)
    assert queued() == [visit.pk]


def test_a_visit_in_review_waits_but_is_not_drafted(north: Practice) -> None:
    visit = coded_visit(north)
    waiting_review(visit, "first")
    assert queued() == [visit.pk]
    assert list(ready_to_bill(north.pk)) == []


def test_the_next_visits_are_read_from_the_queue_alone(north: Practice) -> None:
    coded_visit(north)
    with CaptureQueriesContext(connection) as captured:
        assert ready_to_bill(north.pk).count() == 1
    [query] = captured
    assert "billing_unbilledvisit" in query["sql"]
    assert 'billing_claim"' not in query["sql"]
