"""Visits too large for one claim, and what tests ask of their parts."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from billing.actions.claims import draft_ready_claims
from billing.models import Claim, Posting, ServiceLine
from coding.models import Charge, Encounter, EncounterDiagnosis, FacilityStay
from rcm.models import Event, Practice
from tests import make
from tests.billing.outgoing import coded_chart

D = Decimal


def add_lines(chart: Encounter, count: int, start: int = 1, **changes: object) -> None:
    """Charges of 10.00, each with a code of its own."""
    fields = {"label": "Procedure", "pointers": [1], "is_frozen": True} | changes
    Charge.objects.bulk_create(
        Charge(
            practice=chart.practice,
            encounter=chart,
            position=position,
            procedure_code=str(20_000 + position),
            amount_billed=D("10.00"),
            **fields,
        )
        for position in range(start, start + count)
    )


def large_chart(
    practice: Practice, lines: int = 51, diagnoses: int = 1, **changes: Any
) -> Encounter:
    codes = tuple(f"R{number:02d}" for number in range(1, diagnoses + 1))
    chart = coded_chart(practice, ("20001", "10.00"), diagnoses=codes, **changes)
    add_lines(chart, lines - 1, start=2)
    return chart


def parts_of(chart: Encounter) -> list[Claim]:
    return list(Claim.objects.filter(encounter=chart).exclude(status="voided").order_by("part"))


def drafted(chart: Encounter) -> list[Claim]:
    draft_ready_claims(chart.practice_id, today=make.TODAY)
    return parts_of(chart)


def send(*claims: Claim) -> None:
    """With the payer, and numbered by it."""
    for claim in claims:
        claim.status, claim.submitted_at = "accepted", timezone.now()
        claim.payer_claim_control_number = f"UNI{claim.part}"
        claim.save()


def reject(claim: Claim) -> None:
    Claim.objects.filter(pk=claim.pk).update(status="rejected", submitted_at=timezone.now())


def code_anew(chart: Encounter) -> None:
    later = timezone.now() + timedelta(minutes=1)
    Encounter.objects.filter(pk=chart.pk).update(finalized_at=later)


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Claim, ServiceLine, Posting, Event))


def stay_of(practice: Practice, lines: int, **changes: object) -> Encounter:
    chart = coded_chart(practice, ("20001", "10.00"))
    Charge.objects.filter(encounter=chart).delete()
    add_lines(chart, lines, revenue_code="0250", pointers=[])
    Charge.objects.filter(encounter=chart).update(procedure_code="")
    day = chart.date_of_service
    EncounterDiagnosis.objects.filter(encounter=chart).update(present_on_admission="Y")
    fields = {
        "type_of_bill": "111",
        "statement_from": day,
        "statement_to": day,
        "admission_on": day,
        "admission_time": "0915",
        "discharge_time": "1100",
        "admission_type": "1",
        "admission_source": "1",
        "patient_status": "01",
        "admitting_diagnosis": "R079",
    }
    FacilityStay.objects.create(practice=practice, encounter=chart, **fields | changes)
    return chart
