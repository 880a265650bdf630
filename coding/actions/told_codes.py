"""Codes a message proposes, put on the chart with their source for the coder to judge."""

from decimal import Decimal

from coding.actions.codes import MOST_LINES
from coding.actions.told_visits import Visit
from coding.chart_facts import CodeKey, codes_on
from coding.models import Charge, Code, Encounter, EncounterDiagnosis
from coding.rules.pointers import (
    MOST_DIAGNOSES,
    MOST_POINTERS,
    EntryError,
    check_modifiers,
    parse_units,
)
from coding.rules.told import ChargeTold, Told, Unusable, believed

ICD, PROCEDURE = Code.System.ICD10CM, Code.System.PROCEDURE


def propose_codes(found: Visit, told: Told) -> None:
    """Add what is not on the chart and was never proposed before; correct what was.

    A code the coder took off does not come back; what she changed before cannot be undone any
    more. What is not in force on the day, and whatever comes after coding, is a warning.
    """
    if not told.diagnoses and not told.charges:
        return
    encounter = found.encounter
    if encounter.state == Encounter.State.FINALIZED:
        count = len(told.charges) + len(told.diagnoses)
        found.warnings.append(f"The chart is coded: {count} codes of the message were not added.")
        return
    names = {row.code for row in told.diagnoses}
    names.update(code for charge in told.charges for code in charge.diagnoses)
    procedures = {charge.procedure_code for charge in told.charges}
    codes = codes_on(encounter.date_of_service, names, procedures)
    before = dict(found.external.told)
    was_changed, found.is_changed = found.is_changed, False
    positions = propose_diagnoses(found, told, codes)
    propose_charges(found, told, codes, positions)
    if found.is_changed:
        # What the coder could undo is the chart without them, and their keys keep them from
        # coming back.
        encounter.changes.all().delete()
    found.is_changed |= was_changed
    if found.external.told != before:
        found.external.save(update_fields=["told"])


def source_of(told: Told, origin: str = "") -> str:
    """``DFT^P03 of NORTH, 4711``: what the coder reads beside the code."""
    return f"{told.event} of {told.sender}{f', {origin}' if origin else ''}"[:100]


def propose_diagnoses(found: Visit, told: Told, codes: dict[CodeKey, Code]) -> dict[str, int]:
    """Positions of all diagnoses on the chart by code, new ones added at the end."""
    encounter = found.encounter
    positions = dict(encounter.diagnoses.values_list("code", "position"))
    wanted = [row.code for row in told.diagnoses]
    wanted += [code for charge in told.charges for code in charge.diagnoses]
    fresh: list[EncounterDiagnosis] = []
    for code in dict.fromkeys(wanted):
        row = codes.get((ICD, code))
        if code in positions or f"dx:{code}" in found.external.told:
            continue
        if row is None or not row.is_billable:
            found.warnings.append(f"{code} is not a complete diagnosis code in force that day.")
        elif len(positions) >= MOST_DIAGNOSES:
            found.warnings.append(f"{code} was left out: the chart is full.")
        else:
            positions[code] = len(positions) + 1
            found.external.told[f"dx:{code}"] = told.key
            fresh.append(
                EncounterDiagnosis(
                    practice_id=encounter.practice_id,
                    encounter=encounter,
                    position=positions[code],
                    code=code,
                    label=row.label,
                    source=source_of(told),
                )
            )
    if fresh:
        EncounterDiagnosis.objects.bulk_create(fresh)
        found.is_changed = True
    return positions


def propose_charges(
    found: Visit, told: Told, codes: dict[CodeKey, Code], positions: dict[str, int]
) -> None:
    encounter = found.encounter
    there = {charge.source: charge for charge in encounter.charges.all()} if told.charges else {}
    count = encounter.charges.count() if told.charges else 0
    fresh: list[Charge] = []
    for charge in told.charges:
        row = codes.get((PROCEDURE, charge.procedure_code))
        if row is None:
            found.warnings.append(f"{charge.procedure_code} is not a procedure code in force.")
            continue
        if charge.served_on and charge.served_on != encounter.date_of_service:
            found.warnings.append(
                f"{charge.procedure_code} was done on {charge.served_on:%m/%d/%Y}, the visit is of "
                f"{encounter.date_of_service:%m/%d/%Y}."
            )
        name, source = f"charge:{charge.origin}", source_of(told, charge.origin)
        was_told = name in found.external.told
        if not believed(found.external.told, {name: charge}, told.key):
            continue
        values = values_of(charge, row, positions)
        if source in there:
            found.is_changed |= correct(there[source], values)
        elif not was_told and count < MOST_LINES:
            count += 1
            fresh.append(
                Charge(
                    practice_id=encounter.practice_id,
                    encounter=encounter,
                    position=count,
                    source=source,
                    **values,
                )
            )
    if fresh:
        Charge.objects.bulk_create(fresh)
        found.is_changed = True


def values_of(charge: ChargeTold, code: Code, positions: dict[str, int]) -> dict[str, object]:
    """The fields of a line. Raises Unusable for modifiers or units that cannot be."""
    try:
        modifiers = list(check_modifiers(list(charge.modifiers)))
        units: Decimal = parse_units(charge.units)
    except EntryError as error:
        raise Unusable("code_wrong", str(error), place=charge.place) from error
    pointers = [positions[name] for name in charge.diagnoses if name in positions]
    return {
        "procedure_code": code.code,
        "label": code.label[:160],
        "modifiers": modifiers,
        "units": units,
        "pointers": [pointer for pointer in pointers if pointer <= 12][:MOST_POINTERS],
    }


def correct(row: Charge, values: dict[str, object]) -> bool:
    """A transaction told again, later and otherwise."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    return bool(changed)
