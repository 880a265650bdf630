"""Visits wait for what their payer wants authorized, and are billed once it is there."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.actions import review_decisions as decisions
from billing.actions.authorizations import add_rule, end_rule, save_authorization
from billing.actions.claims import draft_ready_claims, replace_claim
from billing.authorizations import quantities_used
from billing.models import ChargeReview, Claim
from billing.rules.claim_content import from_json
from coding.models import Charge, Encounter
from payers.models import Authorization, AuthorizationRule, Coverage
from payers.table_lookup import forget_releases
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.billing.reviewing import code_anew, coded_visit, drafted, review_of
from tests.world_payers import make_authorization, make_authorization_rule

D = Decimal
TERMS: dict[str, Any] = {
    "number": "A1",
    "state": "approved",
    "counts": "units",
    "quantity": D(2),
    "codes": "99213",
    "starts_on": date(2026, 1, 1),
    "ends_on": None,
    "provider": None,
    "note": "",
}


@pytest.fixture
def coverage(north: Practice) -> Coverage:
    row = make.coverage(make.patient(north))
    make_authorization_rule(row.payer, "99211-99215")
    return row


def another(coverage: Coverage, days: int = 1, **changes: Any) -> Encounter:
    """A further coded visit of the patient, on another day."""
    return coded_visit(
        coverage.practice,
        patient=coverage.patient,
        date_of_service=make.SERVED_ON - timedelta(days=days),
        **changes,
    )


def test_a_visit_waits_for_an_authorization_and_goes_when_it_is_added(
    north: Practice, ben: User, coverage: Coverage
) -> None:
    visit = another(coverage)
    drafted(north)
    review = review_of(visit)
    assert review.codes == ["authorization_missing"]
    assert review.reasons == [
        {
            "code": "authorization_missing",
            "message": "Unified wants an authorization for 99213.",
            "line": 1,
        }
    ]
    row, cleared = save_authorization(coverage, by=ben, **TERMS)
    assert (row.codes, cleared, review_of(visit).state) == (["99213"], 1, "cleared")
    drafted(north)
    claim = Claim.objects.get()
    assert from_json(claim.content).authorization_number == "A1"
    names = Event.objects.filter(subject_id=visit.pk).values_list("name", flat=True)
    assert "encounter.authorization_named" in names


def test_the_first_coded_takes_first_and_the_next_waits(
    north: Practice, ben: User, coverage: Coverage
) -> None:
    make_authorization(coverage, quantity=D(2), codes=["99213"])
    visits = [another(coverage, days) for days in (3, 2, 1)]
    drafted(north)
    assert Claim.objects.count() == 2
    [review] = ChargeReview.objects.all()
    assert (review.encounter, review.codes) == (visits[2], ["authorization_used_up"])
    assert review.reasons[0]["message"] == (
        "Authorization A1 has 0 of 2 units left, the visit takes 1."
    )
    row = Authorization.objects.get()
    assert quantities_used(north.pk, [row]) == {row.pk: D(3)}
    save_authorization(coverage, by=ben, old=row, **TERMS | {"quantity": D(3)})
    assert review_of(visits[2]).state == "cleared"


def test_a_replaced_claim_takes_nothing_twice(
    north: Practice, ben: User, coverage: Coverage
) -> None:
    row = make_authorization(coverage)
    visit = another(coverage, authorization_number="A1")
    drafted(north)
    claim = Claim.objects.get(encounter=visit)
    Claim.objects.filter(pk=claim.pk).update(
        status="accepted", submitted_at=timezone.now(), payer_claim_control_number="P1"
    )
    claim.refresh_from_db()
    replace_claim(claim, by=ben, today=make.TODAY)
    assert Claim.objects.count() == 2
    assert quantities_used(north.pk, [row]) == {row.pk: D(1)}
    Encounter.objects.update(state="returned", finalized_at=None)
    assert quantities_used(north.pk, [row]) == {row.pk: D(0)}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ends_on": date(2026, 1, 31)}, "Authorization A1 ended on 01/31/2026."),
        ({"codes": ["97110"]}, "Authorization A1 does not cover 99213."),
        ({"state": "requested"}, "Authorization A1 is not approved."),
    ],
)
def test_an_authorization_that_does_not_hold_says_why(
    north: Practice, coverage: Coverage, changes: dict[str, Any], message: str
) -> None:
    make_authorization(coverage, **changes)
    visit = another(coverage, authorization_number="A1")
    drafted(north)
    assert [each["message"] for each in review_of(visit).reasons] == [message]
    assert not Claim.objects.exists()


def test_of_two_that_cover_it_the_one_with_enough_left_is_named(
    north: Practice, coverage: Coverage
) -> None:
    make_authorization(coverage, quantity=D(1))
    first = another(coverage, 2, authorization_number="A1")
    drafted(north)
    make_authorization(coverage, number="A2")
    second = another(coverage)
    drafted(north)
    second.refresh_from_db()
    assert (second.authorization_number, Claim.objects.count()) == ("A2", 2)
    assert first.authorization_number == "A1"


def test_a_person_names_one_of_two(north: Practice, ben: User, coverage: Coverage) -> None:
    make_authorization(coverage)
    second = make_authorization(coverage, number="A2")
    visit = another(coverage)
    drafted(north)
    assert review_of(visit).codes == ["authorization_missing"]
    foreign = make_authorization(make.coverage(make.patient(north)), number="A3")
    with pytest.raises(Refusal, match="not one of the visit's payer"):
        decisions.name_authorization(review_of(visit), foreign, by=ben)
    assert review_of(visit).state == "waiting"
    assert decisions.name_authorization(review_of(visit), second, by=ben) == 1
    visit.refresh_from_db()
    assert visit.authorization_number == "A2"


def test_a_person_answers_for_a_visit_without_one(
    north: Practice, ben: User, coverage: Coverage
) -> None:
    visit = another(coverage)
    drafted(north)
    claim = decisions.accept(review_of(visit), note="Emergency", by=ben, today=make.TODAY)
    assert claim.encounter == visit
    code_anew(visit)
    assert review_of(visit).state == "accepted"


def test_a_rule_ended_lets_its_visits_go(north: Practice, ben: User, coverage: Coverage) -> None:
    visit = another(coverage)
    drafted(north)
    rule = AuthorizationRule.objects.get()
    assert end_rule(rule, on=visit.date_of_service - timedelta(days=1), by=ben) == 1
    with pytest.raises(Refusal, match="It ended on"):
        end_rule(rule, on=make.TODAY, by=ben)


def test_terms_that_cannot_be_are_refused_and_nothing_is_written(
    north: Practice, ben: User, coverage: Coverage
) -> None:
    save_authorization(coverage, by=ben, **TERMS)
    for changes, code in (
        ({}, "number_taken"),
        ({"number": ""}, "authorization_wrong"),
        ({"quantity": D(0)}, "authorization_wrong"),
        ({"ends_on": date(2025, 1, 1)}, "authorization_wrong"),
        ({"codes": "9921"}, "codes_wrong"),
    ):
        with pytest.raises(Refusal) as refused:
            save_authorization(coverage, by=ben, **TERMS | changes)
        assert refused.value.code == code
    with pytest.raises(Refusal, match="Name the codes"):
        add_rule(coverage.payer, " ", starts_on=make.TODAY, by=ben)
    assert add_rule(coverage.payer, "99211-99215", starts_on=make.TODAY, by=ben) == []
    assert (Authorization.objects.count(), AuthorizationRule.objects.count()) == (1, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Authorization.objects.update(number="")


def test_the_number_of_statements_does_not_grow_with_the_authorizations(
    north: Practice, coverage: Coverage
) -> None:
    def cost(count: int, mark: str) -> int:
        for number in range(count):
            patient = make.patient(north, mrn=f"{mark}{number}")
            policy = make.coverage(patient)
            make_authorization(policy, number=f"{mark}{number}")
            coded_visit(north, patient=patient, number=f"{mark}{number}")
        forget_releases()  # asked once in a while by each process
        with CaptureQueriesContext(connection) as seen:
            draft_ready_claims(north.pk, today=make.TODAY)
        return len(seen)

    assert cost(2, "A") == cost(10, "B")
    assert Charge.objects.filter(encounter__authorization_number="").count() == 0
