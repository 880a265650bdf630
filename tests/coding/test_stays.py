"""A facility's facts of a visit: their form, their guards, and the edits that follow from them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from coding.actions import codes, encounters, stays
from coding.chart_facts import chart_facts
from coding.models import Charge, Encounter, FacilityStay
from coding.rules.edits import check
from coding.rules.stays import check_stay
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make

STAY: dict[str, Any] = {
    "type_of_bill": "111",
    "statement_from": date(2026, 11, 2),
    "statement_to": date(2026, 11, 5),
    "admission_type": "1",
    "admission_source": "1",
    "patient_status": "01",
    "admission_on": date(2026, 11, 2),
    "admission_time": "0915",
    "discharge_time": "1100",
    "admitting_diagnosis": "R0789",
    "drg": "871",
    "external_causes": [["W19XXXA", "Y"]],
    "procedures": [["5A1955Z", "2026-11-03"]],
    "occurrences": [["11", "2026-11-01"]],
    "occurrence_spans": [["72", "2026-11-02", "2026-11-03"]],
    "value_codes": [["80", 300]],
    "condition_codes": ["09"],
}


@pytest.fixture
def chart(north: Practice) -> Encounter:
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    make.code("procedure", "99284", "Emergency visit")
    make.fees(north, c99284="400.00", c0120="1200.00")
    return make.encounter(north)


def test_a_stay_is_set_and_said_again(chart: Encounter, ana: User) -> None:
    stays.set_stay(chart, by=ana, **STAY)
    stay = stays.set_stay(
        chart, by=ana, **STAY | {"type_of_bill": "11g", "operating": chart.provider}
    )
    assert FacilityStay.objects.count() == 1
    stay.refresh_from_db()
    assert (stay.type_of_bill, stay.operating, stay.attending) == ("11G", chart.provider, None)
    assert stay.value_codes == [["80", 300]]
    assert Event.objects.filter(name="encounter.stay_set").count() == 2


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("type_of_bill", "11", "The type of bill is two digits and the frequency, such as 111."),
        ("statement_to", date(2026, 11, 1), "The statement ends before it begins."),
        ("admission_time", "2460", "A time is four digits, from 0000 to 2359."),
        ("admission_on", None, "A time of admission needs its day."),
        ("admission_type", "A", "The type of admission is one digit."),
        ("patient_status", "1", "The patient's status is two digits."),
        ("patient_reasons", ["I10"] * 4, "A claim has room for 3 of these."),
        ("condition_codes", ["091"], "One of these is not a code."),
        ("external_causes", [["W19XXXA", "X"]], "One of these does not have its form."),
        ("procedures", [["5A1955Z", "2026-02-30"]], "One of these does not have its form."),
        ("occurrences", [["11", "2026-11-01"]] * 25, "A claim has room for 24 of these."),
        (
            "occurrence_spans",
            [["72", "2026-11-03", "2026-11-02"]],
            "One of these does not have its form.",
        ),
        ("value_codes", [["80", "3"]], "One of these does not have its form."),
    ],
)
def test_a_fact_without_its_form_is_named_and_nothing_is_written(
    chart: Encounter, ana: User, field: str, value: object, message: str
) -> None:
    with pytest.raises(Refusal) as refused:
        stays.set_stay(chart, by=ana, **STAY | {field: value})
    assert refused.value.fields == {field: message}
    assert not FacilityStay.objects.exists()
    assert not Event.objects.filter(name="encounter.stay_set").exists()


def test_a_stay_in_form_has_no_faults() -> None:
    assert check_stay(STAY) == {}


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"type_of_bill": "1 1"}, "stay_bill_type_form"),
        ({"statement_to": date(2026, 11, 1)}, "stay_days_in_order"),
        ({"admission_time": "2500"}, "stay_times_hhmm"),
        ({"admission_on": None}, "stay_times_hhmm"),
        ({"patient_status": "1"}, "stay_codes_form"),
        ({"patient_reasons": ["I10"] * 4}, "stay_codes_few"),
        ({"external_causes": [["W19", ""]] * 13}, "stay_causes_few"),
        ({"procedures": [["5A1955Z", "2026-11-03"]] * 26}, "stay_procedures_few"),
        ({"occurrences": [["11", "2026-11-03"]] * 25}, "stay_events_few"),
        ({"occurrence_spans": [["72", "2026-11-03", "2026-11-03"]] * 25}, "stay_spans_few"),
        ({"value_codes": [["80", 1]] * 25}, "stay_values_few"),
    ],
)
def test_the_database_guards_a_stay(
    chart: Encounter, change: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        FacilityStay.objects.create(practice=chart.practice, encounter=chart, **STAY | change)


def test_the_database_guards_charges_and_diagnoses_of_a_facility(chart: Encounter) -> None:
    make.coded(chart, ("99284", "400.00"))
    charge, diagnosis = chart.charges.get(), chart.diagnoses.get()
    for row, field, value, constraint in (
        (charge, "revenue_code", "45", "charge_revenue_four_digits"),
        (charge, "procedure_code", "", "charge_has_code"),
        (diagnosis, "present_on_admission", "X", "diagnosis_admission_known"),
        (diagnosis, "position", 51, "diagnosis_position_1_to_50"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**{field: value})


def test_a_facility_line_needs_a_revenue_code_and_no_pointer(chart: Encounter, ana: User) -> None:
    codes.add_diagnosis(chart, "I10", by=ana)
    charge = codes.add_charge(chart, "99284", by=ana)
    assert [finding.code for finding in check(chart_facts(chart))] == ["no_pointer", "visit_place"]
    stays.set_stay(chart, by=ana, **STAY)
    [finding] = check(chart_facts(chart))
    assert (finding.code, finding.message) == (
        "no_revenue_code",
        "Line 1 (99284) has no revenue code.",
    )
    stays.set_revenue_codes(chart, [(charge, "0450")], by=ana)
    assert check(chart_facts(chart)) == []


def test_days_of_a_room_are_priced_by_their_revenue_code(chart: Encounter, ana: User) -> None:
    codes.add_diagnosis(chart, "I10", by=ana)
    stays.set_stay(chart, by=ana, **STAY)
    room = stays.add_revenue_charge(chart, "0120", by=ana, units=3)
    encounters.finalize_encounter(chart, by=ana)
    room.refresh_from_db()
    assert (str(room), room.amount_billed, room.is_frozen) == ("0120", Decimal("3600.00"), True)


def test_a_revenue_code_without_a_price_says_which_one(chart: Encounter, ana: User) -> None:
    codes.add_diagnosis(chart, "I10", by=ana)
    stays.set_stay(chart, by=ana, **STAY)
    stays.add_revenue_charge(chart, "0360", by=ana)
    assert [finding.message for finding in check(chart_facts(chart))] == [
        "Revenue code 0360 has no price on the date of service; billing adds it."
    ]


@pytest.mark.parametrize("code", ["0001", "12", "01A0"])
def test_what_is_no_revenue_code_adds_nothing(chart: Encounter, ana: User, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        stays.add_revenue_charge(chart, code, by=ana)
    message = "A revenue code is four digits, and never the total 0001."
    assert refused.value.fields == {"revenue_code": message}
    assert not chart.charges.exists()


def test_present_on_admission_is_answered_by_its_letters(chart: Encounter, ana: User) -> None:
    diagnosis = codes.add_diagnosis(chart, "I10", by=ana)
    stays.set_present_on_admission(diagnosis, "W", by=ana)
    diagnosis.refresh_from_db()
    assert diagnosis.present_on_admission == "W"
    with pytest.raises(Refusal) as refused:
        stays.set_present_on_admission(diagnosis, "Z", by=ana)
    assert list(refused.value.fields) == ["present_on_admission"]
    diagnosis.refresh_from_db()
    assert diagnosis.present_on_admission == "W"


def charge_rooms(chart: Encounter, count: int) -> None:
    Charge.objects.bulk_create(
        Charge(
            practice=chart.practice,
            encounter=chart,
            position=position,
            procedure_code="",
            revenue_code="0120",
            label="Room",
        )
        for position in range(1, count + 1)
    )


def test_a_stay_has_room_for_1998_charges(chart: Encounter, ana: User) -> None:
    stays.set_stay(chart, by=ana, **STAY)
    charge_rooms(chart, 1_997)
    assert stays.add_revenue_charge(chart, "0120", by=ana).position == 1_998
    with pytest.raises(Refusal) as refused:
        stays.add_revenue_charge(chart, "0120", by=ana)
    assert refused.value.fields == {"revenue_code": "A stay has at most 1,998 charges."}
    assert chart.charges.count() == 1_998


def test_a_stay_longer_than_a_professional_visit_is_not_removed(
    chart: Encounter, ana: User
) -> None:
    stays.set_stay(chart, by=ana, **STAY)
    charge_rooms(chart, 201)
    with pytest.raises(Refusal) as refused:
        stays.remove_stay(chart, by=ana)
    assert refused.value.message == (
        "A professional visit has at most 200 lines. Remove some first."
    )
    assert FacilityStay.objects.filter(encounter=chart).exists()
