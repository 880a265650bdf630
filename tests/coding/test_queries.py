"""A query's life: asked, reminded, withdrawn, answered with a signed addendum, given up."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from coding.actions import encounters, queries
from coding.actions.query_deadlines import follow_up
from coding.models import Document, Encounter, ProviderQuery
from rcm import access
from rcm.business_days import add_business_days
from rcm.errors import Refusal
from rcm.models import Event, Practice, Provider, User
from tests import make
from tests.coding import asking

TODAY = date(2026, 11, 23)


@pytest.fixture
def chart(north: Practice) -> Encounter:
    return asking.chart(north)


@pytest.fixture
def annika(chart: Encounter) -> User:
    return asking.login(chart.provider)


@pytest.fixture
def query(chart: Encounter, annika: User, ana: User) -> ProviderQuery:
    return asking.ask(chart, ana)


def events(query: ProviderQuery) -> list[str]:
    rows = Event.objects.filter(subject_type="providerquery", subject_id=query.pk)
    return [event.name for event in rows.order_by("pk")]


def test_a_query_holds_its_chart_and_quotes_its_place(
    chart: Encounter, query: ProviderQuery, ana: User
) -> None:
    chart.refresh_from_db()
    assert (chart.state, chart.hold_reason, chart.hold_until) == (
        *("held", "Query to Dr Lindqvist", None),
    )
    assert (chart.assigned_to, chart.locked_until) == (None, None)
    document = chart.documents.get()
    [indicator] = query.indicators
    assert indicator == {
        "document": document.pk,
        "title": "Office visit",
        "start": 28,
        "end": 50,
        "quote": "A1c 8.6%, not at goal.",
    }
    assert " ".join(document.text[28:50].split()) == "A1c 8.6%, not at goal."
    assert query.due_on == add_business_days(timezone.localdate(), 3)
    assert events(query) == ["provider_query.asked"]
    asked = Event.objects.get(name="provider_query.asked")
    assert (asked.patient_id, asked.created_by) == (chart.patient_id, ana)
    assert asked.data == {"provider": chart.provider_id}


def test_bad_wording_is_refused_and_nothing_is_written(chart: Encounter, ana: User) -> None:
    draft = replace(asking.DRAFT, question="Please document sepsis, it is an HCC.")
    with pytest.raises(Refusal) as refused:
        asking.ask(chart, ana, draft)
    assert (refused.value.code, refused.value.status) == ("wording_refused", 422)
    assert refused.value.message == (
        "Question, characters 1 to 22: “Please document sepsis” asks for one answer. "
        "Ask for the type, cause, side, stage or clinical meaning, “if any, in your judgement”."
    )
    assert [fault.code for fault in refused.value.data["faults"]] == [
        *("leading_request", "unsupported_diagnosis", "risk_score"),
    ]
    chart.refresh_from_db()
    assert chart.state == "new"
    assert not ProviderQuery.objects.exists()
    assert not Event.objects.exists()


def test_a_quote_must_stand_in_the_chart(chart: Encounter, ana: User) -> None:
    draft = replace(asking.DRAFT, quotes=("A1c 8.6%, not at goal.", "A1c 9.9%"))
    with pytest.raises(Refusal) as refused:
        asking.ask(chart, ana, draft)
    assert refused.value.message == (
        "Quotes, characters 1 to 8: “A1c 9.9%” stands in no document of this chart. "
        "Quote its words as they are."
    )
    assert not ProviderQuery.objects.exists()


def test_a_day_it_is_due_lies_ahead(chart: Encounter, ana: User) -> None:
    with pytest.raises(Refusal) as refused:
        asking.ask(chart, ana, due_on=timezone.localdate())
    assert refused.value.fields == {"due_on": "The day it is due must be after today."}
    chart.refresh_from_db()
    assert chart.state == "new"


def test_who_has_no_login_is_not_asked(chart: Encounter, ana: User, north: Practice) -> None:
    nobody = make.provider(north, npi="1992739112", last_name="Quist")
    with pytest.raises(Refusal) as refused:
        asking.ask(chart, ana, provider=nobody)
    assert (refused.value.code, refused.value.message) == (
        *("provider_without_login", "Dr Quist has no login, so that nobody could answer."),
    )
    chart.refresh_from_db()
    assert chart.state == "new"
    assert not ProviderQuery.objects.exists()


def test_a_chart_in_other_hands_is_not_asked_about(chart: Encounter, ana: User, mia: User) -> None:
    encounters.open_encounter(chart, by=mia)
    with pytest.raises(Refusal) as refused:
        asking.ask(Encounter.objects.get(pk=chart.pk), ana)
    assert refused.value.status == 423
    assert not ProviderQuery.objects.exists()


def test_an_answer_is_a_signed_addendum_and_the_note_stays(
    chart: Encounter, query: ProviderQuery, annika: User
) -> None:
    note = chart.documents.get()
    before = (note.text, note.signed_by, note.signed_at)
    answered = queries.answer_query(query, option="With hyperglycemia", text="", by=annika)
    addendum = answered.addendum
    assert addendum is not None
    assert (addendum.kind, addendum.title) == ("addendum", "Addendum: Diabetes control")
    assert addendum.signed_by == "Annika Lindqvist, MD"
    assert addendum.signed_at is not None
    assert "ANSWER\nWith hyperglycemia\n" in addendum.text
    assert "“A1c 8.6%, not at goal.” (Office visit)" in addendum.text
    note.refresh_from_db()
    assert (note.text, note.signed_by, note.signed_at) == before
    chart.refresh_from_db()
    assert (chart.state, chart.hold_reason) == ("new", "")
    assert (answered.state, answered.answered_by) == ("answered", annika)
    assert events(query) == ["provider_query.asked", "provider_query.answered"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE coding_document SET text = 'Something else.' WHERE kind = 'addendum'",
        "UPDATE coding_document SET kind = 'other' WHERE kind = 'addendum'",
        "DELETE FROM coding_document WHERE kind = 'addendum'",
    ],
)
def test_an_addendum_is_never_changed(query: ProviderQuery, annika: User, statement: str) -> None:
    queries.answer_query(query, option="With hyperglycemia", text="", by=annika)
    with (
        pytest.raises(DatabaseError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as db,
    ):
        db.execute(statement)
    assert "With hyperglycemia" in Document.objects.get(kind="addendum").text


def test_an_addendum_without_a_signature_is_not_kept(chart: Encounter) -> None:
    with (
        pytest.raises(IntegrityError, match="document_addendum_is_signed"),
        transaction.atomic(),
    ):
        Document.objects.create(
            practice=chart.practice, encounter=chart, kind="addendum", title="A", text="B"
        )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"question": "Another?"}, "never changed or deleted"),
        ({"options": ["Other", "Clinically undetermined"]}, "never changed or deleted"),
        ({"state": "expired"}, "query_settled_has_time"),
        ({"state": "answered", "settled_at": timezone.now()}, "query_answer_is_signed"),
        ({"state": "lost", "settled_at": timezone.now()}, "query_state_known"),
        ({"answer_text": "Yes"}, "query_answer_is_signed"),
    ],
)
def test_the_database_guards_what_was_asked(
    query: ProviderQuery, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(DatabaseError, match=message), transaction.atomic():
        ProviderQuery.objects.update(**changes)


def test_a_settled_query_never_changes_again(query: ProviderQuery, ana: User) -> None:
    queries.withdraw(query, by=ana)
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        ProviderQuery.objects.update(state="open", settled_at=None)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"options": ["With", "Clinically undetermined"]}, "query_leaves_a_way_out"),
        ({"options": ["With", "Other"]}, "query_leaves_a_way_out"),
        ({"kind": "yes_no"}, "query_purpose_of_yes_no"),
        ({"indicators": []}, "query_quotes_the_chart"),
    ],
)
def test_the_database_refuses_a_leading_query(
    query: ProviderQuery, changes: dict[str, object], name: str
) -> None:
    copy = {field.attname: getattr(query, field.attname) for field in query._meta.fields}
    copy.pop("id")
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ProviderQuery.objects.create(**copy | changes)


def test_only_the_provider_asked_answers(
    query: ProviderQuery, annika: User, ana: User, north: Practice
) -> None:
    other = asking.login(asking.colleague(north), "quist@example.test")
    for person in (ana, other):
        with pytest.raises(Refusal) as refused:
            queries.answer_query(query, option="Other", text="Mine.", by=person)
        assert (refused.value.status, refused.value.message) == (
            *(403, "Only the provider who was asked can answer."),
        )
    query.refresh_from_db()
    assert query.state == "open"
    assert Document.objects.count() == 1


def test_an_answer_that_is_not_whole_is_refused(query: ProviderQuery, annika: User) -> None:
    with pytest.raises(Refusal) as refused:
        queries.answer_query(query, option="Other", text=" ", by=annika)
    assert refused.value.fields == {"text": "Say in your own words what “Other” is."}
    with pytest.raises(Refusal) as refused:
        queries.answer_query(query, option="", text="Worse", by=annika)
    assert refused.value.fields == {"option": "Choose an answer."}
    assert Document.objects.count() == 1


def test_a_second_answer_is_refused(query: ProviderQuery, annika: User) -> None:
    queries.answer_query(query, option="With hyperglycemia", text="", by=annika)
    with pytest.raises(Refusal) as refused:
        queries.answer_query(query, option="Without hyperglycemia", text="", by=annika)
    assert (refused.value.status, refused.value.message) == (
        *(409, "This query is answered. Nothing was changed."),
    )
    assert Document.objects.filter(kind="addendum").count() == 1


def test_a_chart_returns_when_all_its_queries_are_settled(
    chart: Encounter, query: ProviderQuery, annika: User, ana: User, north: Practice
) -> None:
    quist = asking.colleague(north, credential="FNP-C")
    second = asking.ask(Encounter.objects.get(pk=chart.pk), ana, asking.OPEN, provider=quist)
    chart.refresh_from_db()
    assert chart.hold_reason == "Query to Dr Lindqvist, A. Quist, FNP-C"
    queries.answer_query(query, option="With hyperglycemia", text="", by=annika)
    chart.refresh_from_db()
    assert chart.state == "held"
    queries.withdraw(second, by=ana)
    chart.refresh_from_db()
    assert (chart.state, chart.hold_reason) == ("in_coding", "")


def test_a_chart_is_not_taken_off_hold_while_a_query_waits(
    chart: Encounter, query: ProviderQuery, ana: User
) -> None:
    with pytest.raises(Refusal) as refused:
        encounters.release_encounter(chart, by=ana)
    assert (refused.value.status, refused.value.message) == (
        *(409, "A query to Dr Lindqvist waits. Withdraw it first."),
    )
    chart.refresh_from_db()
    assert chart.state == "held"


def test_undoing_a_sending_gives_the_chart_back(
    chart: Encounter, query: ProviderQuery, ana: User
) -> None:
    assert queries.withdraw(query, by=ana) is True
    chart.refresh_from_db()
    assert (chart.state, chart.assigned_to) == ("in_coding", ana)
    assert (query.state, events(query)[-1]) == ("withdrawn", "provider_query.withdrawn")


def test_another_coder_s_withdrawal_puts_the_chart_into_the_queue(
    chart: Encounter, query: ProviderQuery, mia: User
) -> None:
    assert queries.withdraw(query, by=mia) is False
    chart.refresh_from_db()
    assert (chart.state, chart.assigned_to) == ("new", None)
    with pytest.raises(Refusal) as refused:
        queries.withdraw(query, by=mia)
    assert refused.value.message == "This query is withdrawn. Nothing was changed."


def test_a_reminder_goes_out_once_a_day(query: ProviderQuery, ana: User) -> None:
    queries.remind(query, by=ana)
    assert query.reminded_at is not None
    with pytest.raises(Refusal) as refused:
        queries.remind(query, by=ana)
    assert (refused.value.status, refused.value.message) == (
        *(409, "Dr Lindqvist was reminded less than a day ago."),
    )
    assert events(query) == ["provider_query.asked", "provider_query.reminded"]


def test_for_another_practice_no_query_is_there(query: ProviderQuery, south: Practice) -> None:
    access.open_walls([south.pk])
    assert not ProviderQuery.objects.exists()
    nothing = {"escalated": 0, "reminded": 0, "expired": 0}
    assert follow_up(south, today=TODAY + timedelta(days=90)) == nothing


def test_a_login_answers_for_one_provider_of_a_practice(north: Practice, annika: User) -> None:
    other = asking.colleague(north)
    with pytest.raises(IntegrityError, match="provider_user_once"), transaction.atomic():
        Provider.objects.filter(pk=other.pk).update(user=annika)
