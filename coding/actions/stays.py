"""A facility's facts of a visit: bill type, dates, codes; revenue codes; present on admission."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from coding.actions.codes import MOST_LINES, record, valid_units, wrong_field
from coding.actions.encounters import take
from coding.models import Charge, Encounter, EncounterDiagnosis, FacilityStay
from coding.rules.stays import ANSWERS, REVENUE, check_stay
from rcm.errors import Refusal
from rcm.models import Provider, User


@transaction.atomic
def set_stay(
    encounter: Encounter,
    *,
    by: User | None,
    type_of_bill: str,
    statement_from: date,
    statement_to: date,
    admission_type: str,
    patient_status: str,
    attending: Provider | None = None,
    operating: Provider | None = None,
    **rest: Any,
) -> FacilityStay:
    """Say that a facility bills this visit, and how; what was said before is replaced.

    `rest` are the other fields of FacilityStay. Raises Refusal with the fields that do not have
    their form, 409 or 423 as `take`.
    """
    facts = rest | {
        "type_of_bill": type_of_bill.upper(),
        "statement_from": statement_from,
        "statement_to": statement_to,
        "admission_type": admission_type,
        "patient_status": patient_status,
    }
    if faults := check_stay(facts):
        raise Refusal("stay_not_valid", next(iter(faults.values())), fields=faults)
    take(encounter, by=by)
    stay, _ = FacilityStay.objects.update_or_create(
        practice_id=encounter.practice_id,
        encounter=encounter,
        defaults=facts | {"attending": attending, "operating": operating},
    )
    record(encounter, "encounter.stay_set", by)
    return stay


@transaction.atomic
def set_present_on_admission(
    diagnosis: EncounterDiagnosis, answer: str, *, by: User | None
) -> None:
    """Y, N, U, W or empty for an exempt code. Raises Refusal for anything else."""
    if answer not in ANSWERS:
        message = "Present on admission is Y, N, U or W, or empty where the code is exempt."
        raise wrong_field("present_on_admission", message)
    take(diagnosis.encounter, by=by)
    diagnosis.present_on_admission = answer
    diagnosis.save(update_fields=["present_on_admission"])
    record(diagnosis.encounter, "encounter.stay_set", by)


@transaction.atomic
def set_revenue_codes(
    encounter: Encounter, codes: Iterable[tuple[Charge, str]], *, by: User | None
) -> None:
    """The revenue codes of charges of one visit (SV201). Raises Refusal; one statement for all."""
    charges = []
    for charge, code in codes:
        charge.revenue_code = valid_revenue_code(code)
        charges.append(charge)
    take(encounter, by=by)
    Charge.objects.bulk_update(charges, ["revenue_code"])
    record(encounter, "encounter.charge_changed", by)


@transaction.atomic
def add_revenue_charge(
    encounter: Encounter,
    revenue_code: str,
    *,
    by: User | None,
    units: Decimal | int = 1,
    label: str = "",
) -> Charge:
    """Add a charge that has a revenue code and no procedure, such as days of a room.

    Its price is the fee schedule's for the revenue code.
    """
    code, count = valid_revenue_code(revenue_code), valid_units(Decimal(units))
    take(encounter, by=by)
    position = encounter.charges.count() + 1
    if position > MOST_LINES:
        raise wrong_field("revenue_code", f"A visit has at most {MOST_LINES} charges.")
    charge = Charge.objects.create(
        practice_id=encounter.practice_id,
        encounter=encounter,
        position=position,
        procedure_code="",
        revenue_code=code,
        label=label[:160] or f"Revenue code {code}",
        units=count,
    )
    record(encounter, "encounter.codes_added", by)
    return charge


def valid_revenue_code(code: str) -> str:
    if not REVENUE.fullmatch(code) or code == "0001":
        raise wrong_field(
            "revenue_code", "A revenue code is four digits, and never the total 0001."
        )
    return code
