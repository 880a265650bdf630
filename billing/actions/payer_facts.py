"""What payers said beforehand about some claims: eligibility, authorization, referral.

The number of statements does not depend on the number of claims.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from billing.authorizations import VisitAuthorizations
from billing.models import ChargeReview
from billing.rules import charge_review
from billing.rules.findings import AuthorizationFacts, EligibilityFacts
from coding.models import Encounter
from payers.actions.eligibility import answer_on, latest_answers
from payers.models import Coverage, EligibilityAnswer
from payers.rules.authorizations import APPROVED, UNITS
from rcm.x12.claim_837 import Person

JUDGED = [charge_review.AUTHORIZATION_MISSING, charge_review.AUTHORIZATION_USED_UP]


class PayerFacts(NamedTuple):
    """None each when nobody knows."""

    eligibility: EligibilityFacts | None = None
    authorization: AuthorizationFacts | None = None


def payer_facts_for(
    practice_id: int, claims: Sequence[tuple[Encounter, Coverage]]
) -> list[PayerFacts]:
    """The facts of each claim, in the same order; encounters come with charges and coverage."""
    coverages = {}
    for encounter, coverage in claims:
        coverage.patient = encounter.patient  # the same row, loaded already
        coverages[coverage.pk] = coverage
    answers = latest_answers(practice_id, coverages)
    visits = [encounter for encounter, _ in claims]
    authorizations = VisitAuthorizations(practice_id, visits)
    judged = _judged_by_people(practice_id, visits)
    return [
        PayerFacts(
            _eligibility(
                coverage, answer_on(answers.get(coverage.pk, []), encounter.date_of_service)
            ),
            _authorization(encounter, coverage, authorizations, judged),
        )
        for encounter, coverage in claims
    ]


def _judged_by_people(practice_id: int, encounters: Collection[Encounter]) -> set[int]:
    """Visits a person let pass although the payer authorized too little or nothing."""
    return set(
        ChargeReview.objects.filter(
            practice_id=practice_id,
            encounter__in=[encounter.pk for encounter in encounters],
            state=ChargeReview.State.ACCEPTED,
            codes__overlap=JUDGED,
        ).values_list("encounter_id", flat=True)
    )


def _eligibility(coverage: Coverage, answer: EligibilityAnswer | None) -> EligibilityFacts | None:
    status = answer.plan_status if answer else ""
    if answer is None or status not in ("active", "inactive"):
        return None
    # Of a dependent the answer names the dependent (271 2100D), not the holder of the policy.
    is_holder = coverage.relationship == "18"
    is_named = is_holder and bool(answer.last_name)
    named = Person(answer.last_name, answer.first_name) if is_named else None
    return EligibilityFacts(
        answered_on=answer.received_at.date(),
        is_active=status == EligibilityAnswer.PlanStatus.ACTIVE,
        person=named,
        birth_date=answer.birth_date if is_holder else None,
        member_id=answer.member_id,
    )


def _authorization(
    encounter: Encounter,
    coverage: Coverage,
    authorizations: VisitAuthorizations,
    judged: Collection[int],
) -> AuthorizationFacts | None:
    """Of the policy the visit was coded under; what another payer wants is not known."""
    if coverage.pk != encounter.coverage_id or encounter.pk in judged:
        return None
    needed = authorizations.needed_of(encounter)
    needs_referral = coverage.plan is not None and coverage.plan.requires_referral
    named = authorizations.named_of(encounter)
    if named is None or named[0].state != APPROVED:
        return AuthorizationFacts(needed=needed, needs_referral=needs_referral)
    approval, left = named
    covered = {
        charge.procedure_code
        for charge in encounter.charges.all()
        if any(codes.holds(charge.procedure_code) for codes in approval.ranges)
    }
    return AuthorizationFacts(
        needed=needed,
        needs_referral=needs_referral,
        number=approval.number,
        starts_on=approval.starts_on,
        ends_on=approval.ends_on,
        # Empty means any code, so codes the claim does not have stand for themselves.
        procedure_codes=frozenset(covered | {codes.first for codes in approval.ranges}),
        units_left=left if approval.counts == UNITS else None,
    )
