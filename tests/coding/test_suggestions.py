"""Suggestions kept for a chart, decided by a coder, counted for a period."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from coding.actions import codes, encounters
from coding.actions.chart_changes import undo_change
from coding.actions.own_terms import load_own_terms
from coding.actions.suggestions import (
    accept_suggestion,
    reject_suggestion,
    restore_suggestion,
    suggest_for,
)
from coding.models import ChartReading, CodingSuggestion, Encounter, EncounterDiagnosis
from coding.suggestion_page import suggestions_of
from coding.suggestion_report import suggestion_report
from coding.tasks import suggest_codes
from rcm import access
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.api.writing import send

NOTE = (
    "HPI\nDenies chest pain.\n\nPROCEDURE\nThe right knee joint was injected with triamcinolone"
    " 40 mg, nothing was discarded.\n\nASSESSMENT\n1. Osteoarthritis of the right knee.\n2. HTN.\n"
)
HTMX = {"HX-Request": "true", "HX-Target": "codes"}


@pytest.fixture
def chart(north: Practice) -> Encounter:
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    make.code("icd10cm", "E785", "Hyperlipidemia, unspecified")
    make.code("icd10cm", "R079", "Chest pain, unspecified")
    make.code("icd10cm", "M17", "Osteoarthritis of knee", is_billable=False)
    make.code("icd10cm", "M1711", "Unilateral primary osteoarthritis, right knee")
    make.code("icd10cm", "M1712", "Unilateral primary osteoarthritis, left knee")
    make.code("procedure", "20610", "Large joint injection")
    make.code("procedure", "J3301", "Triamcinolone acetonide, per 10 mg")
    load_own_terms()
    make.fees(north, c20610="142.00", j3301="8.00")
    return make.encounter(north, text=NOTE)


def of(chart: Encounter, code: str) -> CodingSuggestion:
    row = CodingSuggestion.objects.get(encounter=chart, code=code)
    row.encounter = chart
    return row


def states(chart: Encounter) -> dict[str, str]:
    return dict(chart.suggestions.values_list("code", "state"))


def write(chart: Encounter, text: str) -> None:
    chart.documents.update(text=text)


def test_a_chart_gets_its_suggestions_with_words_and_why(chart: Encounter) -> None:
    assert suggest_for(chart)
    assert list(chart.suggestions.values_list("code", "kind", "position")) == [
        ("M1711", "diagnosis", 1),
        ("I10", "diagnosis", 2),
        ("20610", "procedure", 3),
        ("J3301", "drug", 4),
    ]
    row = of(chart, "J3301")
    assert NOTE[row.start : row.end] == row.quote == "triamcinolone 40 mg"
    assert row.explanation["units"] == 4
    assert row.explanation["modifiers"] == ["JZ"]
    assert row.explanation["supports"] == ["M1711"]
    assert row.explanation["reason"] == "40 mg at 10 mg a unit is 4."
    withheld = ChartReading.objects.get(encounter=chart).withheld
    assert [(one["quote"], one["why"]) for one in withheld] == [("chest pain", "negated")]
    event = Event.objects.get(name="encounter.codes_suggested")
    assert (event.patient_id, event.data) == (chart.patient_id, {"suggested": 4, "dropped": 0})


def test_reading_twice_changes_nothing(
    chart: Encounter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    suggest_for(chart)
    before = list(CodingSuggestion.objects.values())
    with django_assert_num_queries(3):
        assert not suggest_for(chart)
    assert list(CodingSuggestion.objects.values()) == before


def test_the_statements_do_not_grow_with_the_suggestions(
    chart: Encounter, north: Practice, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    suggest_for(make.encounter(north, patient=chart.patient, number="warm"))
    with django_assert_num_queries(12):
        suggest_for(chart)
    small = make.encounter(north, patient=chart.patient, number="small", text="A/P\n1. HTN.")
    with django_assert_num_queries(12):
        suggest_for(small)


def test_a_changed_note_brings_and_takes_suggestions_and_keeps_decisions(
    chart: Encounter, ana: User
) -> None:
    suggest_for(chart)
    reject_suggestion(of(chart, "I10"), by=ana, reason="White coat")
    write(chart, "ASSESSMENT\n1. Hyperlipidemia.\n2. HTN.\n3. Left knee osteoarthritis.")
    chart.refresh_from_db()
    assert suggest_for(chart)
    assert states(chart) == {"E785": "open", "I10": "rejected", "M1712": "open"}
    assert of(chart, "I10").reason == "White coat"


def test_only_a_chart_to_be_coded_is_read(chart: Encounter) -> None:
    chart.state = Encounter.State.HELD
    assert not suggest_for(chart)
    assert not ChartReading.objects.exists()


def test_accepting_adds_the_code_with_its_evidence(chart: Encounter, ana: User) -> None:
    suggest_for(chart)
    accept_suggestion(of(chart, "M1711"), by=ana)
    diagnosis = chart.diagnoses.get()
    assert (diagnosis.code, diagnosis.evidence) == (
        "M1711",
        "Osteoarthritis of the right knee",
    )
    row = of(chart, "M1711")
    assert (row.state, row.decided_by) == ("accepted", ana)
    assert Event.objects.filter(name="coding_suggestion.accepted", created_by=ana).count() == 1
    assert Event.objects.filter(name="encounter.codes_added").count() == 1


def test_accepted_services_point_to_the_diagnosis_they_are_for(chart: Encounter, ana: User) -> None:
    suggest_for(chart)
    accept_suggestion(of(chart, "20610"), by=ana)
    accept_suggestion(of(chart, "I10"), by=ana)
    accept_suggestion(of(chart, "M1711"), by=ana)
    accept_suggestion(of(chart, "J3301"), by=ana)
    assert list(chart.charges.values_list("procedure_code", "modifiers", "units", "pointers")) == [
        ("20610", ["RT"], 1, [2]),
        ("J3301", ["JZ"], 4, [2]),
    ]


def test_what_is_decided_is_not_decided_again(chart: Encounter, ana: User) -> None:
    suggest_for(chart)
    accept_suggestion(of(chart, "I10"), by=ana)
    for act in (accept_suggestion, reject_suggestion):
        with pytest.raises(Refusal) as refused:
            act(of(chart, "I10"), by=ana)
        assert refused.value.status == 409
        assert refused.value.message == "This suggestion is accepted now. Nothing was changed."
    assert chart.diagnoses.count() == 1
    assert not Event.objects.filter(name="coding_suggestion.rejected").exists()


def test_a_chart_in_other_hands_is_not_changed(chart: Encounter, ana: User, mia: User) -> None:
    suggest_for(chart)
    encounters.open_encounter(chart, by=mia)
    with pytest.raises(Refusal) as refused:
        accept_suggestion(of(chart, "I10"), by=ana)
    assert refused.value.status == 423
    assert states(chart)["I10"] == "open"
    assert not chart.diagnoses.exists()


def test_an_old_version_is_refused(chart: Encounter, ana: User) -> None:
    suggest_for(chart)
    codes.add_diagnosis(chart, "E785", by=ana)
    with pytest.raises(Refusal) as refused:
        accept_suggestion(of(chart, "I10"), by=ana, version=1)
    assert refused.value.status == 409
    assert states(chart)["I10"] == "open"


def test_a_decision_can_be_taken_back(chart: Encounter, ana: User) -> None:
    suggest_for(chart)
    accept_suggestion(of(chart, "I10"), by=ana)
    accept_suggestion(of(chart, "20610"), by=ana)
    reject_suggestion(of(chart, "M1711"), by=ana)
    for code in ("I10", "20610", "M1711"):
        restore_suggestion(of(chart, code), by=ana)
    assert set(states(chart).values()) == {"open"}
    assert not chart.diagnoses.exists()
    assert not chart.charges.exists()
    assert Event.objects.filter(name="coding_suggestion.restored").count() == 3
    with pytest.raises(Refusal) as refused:
        restore_suggestion(of(chart, "I10"), by=ana)
    assert refused.value.message == "This suggestion is open now. Nothing was changed."


def test_a_code_typed_in_supersedes_its_suggestion(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "i10", by=ana)
    suggest_for(chart)
    assert states(chart)["I10"] == "superseded"


def test_codes_not_in_force_on_the_day_are_not_suggested(chart: Encounter) -> None:
    chart.date_of_service = date(2019, 1, 2)
    suggest_for(chart)
    assert states(chart) == {}


def test_the_task_reads_a_chart_of_its_practice_only(
    chart: Encounter, north: Practice, south: Practice
) -> None:
    suggest_codes(south.pk, chart.pk)
    access.open_walls([north.pk])
    assert not ChartReading.objects.exists()
    suggest_codes(north.pk, chart.pk)
    assert len(states(chart)) == 4


def test_one_undo_takes_back_an_acceptance_and_asks_again(chart: Encounter, ana: User) -> None:
    suggest_for(chart)
    accept_suggestion(of(chart, "20610"), by=ana)
    before = list(chart.charges.values_list("procedure_code", "pointers"))
    accept_suggestion(of(chart, "M1711"), by=ana)
    assert chart.charges.get(procedure_code="20610").pointers == [1]
    chart.refresh_from_db()
    undo_change(chart, by=ana)
    assert not chart.diagnoses.exists()
    assert list(chart.charges.values_list("procedure_code", "pointers")) == before
    assert states(chart)["M1711"] == "open"
    assert states(chart)["20610"] == "accepted"


def test_an_undo_of_something_else_leaves_decisions_alone(chart: Encounter, ana: User) -> None:
    suggest_for(chart)
    accept_suggestion(of(chart, "M1711"), by=ana)
    codes.remove_diagnosis(chart.diagnoses.get(), by=ana)
    chart.refresh_from_db()
    codes.add_line(chart, "E78.5", by=ana)
    undo_change(chart, by=ana)
    assert not chart.diagnoses.exists()
    assert states(chart)["M1711"] == "accepted"


def test_the_report_counts_accepted_rejected_and_missed(chart: Encounter, ana: User) -> None:
    suggest_for(chart)
    accept_suggestion(of(chart, "M1711"), by=ana)
    accept_suggestion(of(chart, "20610"), by=ana)
    reject_suggestion(of(chart, "I10"), by=ana)
    codes.add_line(chart, "e78.5", by=ana)
    encounters.finalize_encounter(chart, by=ana)
    today = timezone.localdate()
    report = suggestion_report(chart.practice_id, today, today)
    assert (report.charts, report.accepted, report.rejected) == (1, 2, 1)
    assert (report.left_open, report.superseded) == (1, 0)
    assert (report.coded, report.missed) == (3, 1)
    assert (report.acceptance_percent, report.miss_percent) == (66, 33)
    earlier = suggestion_report(chart.practice_id, date(2020, 1, 1), date(2020, 1, 2))
    assert (earlier.charts, earlier.acceptance_percent, earlier.miss_percent) == (0, None, None)


def report_of(*options: str) -> str:
    today = timezone.localdate().isoformat()
    out = StringIO()
    call_command("report_suggestions", "--since", today, "--until", today, *options, stdout=out)
    return out.getvalue()


def test_the_report_is_printed_for_one_practice(
    chart: Encounter, ana: User, north: Practice, south: Practice
) -> None:
    suggest_for(chart)
    accept_suggestion(of(chart, "M1711"), by=ana)
    accept_suggestion(of(chart, "20610"), by=ana)
    reject_suggestion(of(chart, "I10"), by=ana)
    codes.add_line(chart, "e78.5", by=ana)
    encounters.finalize_encounter(chart, by=ana)
    assert report_of("--practice", north.initials).splitlines() == [
        "1 charts coded, 3 codes on them",
        "2 accepted, 1 rejected: 66 % of decided accepted",
        "0 typed in by the coder, 1 left open",
        "1 missed: 33 % of coded had no suggestion",
    ]
    assert report_of("--practice", south.npi).splitlines()[1:2] == [
        "0 accepted, 0 rejected: no share of decided accepted"
    ]
    today = timezone.localdate().isoformat()
    assert json.loads(report_of("--practice", north.npi, "--json")) == {
        "practice": north.npi, "since": today, "until": today,
        "charts": 1, "accepted": 2, "rejected": 1, "superseded": 0, "left_open": 1,
        "coded": 3, "missed": 1, "acceptance_percent": 66, "miss_percent": 33,
    }  # fmt: skip


def test_a_report_of_days_in_the_wrong_order_is_refused(north: Practice) -> None:
    with pytest.raises(CommandError) as refused:
        report_of("--practice", north.npi, "--until", "2020-01-01")
    today = timezone.localdate()
    assert str(refused.value) == f"{today} is after 2020-01-01: give the first day as --since."


def url(name: str, row: CodingSuggestion) -> str:
    return reverse(f"suggestion_{name}", args=[row.encounter_id, row.pk])


def post(client: Client, name: str, row: CodingSuggestion, **fields: Any) -> Any:
    version = Encounter.objects.get(pk=row.encounter_id).version
    return client.post(url(name, row), {"version": version} | fields, headers=HTMX)


def test_opening_a_chart_shows_its_suggestions_and_marks(
    ana_client: Client, chart: Encounter
) -> None:
    page = ana_client.get(reverse("workspace", args=[chart.pk])).content.decode()
    assert "Suggested" in page
    assert "4 open" in page
    assert 'data-key="y"' in page
    assert 'data-key="n"' in page
    assert "40 mg at 10 mg a unit is 4." in page
    assert (
        '<mark class="mark mark-suggested"' in page
        and 'data-mark="M17.11">Osteoarthritis of the right knee<sup>M17.11</sup></mark>' in page
    )


def test_accept_reject_and_undo_on_the_page(ana_client: Client, chart: Encounter) -> None:
    suggest_for(chart)
    part = post(ana_client, "acceptance", of(chart, "M1711"))
    assert part.status_code == 200
    assert "M17.11 added." in part.content.decode()
    assert "3 open" in part.content.decode()
    part = post(ana_client, "rejection", of(chart, "I10"), reason="Not treated")
    assert "2 open" in part.content.decode()
    assert "Rejected I10: undo" in part.content.decode()
    assert of(chart, "I10").reason == "Not treated"
    part = post(ana_client, "restoration", of(chart, "M1711"))
    assert part.status_code == 200
    assert not chart.diagnoses.exists()


def test_without_script_a_decision_goes_back_to_the_chart(
    ana_client: Client, chart: Encounter
) -> None:
    suggest_for(chart)
    response = ana_client.post(url("acceptance", of(chart, "I10")), {})
    assert (response.status_code, response.url) == (
        302,
        reverse("workspace", args=[chart.pk]),
    )
    assert chart.diagnoses.get().code == "I10"


def test_a_biller_decides_nothing_and_a_stranger_sees_nothing(
    ben_client: Client, otto_client: Client, chart: Encounter, north: Practice
) -> None:
    suggest_for(chart)
    row = of(chart, "I10")
    assert post(ben_client, "acceptance", row).status_code == 403
    assert otto_client.post(url("acceptance", row), {}).status_code == 404
    assert otto_client.get("/api/coding-suggestions/").json()["results"] == []
    access.open_walls([north.pk])
    assert states(chart)["I10"] == "open"
    assert not chart.diagnoses.exists()


def test_the_api_lists_and_decides_once_per_key(ana_client: Client, chart: Encounter) -> None:
    suggest_for(chart)
    rows = ana_client.get(f"/api/coding-suggestions/?encounter={chart.pk}").json()["results"]
    assert [row["code"] for row in rows] == ["M1711", "I10", "20610", "J3301"]
    one = f"/api/coding-suggestions/{rows[1]['id']}"
    first = send(ana_client, f"{one}/acceptance/", "yes", {})
    assert (first.status_code, first.json()["state"]) == (200, "accepted")
    assert send(ana_client, f"{one}/acceptance/", "yes", {}).json() == first.json()
    again = send(ana_client, f"{one}/rejection/", "no", {"reason": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "suggestion_decided")
    back = send(ana_client, f"{one}/restoration/", "back", {})
    assert back.json()["state"] == "open"
    assert not chart.diagnoses.exists()
    assert Event.objects.filter(name="coding_suggestions.listed").count() == 1


def test_a_visit_points_to_the_problems_no_procedure_treats(chart: Encounter) -> None:
    suggest_for(chart)
    codes_there = enumerate(("M1711", "I10", "Z7984"), 1)
    coded = [EncounterDiagnosis(position=at, code=code) for at, code in codes_there]
    assert suggestions_of(chart, ()).visit_entry("99213", coded) == "99213:B"


def test_states_come_after_the_problems_of_the_assessment(chart: Encounter) -> None:
    make.code("icd10cm", "Z7984", "Long term (current) use of oral hypoglycemic drugs")
    write(chart, "ASSESSMENT\n1. Long-term use of oral hypoglycemic drugs.\n2. HTN.\n")
    suggest_for(chart)
    assert list(chart.suggestions.values_list("code", flat=True)) == ["I10", "Z7984"]
