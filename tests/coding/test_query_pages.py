"""The coder's pages of queries through the client: composed, checked, sent, followed."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from coding.actions.queries import answer_query
from coding.models import Encounter, ProviderQuery, QueryTemplate
from payers.table_cache import forget_releases
from rcm.models import Event, Practice, User
from tests import make
from tests.coding import asking

HTMX = {"HX-Request": "true"}
GOOD = {
    "kind": "open",
    "title": "Clinical significance",
    "question": "Please document the clinical significance, if any, in your judgement.",
    "options": "",
    "quotes": "A1c 8.6%, not at goal.\n\n",
    "template": "clinical_significance",
}


@pytest.fixture
def chart(north: Practice) -> Encounter:
    return asking.chart(north)


@pytest.fixture
def query(chart: Encounter, ana: User) -> ProviderQuery:
    asking.login(chart.provider)
    return asking.ask(chart, ana)


def body(chart: Encounter, **changes: object) -> dict[str, object]:
    return GOOD | {"provider": chart.provider_id} | changes


def test_the_workspace_opens_the_composer_with_q(ana_client: Client, chart: Encounter) -> None:
    page = ana_client.get(f"/coding/{chart.pk}/").content.decode()
    assert f'href="/coding/{chart.pk}/query/"' in page
    assert 'data-key="q"' in page


def test_a_template_and_the_selected_words_fill_the_composer(
    ana_client: Client, chart: Encounter
) -> None:
    url = f"/coding/{chart.pk}/query/"
    asked = {"template": "diabetes_control", "evidence": "A1c 8.6%, not at goal."}
    part = ana_client.get(url, asked, headers=HTMX).content.decode()
    assert "<html" not in part
    assert "how would you describe the control of the patient&#x27;s" in part
    assert "A1c 8.6%, not at goal.</textarea>" in part
    assert "With hyperglycemia\nWithout hyperglycemia\nWith hypoglycemia</textarea>" in part
    assert 'data-key="ctrl+enter"' in part
    page = ana_client.get(url, asked).content.decode()
    assert "<html" in page
    assert "Right knee pain." in page


def test_a_query_is_sent_with_two_keys_and_brings_the_next_chart(
    ana_client: Client, north: Practice, chart: Encounter
) -> None:
    following = make.encounter(north, number="E-NEXT")
    answer = ana_client.post(f"/coding/{chart.pk}/query/", body(chart), headers=HTMX)
    query = ProviderQuery.objects.get()
    part = answer.content.decode()
    assert answer.status_code == 200
    assert answer.headers["HX-Push-Url"] == f"/coding/{following.pk}/"
    assert "E-NEXT" in part
    assert f"Query sent to Dr Lindqvist. {chart.number} waits." in part
    assert f'action="/queries/sent/{query.pk}/withdrawal/"' in part
    assert query.options == ["Clinically undetermined"]


def test_without_script_the_same_form_sends_and_undo_opens_the_chart_again(
    ana_client: Client, chart: Encounter
) -> None:
    sent = ana_client.post(f"/coding/{chart.pk}/query/", body(chart))
    assert (sent.status_code, sent.headers["Location"]) == (302, "/coding/")
    query = ProviderQuery.objects.get()
    undone = ana_client.post(f"/queries/sent/{query.pk}/withdrawal/")
    assert undone.headers["Location"] == f"/coding/{chart.pk}/"
    chart.refresh_from_db()
    assert chart.state == "in_coding"


def test_another_query_of_the_same_chart_follows_at_once(
    ana_client: Client, chart: Encounter
) -> None:
    for _ in range(2):
        sent = ana_client.post(f"/coding/{chart.pk}/query/", body(chart, more="1"))
        assert sent.headers["Location"] == f"/coding/{chart.pk}/query/"
    assert ProviderQuery.objects.filter(encounter=chart, state="open").count() == 2


def test_leading_words_come_back_with_the_composer(ana_client: Client, chart: Encounter) -> None:
    asked = body(chart, question="Please document sepsis for the DRG.")
    for headers in ({}, HTMX):
        answer = ana_client.post(f"/coding/{chart.pk}/query/", asked, headers=headers)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "“Please document sepsis” asks for one answer." in page
        assert "“DRG” speaks of severity as it is grouped or weighted." in page
        assert "Please document sepsis for the DRG.</textarea>" in page
    assert not ProviderQuery.objects.exists()
    chart.refresh_from_db()
    assert chart.state == "new"


def test_the_wording_is_checked_while_it_is_typed(ana_client: Client, chart: Encounter) -> None:
    url = f"/coding/{chart.pk}/query/wording/"
    bad = ana_client.post(url, body(chart, title="HCC"), headers=HTMX).content.decode()
    assert "“HCC” speaks of a risk score." in bad
    assert "Name the subject only, such as “Side” or “Stage”." in bad
    good = ana_client.post(url, body(chart), headers=HTMX).content.decode()
    assert "May be sent" in good
    empty = ana_client.post(url, {}, headers=HTMX).content.decode()
    assert "The wording is checked against this chart" in empty
    page = ana_client.post(url, body(chart, quotes="A1c 9.9")).content.decode()
    assert "<html" in page
    assert "“A1c 9.9” stands in no document of this chart." in page
    assert not Event.objects.filter(name__startswith="provider_query").exists()


def test_a_biller_asks_nothing(ben_client: Client, chart: Encounter) -> None:
    assert ben_client.get(f"/coding/{chart.pk}/query/").status_code == 403
    assert ben_client.post(f"/coding/{chart.pk}/query/", body(chart)).status_code == 403
    assert not ProviderQuery.objects.exists()


def test_a_provider_of_another_practice_cannot_be_asked(
    ana_client: Client, chart: Encounter, south: Practice
) -> None:
    asked = body(chart, provider=chart.provider_id + 9999)
    answer = ana_client.post(f"/coding/{chart.pk}/query/", asked)
    assert answer.status_code == 422
    assert not ProviderQuery.objects.exists()


def test_sent_queries_are_listed_by_state(ana_client: Client, query: ProviderQuery) -> None:
    page = ana_client.get("/queries/sent/").content.decode()
    assert "<b>1</b> waiting · 0 overdue" in page
    assert query.encounter.number in page
    assert "Overdue</span>" not in page
    told = Event.objects.get(name="provider_queries.listed")
    assert (told.data, told.created_by) == ({"queries": [query.pk]}, query.asked_by)
    ProviderQuery.objects.update(due_on=make.SERVED_ON)
    late = ana_client.get("/queries/sent/?view=overdue").content.decode()
    assert "<b>1</b> waiting · 1 overdue" in late
    assert "Overdue</span>" in late
    assert "No query here" in ana_client.get("/queries/sent/?view=answered").content.decode()


def test_a_query_shows_what_was_asked_and_what_came_of_it(
    ana_client: Client, query: ProviderQuery
) -> None:
    url = f"/queries/sent/{query.pk}/"
    page = ana_client.get(url).content.decode()
    assert "“A1c 8.6%, not at goal.”" in page
    assert "None yet. Due" in page
    ana_client.post(f"{url}reminder/")
    assert ana_client.post(f"{url}reminder/").status_code == 409
    provider = query.provider
    provider.refresh_from_db()
    answer_query(query, option="Other", text="Diet only.", by=provider.user)
    done = ana_client.get(url).content.decode()
    assert "Diet only." in done
    assert "Signed by Annika Lindqvist, MD" in done
    assert "Remind <kbd>" not in done
    assert done.index("Asked</b>") < done.index("Reminded</b>") < done.index("Answered</b>")
    assert Event.objects.filter(name="provider_query.viewed").count() == 2


def test_the_chart_shows_the_answer_over_the_note(
    ana_client: Client, query: ProviderQuery, chart: Encounter
) -> None:
    held = ana_client.get(f"/coding/{chart.pk}/").content.decode()
    assert "<b>Asked Dr Lindqvist:</b> “Diabetes control”" in held
    query.provider.refresh_from_db()
    answer_query(query, option="With hyperglycemia", text="", by=query.provider.user)
    back = ana_client.get(f"/coding/{chart.pk}/").content.decode()
    assert "Dr Lindqvist answered “Diabetes control”:</b> With hyperglycemia" in back
    query.refresh_from_db()
    note = ana_client.get(f"/coding/{chart.pk}/?document={query.addendum_id}").content.decode()
    assert "Electronically signed by Annika Lindqvist, MD" in note


def test_the_list_takes_the_same_statements_for_many_queries(
    ana_client: Client,
    ana: User,
    north: Practice,
    query: ProviderQuery,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(5):
        asking.ask(asking.chart(north, number=f"Q{number}"), ana)
    forget_releases()
    # Nine for session, person, membership, walls and transaction, two for the list, the sidebar.
    with django_assert_max_num_queries(9 + 3 + 2):
        ana_client.get("/queries/sent/")


def test_figures_are_for_those_who_lead(
    ana_client: Client, mia_client: Client, query: ProviderQuery, ana: User, north: Practice
) -> None:
    assert ana_client.get("/queries/figures/").status_code == 403
    assert "/queries/figures/" not in ana_client.get("/queries/sent/").content.decode()
    query.provider.refresh_from_db()
    answer_query(query, option="Other", text="Diet only.", by=query.provider.user)
    late = asking.ask(asking.chart(north, number="Q2"), ana)
    ProviderQuery.objects.filter(pk=late.pk).update(due_on=make.SERVED_ON)
    page = mia_client.get("/queries/figures/").content.decode()
    assert "Lindqvist, Annika" in page
    assert "Agreement is no target" in page


def test_a_practice_adds_and_retires_its_own_templates(
    ana_client: Client, chart: Encounter
) -> None:
    wording = {"name": "Which knee", "kind": "multiple_choice", "title": "Side"}
    wording |= {"question": "Which knee was it?", "options": "Right\nLeft"}
    added = ana_client.post("/queries/templates/", wording)
    assert added.status_code == 302
    template = QueryTemplate.objects.get()
    assert (template.name, template.options) == ("Which knee", ["Right", "Left"])
    again = ana_client.post("/queries/templates/", wording)
    assert again.status_code == 422
    assert "A template of this name is in use." in again.content.decode()
    part = ana_client.get(f"/coding/{chart.pk}/query/?template=own:{template.pk}", headers=HTMX)
    assert "Which knee was it?</textarea>" in part.content.decode()
    sent = body(chart, kind="multiple_choice", template=f"own:{template.pk}", **{
        "question": "Which knee was it?", "title": "Side", "options": "Right\nLeft"
    })  # fmt: skip
    ana_client.post(f"/coding/{chart.pk}/query/", sent)
    assert ProviderQuery.objects.get().template == template
    ana_client.post(f"/queries/templates/{template.pk}/removal/")
    assert "Which knee</th>" not in ana_client.get("/queries/templates/").content.decode()
    assert ana_client.post(f"/queries/templates/{template.pk}/removal/").status_code == 409


def test_a_leading_template_is_refused(ana_client: Client, north: Practice) -> None:
    wording = {"name": "Bad", "kind": "open", "title": "Side", "question": "Do you agree?"}
    answer = ana_client.post("/queries/templates/", wording)
    assert answer.status_code == 422
    assert "“Do you agree” asks the provider to agree." in answer.content.decode()
    assert not QueryTemplate.objects.exists()


def test_otto_finds_no_query(otto_client: Client, query: ProviderQuery) -> None:
    assert otto_client.get(f"/queries/sent/{query.pk}/").status_code == 404
    assert otto_client.post(f"/queries/sent/{query.pk}/withdrawal/").status_code == 404
    assert timezone.localdate() < query.due_on
