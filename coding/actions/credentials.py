"""Credentials of people and what visits want of them: recorded, corrected, taken away."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from coding.models import Credential, CredentialRequirement
from rcm import events
from rcm.errors import Refusal
from rcm.models import Membership, Practice, User


def require_member(practice: Practice, person: User) -> None:
    """Raises Refusal unless the person works in the practice."""
    if not Membership.objects.filter(practice=practice, user=person).exists():
        message = "This person does not work in the practice."
        raise Refusal("not_a_member", message, fields={"person": message})


@transaction.atomic
def save_credential(
    practice: Practice, person: User, *, by: User, old: Credential | None = None, **facts: Any
) -> Credential:
    """Record a credential, or correct or renew an `old` one; its person stays.

    Raises Refusal when the person is not of the practice, the days are in the wrong order or in the
    future, another kind has no name, or the same certificate is there already.
    """
    require_member(practice, person)
    refuse_facts(facts)
    row = old or Credential(practice=practice, person=person, recorded_by=by)
    for name, value in facts.items():
        setattr(row, name, value)
    row.other_name = facts["other_name"] if facts["kind"] == Credential.Kind.OTHER else ""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        message = f"{person} has this certificate already."
        raise Refusal("credential_twice", message, fields={"number": message}) from error
    events.record("credential.saved", row, by=by, person=person.pk, kind=row.kind)
    return row


def refuse_facts(facts: dict[str, Any]) -> None:
    """Raises Refusal naming the field that is wrong."""
    issued_on, expires_on = facts["issued_on"], facts["expires_on"]
    wrong = ("", "")
    if facts["kind"] == Credential.Kind.OTHER and not facts["other_name"].strip():
        wrong = "other_name", "Name the credential."
    elif issued_on > timezone.localdate():
        wrong = "issued_on", "A credential counts from the day it was issued; that day is to come."
    elif expires_on is not None and expires_on < issued_on:
        wrong = "expires_on", "It expires before it was issued."
    if wrong[0]:
        raise Refusal("credential_wrong", wrong[1], fields=dict([wrong]))


@transaction.atomic
def remove_credential(credential: Credential, *, by: User) -> None:
    """Take back what was recorded by mistake; the event keeps that it stood here."""
    person, kind = credential.person_id, credential.kind
    events.record("credential.removed", credential, by=by, person=person, kind=kind)
    credential.delete()


@transaction.atomic
def add_requirement(
    practice: Practice,
    kinds: list[str],
    *,
    by: User,
    care: str = "",
    specialty: str = "",
    visit_type: str = "",
) -> CredentialRequirement:
    """From now on these visits want one of these kinds.

    Raises Refusal when no kind is named or these visits have a requirement already.
    """
    if not kinds:
        message = "Choose at least one credential."
        raise Refusal("no_kind", message, fields={"kinds": message})
    row = CredentialRequirement(
        practice=practice,
        care=care,
        specialty=specialty.strip(),
        visit_type=visit_type.strip(),
        kinds=kinds,
        made_by=by,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        message = f"{row.visits} have a requirement already. Remove it first."
        raise Refusal("requirement_twice", message, fields={"care": message}) from error
    events.record("credential_requirement.added", row, by=by, kinds=kinds, care=care)
    return row


@transaction.atomic
def remove_requirement(requirement: CredentialRequirement, *, by: User) -> None:
    """These visits may be coded by anybody again."""
    kinds, care = requirement.kinds, requirement.care
    events.record("credential_requirement.removed", requirement, by=by, kinds=kinds, care=care)
    requirement.delete()
