"""Codes on a chart: add, change, reorder, remove. Each change renews the lock and the version.

Diagnoses keep positions 1 to n without gaps; pointers follow their diagnosis wherever it moves.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import transaction

from coding.actions.chart_changes import begin_change
from coding.chart_facts import CodeKey, codes_on
from coding.models import Charge, Code, Encounter, EncounterDiagnosis, FacilityStay
from coding.models.chart_codes import MOST_CHARGES
from coding.rules.pointers import (
    MOST_DIAGNOSES,
    MOST_POINTERS,
    Entry,
    EntryError,
    check_modifiers,
    parse_entries,
)
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

# What one visit may hold. Billing splits it into claims of the size a guide allows.
MOST_LINES = 200
MOST_FACILITY_LINES = MOST_CHARGES
ICD, PROCEDURE = Code.System.ICD10CM, Code.System.PROCEDURE


@transaction.atomic
def add_line(
    encounter: Encounter,
    text: str,
    *,
    by: User | None,
    version: int | None = None,
    evidence: str = "",
) -> list[EncounterDiagnosis | Charge]:
    """Add everything typed in the one-line syntax, or nothing.

    Raises Refusal with field "text" when a part cannot be read or is not a code in force.
    """
    try:
        entries = parse_entries(text)
    except EntryError as error:
        raise wrong_text(str(error)) from error
    names = {entry.code for entry in entries}
    codes = codes_on(encounter.date_of_service, names, names)
    found = [(entry, resolve_code(entry, codes)) for entry in entries]
    added = ", ".join(entry.code for entry in entries)
    begin_change(encounter, f"{added} added", by=by, version=version)
    rows: list[EncounterDiagnosis | Charge] = []
    for entry, code in found:
        if code.system == ICD:
            rows.append(create_diagnosis(encounter, code, evidence))
        else:
            rows.append(create_charge(encounter, code, entry, evidence))
    record(encounter, "encounter.codes_added", by)
    return rows


def wrong_text(message: str) -> Refusal:
    return Refusal("entry_not_read", message, fields={"text": message})


def resolve_code(entry: Entry, codes: dict[CodeKey, Code]) -> Code:
    """The code in force an entry means. Modifiers, pointers and units mean a procedure."""
    procedure = codes.get((PROCEDURE, entry.code))
    diagnosis = codes.get((ICD, entry.code))
    if procedure and (entry.is_line or not (entry.is_dotted or diagnosis)):
        return procedure
    if diagnosis is None:
        raise wrong_text(f"{entry.code} is not a code in force on the date of service.")
    if entry.is_line:
        raise wrong_text(f"{diagnosis.dotted} is a diagnosis: it takes no modifiers or units.")
    if not diagnosis.is_billable:
        raise wrong_text(incomplete(diagnosis))
    return diagnosis


def incomplete(code: Code) -> str:
    if seventh := code.notes.get("seventh"):
        return f"{code.dotted} needs a 7th character: {', '.join(seventh)}."
    return f"{code.dotted} is a heading; pick a more specific code under it."


@transaction.atomic
def add_diagnosis(
    encounter: Encounter, code: str, *, by: User | None, evidence: str = ""
) -> EncounterDiagnosis:
    """Add one diagnosis at the end; `code` with or without its dot."""
    plain = code.replace(".", "").upper()
    found = codes_on(encounter.date_of_service, {plain}, ())
    resolved = resolve_code(Entry(plain), found)
    begin_change(encounter, f"{resolved.dotted} added", by=by)
    diagnosis = create_diagnosis(encounter, resolved, evidence)
    record(encounter, "encounter.codes_added", by)
    return diagnosis


def create_diagnosis(encounter: Encounter, code: Code, evidence: str) -> EncounterDiagnosis:
    there = list(encounter.diagnoses.values_list("code", flat=True))
    if code.code in there:
        raise wrong_text(f"{code.dotted} is already on the chart.")
    if len(there) >= MOST_DIAGNOSES:
        raise wrong_text(f"A chart holds at most {MOST_DIAGNOSES} diagnoses. Remove one first.")
    return EncounterDiagnosis.objects.create(
        practice_id=encounter.practice_id,
        encounter=encounter,
        position=len(there) + 1,
        code=code.code,
        label=code.label,
        evidence=evidence.strip()[:500],
    )


def most_lines(encounter: Encounter) -> int:
    is_facility = FacilityStay.objects.filter(encounter=encounter).exists()
    return MOST_FACILITY_LINES if is_facility else MOST_LINES


@transaction.atomic
def remove_diagnosis(
    diagnosis: EncounterDiagnosis, *, by: User | None, version: int | None = None
) -> None:
    """Take a diagnosis off; those after it move up and pointers follow, its own are dropped."""
    encounter = diagnosis.encounter
    begin_change(encounter, f"{diagnosis.dotted} removed", by=by, version=version)
    rest = [row for row in encounter.diagnoses.all() if row.pk != diagnosis.pk]
    gone = diagnosis.position
    diagnosis.delete()
    renumber(encounter, rest, gone)
    record(encounter, "encounter.code_removed", by)


@transaction.atomic
def move_diagnosis(
    diagnosis: EncounterDiagnosis, *, to: int, by: User | None, version: int | None = None
) -> None:
    """Put a diagnosis at position `to` (1 is primary); past either end it stops at the end."""
    encounter = diagnosis.encounter
    begin_change(encounter, f"{diagnosis.dotted} moved", by=by, version=version)
    rows = list(encounter.diagnoses.all())
    moving = next(row for row in rows if row.pk == diagnosis.pk)
    rows.remove(moving)
    rows.insert(max(0, min(to - 1, len(rows))), moving)
    renumber(encounter, rows, None)
    record(encounter, "encounter.diagnoses_reordered", by)


def renumber(encounter: Encounter, rows: Sequence[EncounterDiagnosis], gone: int | None) -> None:
    """Positions in the order of `rows`; every pointer keeps pointing at the same diagnosis."""
    moved = {row.position: position for position, row in enumerate(rows, 1)}
    for row in rows:
        row.position = moved[row.position]
    EncounterDiagnosis.objects.bulk_update(rows, ["position"])
    charges = list(encounter.charges.all())
    for charge in charges:
        kept = [pointer for pointer in charge.pointers if pointer != gone]
        charge.pointers = [moved.get(pointer, pointer) for pointer in kept]
    Charge.objects.bulk_update(charges, ["pointers"])


@transaction.atomic
def replace_diagnosis(
    diagnosis: EncounterDiagnosis, code: str, *, by: User | None, version: int | None = None
) -> None:
    """Another code in the same place; evidence and pointers stay."""
    encounter = diagnosis.encounter
    plain = code.replace(".", "").upper()
    found = resolve_code(Entry(plain), codes_on(encounter.date_of_service, {plain}, ()))
    what = f"{diagnosis.dotted} replaced by {found.dotted}"
    begin_change(encounter, what, by=by, version=version)
    if encounter.diagnoses.filter(code=found.code).exclude(pk=diagnosis.pk).exists():
        raise wrong_text(f"{found.dotted} is already on the chart.")
    diagnosis.code, diagnosis.label = found.code, found.label
    diagnosis.save(update_fields=["code", "label"])
    record(encounter, "encounter.code_replaced", by)


@transaction.atomic
def add_charge(
    encounter: Encounter,
    procedure_code: str,
    *,
    by: User | None,
    modifiers: Iterable[str] = (),
    units: Decimal | int = 1,
    pointers: Iterable[int] = (),
    evidence: str = "",
) -> Charge:
    """Add one procedure at the end. Raises Refusal when it is not a code in force."""
    plain = procedure_code.upper()
    entry = Entry(plain, tuple(modifiers), tuple(pointers), Decimal(units))
    code = codes_on(encounter.date_of_service, (), {plain}).get((PROCEDURE, plain))
    if code is None:
        raise wrong_text(f"{plain} is not a code in force on the date of service.")
    begin_change(encounter, f"{plain} added", by=by)
    charge = create_charge(encounter, code, entry, evidence)
    record(encounter, "encounter.codes_added", by)
    return charge


def create_charge(encounter: Encounter, code: Code, entry: Entry, evidence: str) -> Charge:
    positions = list(encounter.charges.values_list("position", flat=True))
    if len(positions) >= MOST_LINES and len(positions) >= (most := most_lines(encounter)):
        raise wrong_text(f"A chart holds at most {most} lines.")
    return Charge.objects.create(
        practice_id=encounter.practice_id,
        encounter=encounter,
        position=len(positions) + 1,
        procedure_code=code.code,
        label=code.label[:160],
        modifiers=list(valid_modifiers(entry.modifiers)),
        units=valid_units(entry.units),
        pointers=list(valid_pointers(entry.pointers)),
        evidence=evidence.strip()[:500],
    )


@transaction.atomic
def change_charge(
    charge: Charge,
    *,
    by: User | None,
    version: int | None = None,
    modifiers: Iterable[str] | None = None,
    units: Decimal | int | None = None,
    pointers: Iterable[int] | None = None,
) -> None:
    """Change what is given, leave the rest. Raises Refusal with the field that cannot be."""
    changed = []
    if modifiers is not None:
        charge.modifiers = list(valid_modifiers(modifiers))
        changed.append("modifiers")
    if units is not None:
        charge.units = valid_units(Decimal(units))
        changed.append("units")
    if pointers is not None:
        charge.pointers = list(valid_pointers(pointers))
        changed.append("pointers")
    begin_change(charge.encounter, f"{charge.price_code} changed", by=by, version=version)
    charge.save(update_fields=changed)
    record(charge.encounter, "encounter.charge_changed", by)


@transaction.atomic
def remove_charge(charge: Charge, *, by: User | None, version: int | None = None) -> None:
    """Take a line off; those after it move up."""
    encounter = charge.encounter
    begin_change(encounter, f"{charge.price_code} removed", by=by, version=version)
    charge.delete()
    rest = list(encounter.charges.all())
    for position, row in enumerate(rest, 1):
        row.position = position
    Charge.objects.bulk_update(rest, ["position"])
    record(encounter, "encounter.code_removed", by)


def valid_modifiers(modifiers: Iterable[str]) -> tuple[str, ...]:
    try:
        return check_modifiers([modifier.upper() for modifier in modifiers])
    except EntryError as error:
        raise wrong_field("modifiers", str(error)) from error


def valid_units(units: Decimal) -> Decimal:
    if not 0 < units <= 9999:
        raise wrong_field("units", "Units are a number above zero.")
    return units


def valid_pointers(pointers: Iterable[int]) -> tuple[int, ...]:
    once = tuple(dict.fromkeys(pointers))
    is_there = all(1 <= pointer <= MOST_DIAGNOSES for pointer in once)
    if len(once) > MOST_POINTERS or not is_there:
        message = f"A line points to one to {MOST_POINTERS} of at most {MOST_DIAGNOSES} diagnoses."
        raise wrong_field("pointers", message)
    return once


def wrong_field(name: str, message: str) -> Refusal:
    return Refusal("line_not_valid", message, fields={name: message})


def record(encounter: Encounter, name: str, by: User | None) -> None:
    events.record(name, encounter, by=by, patient_id=encounter.patient_id)


__all__ = [
    "add_charge",
    "add_diagnosis",
    "add_line",
    "change_charge",
    "move_diagnosis",
    "remove_charge",
    "remove_diagnosis",
    "replace_diagnosis",
]
