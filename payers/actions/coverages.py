"""A patient's policies: add one, end one, correct its number, find the one of a day."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from payers.models import Coverage, Payer
from payers.terms import plan_for, plans_in_force
from rcm import events
from rcm.errors import Refusal
from rcm.models import Patient, User


@transaction.atomic
def add_coverage(
    patient: Patient, payer: Payer, *, member_id: str, starts_on: date, by: User | None, **more: Any
) -> Coverage:
    """A new policy. Raises Refusal when another of the same rank covers one of its days.

    Without a `plan` in `more` it belongs to the one its group number names on its first day.
    """
    if "plan" not in more:
        plans = plans_in_force(payer.pk, starts_on)
        more["plan"] = plan_for(payer.pk, more.get("group_number", ""), starts_on, plans)
    try:
        with transaction.atomic():
            coverage = Coverage.objects.create(
                practice_id=patient.practice_id,
                patient=patient,
                payer=payer,
                member_id=member_id,
                starts_on=starts_on,
                **more,
            )
    except IntegrityError as error:
        raise Refusal(
            "coverage_overlaps",
            "Another policy of the same rank covers these dates. End that one first.",
            fields={"starts_on": "Overlaps another policy of the same rank."},
        ) from error
    events.record("coverage.added", coverage, by=by, patient_id=patient.pk, plan=coverage.plan_id)
    return coverage


@transaction.atomic
def end_coverage(coverage: Coverage, *, on: date, by: User | None) -> None:
    """Let a policy end on a day (inclusive). Raises Refusal when that is before its start."""
    if on < coverage.starts_on:
        raise Refusal(
            "coverage_ends_before_start",
            "A policy cannot end before it starts.",
            fields={"ends_on": "Before the start."},
        )
    coverage.ends_on = on
    coverage.save(update_fields=["ends_on"])
    events.record("coverage.ended", coverage, by=by, patient_id=coverage.patient_id)


@transaction.atomic
def correct_member_id(coverage: Coverage, member_id: str, *, by: User | None) -> None:
    """The number as it stands on the patient's card; claims take it over when checked again.

    Raises Refusal for an empty number.
    """
    number = member_id.strip()
    if not number:
        message = "Give the member number."
        raise Refusal("member_id_missing", message, fields={"member_id": message})
    coverage.member_id = number
    coverage.save(update_fields=["member_id"])
    events.record("coverage.corrected", coverage, by=by, patient_id=coverage.patient_id)


def coverages_on(patient: Patient, day: date) -> QuerySet[Coverage]:
    """The patient's policies in force on a day, the primary first."""
    rows = Coverage.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=day),
        practice_id=patient.practice_id,
        patient=patient,
        starts_on__lte=day,
    )
    # P, S, T happen to stand in the order of the alphabet.
    return rows.select_related("payer").order_by("rank", "pk")
