"""The coder queue as a page: views, filters, columns, saved views, what is done to many charts."""

import csv
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coding.actions.credentials import add_requirement
from coding.actions.encounters import open_encounter
from coding.models import Document, Encounter, SavedView
from rcm.models import Event, Practice, Role, User
from tests import make

QUEUE = "/coding/"


@pytest.fixture
def bea(north: Practice) -> User:
    return make.member(north, Role.CODER, "bea@example.test", "Bea", "Dorn")


def page_of(client: Client, **query: object) -> str:
    return client.get(QUEUE, query).content.decode()


def tab(page: str, label: str) -> str:
    """The count beside a tab."""
    return page.partition(f">{label} <span")[2].partition(">")[2].partition("<")[0]


def test_each_view_is_a_tab_with_its_count(
    ana_client: Client, ana: User, bea: User, north: Practice
) -> None:
    today = timezone.localdate()
    make.encounter(north, number="E-MINE", owner=ana, date_of_service=today)
    make.encounter(north, number="E-LATE", owner=bea)
    make.encounter(north, number="E-BACK", state="returned", date_of_service=today)
    for days in (0, 3):
        make.encounter(
            north, state="held", hold_reason="Later", hold_until=today + timedelta(days=days)
        )
    make.encounter(north, state="finalized", finalized_at=timezone.now())
    page = page_of(ana_client)
    labels = [
        *("To code", "Query back", "Past target", "Returned", "Held", "Due today", "Mine"),
        *("Unassigned", "Coded today"),
    ]
    assert [tab(page, label) for label in labels] == list("301121111")
    mine = page_of(ana_client, view="mine")
    assert "E-MINE" in mine
    assert "E-LATE" not in mine
    assert "E-BACK" in page_of(ana_client, view="returned")
    assert "E-BACK" in page_of(ana_client, view="unassigned")


def test_a_chart_with_a_task_counts_once_among_the_returned(
    ana_client: Client, north: Practice
) -> None:
    chart = make.encounter(north, state="returned")
    chart.tasks.create(practice=north, source="denial:1", reason="CO-11")
    page = page_of(ana_client, view="returned")
    assert tab(page, "Returned") == "1"
    assert "CO-11" in page


def test_the_note_is_signed_unsigned_or_missing(ana_client: Client, north: Practice) -> None:
    make.encounter(north)
    assert '<span class="mid">Signed</span>' in page_of(ana_client)
    Document.objects.update(signed_by="")
    assert '<span class="chip tone-amber">Not signed</span>' in page_of(ana_client)
    Document.objects.update(kind="imaging")
    assert '<span class="mid">Report</span>' in page_of(ana_client)
    Document.objects.update(superseded_at=timezone.now())
    assert '<span class="chip tone-red">Missing</span>' in page_of(ana_client)


def test_the_flag_says_why(ana_client: Client, north: Practice) -> None:
    make.encounter(north, priority=90)
    assert "queue-flag" in page_of(ana_client)
    assert "dot tone-" not in page_of(ana_client)
    for priority, urgent, words in (
        (250, False, "High"),
        (600, False, "The payer&#x27;s last day to file is near"),
        (200, True, "Urgent"),
    ):
        Encounter.objects.update(priority=priority, is_urgent=urgent)
        assert f'<span class="visually-hidden">{words}</span>' in page_of(ana_client)


def test_every_filter_is_in_the_address(
    ana_client: Client, ana: User, bea: User, north: Practice
) -> None:
    today = timezone.localdate()
    make.encounter(north, number="E-ONE", date_of_service=today)
    patient = make.patient(north, last_name="Petrova", mrn="M2")
    payer = make.payer(north, payer_id="MCARE", payer_class="medicare")
    make.encounter(
        north,
        number="E-TWO",
        patient=patient,
        coverage=make.coverage(patient, payer=payer),
        provider=make.provider(north, npi="1992739112", last_name="Quist"),
        location=make.location(north, name="Harbor"),
        specialty="Cardiology",
        state="in_coding",
        owner=bea,
        date_of_service=today - timedelta(days=9),
    )
    two = Encounter.objects.get(number="E-TWO")
    for query, word in (
        ({"location": two.location_id}, "Harbor"),
        ({"provider": two.provider_id}, two.provider.short_name),
        ({"specialty": "Cardiology"}, "Cardiology"),
        ({"payer_class": "medicare"}, "Medicare"),
        ({"days": 8}, "Over 7 days"),
        ({"state": "in_coding"}, "In coding"),
        ({"owner": bea.pk}, "Bea Dorn"),
        ({"q": "petro"}, "petro"),
    ):
        page = page_of(ana_client, **query)
        assert "E-TWO" in page, query
        assert "E-ONE" not in page, query
        empty = page_of(ana_client, view="held", **query)
        assert f"Held with <b>{word}</b>: nothing." in " ".join(empty.split()), query
    assert "E-ONE" in page_of(ana_client, owner="none")
    assert "E-TWO" not in page_of(ana_client, owner="me")
    for senseless in ({"owner": "x"}, {"owner": 2**70}, {"provider": "x"}, {"state": "x"}):
        assert "E-ONE" in page_of(ana_client, **senseless)


def test_an_empty_queue_says_what_was_done(ana_client: Client, north: Practice) -> None:
    make.encounter(north, state="finalized", finalized_at=timezone.now())
    make.encounter(north, state="held", hold_reason="Later")
    page = page_of(ana_client)
    assert "All done" in page
    assert "1 coded today, 1 on hold." in page


def test_a_list_is_kept_under_a_name_counted_and_opened_by_a_key(
    ana_client: Client, ben_client: Client, north: Practice
) -> None:
    make.encounter(north, specialty="Cardiology")
    answer = ana_client.post("/coding/views/?view=late&specialty=Cardiology", {"name": "Heart"})
    assert answer.headers["Location"] == "/coding/?view=late&specialty=Cardiology"
    page = page_of(ana_client)
    assert 'href="?view=late&amp;specialty=Cardiology"' in page
    assert 'data-key="1"' in page
    assert "Heart" not in page_of(ben_client)
    ana_client.post("/coding/views/?view=held", {"name": "Heart", "is_shared": "on"})
    view = SavedView.objects.get()
    assert (view.query, view.is_shared) == ("view=held", True)
    assert "Shared by Ana Brandt" in page_of(ben_client)
    refused = ben_client.post(f"/coding/views/{view.pk}/removal/")
    assert refused.status_code == 403
    assert SavedView.objects.exists()
    ana_client.post(f"/coding/views/{view.pk}/removal/")
    assert not SavedView.objects.exists()


def test_everything_is_no_view_to_save(ana_client: Client, north: Practice) -> None:
    answer = ana_client.post("/coding/views/?view=all", {"name": "All"})
    assert answer.status_code == 422
    assert "Choose a view or a filter first, then save it." in answer.content.decode()
    assert not SavedView.objects.exists()


def test_a_lead_assigns_a_selection_and_undoes_it(
    mia_client: Client, bea: User, north: Practice
) -> None:
    charts = [make.encounter(north) for _ in range(3)]
    ids = [chart.pk for chart in charts[:2]]
    answer = mia_client.post(
        "/coding/assignment/?view=late", {"ids": ids, "person": bea.pk}, follow=True
    )
    page = answer.content.decode()
    assert answer.redirect_chain == [("/coding/?view=late", 302)]
    assert "2 charts given to Bea Dorn." in page
    undo = page.partition('action="/coding/assignment/undo/?act=')[2].partition('"')[0]
    done = mia_client.post(f"/coding/assignment/undo/?act={undo}", follow=True).content.decode()
    assert "2 charts went back to where they were." in done
    assert not Encounter.objects.filter(owner__isnull=False).exists()


def test_all_that_match_are_taken_back(mia_client: Client, bea: User, north: Practice) -> None:
    make.encounter(north, owner=bea, specialty="Cardiology")
    make.encounter(north, owner=bea)
    answer = mia_client.post(
        "/coding/assignment/?specialty=Cardiology", {"all": "1", "person": ""}, follow=True
    )
    assert "1 chart taken back; nobody has them now." in answer.content.decode()
    assert Encounter.objects.get(owner=bea).specialty == "Primary care"


def test_more_than_are_taken_at_once_are_named(
    mia_client: Client, bea: User, north: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coding.views.queue_bulk.MOST", 2)
    for _ in range(3):
        make.encounter(north)
    answer = mia_client.post("/coding/assignment/", {"all": "1", "person": bea.pk}, follow=True)
    page = answer.content.decode()
    assert "More than 2 match: the first 2 were taken." in page
    assert "2 charts given to Bea Dorn." in page


def test_charts_left_for_want_of_a_credential_are_named(
    mia_client: Client, mia: User, bea: User, north: Practice
) -> None:
    add_requirement(north, ["ccs"], by=mia, specialty="Cardiology")
    ids = [make.encounter(north, specialty="Cardiology").pk, make.encounter(north).pk]
    answer = mia_client.post("/coding/assignment/", {"ids": ids, "person": bea.pk}, follow=True)
    page = answer.content.decode()
    assert "1 chart given to Bea Dorn." in page
    assert "1 left where they were: Bea Dorn lacks a credential they want." in page
    assert list(Encounter.objects.filter(owner=bea).values_list("pk", flat=True)) == ids[1:]


def test_every_word_of_a_search_must_be_found(ana_client: Client, north: Practice) -> None:
    for number, last, first in (("E-ONE", "Petrova", "Nina"), ("E-TWO", "Petrova", "Olga")):
        patient = make.patient(north, last_name=last, first_name=first, mrn=f"M{number}")
        make.encounter(north, number=number, patient=patient)
    for text in ("petro nin", "e-one", "me-one", "PETROVA e-one", "nina Me-one E-one"):
        page = page_of(ana_client, q=text)
        assert ("E-ONE" in page, "E-TWO" in page) == (True, False), text
    assert "E-ONE" not in page_of(ana_client, q="olga e-one")


def test_nothing_ticked_is_refused(mia_client: Client, bea: User, north: Practice) -> None:
    make.encounter(north)
    answer = mia_client.post("/coding/assignment/", {"person": bea.pk})
    assert answer.status_code == 422
    assert "Tick at least one chart." in answer.content.decode()
    assert not Event.objects.filter(name="encounter.given").exists()


def test_a_coder_may_hold_but_not_assign(
    ana_client: Client, ana: User, bea: User, north: Practice
) -> None:
    mine, theirs = make.encounter(north), make.encounter(north)
    open_encounter(theirs, by=bea)
    fields = {"ids": [mine.pk, theirs.pk], "reason": "Waiting for pathology"}
    assert ana_client.post("/coding/assignment/", fields | {"person": ana.pk}).status_code == 403
    page = ana_client.post("/coding/holds/", fields, follow=True).content.decode()
    assert "1 chart on hold." in page
    assert "1 left: a coder has them open, or they are not open." in page
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.state, mine.hold_reason, mine.version) == ("held", "Waiting for pathology", 2)
    assert (theirs.state, theirs.assigned_to) == ("in_coding", bea)


def test_a_hold_without_a_reason_changes_nothing(ana_client: Client, north: Practice) -> None:
    chart = make.encounter(north)
    assert ana_client.post("/coding/holds/", {"ids": [chart.pk]}).status_code == 422
    chart.refresh_from_db()
    assert chart.state == "new"


def test_a_lead_calls_charts_urgent(mia_client: Client, north: Practice) -> None:
    chart = make.encounter(north)
    page = mia_client.post("/coding/urgency/", {"ids": [chart.pk], "urgent": "yes"}, follow=True)
    assert "1 chart urgent." in page.content.decode()
    mia_client.post("/coding/urgency/", {"ids": [chart.pk], "urgent": "no"})
    chart.refresh_from_db()
    assert not chart.is_urgent


def test_the_list_is_a_file_row_by_row(ana_client: Client, north: Practice) -> None:
    make.encounter(north, number="E-ONE", patient=make.patient(north, last_name="=1+1"))
    make.encounter(north, number="E-TWO", specialty="Cardiology")
    answer = ana_client.get(QUEUE, {"format": "csv", "specialty": "Primary care"})
    assert answer.streaming
    head, row = csv.reader(b"".join(answer).decode().splitlines())
    assert head[:5] == ["Chart", "Flag", "Priority", "Date of service", "Patient"]
    assert row[:5] == ["E-ONE", "", "0", "2026-11-02", "'=1+1, Denise"]
    event = Event.objects.get(name="encounters.exported")
    assert event.data == {"list": "specialty=Primary+care"}


def test_rows_can_be_taller(ana_client: Client, north: Practice) -> None:
    make.encounter(north)
    assert "table-tall" in page_of(ana_client, rows="tall")
    assert 'href="?rows=tall"' in page_of(ana_client)


def test_a_list_costs_at_most_twelve_statements_of_its_own(
    mia_client: Client, mia: User, bea: User, north: Practice
) -> None:
    counts = []
    for number in (1, 12):
        for _ in range(number):
            make.encounter(north, owner=bea)
        SavedView.objects.create(practice=north, owner=mia, name=f"V{number}", query="view=late")
        mia_client.get(QUEUE)  # the first request of a session writes it
        with CaptureQueriesContext(connection) as captured:
            mia_client.get(QUEUE)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    # Five for session, person, membership, walls and transaction, two for the sidebar.
    assert counts[0] <= 5 + 2 + 12


def test_a_saved_search_is_not_looked_up_to_be_counted(
    mia_client: Client, mia: User, north: Practice
) -> None:
    make.encounter(north, patient=make.patient(north, last_name="Petrova", mrn="M2"))
    SavedView.objects.create(practice=north, owner=mia, name="Late ones", query="view=late")
    mia_client.get(QUEUE)  # the first request of a session writes it
    with CaptureQueriesContext(connection) as before:
        mia_client.get(QUEUE)
    for word in ("petro", "quist"):
        SavedView.objects.create(practice=north, owner=mia, name=word, query=f"q={word}")
    with CaptureQueriesContext(connection) as after:
        page = page_of(mia_client)
    assert len(after) == len(before)
    assert tab(page, "Late ones") == "1"
    assert "petro <kbd>2</kbd>" in page
