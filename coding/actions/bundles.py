"""Bundles: codes kept under a name and added together; one code alone is a favourite."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from coding.actions.codes import ICD, add_line, resolve_code
from coding.chart_facts import codes_on
from coding.models import Charge, CodeBundle, Encounter, EncounterDiagnosis
from coding.rules.pointers import Entry, EntryError, letter_of, parse_entries
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User

LONGEST_NAME, LONGEST_ENTRIES = 40, 200


@transaction.atomic
def save_bundle(
    practice: Practice, *, name: str, entries: str, by: User, is_shared: bool = False
) -> CodeBundle:
    """Keep codes under a name; the same name again replaces them.

    `entries` is what the add field takes. Raises Refusal with the field that cannot be.
    """
    name, entries = " ".join(name.split()), " ".join(entries.split())
    if not name or len(name) > LONGEST_NAME:
        message = f"Give it a name of at most {LONGEST_NAME} characters."
        raise Refusal("name_missing", message, fields={"name": message})
    try:
        parse_entries(entries)
    except EntryError as error:
        raise Refusal("entry_not_read", str(error), fields={"entries": str(error)}) from error
    if len(entries) > LONGEST_ENTRIES:
        message = f"A bundle holds at most {LONGEST_ENTRIES} characters of codes."
        raise Refusal("entry_not_read", message, fields={"entries": message})
    bundle, _ = CodeBundle.objects.update_or_create(
        practice=practice,
        owner=None if is_shared else by,
        name=name,
        defaults={"entries": entries},
    )
    events.record("code_bundle.saved", bundle, by=by, entries=entries)
    return bundle


@transaction.atomic
def remove_bundle(bundle: CodeBundle, *, by: User) -> None:
    """Charts coded with it keep their codes."""
    events.record("code_bundle.removed", bundle, by=by, bundle=bundle.name)
    bundle.delete()


@transaction.atomic
def use_bundle(
    encounter: Encounter, bundle: CodeBundle, *, by: User, version: int | None = None
) -> list[EncounterDiagnosis | Charge]:
    """Add a bundle's codes to a chart, all or none; diagnoses already there are not added twice.

    Pointers of a bundle name its own diagnoses, wherever those come to stand. Raises Refusal as
    coding.actions.codes.add_line, or 409 when everything is there already.
    """
    entries = parse_entries(bundle.entries)
    names = {entry.code for entry in entries}
    codes = codes_on(encounter.date_of_service, names, names)
    diagnoses = [entry.code for entry in entries if resolve_code(entry, codes).system == ICD]
    there = list(encounter.diagnoses.values_list("code", flat=True))
    missing = [code for code in diagnoses if code not in there]
    places = {code: place for place, code in enumerate([*there, *missing], 1)}
    moved = {place: places[code] for place, code in enumerate(diagnoses, 1)}
    wanted = [entry for entry in entries if entry.code not in diagnoses or entry.code in missing]
    if not wanted:
        message = f"Everything of “{bundle}” is on the chart already."
        raise Refusal("nothing_to_add", message, status=409)
    text = " ".join(typed(entry, moved) for entry in wanted)
    rows = add_line(encounter, text, by=by, version=version)
    CodeBundle.objects.filter(pk=bundle.pk).update(uses=F("uses") + 1)
    return rows


def typed(entry: Entry, moved: Mapping[int, int]) -> str:
    """An entry as it would be typed, its pointers moved; one to no diagnosis of ours stays away."""
    letters = "".join(letter_of(moved[place]) for place in entry.pointers if place in moved)
    head = "-".join([entry.code, *entry.modifiers])
    units = f" x{entry.units}" if entry.units != 1 else ""
    return f"{head}{f':{letters}' if letters else ''}{units}"
