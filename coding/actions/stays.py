"""A facility's facts of a visit: bill type, dates, codes; revenue codes; present on admission."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from coding.actions.chart_changes import begin_anew
from coding.actions.codes import (
    MOST_FACILITY_LINES,
    MOST_LINES,
    record,
    valid_units,
    wrong_field,
)
from coding.models import Charge, Encounter, EncounterDiagnosis, FacilityStay
from coding.rules.stay_lines import RevenueCharge
from coding.rules.stays import ANSWERS, REVENUE_FORM, check_stay, is_revenue_code
from rcm.errors import Refusal
from rcm.models import Provider, User

Row = TypeVar("Row", EncounterDiagnosis, Charge)

WRONG_ANSWER = "Present on admission is Y, N, U or W, or empty where the code is exempt."


@transaction.atomic
def enter_stay(
    encounter: Encounter,
    *,
    by: User | None,
    version: int | None = None,
    answers: Mapping[int, str] | None = None,
    revenue_codes: Mapping[int, str] | None = None,
    new_charges: Sequence[RevenueCharge] = (),
    **facts: Any,
) -> FacilityStay:
    """Set the stay and what it says of diagnoses and charges: all of it or nothing.

    `answers` are by id of diagnosis, `revenue_codes` by id of charge; what is not named stays.
    `new_charges` are added each time, `facts` as `set_stay` takes them. Raises Refusal as it
    does, with the field "present_on_admission", "revenue_codes" or "revenue_code".
    """
    begin_anew(encounter, by=by, version=version)
    stay = set_stay(encounter, by=by, **facts)
    if answers:
        set_answers(encounter, answers)
    if revenue_codes:
        charges = rows_named(encounter.charges.all(), revenue_codes, "revenue_codes")
        set_revenue_codes(encounter, [(row, revenue_codes[row.pk]) for row in charges], by=by)
    if new_charges:
        add_revenue_charges(encounter, new_charges, by=by)
    return stay


def set_answers(encounter: Encounter, answers: Mapping[int, str]) -> None:
    """Present on admission of many diagnoses of a chart that is taken; one statement."""
    rows = rows_named(encounter.diagnoses.all(), answers, "present_on_admission")
    if not ANSWERS.issuperset(answers.values()):
        raise wrong_field("present_on_admission", WRONG_ANSWER)
    for row in rows:
        row.present_on_admission = answers[row.pk]
    EncounterDiagnosis.objects.bulk_update(rows, ["present_on_admission"])


def rows_named(rows: QuerySet[Row], named: Mapping[int, str], field: str) -> list[Row]:
    """The rows of a chart with these ids. Raises Refusal when one is not on it."""
    found = [row for row in rows if row.pk in named]
    if unknown := sorted(named.keys() - {row.pk for row in found}):
        raise wrong_field(field, f"{unknown[0]} is not on this chart.")
    return found


@transaction.atomic
def remove_stay(encounter: Encounter, *, by: User | None, version: int | None = None) -> None:
    """No facility bills this visit after all; codes and charges stay as they are.

    Raises Refusal when there is more on the chart than a professional claim has room for.
    """
    begin_anew(encounter, by=by, version=version)
    if encounter.charges.count() > MOST_LINES:
        message = f"A professional visit has at most {MOST_LINES} lines. Remove some first."
        raise Refusal("stay_needed", message)
    if encounter.charges.filter(procedure_code="").exists():
        message = "A charge has a revenue code and no procedure. Remove it first."
        raise Refusal("stay_needed", message)
    FacilityStay.objects.filter(encounter=encounter).delete()
    record(encounter, "encounter.stay_removed", by)


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
    begin_anew(encounter, by=by)
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
        raise wrong_field("present_on_admission", WRONG_ANSWER)
    begin_anew(diagnosis.encounter, by=by)
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
    begin_anew(encounter, by=by)
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
    [charge] = add_revenue_charges(encounter, [(revenue_code, Decimal(units), label)], by=by)
    return charge


@transaction.atomic
def add_revenue_charges(
    encounter: Encounter, new: Sequence[RevenueCharge], *, by: User | None
) -> list[Charge]:
    """Add charges without a procedure, each (revenue code, units, label); one statement."""
    rows = [(valid_revenue_code(code), valid_units(units), label) for code, units, label in new]
    begin_anew(encounter, by=by)
    there = encounter.charges.count()
    if there + len(rows) > MOST_FACILITY_LINES:
        raise wrong_field("revenue_code", f"A stay has at most {MOST_FACILITY_LINES:,} charges.")
    charges = Charge.objects.bulk_create(
        Charge(
            practice_id=encounter.practice_id,
            encounter=encounter,
            position=position,
            procedure_code="",
            revenue_code=code,
            label=label[:160] or f"Revenue code {code}",
            units=units,
        )
        for position, (code, units, label) in enumerate(rows, there + 1)
    )
    record(encounter, "encounter.codes_added", by)
    return charges


def valid_revenue_code(code: str) -> str:
    if not is_revenue_code(code):
        raise wrong_field("revenue_code", REVENUE_FORM)
    return code
