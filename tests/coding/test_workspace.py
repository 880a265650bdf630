"""The chart workspace through the client."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from coding.actions import encounters
from coding.actions.tasks import open_task
from coding.models import Encounter
from rcm import access
from rcm.models import Event, Practice, User
from tests import make

HTMX = {"HX-Request": "true", "HX-Target": "codes"}


@pytest.fixture
def chart(north: Practice) -> Encounter:
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    make.code("icd10cm", "M1711", "Unilateral primary osteoarthritis, right knee")
    make.code("procedure", "99213", "Established visit, low")
    make.code("procedure", "20610", "Large joint injection")
    make.fees(north, c99213="165.00", c20610="142.00")
    payer = make.payer(north, payer_class="medicare")
    patient = make.patient(north)
    coverage = make.coverage(patient, payer=payer)
    text = "ASSESSMENT\n1. Essential hypertension, <b>stable</b>."
    return make.encounter(north, patient=patient, coverage=coverage, text=text)


def url(name: str, chart: Encounter, *more: int) -> str:
    return reverse(name, args=[chart.pk, *more])


def add(client: Client, chart: Encounter, text: str, **more: object) -> object:
    fields = {"text": text, "version": Encounter.objects.get(pk=chart.pk).version}
    return client.post(url("encounter_codes", chart), fields | more, headers=HTMX)


def test_opening_a_chart_locks_it_and_is_recorded(
    ana_client: Client, ana: User, chart: Encounter
) -> None:
    page = ana_client.get(url("workspace", chart)).content.decode()
    assert "Okafor, Denise" in page
    assert "68 F" in page
    assert 'data-key="ctrl+enter"' in page
    chart.refresh_from_db()
    assert (chart.state, chart.assigned_to) == ("in_coding", ana)
    event = Event.objects.get(name="encounter.viewed")
    assert (event.patient_id, event.created_by) == (chart.patient_id, ana)


def test_the_note_is_escaped_and_its_evidence_marked(ana_client: Client, chart: Encounter) -> None:
    add(ana_client, chart, "i10", evidence="Essential hypertension")
    page = ana_client.get(url("workspace", chart)).content.decode()
    assert "&lt;b&gt;stable&lt;/b&gt;" in page
    assert 'data-mark="A">Essential hypertension<sup>A</sup></mark>' in page


def test_added_codes_come_back_with_everything_that_follows(
    ana_client: Client, chart: Encounter
) -> None:
    response = add(ana_client, chart, "i10 m17.11 99213:a 20610-rt:b")
    part = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in part
    assert "99213 needs modifier 25 to be paid with 20610 on the same day." in part
    assert "1 blocking" in part
    assert "$307.00" in part
    assert part.count("hx-swap-oob") == 5
    assert 'placeholder="+25"' in part


def test_every_code_of_a_chart_leads_to_the_code_book_of_its_day(
    ana_client: Client, chart: Encounter
) -> None:
    add(ana_client, chart, "i10 m17.11 99213:a")
    page = ana_client.get(url("workspace", chart)).content.decode()
    day = f"?on={chart.date_of_service:%Y-%m-%d}"
    for system, code in (("icd10cm", "I10"), ("icd10cm", "M1711"), ("procedure", "99213")):
        address = f"/codes/{system}/{code}/{day}"
        assert f'href="{address}"' in page
        assert f'hx-get="{address}"' in page
        assert "<h2>" in ana_client.get(address).content.decode()
    assert page.count('hx-target="#code-book"') == page.count("data-look-up") == 3
    # The pane they open, and the key for the first row while none is chosen.
    assert page.count('<div id="code-book"></div>') == 1
    assert page.count('data-key="r"') == 1


def test_words_bring_the_codes_they_could_mean(ana_client: Client, chart: Encounter) -> None:
    response = add(ana_client, chart, "hypertension")
    part = response.content.decode()
    assert response.status_code == 422
    assert response.headers["HX-Retarget"] == "#code-add"
    assert "“hypertension” is not a code. Pick one from the list." in part
    assert 'value="hypertension"' in part
    assert 'value="I10"' in part
    assert not chart.diagnoses.exists()


def test_without_script_the_same_form_shows_the_whole_page(
    ana_client: Client, chart: Encounter
) -> None:
    response = ana_client.post(url("encounter_codes", chart), {"text": "hypertension"})
    assert response.status_code == 422
    assert "<html" in response.content.decode()
    picked = ana_client.post(url("encounter_codes", chart), {"text": "hyper", "pick": "I10"})
    assert picked.status_code == 302
    assert chart.diagnoses.get().code == "I10"


def test_a_line_is_changed_in_place(ana_client: Client, chart: Encounter) -> None:
    add(ana_client, chart, "i10 99213")
    charge = chart.charges.get()
    fields = {"modifiers": "25 gt", "pointers": "a", "units": "1", "version": 2}
    part = ana_client.post(url("charge", chart, charge.pk), fields, headers=HTMX)
    assert part.status_code == 200
    charge.refresh_from_db()
    assert (charge.modifiers, charge.pointers) == (["25", "GT"], [1])


def test_a_line_that_cannot_be_says_why(ana_client: Client, chart: Encounter) -> None:
    add(ana_client, chart, "i10 99213:a")
    charge = chart.charges.get()
    fields = {"modifiers": "2", "pointers": "a", "units": "1", "version": 2}
    response = ana_client.post(url("charge", chart, charge.pk), fields, headers=HTMX)
    assert response.status_code == 422
    assert "“2” is not a modifier: two letters or digits." in response.content.decode()
    charge.refresh_from_db()
    assert charge.modifiers == []


def test_order_and_removal(ana_client: Client, chart: Encounter) -> None:
    add(ana_client, chart, "i10 m1711 99213:b")
    knee = chart.diagnoses.get(code="M1711")
    fields = {"diagnosis": knee.pk, "to": 1, "version": 2}
    ana_client.post(url("diagnosis_order", chart), fields, headers=HTMX)
    assert chart.charges.get().pointer_letters == "A"
    ana_client.post(url("diagnosis_removal", chart, knee.pk), {"version": 3}, headers=HTMX)
    assert [d.code for d in chart.diagnoses.all()] == ["I10"]
    charge = chart.charges.get()
    ana_client.post(url("charge_removal", chart, charge.pk), {"version": 4}, headers=HTMX)
    assert not chart.charges.exists()


def test_the_fix_button_applies_the_fix(ana_client: Client, chart: Encounter) -> None:
    add(ana_client, chart, "i10 m1711 99213:a 20610-rt:b")
    fields = {"key": "visit_needs_25:1:", "version": 2}
    part = ana_client.post(url("fixes", chart), fields, headers=HTMX).content.decode()
    assert "needs modifier 25" not in part
    assert "5 not checked" in part
    assert "Clean" not in part
    assert chart.charges.get(position=1).modifiers == ["25"]


def test_an_old_version_is_409_and_changes_nothing(ana_client: Client, chart: Encounter) -> None:
    add(ana_client, chart, "i10")
    response = add(ana_client, chart, "m1711", version=1)
    assert response.status_code == 409
    assert "Somebody changed this chart after you loaded it." in response.content.decode()
    assert chart.diagnoses.count() == 1


def test_completing_brings_the_next_chart_in_the_same_answer(
    ana_client: Client, north: Practice, chart: Encounter
) -> None:
    following = make.encounter(north)
    add(ana_client, chart, "i10 99213:a")
    headers = HTMX | {"HX-Target": "main"}
    response = ana_client.post(url("completion", chart), {"version": 2}, headers=headers)
    assert response.status_code == 200
    assert response.headers["HX-Push-Url"] == url("workspace", following)
    assert f"Next chart {following.number}. 1 left to code." in response.content.decode()
    chart.refresh_from_db()
    assert chart.state == "finalized"
    assert Event.objects.filter(name="encounter.viewed", subject_id=following.pk).exists()


def test_after_the_last_chart_comes_the_queue(ana_client: Client, chart: Encounter) -> None:
    add(ana_client, chart, "i10 99213:a")
    response = ana_client.post(url("completion", chart), {"version": 2}, headers=HTMX)
    assert response.headers["HX-Redirect"] == reverse("coder_queue")
    page = ana_client.get(reverse("coder_queue")).content.decode()
    assert "All done" in page
    assert "1 coded today, 0 on hold." in page


def test_a_blocked_completion_shows_the_edits(ana_client: Client, chart: Encounter) -> None:
    add(ana_client, chart, "i10 99213")
    response = ana_client.post(url("completion", chart), {"version": 2}, headers=HTMX)
    assert response.status_code == 422
    assert response.headers["HX-Retarget"] == "#codes"
    part = response.content.decode()
    assert "One edit blocks this chart: Line 1 (99213) points to no diagnosis." in part
    assert "autofocus" in part
    plain = ana_client.post(url("completion", chart), {"version": 2})
    assert plain.status_code == 422
    assert "<html" in plain.content.decode()
    chart.refresh_from_db()
    assert chart.state == "in_coding"


def test_skip_and_hold_bring_the_next_chart(
    ana_client: Client, north: Practice, chart: Encounter
) -> None:
    following = make.encounter(north)
    response = ana_client.post(url("skip", chart), {"reason": "unclear"})
    assert response.headers["Location"] == url("workspace", following)
    until = timezone.localdate() + timedelta(days=2)
    held = {"reason": "Waiting for a result or report", "until": until.isoformat()}
    response = ana_client.post(url("hold", following), held)
    assert response.headers["Location"] == url("workspace", chart)
    following.refresh_from_db()
    assert (following.state, following.hold_until) == ("held", until)


def test_a_hold_without_reason_is_refused(ana_client: Client, chart: Encounter) -> None:
    response = ana_client.post(url("hold", chart), {"reason": ""}, headers=HTMX)
    assert response.status_code == 422
    assert "This field is required." in response.content.decode()
    chart.refresh_from_db()
    assert chart.state == "new"


def test_a_held_chart_can_be_taken_off_hold(
    ana_client: Client, ana: User, chart: Encounter
) -> None:
    encounters.hold_encounter(chart, reason="Pathology", until=None, by=ana)
    page = ana_client.get(url("workspace", chart)).content.decode()
    assert "<b>On hold:</b> Pathology" in page
    ana_client.post(url("hold_removal", chart))
    chart.refresh_from_db()
    assert chart.state == "new"


def test_a_returned_chart_says_why_and_links_the_denial(
    ana_client: Client, chart: Encounter
) -> None:
    task = open_task(chart, source="denial:1", reason="CO-11 on line 1")
    page = ana_client.get(url("workspace", chart)).content.decode()
    assert "CO-11 on line 1" in page
    assert reverse("returned_task", args=[task.pk]) in page


def test_somebody_elses_open_chart_is_read_only(
    ana_client: Client, mia: User, chart: Encounter
) -> None:
    encounters.open_encounter(chart, by=mia)
    page = ana_client.get(url("workspace", chart)).content.decode()
    assert "Mia Dunn is coding this chart. You see it read-only." in page
    assert "code-add" not in page
    assert add(ana_client, chart, "i10").status_code == 423
    assert not chart.diagnoses.exists()


def test_a_biller_reads_and_changes_nothing(ben_client: Client, chart: Encounter) -> None:
    page = ben_client.get(url("workspace", chart)).content.decode()
    assert "Your role reads charts." in page
    assert add(ben_client, chart, "i10").status_code == 403
    assert ben_client.post(url("completion", chart), {"version": 1}).status_code == 403
    assert not chart.diagnoses.exists()
    chart.refresh_from_db()
    assert chart.state == "new"


def test_otto_of_another_practice_finds_nothing(
    otto_client: Client, north: Practice, chart: Encounter
) -> None:
    charge = make.coded(chart, ("99213", "165.00")).charges.get()
    diagnosis = chart.diagnoses.get()
    assert otto_client.get(url("workspace", chart)).status_code == 404
    posts = ["encounter_codes", "diagnosis_order", "fixes", "skip", "hold", "completion"]
    fields = {"version": 1, "text": "i10", "key": "x", "diagnosis": diagnosis.pk, "to": 1}
    for name in [*posts, "hold_removal"]:
        answer = otto_client.post(url(name, chart), fields | {"reason": "other"})
        assert answer.status_code == 404, name
    for name, row in [("charge", charge), ("charge_removal", charge)]:
        assert otto_client.post(url(name, chart, row.pk), fields).status_code == 404
    for name in ["diagnosis", "diagnosis_removal"]:
        assert otto_client.post(url(name, chart, diagnosis.pk), fields).status_code == 404
    access.open_walls([north.pk])
    assert not Event.objects.filter(subject_id=chart.pk).exists()


def test_the_page_and_its_parts_stay_within_their_queries(
    ana_client: Client, chart: Encounter, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    add(ana_client, chart, "i10 m1711 99213:a 20610-rt:b")
    # Session, person, membership, walls and the transaction of the request, then 19 for the page
    # with the practice's claim rules,
    # the lock with its savepoint, and the counts and jobs of the sidebar.
    # The first time the note is read for codes: twelve, and two for their dictionary.
    with django_assert_max_num_queries(6 + 19 + 4 + 5 + 14):
        ana_client.get(url("workspace", chart))
    # From then on three to see that it was read; two show what is suggested.
    with django_assert_max_num_queries(6 + 19 + 4 + 5 + 5):
        ana_client.get(url("workspace", chart))
    with django_assert_max_num_queries(6 + 6):
        ana_client.get(reverse("code_search") + "?q=hypertension", headers=HTMX)
    charge = chart.charges.get(position=1)
    fields = {"modifiers": "25", "pointers": "a", "units": "1", "version": 2}
    # Two for the line; ten to read the chart again, with the practice's claim rules and what could
    # be undone, and one for the releases of the edit tables; six to write: credentials wanted,
    # lock, refresh, what it was, line, event; three for what is suggested and the level.
    with django_assert_max_num_queries(6 + 2 + 10 + 1 + 6 + 2 + 3):
        ana_client.post(url("charge", chart, charge.pk), fields, headers=HTMX)
