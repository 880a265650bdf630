"""A facility's stay through the API: entered once per key, refused by its field."""

from typing import Any

import pytest
from django.test import Client

from coding.actions import codes
from coding.models import Encounter, FacilityStay
from rcm.models import Event, Practice, User
from tests import make

BODY: dict[str, Any] = {
    "type_of_bill": "111",
    "statement_from": "2026-11-02",
    "statement_to": "2026-11-05",
    "admission_type": "1",
    "admission_source": "1",
    "patient_status": "01",
    "admission_on": "2026-11-02",
    "admission_time": "0915",
    "admitting_diagnosis": "R07.89",
    "patient_reasons": ["R07.89"],
    "external_causes": [["W19.XXXA", "Y"]],
    "occurrences": [["11", "2026-11-01"]],
    "value_codes": [["80", "3.00"]],
    "condition_codes": ["09"],
    "new_charges": [["0120", "3", "Room"]],
}


@pytest.fixture
def chart(north: Practice, ana: User) -> Encounter:
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    make.code("procedure", "99284", "Emergency visit")
    make.fees(north, c99284="400.00")
    chart = make.encounter(north)
    codes.add_diagnosis(chart, "I10", by=ana)
    codes.add_charge(chart, "99284", by=ana)
    return chart


def put(client: Client, chart: Encounter, key: str, **changes: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.put(
        f"/api/encounters/{chart.pk}/stay/",
        BODY | changes,
        content_type="application/json",
        headers=headers,
    )


def named(chart: Encounter) -> dict[str, Any]:
    return {
        "present_on_admission": {str(chart.diagnoses.get().pk): "Y"},
        "revenue_codes": {str(chart.charges.get(position=1).pk): "0450"},
    }


def test_a_visit_no_facility_bills_has_no_stay(ana_client: Client, chart: Encounter) -> None:
    answer = ana_client.get(f"/api/encounters/{chart.pk}/stay/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert Event.objects.get(name="encounter.viewed").patient_id == chart.patient_id


def test_a_stay_is_entered_and_shown(ana_client: Client, chart: Encounter) -> None:
    answer = put(ana_client, chart, "a", attending=chart.provider_id, **named(chart))
    assert answer.status_code == 200
    shown = ana_client.get(f"/api/encounters/{chart.pk}/stay/").json()
    assert shown == answer.json()
    assert (shown["encounter_id"], shown["attending"], shown["operating"]) == (
        *(chart.pk, chart.provider_id, None),
    )
    assert (shown["admitting_diagnosis"], shown["patient_reasons"]) == ("R0789", ["R0789"])
    assert shown["external_causes"] == [["W19XXXA", "Y"]]
    assert shown["occurrences"] == [["11", "2026-11-01"]]
    assert shown["value_codes"] == [["80", "3.00"]]
    assert [row["present_on_admission"] for row in shown["diagnoses"]] == ["Y"]
    assert [(row["procedure_code"], row["revenue_code"]) for row in shown["charges"]] == [
        *(("99284", "0450"), ("", "0120")),
    ]
    detail = ana_client.get(f"/api/encounters/{chart.pk}/").json()
    assert detail["charges"][0]["revenue_code"] == "0450"
    assert detail["diagnoses"][0]["present_on_admission"] == "Y"


def test_the_same_key_adds_a_room_once(ana_client: Client, chart: Encounter) -> None:
    first = put(ana_client, chart, "once")
    again = put(ana_client, chart, "once")
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    assert chart.charges.count() == 2
    other = put(ana_client, chart, "once", drg="195")
    assert (other.status_code, FacilityStay.objects.get().drg) == (409, "")
    assert put(ana_client, chart, "").status_code == 400


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"patient_status": "1"}, 422, "The patient's status is two digits."),
        ({"statement_to": "2026-11-01"}, 422, "The statement ends before it begins."),
        ({"drg": "19"}, 422, "A DRG is three digits, or four with the severity."),
        ({"type_of_bill": "1111"}, 400, "Ensure this field has no more than 3 characters."),
        (
            {"occurrences": [["11", "2026-11-01"], ["11", "11"]]},
            400,
            "Line 2: an occurrence is a code and its day, such as 11 11/01/2026.",
        ),
        (
            {"condition_codes": ["09", "091"]},
            400,
            "Line 2: a condition is two characters, such as 09.",
        ),
        ({"condition_codes": ["09", {}]}, 400, "2: Not a valid string."),
        ({"occurrences": [[], "11"]}, 400, '2: Expected a list of items but got type "str".'),
        ({"occurrences": [["11", {}]]}, 400, "1: 2: Not a valid string."),
        ({"revenue_codes": {"x": "0450"}}, 400, "x is not an id."),
        ({"revenue_codes": {"1": []}}, 400, "1: Not a valid string."),
        ({"revenue_codes": {"9999999999999999999999": "0450"}}, 422, None),
        ({"present_on_admission": {"0": "Y"}}, 422, "0 is not on this chart."),
    ],
)
def test_a_wrong_stay_names_its_field_and_nothing_is_written(
    ana_client: Client, chart: Encounter, change: dict[str, Any], status: int, message: str | None
) -> None:
    answer = put(ana_client, chart, "wrong", **change)
    assert answer.status_code == status
    [(field, said)] = answer.json()["fields"].items()
    assert field in change
    assert message is None or said == message
    assert not FacilityStay.objects.exists()
    assert chart.charges.count() == 1
    assert not Event.objects.filter(name="encounter.stay_set").exists()


def test_rows_of_the_chart_that_cannot_be_are_refused(ana_client: Client, chart: Encounter) -> None:
    row = named(chart)
    answer = put(
        ana_client,
        chart,
        "a",
        present_on_admission={**row["present_on_admission"]}
        | {next(iter(row["present_on_admission"])): "X"},
    )
    assert answer.json()["fields"] == {
        "present_on_admission": (
            "Present on admission is Y, N, U or W, or empty where the code is exempt."
        )
    }
    assert put(ana_client, chart, "b", version=99).status_code == 409
    assert put(ana_client, chart, "c", operating=chart.provider_id + 999).status_code == 404
    assert not FacilityStay.objects.exists()


def test_a_biller_reads_the_stay_and_may_not_write(ben_client: Client, chart: Encounter) -> None:
    assert ben_client.get(f"/api/encounters/{chart.pk}/stay/").status_code == 204
    assert put(ben_client, chart, "a").status_code == 403
    assert not FacilityStay.objects.exists()


def test_another_practice_finds_no_stay(otto_client: Client, chart: Encounter) -> None:
    assert otto_client.get(f"/api/encounters/{chart.pk}/stay/").status_code == 404
    assert put(otto_client, chart, "a").status_code == 404
