"""What a coder has at hand while coding: bundles, pages read, the patient's earlier codes."""

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from coding.models import Charge, CodeBundle, DocumentRead, Encounter
from rcm.models import User

# Earlier visits shown; older ones are found through the patient.
VISITS = 20


def bundles_for(practice_id: int, user: User) -> QuerySet[CodeBundle]:
    """The person's own bundles and the practice's, the most used first."""
    rows = CodeBundle.objects.filter(Q(owner=user) | Q(owner__isnull=True), practice_id=practice_id)
    return rows.order_by("-uses", "name", "pk")


def pages_read(documents: Iterable[int], user: User) -> set[int]:
    """Those of these documents the person has read."""
    rows = DocumentRead.objects.filter(document__in=documents, user=user)
    return set(rows.values_list("document", flat=True))


def earlier_visits(encounter: Encounter) -> Sequence[Encounter]:
    """The patient's other visits up to this one's day, newest first. Three statements."""
    rows = Encounter.objects.filter(
        practice_id=encounter.practice_id,
        patient_id=encounter.patient_id,
        date_of_service__lte=encounter.date_of_service,
    )
    rows = rows.exclude(pk=encounter.pk).select_related("provider")
    rows = rows.prefetch_related("diagnoses", "charges")
    return list(rows.order_by("-date_of_service", "-pk")[:VISITS])


def entries_of(encounter: Encounter) -> str:
    """The chart's codes in the one-line syntax: "I10 E11.9 99213-25:AB x2"."""
    diagnoses = [diagnosis.dotted for diagnosis in encounter.diagnoses.all()]
    lines = [entry_of(charge) for charge in encounter.charges.all() if charge.procedure_code]
    return " ".join([*diagnoses, *lines])


def entry_of(charge: Charge) -> str:
    head = "-".join([charge.procedure_code, *charge.modifiers])
    pointers = f":{charge.pointer_letters}" if charge.pointers else ""
    units = f" x{charge.units.normalize():f}" if charge.units != 1 else ""
    return f"{head}{pointers}{units}"
