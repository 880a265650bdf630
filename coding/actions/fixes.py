"""Apply the one fix a finding offers."""

from collections.abc import Callable

from django.db import transaction

from coding.actions import codes
from coding.chart_facts import read_chart
from coding.models import Charge, Encounter, EncounterDiagnosis
from coding.rules import edits
from coding.rules.checks.modifiers import PRICING
from coding.rules.facts import Fix
from rcm.errors import Refusal
from rcm.models import User


@transaction.atomic
def apply_fix(encounter: Encounter, key: str, *, by: User, version: int | None = None) -> Fix:
    """Settle the finding named by `key` (Finding.key) and say what was changed.

    Raises Refusal 409 when the finding is not there any more or has no fix.
    """
    rows = read_chart(encounter)
    findings = edits.check(rows.facts)
    fix = next((finding.fix for finding in findings if finding.key == key), None)
    if fix is None:
        message = "This edit is settled already. Nothing was changed."
        raise Refusal("finding_gone", message, status=409)
    if fix.line is not None:
        charge = next(row for row in rows.charges if row.position == fix.line)
        charge.encounter = encounter
        LINE_FIXES[fix.kind](charge, fix.value, by, version)
    else:
        diagnosis = next(row for row in rows.diagnoses if row.position == fix.diagnosis)
        diagnosis.encounter = encounter
        DIAGNOSIS_FIXES[fix.kind](diagnosis, fix.value, by, version)
    return fix


def add_modifier(charge: Charge, value: str, by: User, version: int | None) -> None:
    """In front, but after those that change the price when it does not change it itself."""
    pricing = [mark for mark in charge.modifiers if mark in PRICING and value not in PRICING]
    rest = [mark for mark in charge.modifiers if mark not in pricing]
    modifiers = [*pricing, value, *rest]
    codes.change_charge(charge, by=by, version=version, modifiers=modifiers)


def order_modifiers(charge: Charge, value: str, by: User, version: int | None) -> None:
    """`value` reads "26 59": all of them, in their new order."""
    codes.change_charge(charge, by=by, version=version, modifiers=value.split())


def replace_modifier(charge: Charge, value: str, by: User, version: int | None) -> None:
    """`value` reads "LT>RT"."""
    old, _, new = value.partition(">")
    modifiers = [new if modifier == old else modifier for modifier in charge.modifiers]
    codes.change_charge(charge, by=by, version=version, modifiers=modifiers)


def remove_modifier(charge: Charge, value: str, by: User, version: int | None) -> None:
    """The last one of that name."""
    rest = list(reversed(charge.modifiers))
    rest.remove(value)
    codes.change_charge(charge, by=by, version=version, modifiers=reversed(rest))


def point(charge: Charge, value: str, by: User, version: int | None) -> None:
    pointers = [*charge.pointers, int(value)]
    codes.change_charge(charge, by=by, version=version, pointers=pointers)


def unpoint(charge: Charge, value: str, by: User, version: int | None) -> None:
    pointers = [pointer for pointer in charge.pointers if pointer != int(value)]
    codes.change_charge(charge, by=by, version=version, pointers=pointers)


def set_units(charge: Charge, value: str, by: User, version: int | None) -> None:
    codes.change_charge(charge, by=by, version=version, units=int(value))


def remove_line(charge: Charge, value: str, by: User, version: int | None) -> None:
    codes.remove_charge(charge, by=by, version=version)


def move_diagnosis(row: EncounterDiagnosis, value: str, by: User, version: int | None) -> None:
    codes.move_diagnosis(row, to=int(value), by=by, version=version)


def remove_diagnosis(row: EncounterDiagnosis, value: str, by: User, version: int | None) -> None:
    codes.remove_diagnosis(row, by=by, version=version)


def replace_diagnosis(row: EncounterDiagnosis, value: str, by: User, version: int | None) -> None:
    codes.replace_diagnosis(row, value, by=by, version=version)


LineFix = Callable[[Charge, str, User, int | None], None]
DiagnosisFix = Callable[[EncounterDiagnosis, str, User, int | None], None]
LINE_FIXES: dict[str, LineFix] = {
    "add_modifier": add_modifier,
    "replace_modifier": replace_modifier,
    "remove_modifier": remove_modifier,
    "order_modifiers": order_modifiers,
    "point": point,
    "unpoint": unpoint,
    "set_units": set_units,
    "remove_line": remove_line,
}
DIAGNOSIS_FIXES: dict[str, DiagnosisFix] = {
    "remove_diagnosis": remove_diagnosis,
    "replace_diagnosis": replace_diagnosis,
    "move_diagnosis": move_diagnosis,
}
