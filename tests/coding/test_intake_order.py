"""Whatever the order and however often messages come, the charts end the same."""

import random
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coding.models import Charge, Document, Encounter, EncounterDiagnosis, IntakeMessage
from payers.models import Coverage
from rcm.models import Patient, Practice
from tests.coding import intaking as i

HISTORY = (
    i.adt("A04", "C1", "20261102090000"),
    i.adt("A08", "C2", "20261103090000", last="Soto"),
    i.mdm("T02", "D1", "20261102100000"),
    i.mdm("T08", "D2", "20261103100000", text="Amended: diabetes too.", last="Soto"),
    i.dft("F1", "20261102110000"),
    i.adt("A03", "C3", "20261102170000"),
)


@pytest.fixture(autouse=True)
def cast(north: Practice) -> None:
    i.cast(north)


def picture() -> dict[str, Any]:
    """What the charts say, without ids and times of arrival."""
    people = Patient.objects.order_by("mrn")
    visits = Encounter.objects.order_by("external_visit__number")
    return {
        "people": list(people.values_list("mrn", "last_name", "birth_date", "address_line_1")),
        "visits": list(
            visits.values_list(
                *("external_visit__number", "patient__mrn", "date_of_service", "state"),
                *("hold_reason", "coverage__member_id", "external_visit__is_cancelled"),
                "external_visit__discharged_on",
            )
        ),
        "notes": sorted(Document.objects.current().values_list("external_id", "text", "signed_by")),
        "versions": sorted(set(Document.objects.values_list("external_id", "text"))),
        "lines": sorted(Charge.objects.values_list("source", "procedure_code", "units")),
        "diagnoses": sorted(EncounterDiagnosis.objects.values_list("code", flat=True)),
        "policies": sorted(Coverage.objects.values_list("member_id", "starts_on")),
        "open": IntakeMessage.objects.filter(state__in=["failed", "waiting"]).count(),
    }


def test_in_order_the_history_is_a_chart_to_code(north: Practice) -> None:
    i.bring_all(north, HISTORY)
    found = picture()
    assert [row[1] for row in found["people"]] == ["Soto"]
    assert [row[3] for row in found["visits"]] == ["new"]
    assert [row[1] for row in found["notes"]] == ["Amended: diabetes too."]
    assert found["open"] == 0


def test_every_order_of_the_first_four_ends_the_same(north: Practice) -> None:
    from django.db import transaction

    endings = []
    for order in permutations(HISTORY[:4]):
        with transaction.atomic():
            i.bring_all(north, order)
            endings.append(picture())
            transaction.set_rollback(True)
    assert len(endings) == 24
    assert all(ending == endings[0] for ending in endings)


@given(seed=st.integers(0, 2**32 - 1))
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_shuffled_and_doubled_histories_end_the_same(north: Practice, seed: int) -> None:
    from django.db import transaction

    with transaction.atomic():
        i.bring_all(north, HISTORY)
        expected = picture()
        transaction.set_rollback(True)
    chance = random.Random(seed)
    messages = [*HISTORY, *chance.choices(HISTORY, k=4)]
    chance.shuffle(messages)
    with transaction.atomic():
        i.bring_all(north, messages)
        assert picture() == expected
        transaction.set_rollback(True)
