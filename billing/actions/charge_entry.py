"""Visits keyed by hand, for practices that send codes and no chart."""

from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from billing.staging import cursor, next_ids
from coding.actions import codes
from coding.actions.encounters import finalize_encounter
from coding.models import Charge, Encounter
from coding.rules.pointers import MOST_POINTERS
from payers.actions.coverages import coverages_on
from payers.models import Rank
from rcm import events
from rcm.errors import Refusal
from rcm.models import Patient, Practice, Provider, ServiceLocation, User


class KeyedVisit(NamedTuple):
    """Who saw whom, where and when; `text` in the one-line syntax of coding.rules.pointers."""

    patient: Patient
    provider: Provider
    location: ServiceLocation
    served_on: date
    text: str
    authorization_number: str = ""


@transaction.atomic
def enter_visit(practice: Practice, visit: KeyedVisit, *, by: User) -> Encounter:
    """Record the visit, code it as keyed, and hand it to billing like any coded chart.

    It is billed to the primary policy in force that day. Lines without pointers point to the first
    diagnoses. Raises Refusal, and nothing is written: a code that is not in force, an edit that
    blocks (`data["findings"]`), a day after today.
    """
    if visit.served_on > timezone.localdate():
        message = "The date of service must not be after today."
        raise Refusal("served_later", message, fields={"served_on": message})
    with cursor() as db:
        [pk] = next_ids(db, "coding_encounter", 1)
    encounter = Encounter.objects.create(
        pk=pk,
        practice=practice,
        number=f"K{pk}",
        patient=visit.patient,
        coverage=coverages_on(visit.patient, visit.served_on).filter(rank=Rank.PRIMARY).first(),
        provider=visit.provider,
        location=visit.location,
        date_of_service=visit.served_on,
        visit_type="Keyed",
        specialty=specialty_of(visit.provider),
        authorization_number=visit.authorization_number.strip(),
    )
    events.record("encounter.keyed", encounter, by=by, patient_id=visit.patient.pk)
    codes.add_line(encounter, visit.text, by=by)
    point_to_all(encounter)
    finalize_encounter(encounter, by=by)
    return encounter


def specialty_of(provider: Provider) -> str:
    """As the provider's latest chart says; the edits compare it for new patients."""
    latest = Encounter.objects.filter(provider=provider).exclude(specialty="").order_by("-pk")
    return latest.values_list("specialty", flat=True).first() or ""


def point_to_all(encounter: Encounter) -> None:
    """Lines keyed without pointers point to the first diagnoses, at most four."""
    pointers = list(range(1, min(encounter.diagnoses.count(), MOST_POINTERS) + 1))
    Charge.objects.filter(encounter=encounter, pointers=[]).update(pointers=pointers)
