"""Who may code what: the credentials a kind of visit wants, and whether a person holds one.

A credential counts on the days from its issue to its expiry, both included. What a practice wants
is its own rule; nothing here names a law.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

Care = Literal["", "inpatient", "outpatient", "professional"]
Standing = Literal["valid", "in_90_days", "in_30_days", "expired", "not_yet"]

# What is said to a person who lacks one, longest first.
WARNING_DAYS = 90
URGENT_DAYS = 30
# Certifies billing, not coding: nobody is a certified coder by it.
NOT_FOR_CODING = frozenset({"cpb"})
# NUBC type of bill: inpatient hospital, swing bed, skilled nursing, religious non-medical.
INPATIENT_BILLS = frozenset({"11", "12", "18", "21", "22", "41", "42"})


@dataclass(frozen=True)
class VisitKind:
    """What a visit is for the rules: the care (never empty), the specialty, the visit type."""

    care: Care
    specialty: str = ""
    visit_type: str = ""


@dataclass(frozen=True)
class HeldCredential:
    """One credential of a person; `expires_on` is None when it does not expire."""

    kind: str
    issued_on: date
    expires_on: date | None = None


@dataclass(frozen=True)
class WantedCredential:
    """A kind of visit wants any of `kinds`. An empty field of the visit means every one."""

    kinds: tuple[str, ...]
    care: Care = ""
    specialty: str = ""
    visit_type: str = ""


def care_of(type_of_bill: str | None) -> Care:
    """The care of a visit by its type of bill (three digits); None: no facility bills it."""
    if not type_of_bill:
        return "professional"
    return "inpatient" if type_of_bill[:2] in INPATIENT_BILLS else "outpatient"


def applies(wanted: WantedCredential, visit: VisitKind) -> bool:
    """Does the requirement speak of this kind of visit? Letter case does not matter."""
    return (
        wanted.care in ("", visit.care)
        and wanted.specialty.lower() in ("", visit.specialty.lower())
        and wanted.visit_type.lower() in ("", visit.visit_type.lower())
    )


def is_valid(credential: HeldCredential, on: date) -> bool:
    return credential.issued_on <= on and (
        credential.expires_on is None or on <= credential.expires_on
    )


def is_met(wanted: WantedCredential, held: Iterable[HeldCredential], on: date) -> bool:
    return any(each.kind in wanted.kinds and is_valid(each, on) for each in held)


def unmet_of(
    wanted: Iterable[WantedCredential], held: Iterable[HeldCredential], on: date
) -> list[WantedCredential]:
    """The requirements that no credential of a person meets on a day, in order."""
    own = list(held)
    return [each for each in wanted if not is_met(each, own, on)]


def lacking_for(unmet: Iterable[WantedCredential], visit: VisitKind) -> list[WantedCredential]:
    """Which of the requirements a person does not meet speak of this visit, in order.

    Empty means the person may code it. Every requirement that applies must be met.
    """
    return [each for each in unmet if applies(each, visit)]


def is_kept_from(unmet: Iterable[WantedCredential], visit: VisitKind) -> bool:
    """Does any of the requirements a person does not meet speak of this visit?"""
    return bool(lacking_for(unmet, visit))


def standing(credential: HeldCredential, on: date) -> Standing:
    """How a credential stands on a day; the last 90 and 30 days before its expiry warn."""
    if on < credential.issued_on:
        return "not_yet"
    if credential.expires_on is None:
        return "valid"
    left = (credential.expires_on - on).days
    if left < 0:
        return "expired"
    if left <= URGENT_DAYS:
        return "in_30_days"
    return "in_90_days" if left <= WARNING_DAYS else "valid"
