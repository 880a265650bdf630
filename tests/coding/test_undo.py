"""Changes of a chart's codes are taken back one by one, until it is completed."""

from decimal import Decimal

import pytest

from coding.actions import codes, stays
from coding.actions.chart_changes import last_change, undo_change
from coding.actions.encounters import finalize_encounter
from coding.models import ChartChange, Encounter
from rcm.errors import Refusal
from rcm.models import Event, Practice, Role, User
from tests import make


@pytest.fixture
def chart(north: Practice) -> Encounter:
    for code, label in (("I10", "Hypertension"), ("E119", "Diabetes"), ("M1711", "Knee")):
        make.code("icd10cm", code, label)
    make.code("procedure", "99213", "Office visit")
    make.fees(north, **{"99213": "165.00"})
    return make.encounter(north)


def shown(chart: Encounter) -> tuple[list[str], list[tuple[str, list[str], list[int], Decimal]]]:
    lines = chart.charges.values_list("procedure_code", "modifiers", "pointers", "units")
    return list(chart.diagnoses.values_list("code", flat=True)), list(lines)


def test_every_kind_of_change_is_undone_to_what_was(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "I10 E11.9 99213:ab", by=ana)
    start = shown(chart)
    first, _ = chart.diagnoses.all()
    [line] = chart.charges.all()

    def once_more() -> None:
        chart.refresh_from_db()

    for change in (
        lambda: codes.add_line(chart, "M17.11", by=ana),
        lambda: codes.remove_diagnosis(chart.diagnoses.get(pk=first.pk), by=ana),
        lambda: codes.move_diagnosis(chart.diagnoses.get(pk=first.pk), to=2, by=ana),
        lambda: codes.replace_diagnosis(chart.diagnoses.get(pk=first.pk), "M1711", by=ana),
        lambda: codes.change_charge(
            chart.charges.get(pk=line.pk), by=ana, modifiers=["25"], units=2, pointers=[2]
        ),
        lambda: codes.remove_charge(chart.charges.get(pk=line.pk), by=ana),
    ):
        change()
        once_more()
        assert shown(chart) != start
        undo_change(chart, by=ana)
        assert shown(chart) == start
        assert chart.diagnoses.first() == first
        assert chart.charges.get() == line


def test_undo_says_what_it_took_back_and_the_log_keeps_it(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "I10", by=ana)
    assert undo_change(chart, by=ana) == "I10 added"
    assert shown(chart) == ([], [])
    assert Event.objects.get(name="encounter.change_undone").data == {"what": "I10 added"}


def test_changes_are_undone_last_first(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "I10", by=ana)
    codes.add_line(chart, "E11.9", by=ana)
    assert undo_change(chart, by=ana) == "E119 added"
    assert undo_change(chart, by=ana) == "I10 added"
    with pytest.raises(Refusal, match="There is nothing to undo on this chart"):
        undo_change(chart, by=ana)


def test_an_undo_on_an_old_version_changes_nothing(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "I10", by=ana)
    with pytest.raises(Refusal) as refused:
        undo_change(chart, by=ana, version=chart.version - 1)
    assert (refused.value.status, shown(chart)[0]) == (409, ["I10"])


def test_nobody_undoes_a_chart_that_another_coder_has_open(
    north: Practice, chart: Encounter, ana: User
) -> None:
    codes.add_line(chart, "I10", by=ana)
    bea = make.member(north, Role.CODER, "bea@example.test", "Bea", "Dorn")
    with pytest.raises(Refusal) as refused:
        undo_change(chart, by=bea)
    assert (refused.value.status, shown(chart)[0]) == (423, ["I10"])


def test_a_completed_chart_has_nothing_to_undo(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "I10 99213:a", by=ana)
    assert last_change(chart) is not None
    finalize_encounter(chart, by=ana)
    assert not ChartChange.objects.exists()


def test_a_refused_change_leaves_nothing_to_undo(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "I10", by=ana)
    with pytest.raises(Refusal):
        codes.add_line(chart, "I10", by=ana)
    assert ChartChange.objects.count() == 1


def test_nothing_is_undone_past_a_facility_stay(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "I10", by=ana)
    facts = {"type_of_bill": "131", "admission_type": "1", "patient_status": "01"}
    day = chart.date_of_service
    stays.set_stay(chart, by=ana, statement_from=day, statement_to=day, **facts)
    assert last_change(chart) is None
    assert shown(chart)[0] == ["I10"]
