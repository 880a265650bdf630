"""The texts of an estimate's document, and what was billed on its day later."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from billing.account_documents import patient_lines, phone_text, practice_lines
from billing.models import GoodFaithEstimate
from billing.rules.estimates import FAR_ABOVE, Charge, is_far_above, total_of
from coding.models import Charge as CodedCharge
from coding.models import Encounter
from payers.models import Coverage
from rcm.models import Patient, Provider
from rcm.money import dollars

OFFICE = "11"
NOTES = (
    "This is an estimate of what the planned services are expected to cost. It was made in good"
    " faith from what was known on the day it was made. It is no bill and no contract, and you need"
    " not take the services from us.",
    "What you need may turn out otherwise: services that are not listed here can become necessary,"
    " and their charges come on top. Ask us for a new estimate when the plan changes.",
    "Services that others schedule or bill, such as a laboratory, a hospital or another physician,"
    " are not in this estimate. Ask them for theirs.",
    f"If you pay by yourself and are billed at least ${FAR_ABOVE:,.0f} more than this estimate, you"
    " may dispute the bill with the federal government: begin within 120 days of the first bill"
    " (www.cms.gov/nosurprises). Asking for it changes nothing about your care.",
    "Keep this estimate, or take a picture of it: you may need it then.",
)


@dataclass(frozen=True, slots=True)
class Planned:
    """What is planned: `services` as typed, one on a line; diagnoses may be unknown yet."""

    planned_on: date
    provider: Provider
    services: str
    diagnoses: str = ""
    is_self_pay: bool = True
    place_of_service: str = OFFICE


def document_of(
    patient: Patient, plan: Planned, charges: Sequence[Charge], coverage: Coverage | None
) -> dict[str, Any]:
    """What is printed, as texts (45 CFR 149.610(c))."""
    practice, provider = patient.practice, plan.provider
    payer = coverage.payer.name if coverage else "You, without insurance"
    return {
        "practice": practice_lines(practice),
        "patient": patient_lines(patient),
        "facts": [
            ["Made on", f"{timezone.localdate():%m/%d/%Y}"],
            ["Planned for", f"{plan.planned_on:%m/%d/%Y}"],
            ["Account", patient.mrn],
            ["Born", f"{patient.birth_date:%m/%d/%Y}"],
            ["Who pays", payer],
        ],
        "provider": [
            ["Provider", f"{provider.first_name} {provider.last_name}, NPI {provider.npi}"],
            ["Practice", f"{practice.name}, NPI {practice.npi}, tax id {practice.tax_id}"],
            ["State", practice.state],
            ["Diagnosis codes", plan.diagnoses.strip().upper() or "not known yet"],
        ],
        "lines": [
            [
                str(charge.service),
                f"{charge.service.units.normalize():f}",
                dollars(charge.fee),
                dollars(charge.expected),
            ]
            for charge in charges
        ],
        "total": dollars(total_of(charges)),
        "phone": phone_text(practice.phone),
        "notes": list(NOTES),
    }


def billed_on(patient: Patient, days: Collection[date]) -> dict[date, Decimal]:
    """Day of service -> what was charged for the patient's coded visits. One statement."""
    rows = CodedCharge.objects.filter(
        practice_id=patient.practice_id,
        encounter__patient=patient,
        encounter__date_of_service__in=days,
        encounter__state=Encounter.State.FINALIZED,
    )
    found = rows.order_by().values_list("encounter__date_of_service").annotate(Sum("amount_billed"))
    return {day: amount for day, amount in found if amount is not None}


def estimate_rows(patient: Patient) -> list[tuple[GoodFaithEstimate, Decimal | None, bool]]:
    """(estimate, billed since on its day, far above), newest first. Two statements."""
    rows = GoodFaithEstimate.objects.filter(practice_id=patient.practice_id, patient=patient)
    estimates = list(rows.select_related("provider", "coverage__payer").order_by("-pk")[:10])
    billed = billed_on(patient, {row.planned_on for row in estimates})
    return [
        (
            row,
            billed.get(row.planned_on),
            row.coverage_id is None
            and is_far_above(row.amount, billed.get(row.planned_on, Decimal(0))),
        )
        for row in estimates
    ]
