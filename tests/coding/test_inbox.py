"""The provider's inbox through the client, without script and with it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from coding.actions.queries import withdraw
from coding.models import Document, Encounter, ProviderQuery
from coding.query_page import with_age
from coding.views.inbox import own_visits
from payers.table_cache import forget_releases
from rcm import access
from rcm.models import Event, Practice, User
from tests import make
from tests.coding import asking
from tests.conftest import signed_in

HTMX = {"HX-Request": "true"}
FORBIDDEN = (
    "/coding/",
    "/returned/",
    "/claims/",
    "/dashboard/",
    "/queries/sent/",
    "/api/patients/",
)


@pytest.fixture
def chart(north: Practice) -> Encounter:
    return make.coded(asking.chart(north), ("99213", "165.00"))


@pytest.fixture
def annika(chart: Encounter) -> User:
    return asking.login(chart.provider)


@pytest.fixture
def query(chart: Encounter, annika: User, ana: User) -> ProviderQuery:
    return asking.ask(chart, ana)


@pytest.fixture
def client(annika: User) -> Client:
    return signed_in(annika)


def test_a_provider_lands_on_the_questions_and_sees_nothing_else(
    client: Client, query: ProviderQuery
) -> None:
    landed = client.get("/", follow=True)
    assert landed.redirect_chain == [("/queries/", 302)]
    page = landed.content.decode()
    assert "Okafor, Denise" in page
    assert "“A1c 8.6%, not at goal.”" in page
    assert "How would you describe the control" in page
    assert page.count('type="radio"') == 4
    for number in (1, 2, 3, 4):
        assert f'data-key="{number}"' in page
    for url in FORBIDDEN:
        assert client.get(url).status_code == 403, url
    assert client.get(f"/coding/{query.encounter_id}/").status_code == 403


def test_nothing_about_money_is_shown(client: Client, query: ProviderQuery) -> None:
    pages = [
        client.get("/queries/"),
        client.get(f"/queries/{query.pk}/"),
        client.get(f"/queries/visits/{query.encounter_id}/"),
        client.get("/queries/visits/"),
        client.get(f"/api/my-queries/{query.pk}/"),
    ]
    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200
        assert not [word for word in ("$", "165", "Unified", "99213") if word in text]


def test_an_answer_without_script_signs_and_opens_the_next(
    client: Client, query: ProviderQuery, north: Practice, ana: User
) -> None:
    second = asking.ask(asking.chart(north, number="E-2"), ana, asking.OPEN)
    answer = client.post(f"/queries/{query.pk}/answer/", {"option": "With hyperglycemia"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/queries/{second.pk}/")
    page = client.get(answer.headers["Location"]).content.decode()
    assert f"Signed: Diabetes control, visit of {query.encounter.number}." in page
    done = client.post(f"/queries/{second.pk}/answer/", {"text": "Not controlled by diet."})
    assert done.headers["Location"] == "/queries/"
    assert "No question waits" in client.get("/queries/").content.decode()
    answered = client.get("/queries/?view=answered").content.decode()
    assert "Not controlled by diet." in answered
    assert Document.objects.filter(kind="addendum").count() == 2


def test_an_answer_with_script_brings_the_next_question_and_the_row_leaves(
    client: Client, query: ProviderQuery, north: Practice, ana: User
) -> None:
    asking.ask(asking.chart(north, number="E-2"), ana, asking.OPEN)
    answer = client.post(
        f"/queries/{query.pk}/answer/", {"option": "With hyperglycemia"}, headers=HTMX
    )
    part = answer.content.decode()
    assert f'id="row-{query.pk}" hx-swap-oob="delete"' in part
    assert "Please document the clinical significance" in part
    assert "<html" not in part


def test_an_answer_that_is_not_whole_keeps_what_was_written(
    client: Client, query: ProviderQuery
) -> None:
    for headers in ({}, HTMX):
        answer = client.post(f"/queries/{query.pk}/answer/", {"option": "Other"}, headers=headers)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Say in your own words what “Other” is." in page
        assert 'value="Other" checked' in page
    assert not Document.objects.filter(kind="addendum").exists()


def test_an_open_question_may_be_undetermined(
    client: Client, chart: Encounter, annika: User, ana: User
) -> None:
    query = asking.ask(chart, ana, asking.OPEN)
    page = client.get(f"/queries/{query.pk}/").content.decode()
    assert (page.count('type="checkbox"'), page.count('type="radio"')) == (1, 0)
    client.post(f"/queries/{query.pk}/answer/", {"option": "Clinically undetermined"})
    query.refresh_from_db()
    assert (query.state, query.answer_option) == ("answered", "Clinically undetermined")


def test_another_provider_finds_neither_question_nor_visit(
    query: ProviderQuery, north: Practice
) -> None:
    quist = asking.colleague(north)
    other = signed_in(asking.login(quist, "quist@example.test"))
    assert "Okafor" not in other.get("/queries/").content.decode()
    assert other.get(f"/queries/{query.pk}/").status_code == 404
    answer = other.post(f"/queries/{query.pk}/answer/", {"option": "With hyperglycemia"})
    assert answer.status_code == 404
    assert other.get(f"/queries/visits/{query.encounter_id}/").status_code == 404
    assert other.get(f"/api/my-queries/{query.pk}/").status_code == 404
    query.refresh_from_db()
    assert query.state == "open"


def test_a_provider_of_another_practice_finds_nothing(
    query: ProviderQuery, south: Practice
) -> None:
    access.open_walls([south.pk])
    stranger = signed_in(asking.login(make.provider(south), "south@example.test"))
    assert "Okafor" not in stranger.get("/queries/").content.decode()
    assert stranger.get(f"/queries/{query.pk}/").status_code == 404
    assert stranger.get(f"/queries/visits/{query.encounter_id}/").status_code == 404


def test_coders_and_managers_have_no_inbox(
    ana_client: Client, mia_client: Client, query: ProviderQuery
) -> None:
    for client in (ana_client, mia_client):
        assert client.get("/queries/").status_code == 403
        assert client.post(f"/queries/{query.pk}/answer/", {"option": "Other"}).status_code == 403


def test_a_withdrawn_question_is_gone(client: Client, query: ProviderQuery, ana: User) -> None:
    signed_in(ana).post(f"/queries/sent/{query.pk}/withdrawal/")
    assert "No question waits" in client.get("/queries/").content.decode()
    assert client.get(f"/queries/{query.pk}/").status_code == 404


def test_a_reminded_question_comes_first(
    client: Client, query: ProviderQuery, north: Practice, ana: User
) -> None:
    later = asking.ask(asking.chart(north, number="E-2"), ana, asking.OPEN)
    signed_in(ana).post(f"/queries/sent/{later.pk}/reminder/")
    page = client.get("/queries/").content.decode()
    assert page.index(f'id="row-{later.pk}"') < page.index(f'id="row-{query.pk}"')
    assert "Reminded</span>" in page


def test_the_own_visit_is_read_with_its_documents(client: Client, query: ProviderQuery) -> None:
    page = client.get(f"/queries/visits/{query.encounter_id}/").content.decode()
    assert "Right knee pain." in page
    assert "Office visit" in page
    viewed = Event.objects.get(name="encounter.viewed")
    assert viewed.patient_id == query.encounter.patient_id
    assert query.encounter.number in client.get("/queries/visits/").content.decode()


def test_a_visit_of_a_colleague_opens_when_one_is_asked_about_it(
    north: Practice, chart: Encounter, ana: User
) -> None:
    quist = asking.colleague(north)
    other = signed_in(asking.login(quist, "quist@example.test"))
    assert other.get(f"/queries/visits/{chart.pk}/").status_code == 404
    query = asking.ask(chart, ana, provider=quist)
    assert other.get(f"/queries/visits/{chart.pk}/").status_code == 200
    assert chart.number in other.get("/queries/visits/").content.decode()
    # Put to the wrong provider and taken back, it opens nothing any more.
    withdraw(query, by=ana)
    assert other.get(f"/queries/visits/{chart.pk}/").status_code == 404
    assert chart.number not in other.get("/queries/visits/").content.decode()


def test_the_inbox_takes_the_same_statements_for_many_questions(
    client: Client,
    query: ProviderQuery,
    north: Practice,
    ana: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(5):
        asking.ask(asking.chart(north, number=f"Q{number}"), ana)
    forget_releases()
    # Nine for session, person, membership, walls and transaction, the list, the events of the list
    # and of the question shown, the sidebar.
    with django_assert_max_num_queries(9 + 4):
        client.get("/queries/")


def test_lists_with_names_of_patients_are_recorded(client: Client, query: ProviderQuery) -> None:
    for url in ("/queries/", f"/queries/{query.pk}/"):
        client.get(url)
        told = Event.objects.filter(name="provider_queries.listed").latest("pk")
        assert told.data == {"queries": [query.pk]}
    assert Event.objects.filter(name="provider_queries.listed").count() == 2
    client.get(f"/queries/{query.pk}/", headers=HTMX)
    assert Event.objects.filter(name="provider_queries.listed").count() == 2
    client.get("/queries/visits/")
    told = Event.objects.get(name="encounters.listed")
    assert (told.data, told.created_by) == (
        {"encounters": [query.encounter_id]},
        query.provider.user,
    )


def test_a_question_is_late_from_the_day_after_it_was_due(query: ProviderQuery) -> None:
    # Asked on a Wednesday it is due on Monday, five days later: a weekend makes nobody late.
    query.asked_at = timezone.now() - timedelta(days=5)
    today = timezone.localdate()
    for due_on, shown in ((today, False), (today - timedelta(days=1), True)):
        query.due_on = due_on
        page = render_to_string("coding/_inbox_table.html", {"rows": with_age([query])})
        assert "5 d</span>" in page
        assert ('<span class="due tone-red">' in page) is shown


def test_many_visits_of_a_provider_are_read_in_the_order_of_an_index(
    north: Practice, annika: User, chart: Encounter
) -> None:
    request = RequestFactory().get("/queries/visits/")
    request.user, request.practice = annika, north
    rows = own_visits(request).order_by("-date_of_service", "-pk")[:50]
    with connection.cursor() as db:
        db.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    assert "encounter_of_provider" in rows.explain()
    assert "Sort" not in rows.explain()
