"""Returned work: chart, claim and remittance side by side, and the coder's answer."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coding.actions.tasks import open_task
from coding.models import CoderTask
from denials.models import Denial
from rcm import access
from rcm.models import Event, Practice, Role
from tests import make
from tests.conftest import signed_in
from tests.denials.denying import denied


@pytest.fixture
def task(north: Practice) -> CoderTask:
    """CO-11 over 165.00."""
    denied(north, "CO-11")
    return CoderTask.objects.get()


def test_returned_work_lists_open_tasks_with_their_reason(
    ana_client: Client, task: CoderTask
) -> None:
    page = ana_client.get("/returned/")
    assert list(page.context["page"]) == [task]
    assert [(v["label"], v["count"]) for v in page.context["views"]] == [
        ("Open", 1),
        ("Upheld", 0),
        ("Recoded", 0),
    ]
    text = page.content.decode()
    assert "CO-11 on line 1 (99213), $165.00" in text
    assert task.encounter.number in text


def test_a_task_shows_chart_claim_and_remittance_side_by_side(
    ana_client: Client, task: CoderTask
) -> None:
    page = ana_client.get(f"/returned/{task.pk}/")
    text = page.content.decode()
    assert "Established patient with essential hypertension." in text
    assert task.denials.get().claim.patient_control_number in text
    assert "Diagnosis does not support the procedure billed" in text
    assert "Uphold the coding" in text
    event = Event.objects.get(name="coder_task.viewed")
    assert event.patient_id == task.encounter.patient_id


def test_returned_pages_need_few_statements(
    north: Practice, ana_client: Client, task: CoderTask
) -> None:
    def count(path: str) -> int:
        ana_client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert ana_client.get(path).status_code == 200
        return len(captured)

    few = count("/returned/")
    denied(north, "CO-11")
    denied(north, "CO-97")
    assert count("/returned/") == few
    assert few <= 12 + 6
    assert count(f"/returned/{task.pk}/") <= 12 + 12


def test_upholding_sends_the_denial_back_with_the_reasoning(
    ana_client: Client, task: CoderTask
) -> None:
    response = ana_client.post(
        f"/returned/{task.pk}/uphold/", {"answer": "Both are documented."}, follow=True
    )
    assert response.redirect_chain == [("/returned/", 302)]
    assert "Upheld. The denial is back with billing, with your reasoning." in (
        response.content.decode()
    )
    task.refresh_from_db()
    assert (task.state, task.answer) == ("upheld", "Both are documented.")
    shown = ana_client.get(f"/returned/{task.pk}/").content.decode()
    assert '<p class="quote">Both are documented.</p>' in shown
    assert "Uphold the coding" not in shown


def test_upholding_what_no_denial_returned_speaks_of_none(
    north: Practice, ana_client: Client
) -> None:
    task = open_task(make.encounter(north), source="review:1", reason="Units?")
    ana_client.post(f"/returned/{task.pk}/uphold/", {"answer": "The note documents both."})
    page = ana_client.get("/returned/").content.decode()
    assert "Upheld. The chart stays as it is coded, with your reasoning." in page
    assert "The denial is back" not in page


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("", "This field is required."),
        ("long " * 401, "Ensure this value has at most 2000 characters (it has 2004)."),
    ],
)
def test_an_answer_that_cannot_be_taken_is_kept_in_the_form(
    ana_client: Client, task: CoderTask, answer: str, message: str
) -> None:
    response = ana_client.post(f"/returned/{task.pk}/uphold/", {"answer": answer})
    assert response.status_code == 422
    text = response.content.decode()
    assert message in text
    assert answer.strip() in text
    task.refresh_from_db()
    assert task.state == "open"


def test_recoding_reopens_the_chart_and_leads_to_it(ana_client: Client, task: CoderTask) -> None:
    for _ in range(2):
        response = ana_client.post(f"/returned/{task.pk}/recode/")
        assert (response.status_code, response["Location"]) == (
            302,
            f"/coding/{task.encounter_id}/",
        )
    task.encounter.refresh_from_db()
    assert task.encounter.state == "returned"
    assert ana_client.post(f"/returned/{task.pk}/forget/").status_code == 404


def test_an_answered_task_is_refused(ana_client: Client, task: CoderTask) -> None:
    ana_client.post(f"/returned/{task.pk}/uphold/", {"answer": "As documented."})
    for verb in ("uphold", "recode"):
        response = ana_client.post(f"/returned/{task.pk}/{verb}/", {"answer": "Again."})
        assert response.status_code == 409
        assert "Somebody was first: this task is upheld." in response.content.decode()


def test_an_auditor_may_look_and_not_answer(north: Practice, task: CoderTask) -> None:
    auditor = signed_in(make.member(north, Role.AUDITOR, "pat@example.test", "Pat", "Reed"))
    page = auditor.get(f"/returned/{task.pk}/")
    assert page.status_code == 200
    assert "Uphold the coding" not in page.content.decode()
    response = auditor.post(f"/returned/{task.pk}/uphold/", {"answer": "Mine."})
    assert response.status_code == 403
    task.refresh_from_db()
    assert task.state == "open"


def test_a_provider_sees_no_returned_work(north: Practice, task: CoderTask) -> None:
    provider = signed_in(make.member(north, Role.PROVIDER, "pat@example.test", "Pat", "Reed"))
    assert provider.get(f"/returned/{task.pk}/").status_code == 403


def test_for_another_practice_the_task_is_not_there(
    north: Practice, otto_client: Client, task: CoderTask
) -> None:
    assert otto_client.get(f"/returned/{task.pk}/").status_code == 404
    assert otto_client.post(f"/returned/{task.pk}/recode/").status_code == 404
    access.open_walls([north.pk])
    assert Denial.objects.get().state == "with_coder"


def test_nothing_returned_says_so(ana_client: Client, north: Practice) -> None:
    assert "Nothing came back" in ana_client.get("/returned/").content.decode()


def test_a_coder_sees_the_claims_number_and_no_link_that_refuses_her(
    ana_client: Client, task: CoderTask
) -> None:
    claim = task.denials.get().claim
    page = ana_client.get(f"/returned/{task.pk}/").content.decode()
    assert claim.patient_control_number in page
    assert f"/claims/{claim.pk}/" not in page
