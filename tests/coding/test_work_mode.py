"""Working through one list: next is its next row that nobody skipped and nobody else has."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from coding.actions.codes import add_line
from coding.actions.encounters import next_encounter, open_encounter, skip_encounter
from coding.models import Encounter
from coding.queue_page import charts_of
from rcm.models import Practice, Role, User
from tests import make
from tests.coding.asking import chart as chart_to_ask

HTMX = {"HX-Request": "true", "HX-Target": "main"}


@pytest.fixture
def bea(north: Practice) -> User:
    return make.member(north, Role.CODER, "bea@example.test", "Bea", "Dorn")


def heart(north: Practice, **changes: object) -> Encounter:
    return make.encounter(north, specialty="Cardiology", **changes)


def test_the_next_chart_is_the_next_of_the_list(
    ana_client: Client, ana: User, north: Practice
) -> None:
    make.encounter(north, priority=50)
    second, first = heart(north, priority=1), heart(north, priority=2)
    answer = ana_client.post("/coding/next/?view=late&specialty=Cardiology")
    address = "?view=late&specialty=Cardiology"
    assert answer.headers["Location"] == f"/coding/{first.pk}/{address}"
    here = HTMX | {"HX-Current-URL": f"http://testserver/coding/{first.pk}/{address}"}
    answer = ana_client.post(f"/coding/{first.pk}/skip/", {"reason": "unclear"}, headers=here)
    assert answer.headers["HX-Push-Url"] == f"/coding/{second.pk}/{address}"
    there = {"Referer": f"http://testserver/coding/{second.pk}/{address}"}
    fields = {"reason": "Waiting for a result", "until": ""}
    answer = ana_client.post(f"/coding/{second.pk}/hold/", fields, headers=there)
    # The list wraps: what was skipped comes again.
    assert answer.headers["Location"] == f"/coding/{first.pk}/{address}"


def test_completing_goes_on_in_the_list_and_ends_at_it(
    ana_client: Client, ana: User, north: Practice
) -> None:
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    make.code("procedure", "99213", "Established visit, low")
    make.fees(north, c99213="165.00")
    make.encounter(north, priority=50)
    chart = heart(north)
    add_line(chart, "i10 99213:a", by=ana)
    here = HTMX | {"HX-Current-URL": f"http://testserver/coding/{chart.pk}/?specialty=Cardiology"}
    answer = ana_client.post(f"/coding/{chart.pk}/completion/", {"version": 2}, headers=here)
    assert answer.headers["HX-Redirect"] == "/coding/?specialty=Cardiology"


def test_a_search_is_worked_from_its_own_button_and_not_gone_on_with(
    ana_client: Client, north: Practice
) -> None:
    first = make.encounter(north, priority=50)
    petrova = make.patient(north, last_name="Petrova", mrn="M2")
    found = heart(north, patient=petrova)
    make.encounter(north, patient=petrova, priority=9)
    page = ana_client.get("/coding/", {"specialty": "Cardiology", "q": "petro"}).content.decode()
    action = page.partition('action="/coding/next/?')[2].partition('"')[0].replace("&amp;", "&")
    assert "Work this list" in page
    answer = ana_client.post(f"/coding/next/?{action}")
    chart = f"/coding/{found.pk}/?q=petro&specialty=Cardiology"
    assert answer.headers["Location"] == chart
    # A search names a chart: after it comes the standard order.
    there = {"Referer": f"http://testserver{chart}"}
    answer = ana_client.post(f"/coding/{found.pk}/skip/", {"reason": "unclear"}, headers=there)
    assert answer.headers["Location"] == f"/coding/{first.pk}/"


def test_only_pages_of_the_queue_and_of_charts_name_the_list(
    ana_client: Client, north: Practice
) -> None:
    first = make.encounter(north, priority=50)
    second = heart(north)
    skip = f"/coding/{first.pk}/skip/"
    for path, gets in (
        ("/queries/sent/", f"/coding/{second.pk}/"),
        ("/nowhere/", f"/coding/{second.pk}/"),
        (f"/coding/{first.pk}/query/", "/coding/?specialty=Neurology"),
        ("/coding/", "/coding/?specialty=Neurology"),
    ):
        Encounter.objects.update(state="new", assigned_to=None, locked_until=None, skipped_at=None)
        there = {"Referer": f"http://testserver{path}?specialty=Neurology"}
        answer = ana_client.post(skip, {"reason": "unclear"}, headers=there)
        assert answer.headers["Location"] == gets, path


def test_sending_a_query_goes_on_in_the_list(ana_client: Client, north: Practice) -> None:
    asked = chart_to_ask(north, specialty="Cardiology")
    make.encounter(north, priority=50)
    later = heart(north)
    address = "?specialty=Cardiology"
    fields = {
        "kind": "open",
        "title": "Clinical significance",
        "question": "Please document the clinical significance, if any, in your judgement.",
        "options": "",
        "quotes": "A1c 8.6%, not at goal.",
        "provider": asked.provider_id,
    }
    here = HTMX | {"HX-Current-URL": f"http://testserver/coding/{asked.pk}/{address}"}
    answer = ana_client.post(f"/coding/{asked.pk}/query/", fields, headers=here)
    assert answer.headers["HX-Push-Url"] == f"/coding/{later.pk}/{address}"


def test_every_chart_of_a_list_carries_the_list(ana_client: Client, north: Practice) -> None:
    chart = heart(north)
    page = ana_client.get("/coding/", {"specialty": "Cardiology"}).content.decode()
    assert f'href="/coding/{chart.pk}/?specialty=Cardiology"' in page
    assert 'action="/coding/next/?specialty=Cardiology"' in page
    plain = ana_client.get("/coding/").content.decode()
    assert f'href="/coding/{chart.pk}/"' in plain
    held = ana_client.get("/coding/", {"view": "held"}).content.decode()
    assert 'action="/coding/next/"' in held
    shown = ana_client.get(f"/coding/{chart.pk}/", {"specialty": "Cardiology"}).content.decode()
    assert 'href="/coding/?specialty=Cardiology"' in shown


def test_a_list_passes_over_what_is_somebody_elses(ana: User, bea: User, north: Practice) -> None:
    heart(north, owner=bea)
    open_encounter(heart(north), by=bea)
    mine = heart(north, owner=ana)
    within = charts_of(north, ana, {"specialty": "Cardiology"})
    assert next_encounter(north, by=ana, within=within) == mine
    skip_encounter(mine, reason="unclear", by=ana)
    assert next_encounter(north, by=ana, within=within) == mine


def test_an_open_chart_of_the_list_comes_first(ana: User, north: Practice) -> None:
    heart(north, priority=9)
    open_here = heart(north)
    open_encounter(open_here, by=ana)
    within = charts_of(north, ana, {"specialty": "Cardiology"})
    assert next_encounter(north, by=ana, within=within) == open_here


def test_working_through_what_is_due_takes_it_off_hold(ana: User, north: Practice) -> None:
    today = timezone.localdate()
    later = {"state": "held", "hold_reason": "Later"}
    make.encounter(north, hold_until=today + timedelta(days=1), **later)
    due = make.encounter(north, hold_until=today, **later)
    within = charts_of(north, ana, {"view": "due"})
    chart = next_encounter(north, by=ana, within=within)
    assert chart == due
    assert (chart.state, chart.hold_reason) == ("in_coding", "")
    assert (
        next_encounter(
            north, by=make.member(north, Role.CODER, "x@example.test", "X", "Y"), within=within
        )
        is None
    )


def test_another_coder_takes_over_and_the_first_is_told(
    ana_client: Client, ana: User, bea: User, north: Practice
) -> None:
    chart = make.encounter(north)
    open_encounter(chart, by=bea)
    page = ana_client.get(f"/coding/{chart.pk}/").content.decode()
    assert "Bea Dorn is coding this chart. You see it read-only." in page
    assert f'action="/coding/{chart.pk}/takeover/"' in page
    assert "putting-down" not in page
    answer = ana_client.post(f"/coding/{chart.pk}/takeover/", follow=True)
    assert f"{chart.number} is yours now. Bea Dorn is told so." in answer.content.decode()
    chart.refresh_from_db()
    assert chart.assigned_to == ana


def test_a_lead_puts_a_chart_down(mia_client: Client, bea: User, north: Practice) -> None:
    chart = make.encounter(north)
    open_encounter(chart, by=bea)
    assert "Put it down for Bea" in mia_client.get(f"/coding/{chart.pk}/").content.decode()
    page = mia_client.post(f"/coding/{chart.pk}/putting-down/", follow=True).content.decode()
    assert f"{chart.number} waits again; Bea Dorn had it open." in page
    chart.refresh_from_db()
    assert (chart.state, chart.assigned_to) == ("new", None)


def test_a_biller_takes_nothing_over(ben_client: Client, bea: User, north: Practice) -> None:
    chart = make.encounter(north)
    open_encounter(chart, by=bea)
    assert "takeover" not in ben_client.get(f"/coding/{chart.pk}/").content.decode()
    assert ben_client.post(f"/coding/{chart.pk}/takeover/").status_code == 403
