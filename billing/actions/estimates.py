"""Makes good-faith estimates from the fee schedule and the contracts. docs/patient-accounts.md."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from billing.estimate_content import Planned, document_of
from billing.models import GoodFaithEstimate
from billing.rules.estimates import Charge, PlannedLine, Wrong, read_services, total_of
from payers.actions.coverages import coverages_on
from payers.actions.fee_schedules import fee_rows
from payers.models import Coverage, Rank
from payers.rules.expected_allowed import expect_allowed
from payers.rules.fees import line_price
from payers.rules.medicare_units import BilledLine
from payers.terms import Contracts, fee_tables
from rcm import events
from rcm.errors import Refusal
from rcm.models import Patient, User


def price_plan(patient: Patient, plan: Planned) -> tuple[list[Charge], Coverage | None]:
    """Every line with its price, and the policy it is expected of.

    Raises Refusal with the line that cannot be read or has no price that day, and for an insured
    patient without a policy that day.
    """
    if plan.planned_on < timezone.localdate():
        message = "An estimate is made before the visit: choose a day to come."
        raise Refusal("day_past", message, fields={"planned_on": message})
    try:
        services = read_services(plan.services)
    except Wrong as wrong:
        raise Refusal("service_wrong", str(wrong), fields={"services": str(wrong)}) from None
    charges = priced(patient.practice_id, services, plan.planned_on)
    if plan.is_self_pay:
        return charges, None
    policies = coverages_on(patient, plan.planned_on).select_related("payer")
    coverage = policies.filter(rank=Rank.PRIMARY).first()
    if coverage is None:
        message = "The patient has no policy on that day: make it for who pays alone."
        raise Refusal("no_coverage", message, fields={"is_self_pay": message})
    return expected(patient, plan, charges, coverage), coverage


def priced(practice_id: int, services: Sequence[PlannedLine], on: date) -> list[Charge]:
    """By the practice's own fee schedule. Raises Refusal naming the codes without a price."""
    fees = fee_rows(practice_id, {each.code for each in services}, on)
    found = [
        (each, line_price(fees, each.code, each.modifiers, each.units, on)) for each in services
    ]
    missing = sorted({each.code for each, price in found if price is None})
    if missing:
        message = f"No fee on {on:%m/%d/%Y} for {', '.join(missing)}. Add it to the fee schedule."
        raise Refusal("no_price", message, fields={"services": message})
    return [Charge(each, price) for each, price in found if price is not None]


def expected(
    patient: Patient, plan: Planned, charges: Sequence[Charge], coverage: Coverage
) -> list[Charge]:
    """With what the payer should allow; a line no contract prices keeps the fee."""
    codes = {charge.service.code for charge in charges}
    lines = [
        BilledLine(
            at,
            charge.service.code,
            charge.service.modifiers,
            charge.service.units,
            plan.place_of_service,
            plan.planned_on,
            charge.fee,
        )
        for at, charge in enumerate(charges, 1)
    ]
    terms = Contracts(patient.practice_id, {coverage.payer_id}, codes)
    answers = expect_allowed(
        lines,
        terms.of(coverage.payer_id, coverage.plan_id),
        fee_tables(patient.practice, [plan.planned_on], codes),
        coverage.payer.short_name,
    )
    return [
        charge._replace(allowed=answer.amount, basis=answer.basis)
        for charge, answer in zip(charges, answers, strict=True)
    ]


@transaction.atomic
def make_estimate(patient: Patient, plan: Planned, *, by: User) -> GoodFaithEstimate:
    """Keep the estimate with its document. Raises Refusal as price_plan does."""
    charges, coverage = price_plan(patient, plan)
    amount = total_of(charges)
    if amount <= Decimal(0):
        message = "The services cost nothing: there is nothing to estimate."
        raise Refusal("nothing_to_estimate", message, fields={"services": message})
    made = GoodFaithEstimate.objects.create(
        practice_id=patient.practice_id,
        patient=patient,
        planned_on=plan.planned_on,
        provider=plan.provider,
        coverage=coverage,
        amount=amount,
        content=document_of(patient, plan, charges, coverage),
        made_by=by,
    )
    events.record(
        "estimate.made", made, by=by, patient_id=patient.pk, amount=str(amount), lines=len(charges)
    )
    return made
