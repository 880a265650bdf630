"""Codes on a chart."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from coding.actions import codes, encounters
from coding.actions.fixes import apply_fix
from coding.chart_facts import chart_facts
from coding.models import Charge, Encounter, EncounterDiagnosis
from coding.rules.edits import check
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make


@pytest.fixture
def chart(north: Practice) -> Encounter:
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    make.code("icd10cm", "E11", "Type 2 diabetes mellitus", is_billable=False)
    make.code("icd10cm", "E1142", "Type 2 diabetes mellitus with diabetic polyneuropathy")
    make.code("icd10cm", "M1711", "Unilateral primary osteoarthritis, right knee")
    make.code("icd10cm", "S0181", "Laceration", is_billable=False, notes={"seventh": ["A", "D"]})
    make.code("procedure", "99214", "Established visit, moderate")
    make.code("procedure", "20610", "Large joint injection")
    make.code("procedure", "J3301", "Triamcinolone, per 10 mg")
    make.fees(north, c99214="210.00", c20610="165.00", cj3301="8.00")
    return make.encounter(north)


def listed(chart: Encounter) -> list[tuple[int, str]]:
    return list(chart.diagnoses.values_list("position", "code"))


def test_one_line_adds_diagnoses_and_procedures(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "i10 e11.42 99214-25:ab j3301-jz:a x4", by=ana, evidence=" the knee ")
    assert listed(chart) == [(1, "I10"), (2, "E1142")]
    visit, drug = chart.charges.all()
    assert (visit.modifiers, visit.pointers, visit.units) == (["25"], [1, 2], 1)
    assert (drug.modifiers, drug.units, drug.evidence) == (["JZ"], Decimal(4), "the knee")
    assert chart.version == 2
    assert chart.state == "in_coding"
    assert Event.objects.get(name="encounter.codes_added").patient_id == chart.patient_id


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("i10 z9999", "Z9999 is not a code in force on the date of service."),
        ("e11", "E11 is a heading; pick a more specific code under it."),
        ("s01.81", "S01.81 needs a 7th character: A, D."),
        ("i10-25", "I10 is a diagnosis: it takes no modifiers or units."),
        ("i10 i10", "I10 is already on the chart."),
        ("knee pain", "“knee” is not a code. Pick one from the list."),
    ],
)
def test_what_cannot_be_added_adds_nothing(
    chart: Encounter, ana: User, typed: str, message: str
) -> None:
    with pytest.raises(Refusal) as refused:
        codes.add_line(chart, typed, by=ana)
    assert refused.value.fields == {"text": message}
    assert not EncounterDiagnosis.objects.exists()
    assert not Event.objects.exists()


def test_a_code_that_ended_before_the_visit_is_refused(chart: Encounter, ana: User) -> None:
    make.code("icd10cm", "K529", "Gone", ends_on=make.SERVED_ON.replace(day=1))
    with pytest.raises(Refusal) as refused:
        codes.add_diagnosis(chart, "K52.9", by=ana)
    assert refused.value.message == "K529 is not a code in force on the date of service."


def fill(chart: Encounter, diagnoses: int, lines: int = 0) -> None:
    EncounterDiagnosis.objects.bulk_create(
        EncounterDiagnosis(
            practice=chart.practice,
            encounter=chart,
            position=position,
            code=f"Z{position:02d}",
            label="Some reason",
        )
        for position in range(1, diagnoses + 1)
    )
    Charge.objects.bulk_create(
        Charge(
            practice=chart.practice,
            encounter=chart,
            position=position,
            procedure_code="99214",
            label="Established visit",
        )
        for position in range(1, lines + 1)
    )


def test_a_chart_holds_fifty_diagnoses_and_no_more(chart: Encounter, ana: User) -> None:
    fill(chart, 49)
    codes.add_diagnosis(chart, "I10", by=ana)
    with pytest.raises(Refusal) as refused:
        codes.add_diagnosis(chart, "E1142", by=ana)
    assert refused.value.message == "A chart holds at most 50 diagnoses. Remove one first."
    assert chart.diagnoses.count() == 50


def test_a_chart_holds_two_hundred_lines_and_no_more(chart: Encounter, ana: User) -> None:
    fill(chart, 0, 199)
    codes.add_charge(chart, "20610", by=ana)
    with pytest.raises(Refusal) as refused:
        codes.add_charge(chart, "20610", by=ana)
    assert refused.value.message == "A chart holds at most 200 lines."
    assert chart.charges.count() == 200


def test_the_database_refuses_what_no_chart_holds(chart: Encounter) -> None:
    with pytest.raises(IntegrityError, match="diagnosis_position_1_to_50"), transaction.atomic():
        fill(chart, 51)
    with pytest.raises(IntegrityError, match="charge_position_1_to_1998"), transaction.atomic():
        fill(chart, 0, 1999)


def test_diagnoses_after_z_are_named_by_number(chart: Encounter, ana: User) -> None:
    fill(chart, 28)
    assert "".join(row.letter for row in chart.diagnoses.all()[24:]) == "YZ2728"
    codes.add_line(chart, "99214:z28a", by=ana)
    [charge] = chart.charges.all()
    assert (charge.pointers, charge.pointer_letters) == ([26, 28, 1], "Z28A")


def test_pointers_follow_a_diagnosis_that_moves(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "i10 e1142 m1711 99214:ab 20610:c", by=ana)
    codes.move_diagnosis(chart.diagnoses.get(code="M1711"), to=1, by=ana)
    assert listed(chart) == [(1, "M1711"), (2, "I10"), (3, "E1142")]
    assert [charge.pointer_letters for charge in chart.charges.all()] == ["BC", "A"]


def test_removing_a_diagnosis_drops_its_pointers_and_moves_the_rest_up(
    chart: Encounter, ana: User
) -> None:
    codes.add_line(chart, "i10 e1142 m1711 99214:ab 20610:c", by=ana)
    codes.remove_diagnosis(chart.diagnoses.get(code="I10"), by=ana)
    assert listed(chart) == [(1, "E1142"), (2, "M1711")]
    assert [charge.pointer_letters for charge in chart.charges.all()] == ["A", "B"]


def test_a_line_is_changed_field_by_field(chart: Encounter, ana: User) -> None:
    charge = codes.add_charge(chart, "j3301", by=ana, pointers=[1])
    codes.change_charge(charge, by=ana, modifiers=["jz"], units=Decimal(4))
    charge.refresh_from_db()
    assert (charge.modifiers, charge.units, charge.pointers) == (["JZ"], Decimal(4), [1])


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"modifiers": ["2"]}, {"modifiers": "“2” is not a modifier: two letters or digits."}),
        ({"units": 0}, {"units": "Units are a number above zero."}),
        ({"pointers": [51]}, {"pointers": "A line points to one to 4 of at most 50 diagnoses."}),
    ],
)
def test_a_line_that_cannot_be_is_refused_by_field(
    chart: Encounter, ana: User, change: dict[str, object], fields: dict[str, str]
) -> None:
    charge = codes.add_charge(chart, "99214", by=ana)
    before = Event.objects.count()
    with pytest.raises(Refusal) as refused:
        codes.change_charge(charge, by=ana, **change)
    assert refused.value.fields == fields
    assert Charge.objects.get().modifiers == []
    assert Event.objects.count() == before


def test_removing_a_line_moves_the_rest_up(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "i10 99214:a 20610:a", by=ana)
    codes.remove_charge(chart.charges.get(position=1), by=ana)
    assert list(chart.charges.values_list("position", "procedure_code")) == [(1, "20610")]


def test_a_coded_chart_does_not_change(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "i10 99214:a", by=ana)
    encounters.finalize_encounter(chart, by=ana)
    with pytest.raises(Refusal) as refused:
        codes.remove_charge(Charge.objects.get(), by=ana)
    assert refused.value.message == "This chart is coded now. Nothing was changed."
    assert Charge.objects.count() == 1


def test_another_coders_chart_does_not_change(chart: Encounter, ana: User, mia: User) -> None:
    codes.add_line(chart, "i10", by=ana)
    with pytest.raises(Refusal) as refused:
        codes.add_line(Encounter.objects.get(), "e11.42", by=mia)
    assert refused.value.status == 423
    assert listed(chart) == [(1, "I10")]


def test_the_fix_adds_modifier_25_and_settles_the_finding(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "i10 m1711 99214:a 20610-rt:b", by=ana)
    fix = apply_fix(chart, "visit_needs_25:1:", by=ana, version=2)
    assert fix.label == "Add 25"
    assert chart.charges.get(position=1).modifiers == ["25"]
    assert check(chart_facts(chart)) == []
    with pytest.raises(Refusal) as refused:
        apply_fix(chart, "visit_needs_25:1:", by=ana)
    assert (refused.value.code, refused.value.status) == ("finding_gone", 409)


def test_the_fix_replaces_the_side(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "m1711 20610-lt:a", by=ana)
    apply_fix(chart, "side_contradicts:1:", by=ana)
    assert chart.charges.get().modifiers == ["RT"]


def test_an_empty_code_set_is_not_read_as_invalid_codes(north: Practice) -> None:
    chart = make.coded(make.encounter(north), ("99213", "165.00"))
    make.fees(north, c99213="165.00")
    assert check(chart_facts(chart)) == []
