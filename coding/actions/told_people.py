"""The patient a message means: found by chart number, made when complete, never merged by guess."""

import re
from datetime import date
from typing import NamedTuple

from django.db import IntegrityError, transaction

from coding.models import Encounter, ExternalPerson
from coding.rules.told import PersonTold, PolicyTold, Told, Unusable, Waits, believed
from coding.rules.told import person_changes as changes_of
from payers.actions.coverages import add_coverage
from payers.models import Coverage, Payer
from rcm import events
from rcm.errors import Refusal
from rcm.models import Patient, Practice

IDENTITY = ("last_name", "first_name", "birth_date")
NEEDED = {
    "last_name": "last name (PID-5.1)",
    "first_name": "first name (PID-5.2)",
    "birth_date": "birth date (PID-7)",
}
LONGEST: dict[str, int] = {
    field.name: field.max_length for field in Patient._meta.fields if field.max_length
}
# What people entered is older than any registration and newer than any document.
ENTERED = "0|~"


class FoundPerson(NamedTuple):
    """The patient, and whether this message made or changed it."""

    patient: Patient
    is_changed: bool


def find_person(practice: Practice, told: Told) -> FoundPerson:
    """The patient of a message, brought up to date. Raises Unusable when somebody else has the
    number, Waits or Unusable when nobody has it and the message says too little to make one.
    """
    person = told.person
    check_lengths(person)
    patient = (
        Patient.objects.select_related("external").filter(practice=practice, mrn=person.mrn).first()
    )
    if patient is None:
        return FoundPerson(create_person(practice, told), is_changed=True)
    external = getattr(patient, "external", None) or ExternalPerson(
        practice=practice, patient=patient, told=entered_fields(patient)
    )
    check_same(patient, external.told, told)
    return FoundPerson(patient, update_person(patient, external, told))


def check_lengths(person: PersonTold) -> None:
    """Raises Unusable for a name or number that is longer than a claim could carry."""
    for name in ("mrn", "last_name", "first_name"):
        if len(getattr(person, name) or "") > LONGEST[name]:
            text = f"The {name.replace('_', ' ')} has more than {LONGEST[name]} characters."
            raise Unusable("too_long", text, place=person.place)


def entered_fields(patient: Patient) -> dict[str, str]:
    names = ("middle_name", "sex", "address_line_1", "address_line_2", "city", "state", "zip_code")
    return {name: ENTERED for name in (*names, "phone") if getattr(patient, name)}


def create_person(practice: Practice, told: Told) -> Patient:
    person = told.person
    missing = [word for name, word in NEEDED.items() if not getattr(person, name)]
    if missing:
        text = f"Nobody here has MRN {person.mrn}, and the message lacks the {', '.join(missing)}."
        if told.is_registration:
            advice = "Ask the sender to complete the registration."
            raise Unusable("patient_incomplete", text, place=person.place, advice=advice)
        advice = "It is tried again by itself when the registration (ADT) arrives."
        raise Waits("patient_unknown", text, place=person.place, advice=advice)
    fields = {name: fitted(name, value) for name, value in changes_of(person).items()}
    patient = Patient.objects.create(
        practice=practice, mrn=person.mrn, **{"sex": Patient.Sex.UNKNOWN, **fields}
    )
    keys = {name: identity_key(told) if name in IDENTITY else told.key for name in fields}
    ExternalPerson.objects.create(practice=practice, patient=patient, told=keys)
    events.record("patient.registered", patient, by=None, patient_id=patient.pk)
    return patient


def fitted(name: str, value: object) -> object:
    """Addresses and phones are cut to what a claim carries."""
    longest = LONGEST.get(name)
    return value[:longest] if isinstance(value, str) and longest else value


def identity_key(told: Told) -> str:
    """Names and birth dates follow time alone: a note may know the new name first."""
    return told.key[2:]


def check_same(patient: Patient, known: dict[str, str], told: Told) -> None:
    """Raises Unusable unless the message speaks of this person.

    One corrected name or birth date is the same person in an update (A08), and in a message older
    than what is known. Two differences, or another first name, are somebody else.
    """
    person = told.person
    if not person.last_name and not person.birth_date:
        text = f"The message names MRN {person.mrn} without a name or birth date to compare."
        raise Unusable("person_not_named", text, place=person.place)
    differs = [
        name
        for name in IDENTITY
        if (said := getattr(person, name)) and plain(said) != plain(getattr(patient, name))
    ]
    if not differs:
        return
    is_former = all(known.get(name, "") > identity_key(told) for name in differs)
    if len(differs) == 1 and differs != ["first_name"] and (told.may_rename or is_former):
        return
    raise Unusable(
        "person_differs",
        f"MRN {patient.mrn} is {patient.first_name} {patient.last_name} born "
        f"{patient.birth_date:%m/%d/%Y}; the message says {person.first_name or '(no first name)'} "
        f"{person.last_name or '(no last name)'} born {shown(person.birth_date)}.",
        place=f"{person.place}-7" if differs == ["birth_date"] else f"{person.place}-5",
        advice="Find out which chart number is right. Correct the patient or have it sent again.",
    )


def plain(value: object) -> str:
    """Names without case, blanks and marks."""
    return re.sub(r"[\W_]", "", str(value)).casefold()


def shown(day: date | None) -> str:
    return f"{day:%m/%d/%Y}" if day else "(not said)"


def update_person(patient: Patient, external: ExternalPerson, told: Told) -> bool:
    """Take over what nobody told later. True when something is different now."""
    before = dict(external.told)
    changes = changes_of(told.person)
    identity = {name: changes.pop(name) for name in IDENTITY if name in changes}
    news = believed(external.told, identity, identity_key(told))
    news |= believed(external.told, changes, told.key)
    changed = []
    for name, value in news.items():
        value = fitted(name, value)
        is_same = plain(value) == plain(getattr(patient, name)) if name in IDENTITY else False
        if not is_same and getattr(patient, name) != value:
            setattr(patient, name, value)
            changed.append(name)
    if external.told != before or external.pk is None:
        external.save()
    if changed:
        patient.save(update_fields=changed)
        events.record(
            "patient.changed", patient, by=None, patient_id=patient.pk, fields=sorted(changed)
        )
    return bool(changed)


def cover(encounter: Encounter, policies: tuple[PolicyTold, ...]) -> tuple[bool, list[str]]:
    """Policies of the message as the patient's, the primary one of the day on the visit.

    What cannot be is a warning, never a stop: a payer nobody here knows, another policy of the
    same rank.
    """
    if not policies:
        return False, []
    payers = list(Payer.objects.filter(practice_id=encounter.practice_id))
    there = list(Coverage.objects.filter(patient=encounter.patient_id).select_related("payer"))
    warnings: list[str] = []
    is_changed = False
    for policy in policies:
        payer = payer_of(payers, policy)
        if payer is None:
            named = policy.payer_name or ", ".join(policy.payer_ids) or "(no payer)"
            warnings.append(f"{policy.place}: no payer {named} is known; add the coverage by hand.")
            continue
        found, warning = take_policy(encounter, policy, payer, there)
        is_changed |= found
        warnings += [warning] if warning else []
    return choose_policy(encounter, there) or is_changed, warnings


def payer_of(payers: list[Payer], policy: PolicyTold) -> Payer | None:
    """By its electronic id, else by its name."""
    ids = {number.upper() for number in policy.payer_ids}
    name = plain(policy.payer_name)
    by_id = [payer for payer in payers if payer.payer_id.upper() in ids]
    by_name = [payer for payer in payers if name in (plain(payer.name), plain(payer.short_name))]
    return next(iter(by_id or (by_name if name else [])), None)


def take_policy(
    encounter: Encounter, policy: PolicyTold, payer: Payer, there: list[Coverage]
) -> tuple[bool, str]:
    """Whether the patient's policies changed, and a warning."""
    day = encounter.date_of_service
    first = min(policy.starts_on or day, day)
    for row in there:
        if row.payer_id == payer.pk and plain(row.member_id) == plain(policy.member_id):
            return begin_earlier(row, first)
    try:
        row = add_coverage(
            encounter.patient,
            payer,
            member_id=policy.member_id[:30],
            starts_on=first,
            by=None,
            rank=policy.rank,
            ends_on=policy.ends_on if policy.ends_on and policy.ends_on >= first else None,
            group_number=policy.group_number[:30],
            relationship=policy.relationship,
            subscriber_first_name=policy.subscriber_first_name[:35],
            subscriber_last_name=policy.subscriber_last_name[:60],
            subscriber_birth_date=policy.subscriber_birth_date,
            subscriber_sex=policy.subscriber_sex,
        )
    except Refusal:
        return False, (
            f"{policy.place}: {payer} {policy.member_id} overlaps another policy of the same rank "
            "of this patient. Check which one is in force."
        )
    there.append(row)
    return True, ""


def begin_earlier(row: Coverage, first: date) -> tuple[bool, str]:
    """The policy is in force on an earlier day than known."""
    if row.starts_on <= first:
        return False, ""
    row.starts_on = first
    try:
        with transaction.atomic():
            row.save(update_fields=["starts_on"])
    except IntegrityError:
        return False, f"{row.payer} {row.member_id} is not in force on {first:%m/%d/%Y} here."
    return True, ""


def choose_policy(encounter: Encounter, there: list[Coverage]) -> bool:
    """A visit without a policy gets the primary one of its day, until it is coded."""
    if encounter.coverage_id or encounter.state == Encounter.State.FINALIZED:
        return False
    day = encounter.date_of_service
    fits = [
        row
        for row in there
        if row.rank == "P" and row.starts_on <= day and (row.ends_on is None or row.ends_on >= day)
    ]
    if not fits:
        return False
    encounter.coverage = fits[0]
    encounter.save(update_fields=["coverage"])
    return True
