"""Many visits in charge review accepted at once, and whose work one is."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.actions.review_bulk import accept_many
from billing.actions.work_owners import assign_review
from billing.models import ChargeReview, Claim, WorkOwner
from coding.models import Encounter
from payers.table_lookup import forget_releases
from rcm.errors import Refusal
from rcm.models import Membership, Practice, User
from tests import make
from tests.billing.reviewing import coded_visit, drafted, review_of


@pytest.fixture
def waiting(north: Practice, ana: User) -> list[ChargeReview]:
    """Two charts of a new coder, one of them without a price."""
    Membership.objects.filter(user=ana).update(charts_to_review=5)
    visits = [
        coded_visit(north, by=ana),
        coded_visit(north, by=ana, patient=make.patient(north), priced=False),
    ]
    drafted(north)
    return [review_of(visit) for visit in visits]


def ids(reviews: list[ChargeReview]) -> list[int]:
    return [review.pk for review in reviews]


def test_what_only_needs_a_word_is_accepted_and_the_rest_says_why(
    north: Practice, ana: User, ben: User, waiting: list[ChargeReview]
) -> None:
    done = accept_many(north.pk, ids(waiting), note="Looked at", by=ben, today=make.TODAY)
    assert done.claims == 1
    assert [(review.pk, why) for review, why in done.left] == [
        (waiting[1].pk, "99213 has no price on the date of service.")
    ]
    first, second = (ChargeReview.objects.get(pk=pk) for pk in ids(waiting))
    assert (first.state, first.note, first.decided_by) == ("accepted", "Looked at", ben)
    assert second.state == "waiting"
    assert Claim.objects.get().encounter == first.encounter
    assert Membership.objects.get(user=ana).charts_to_review == 4
    again = accept_many(north.pk, ids(waiting[:1]), by=ben)
    assert (again.claims, again.left) == (0, [])


def test_a_visit_with_its_coder_again_is_left(
    north: Practice, ben: User, waiting: list[ChargeReview]
) -> None:
    Encounter.objects.update(state="returned", finalized_at=None)
    done = accept_many(north.pk, ids(waiting), by=ben)
    assert (done.claims, {why for _, why in done.left}) == (0, {"It is with its coder again."})
    assert not Claim.objects.exists()


def test_the_number_of_statements_does_not_grow_with_the_visits(
    north: Practice, ana: User, ben: User
) -> None:
    def cost(count: int, mark: str) -> int:
        Membership.objects.filter(user=ana).update(charts_to_review=500)
        for number in range(count):
            patient = make.patient(north, mrn=f"{mark}{number}")
            coded_visit(north, by=ana, patient=patient, number=f"{mark}{number}")
        drafted(north)
        found = list(ChargeReview.objects.filter(state="waiting"))
        forget_releases()  # asked once in a while by each process
        with CaptureQueriesContext(connection) as seen:
            assert accept_many(north.pk, ids(found), by=ben, today=make.TODAY).claims == count
        return len(seen)

    assert cost(2, "A") == cost(10, "B")


def test_the_page_lists_first_and_accepts_what_is_ticked(
    north: Practice, ben_client: Client, waiting: list[ChargeReview]
) -> None:
    page = ben_client.get("/charges/acceptance/?reason=new_coder").content.decode()
    assert "1 visit to accept" in page
    assert f'value="{waiting[0].pk}"' in page
    assert f'value="{waiting[1].pk}"' not in page
    answer = ben_client.post("/charges/acceptance/", {"reviews": ids(waiting), "note": "Fine"})
    assert (answer.status_code, Claim.objects.count()) == (302, 1)


def test_a_visit_belongs_to_a_person_and_is_found_by_owner(
    north: Practice, ana: User, ben: User, ben_client: Client, waiting: list[ChargeReview]
) -> None:
    url = f"/charges/{waiting[0].pk}/owner/"
    assert ben_client.post(url, {"person": ana.pk}).status_code == 422
    assert not WorkOwner.objects.exists()
    assert ben_client.post(url, {"person": ben.pk}).status_code == 302
    assert WorkOwner.objects.get().review == waiting[0]
    mine = ben_client.get(f"/charges/?owner={ben.pk}").content.decode()
    assert f'id="row-{waiting[0].pk}"' in mine
    assert f'id="row-{waiting[1].pk}"' not in mine
    free = ben_client.get("/charges/?owner=none").content.decode()
    assert f'id="row-{waiting[1].pk}"' in free
    with pytest.raises(Refusal, match="Choose a person who works on billing"):
        assign_review(waiting[0], to=ana.pk, by=ben)


def test_the_api_accepts_many_and_says_what_is_left(
    north: Practice, ben: User, ben_client: Client, waiting: list[ChargeReview]
) -> None:
    answer = ben_client.post(
        "/api/charge-reviews/acceptances/",
        {"reviews": ids(waiting)},
        content_type="application/json",
        headers={"Idempotency-Key": "b1"},
    )
    assert answer.json() == {
        "claims": 1,
        "left": [{"id": waiting[1].pk, "why": "99213 has no price on the date of service."}],
    }
    owned = ben_client.post(
        f"/api/charge-reviews/{waiting[1].pk}/owner/",
        {"person": ben.pk},
        headers={"Idempotency-Key": "b2"},
    )
    assert owned.json()["owner_id"] == ben.pk
