"""Coded visits become claims by themselves; what cannot waits, and is billed once put right."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.actions import review_decisions as actions
from billing.actions.claims import draft_claim, draft_ready_claims
from billing.models import ChargeReview, Claim, Posting
from billing.tasks_out import sweep_batches
from coding.models import Encounter
from payers.table_lookup import forget_releases
from rcm.errors import Refusal
from rcm.models import Event, Membership, Practice, User
from tests import make
from tests.billing.books import assert_ledger, book_of
from tests.billing.reviewing import code_anew, coded_visit, drafted, review_of

D = Decimal


def test_a_clean_visit_becomes_a_claim_without_a_review(north: Practice) -> None:
    visit = coded_visit(north)
    drafted(north)
    assert Claim.objects.get().encounter == visit
    assert not ChargeReview.objects.exists()


def test_a_visit_without_a_price_waits_and_moves_no_money(north: Practice) -> None:
    visit = coded_visit(north, priced=False)
    drafted(north)
    review = review_of(visit)
    assert (review.state, review.codes) == ("waiting", ["no_price"])
    assert review.reasons == [
        {"code": "no_price", "message": "99213 has no price on the date of service.", "line": 1}
    ]
    assert not Claim.objects.exists()
    assert not Posting.objects.exists()
    event = Event.objects.get(name="encounter.review_opened")
    assert (event.subject_id, event.data) == (visit.pk, {"codes": ["no_price"]})
    drafted(north)
    assert Event.objects.filter(name="encounter.review_opened").count() == 1


def test_what_is_cleared_is_drafted_without_waiting_for_the_sweep(
    north: Practice,
    ben: User,
    sent: list[tuple[str, tuple[int, ...]]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    visit = coded_visit(north, priced=False)
    drafted(north)
    with django_capture_on_commit_callbacks(execute=True):
        actions.add_price(review_of(visit), "99213", "", D("170.00"), by=ben)
    assert sent == [("billing.tasks.draft_ready_claims", (north.pk,))]


def test_the_sweep_looks_again_at_what_waits(north: Practice) -> None:
    visit = coded_visit(north, priced=False)
    drafted(north)
    make.fees(north, **{"99213": "165.00"})
    sweep_batches()
    assert review_of(visit).state == "cleared"
    assert Claim.objects.get().encounter == visit


def test_one_price_clears_every_visit_that_waited_for_it(north: Practice, ben: User) -> None:
    first = coded_visit(north, priced=False)
    others = [coded_visit(north, priced=False, number=f"N{n}") for n in range(2)]
    drafted(north)
    for visit in others:
        Encounter.objects.filter(pk=visit.pk).update(
            patient=make.patient(north, mrn=f"M{visit.number}")
        )
    cleared = actions.add_price(review_of(first), "99213", "", D("170.00"), by=ben)
    assert cleared == 3
    assert set(ChargeReview.objects.values_list("state", flat=True)) == {"cleared"}
    drafted(north)
    assert list(Claim.objects.values_list("amount_billed", flat=True)) == [D("170.00")] * 3
    claim = Claim.objects.get(encounter=first)
    assert book_of(claim) == {"revenue": D("-170.00"), "primary_receivable": D("170.00")}
    assert_ledger(north)


@pytest.mark.parametrize(
    ("code", "amount", "refusal"),
    [("99499", "10.00", "line_unknown"), ("99213", "0.00", "price_wrong")],
)
def test_a_price_that_cannot_be_is_refused(
    north: Practice, ben: User, code: str, amount: str, refusal: str
) -> None:
    visit = coded_visit(north, priced=False)
    drafted(north)
    with pytest.raises(Refusal) as refused:
        actions.add_price(review_of(visit), code, "", D(amount), by=ben)
    assert refused.value.code == refusal
    assert review_of(visit).state == "waiting"
    assert visit.charges.get().amount_billed is None


def test_a_visit_nobody_pays_for_waits_until_a_policy_is_chosen(north: Practice, ben: User) -> None:
    visit = coded_visit(north)
    policy = visit.coverage
    Encounter.objects.update(coverage=None)
    drafted(north)
    assert review_of(visit).codes == ["no_coverage"]
    served_on = visit.date_of_service
    ended = make.coverage(visit.patient, rank="S", ends_on=served_on - timedelta(days=1))
    with pytest.raises(Refusal, match="This policy is not in force on"):
        actions.choose_coverage(review_of(visit), ended, by=ben)
    other = make.coverage(make.patient(north, mrn="OTHER"))
    with pytest.raises(Refusal, match="This policy is not the patient's"):
        actions.choose_coverage(review_of(visit), other, by=ben)
    assert review_of(visit).state == "waiting"
    assert policy is not None
    assert actions.choose_coverage(review_of(visit), policy, by=ben) == 1
    drafted(north)
    assert Claim.objects.get().coverage == policy


def test_two_visits_of_a_day_wait_until_a_person_says_they_are_two(
    north: Practice, ben: User
) -> None:
    first = coded_visit(north)
    second = coded_visit(north, patient=first.patient, provider=first.provider, number="E2")
    drafted(north)
    assert Claim.objects.get().encounter == first
    review = review_of(second)
    assert review.reasons[0]["message"] == (
        f"The patient saw the same provider that day: {first.number}."
    )
    claim = actions.accept(review, note="Morning and evening", by=ben, today=make.TODAY)
    assert (claim.encounter, review_of(second).state) == (second, "accepted")
    assert Event.objects.get(name="encounter.review_accepted").data == {
        "codes": ["duplicate_visit"],
        "note": "Morning and evening",
    }
    drafted(north)
    assert Claim.objects.count() == 2
    with pytest.raises(Refusal, match="Somebody was first: it is accepted"):
        actions.accept(review, by=ben)


def test_acceptance_runs_every_check_again_and_says_what_is_left(
    north: Practice, ben: User
) -> None:
    visit = coded_visit(north, priced=False)
    drafted(north)
    with pytest.raises(Refusal) as refused:
        actions.accept(review_of(visit), by=ben)
    assert (refused.value.code, refused.value.status) == ("review_fails", 422)
    assert refused.value.message == (
        "It cannot be billed yet. 99213 has no price on the date of service."
    )
    assert review_of(visit).state == "waiting"
    assert not Claim.objects.exists()


def test_a_visit_that_is_with_its_coder_again_or_billed_is_not_billed(
    north: Practice, ben: User
) -> None:
    first = coded_visit(north)
    second = coded_visit(north, patient=first.patient, provider=first.provider, number="E2")
    drafted(north)
    Encounter.objects.filter(pk=second.pk).update(state="returned", finalized_at=None)
    with pytest.raises(Refusal, match="is not coded yet"):
        actions.accept(review_of(second), by=ben)
    code_anew(second)
    draft_claim(second, by=ben, today=make.TODAY)
    with pytest.raises(Refusal, match="has a claim already"):
        actions.accept(review_of(second), by=ben)
    assert review_of(second).state == "waiting"
    assert Claim.objects.filter(encounter=second).count() == 1


def test_the_next_charts_of_a_new_coder_are_looked_at(
    north: Practice, ana: User, ben: User, mia: User
) -> None:
    actions.look_at_next_charts(north.pk, ana, 2, by=mia)
    patients = [make.patient(north, mrn=f"M{n}") for n in range(4)]
    visits = [
        coded_visit(north, by=ana, patient=patient, number=f"N{n}")
        for n, patient in enumerate(patients)
    ]
    drafted(north)
    assert ChargeReview.objects.filter(codes=["new_coder"]).count() == 4
    actions.accept(review_of(visits[0]), by=ben, today=make.TODAY)
    actions.send_back(review_of(visits[1]), reason="Look at the modifier", by=ben)
    assert Membership.objects.get(user=ana).charts_to_review == 0
    drafted(north)
    assert [review_of(visit).state for visit in visits] == [
        *("accepted", "returned", "cleared", "cleared")
    ]
    assert Claim.objects.count() == 3


def test_a_visit_sent_back_and_coded_anew_is_looked_at_anew(north: Practice, ben: User) -> None:
    first = coded_visit(north)
    second = coded_visit(north, patient=first.patient, provider=first.provider, number="E2")
    drafted(north)
    with pytest.raises(Refusal, match="Say why it goes back"):
        actions.send_back(review_of(second), reason=" ", by=ben)
    actions.send_back(review_of(second), reason="The same visit?", by=ben)
    second.refresh_from_db()
    assert (second.state, review_of(second).state) == ("returned", "returned")
    drafted(north)
    assert Claim.objects.count() == 1
    code_anew(second)
    drafted(north)
    assert review_of(second).state == "waiting"


def test_a_yes_to_an_earlier_coding_says_nothing_about_a_later_one(
    north: Practice, ben: User
) -> None:
    first = coded_visit(north)
    second = coded_visit(north, patient=first.patient, provider=first.provider, number="E2")
    drafted(north)
    claim = actions.accept(review_of(second), by=ben, today=make.TODAY)
    Claim.objects.filter(pk=claim.pk).update(status="voided")
    later = timezone.now() + timedelta(hours=1)
    Encounter.objects.filter(pk=second.pk).update(finalized_at=later)
    drafted(north)
    assert review_of(second).state == "waiting"


def test_a_review_without_a_reason_is_refused_by_the_database(north: Practice) -> None:
    visit = coded_visit(north)
    with pytest.raises(IntegrityError, match="charge_review_has_reason"), transaction.atomic():
        ChargeReview.objects.create(practice=north, encounter=visit, codes=[])


def test_the_number_of_statements_does_not_grow_with_the_visits(north: Practice) -> None:
    def cost(count: int, prefix: str) -> int:
        for n in range(count):
            patient = make.patient(north, mrn=f"{prefix}{n}")
            coded_visit(north, patient=patient, number=f"{prefix}{n}", priced=bool(n % 2))
        forget_releases()
        with CaptureQueriesContext(connection) as seen:
            draft_ready_claims(north.pk, today=make.TODAY)
        ChargeReview.objects.all().delete()
        Encounter.objects.filter(claims=None).update(state="returned", finalized_at=None)
        return len(seen)

    assert cost(2, "A") == cost(10, "B")
