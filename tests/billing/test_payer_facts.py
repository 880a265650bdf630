"""What payers said beforehand reaches the checks of a claim."""

from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.actions import review_decisions as decisions
from billing.actions.claims import scrub_claim
from billing.actions.payer_facts import payer_facts_for
from billing.models import Claim
from coding.models import Encounter
from payers.models import Authorization, Plan
from rcm.models import Practice, User
from tests import make
from tests.billing.asking import ACTIVE, INACTIVE, answer_to, asked, received_271
from tests.billing.outgoing import sandbox_channel
from tests.billing.reviewing import coded_visit, drafted, review_of
from tests.world_payers import make_authorization, make_authorization_rule


def facts_of(visit: Encounter):  # noqa: ANN201  PayerFacts
    assert visit.coverage is not None
    [found] = payer_facts_for(visit.practice_id, [(visit, visit.coverage)])
    return found


def codes_of(claim: Claim) -> set[str]:
    return set(claim.findings.filter(resolved_at=None).values_list("code", flat=True))


def test_an_answer_after_drafting_is_seen_when_the_claim_is_checked_again(
    north: Practice, ben: User
) -> None:
    sandbox_channel(north)
    visit = coded_visit(north)
    assert visit.coverage is not None
    drafted(north)
    claim = Claim.objects.get()
    assert facts_of(visit).eligibility is None
    received_271(north, answer_to(asked(visit.coverage), INACTIVE))
    assert not facts_of(visit).eligibility.is_active
    scrub_claim(claim, by=ben, today=make.TODAY)
    assert (claim.status, "eligibility" in codes_of(claim)) == ("held", True)
    received_271(north, answer_to(asked(visit.coverage), ACTIVE), number=8)
    scrub_claim(claim, by=ben, today=make.TODAY)
    assert claim.status == "ready"


def test_an_authorization_says_what_it_covers_and_has_left(north: Practice) -> None:
    coverage = make.coverage(make.patient(north))
    make_authorization_rule(coverage.payer, "99211-99215")
    visit = coded_visit(north, patient=coverage.patient)
    assert facts_of(visit).authorization.needed == {"99213"}
    make_authorization(coverage, number="A1", codes=["99213"], quantity=Decimal(5))
    Encounter.objects.filter(pk=visit.pk).update(authorization_number="A1")
    visit = Encounter.objects.get(pk=visit.pk)
    found = facts_of(visit).authorization
    assert (found.number, found.procedure_codes, found.units_left) == ("A1", {"99213"}, Decimal(5))


def test_one_that_ended_since_holds_the_claim(north: Practice, ben: User) -> None:
    coverage = make.coverage(make.patient(north))
    make_authorization_rule(coverage.payer, "99211-99215")
    make_authorization(coverage, number="A1", codes=["99213"], quantity=Decimal(5))
    visit = coded_visit(north, patient=coverage.patient)
    drafted(north)
    claim = Claim.objects.get()
    assert claim.status == "ready"
    ended = visit.date_of_service - timedelta(days=1)
    Authorization.objects.update(ends_on=ended)
    scrub_claim(claim, by=ben, today=make.TODAY)
    assert (claim.status, "authorization_dates" in codes_of(claim)) == ("held", True)


def test_what_a_person_answered_for_is_not_asked_again(north: Practice, ben: User) -> None:
    coverage = make.coverage(make.patient(north))
    make_authorization_rule(coverage.payer, "99211-99215")
    visit = coded_visit(north, patient=coverage.patient)
    drafted(north)
    claim = decisions.accept(review_of(visit), note="Approved by phone", by=ben, today=make.TODAY)
    assert claim.status == "ready"
    assert facts_of(visit).authorization is None


def test_a_plan_that_wants_a_referral_says_so(north: Practice) -> None:
    coverage = make.coverage(make.patient(north))
    coverage.plan = Plan.objects.create(
        practice=north,
        payer=coverage.payer,
        name="Gate",
        requires_referral=True,
        starts_on="2026-01-01",
    )
    coverage.save(update_fields=["plan"])
    visit = coded_visit(north, patient=coverage.patient)
    assert facts_of(visit).authorization.needs_referral


def test_statements_do_not_grow_with_the_claims(north: Practice) -> None:
    def statements(count: int) -> int:
        visits = [coded_visit(north) for _ in range(count)]
        pairs = [(visit, visit.coverage) for visit in visits if visit.coverage is not None]
        ids = [visit.pk for visit in visits]
        loaded = Encounter.objects.select_related(
            "patient", "coverage__payer", "coverage__plan"
        ).prefetch_related("charges")
        pairs = [(row, row.coverage) for row in loaded.filter(pk__in=ids) if row.coverage]
        with CaptureQueriesContext(connection) as run:
            assert len(payer_facts_for(north.pk, pairs)) == count
        return len(run)

    assert statements(1) == statements(4)


def test_an_answer_about_a_dependent_says_nothing_of_the_holders_name(north: Practice) -> None:
    sandbox_channel(north)
    coverage = make.coverage(
        make.patient(north),
        relationship="19",
        subscriber_first_name="Tomi",
        subscriber_last_name="Ade",
    )
    visit = coded_visit(north, patient=coverage.patient)
    received_271(north, answer_to(asked(coverage), ACTIVE))
    found = facts_of(visit).eligibility
    assert found.is_active
    assert (found.person, found.birth_date) == (None, None)
