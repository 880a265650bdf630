"""Pages of audits through the client, without script unless said."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coding.actions import audit_reviews
from coding.models import AuditChart, AuditLine, CoderTask, CodingAudit, Encounter
from rcm import access
from rcm.models import Event, Practice, Role, User
from tests import make
from tests.coding.auditing import (
    add_codes,
    coded_chart,
    found_chart,
    line_of,
    opened,
    plan,
    waiting_chart,
)
from tests.conftest import signed_in

JUDGING = {"HX-Request": "true", "HX-Target": "judging"}
FINDING = {
    "verdict": "disagree",
    "auditor_value": "99213",
    "reason": "level",
    "severity": "major",
    "effect": "",
    "note": "Two problems, no drug managed.",
}


@pytest.fixture
def ada_client(ada: User) -> Client:
    return signed_in(ada)


@pytest.fixture
def chart(north: Practice, ana: User, ada: User) -> AuditChart:
    return waiting_chart(north, ana, ada)


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def verdict_url(chart: AuditChart, kind: str = "em") -> str:
    return f"/audits/charts/{chart.pk}/lines/{line_of(chart, kind).pk}/"


def test_an_audit_is_planned_shown_drawn_again_and_opened(
    north: Practice, ana: User, ada: User, ada_client: Client
) -> None:
    visit = coded_chart(north, ana)
    form: dict[str, Any] = {
        "name": "November",
        "auditor": ada.pk,
        "method": "random",
        "size": 5,
        "coded_from": timezone.localdate(visit.finalized_at).isoformat(),
        "coded_to": timezone.localdate(visit.finalized_at).isoformat(),
        "target_percent": "95",
        "seed": "42",
    }
    assert ada_client.post("/audits/new/", form | {"size": 0}).status_code == 422
    answer = ada_client.post("/audits/new/", form)
    audit = CodingAudit.objects.get()
    assert answer.headers["Location"] == f"/audits/{audit.pk}/"
    page = text_of(ada_client, f"/audits/{audit.pk}/")
    assert "1 of 1 charts; nothing is kept until the audit is opened" in page
    assert visit.number in page
    assert AuditChart.objects.count() == 0
    ada_client.post(f"/audits/{audit.pk}/seed/")
    ada_client.post(f"/audits/{audit.pk}/opening/")
    audit.refresh_from_db()
    assert audit.state == "open"
    assert audit.seed != 42
    page = text_of(ada_client, f"/audits/{audit.pk}/")
    assert "Review" in page
    assert "No chart is reviewed yet." in page
    assert "November" in text_of(ada_client, "/audits/?state=open")
    assert "November" not in text_of(ada_client, "/audits/?state=closed")
    assert ada_client.post(f"/audits/{audit.pk}/nonsense/").status_code == 404


def test_lines_are_judged_by_two_keys_and_the_next_chart_follows(
    north: Practice, ana: User, ada: User, ada_client: Client
) -> None:
    add_codes()
    for _ in range(2):
        coded_chart(north, ana)
    first, second = opened(north, ada).charts.order_by("position")
    page = text_of(ada_client, f"/audits/charts/{first.pk}/")
    assert "0 of 5" in page
    assert page.count('data-key="1"') == 1
    assert page.count('data-key="2"') == 1
    part = ada_client.post(verdict_url(first, "dx"), {"verdict": "agree"}, headers=JUDGING)
    body = part.content.decode()
    assert "<html" not in body
    assert "1 of 5" in body
    current = body.split('aria-current="true"')[0].rsplit("<li", 1)[1]
    assert f"line-{line_of(first, 'em').pk}" in current
    answer = ada_client.post(verdict_url(first), FINDING)
    assert answer.headers["Location"] == f"/audits/charts/{first.pk}/#judging"
    page = text_of(ada_client, f"/audits/charts/{first.pk}/")
    assert "Level of the visit not met" in page
    assert "“Two problems, no drug managed.”" in page
    ada_client.post(f"/audits/charts/{first.pk}/rest/")
    answer = ada_client.post(
        f"/audits/charts/{first.pk}/completion/",
        {"lesson": "Count problems."},
        headers={"HX-Request": "true", "HX-Target": "main"},
    )
    assert answer.headers["HX-Push-Url"] == f"/audits/charts/{second.pk}/"
    assert f"Next chart {second.encounter.number}." in answer.content.decode()
    ada_client.post(f"/audits/charts/{second.pk}/rest/")
    answer = ada_client.post(f"/audits/charts/{second.pk}/completion/")
    assert answer.headers["Location"] == f"/audits/{first.audit_id}/"


def test_a_chosen_line_takes_the_keys_and_a_wrong_form_says_what_is_missing(
    chart: AuditChart, ada_client: Client
) -> None:
    line = line_of(chart, "units")
    page = text_of(ada_client, f"/audits/charts/{chart.pk}/?line={line.pk}")
    current = page.split('aria-current="true"')
    assert any(f'id="line-{line.pk}"' in part[-300:] for part in current[:-1])
    refused = ada_client.post(verdict_url(chart), FINDING | {"reason": ""}, headers=JUDGING)
    assert refused.status_code == 422
    assert "Choose the reason." in refused.content.decode()
    assert AuditLine.objects.exclude(verdict="").count() == 0


def test_a_missed_code_is_added(chart: AuditChart, ada_client: Client) -> None:
    url = f"/audits/charts/{chart.pk}/missed/"
    form = FINDING | {"kind": "dx", "position": "B", "auditor_value": "e78.5"}
    ada_client.post(url, form)
    page = text_of(ada_client, f"/audits/charts/{chart.pk}/")
    assert "E78.5" in page
    assert "Missed" in page


# Blind -----------------------------------------------------------------------------------


def blind_pages(chart: AuditChart) -> list[str]:
    """Everything an auditor can look at while the chart is hidden."""
    return [
        f"/audits/charts/{chart.pk}/",
        f"/audits/{chart.audit_id}/",
        f"/audits/{chart.audit_id}/export/",
        f"/audits/{chart.audit_id}/print/",
        "/audits/",
        "/audits/accuracy/",
        f"/api/audit-charts/{chart.pk}/",
        f"/api/coding-audits/{chart.audit_id}/",
        f"/api/audit-charts/?audit={chart.audit_id}",
    ]


def test_a_blind_audit_shows_no_code_of_the_coder_anywhere(
    north: Practice, ana: User, ada: User, ada_client: Client
) -> None:
    add_codes()
    visit = coded_chart(north, ana, text="Essential hypertension, stable.")
    visit.diagnoses.update(evidence="Essential hypertension")
    chart = opened(north, ada, is_blind=True).charts.get()
    ada_client.get("/audits/")
    for url in blind_pages(chart):
        # The list of coders on the page of accuracy may hold a person whose number is 25.
        page = text_of(ada_client, url).replace('<option value="25">', "")
        for code in ("I10", "99214", ">25<", '"25"', "<mark", "Hypertension<"):
            assert code not in page, (url, code)
    page = text_of(ada_client, f"/audits/charts/{chart.pk}/")
    assert "Code it yourself first" in page
    assert "Essential hypertension, stable." in page
    answer = ada_client.post(f"/audits/charts/{chart.pk}/rest/")
    assert "Enter your own codes first: this audit is blind." in answer.content.decode()
    ada_client.post(f"/audits/charts/{chart.pk}/codes/", {"text": "i10 99213-25:a"})
    page = text_of(ada_client, f"/audits/charts/{chart.pk}/")
    for code in ("I10", "99214", "99213", "<mark"):
        assert code in page
    assert "Over-coded" in page


RISKY = ("Visit of level 4 or 5", "Modifier 25", "level_4_5", "modifier_25_59")


def test_a_blind_audit_tells_no_reason_a_chart_was_drawn_for(
    north: Practice, ana: User, ada: User, ada_client: Client
) -> None:
    add_codes()
    coded_chart(north, ana)
    draft = plan(north, ada, method="high_risk", is_blind=True)
    page = text_of(ada_client, f"/audits/{draft.pk}/")
    assert "1 of 1 charts" in page
    assert not [word for word in RISKY if word in page]
    ada_client.post(f"/audits/{draft.pk}/opening/")
    chart = draft.charts.get()
    assert chart.risks == ["level_4_5", "modifier_25_59"]
    for url in blind_pages(chart):
        page = text_of(ada_client, url)
        assert not [word for word in RISKY if word in page], url
    ada_client.post(f"/audits/charts/{chart.pk}/codes/", {"text": "i10 99213-25:a"})
    assert "Visit of level 4 or 5" in text_of(ada_client, f"/audits/{draft.pk}/")
    assert "level_4_5" in text_of(ada_client, f"/api/audit-charts/{chart.pk}/")


# The coder -------------------------------------------------------------------------------


@pytest.fixture
def found(north: Practice, ana: User, ada: User) -> AuditChart:
    return found_chart(north, ana, ada)


def test_a_coder_accepts_and_recodes(found: AuditChart, ana_client: Client) -> None:
    task = CoderTask.objects.get()
    assert f"/returned/{task.pk}/" in text_of(ana_client, "/returned/")
    answer = ana_client.get(f"/returned/{task.pk}/")
    assert answer.headers["Location"] == f"/my-audits/{found.pk}/"
    assert found.encounter.number in text_of(ana_client, "/my-audits/")
    told = Event.objects.filter(name="encounters.listed").latest("pk")
    assert told.data == {"encounters": [found.encounter_id]}
    page = text_of(ana_client, f"/my-audits/{found.pk}/")
    assert "Count problems." in page
    assert "Your answer" in page
    line = line_of(found, "em")
    unanswered = ana_client.post(f"/my-audits/{found.pk}/answers/", {})
    assert unanswered.status_code == 422
    ana_client.post(f"/my-audits/{found.pk}/answers/", {f"answer-{line.pk}": "accepted"})
    assert "Recode the chart" in text_of(ana_client, f"/my-audits/{found.pk}/")
    answer = ana_client.post(f"/my-audits/{found.pk}/recoding/")
    assert answer.headers["Location"] == f"/coding/{found.encounter_id}/"
    page = text_of(ana_client, f"/coding/{found.encounter_id}/")
    assert "Returned by an audit." in page
    assert Encounter.objects.get().state == "returned"


def test_a_dispute_is_decided_by_a_second_reviewer(
    found: AuditChart, ana_client: Client, ada_client: Client, mia_client: Client
) -> None:
    line = line_of(found, "em")
    told = {f"answer-{line.pk}": "disputed", f"words-{line.pk}": "Drug management."}
    ana_client.post(f"/my-audits/{found.pk}/answers/", told)
    url = f"/audits/charts/{found.pk}/"
    assert "Decide what the coder disputes" not in text_of(ada_client, url)
    assert "Decide what the coder disputes" in text_of(mia_client, url)
    decision = {f"answer-{line.pk}": "overturned", f"words-{line.pk}": "It is documented."}
    assert ada_client.post(f"{url}decisions/", decision).status_code == 403
    mia_client.post(f"{url}decisions/", decision)
    found.refresh_from_db()
    assert (found.state, found.right, found.total) == ("settled", 5, 5)
    page = text_of(ana_client, f"/my-audits/{found.pk}/")
    assert "Coder was right" in page
    assert "“It is documented.”" in page


def test_what_an_audit_returned_is_not_upheld_like_a_denial(
    found: AuditChart, ana_client: Client
) -> None:
    task = CoderTask.objects.get()
    answer = ana_client.post(f"/returned/{task.pk}/uphold/", {"answer": "It is right."})
    assert answer.status_code == 422
    assert "on its own page, My audits." in answer.content.decode()
    task.refresh_from_db()
    assert task.state == "open"


def test_what_an_audit_returned_is_not_recoded_like_a_denial(
    found: AuditChart, ana_client: Client
) -> None:
    task, before = CoderTask.objects.get(), Event.objects.count()
    answer = ana_client.post(f"/returned/{task.pk}/recode/")
    assert answer.status_code == 422
    assert "on its own page, My audits." in answer.content.decode()
    assert Encounter.objects.get().state == "finalized"
    assert Event.objects.count() == before


def test_nobody_sees_anothers_audit_and_coders_see_no_audits(
    found: AuditChart, north: Practice, ana_client: Client, otto_client: Client
) -> None:
    kim = make.member(north, Role.CODER, "kim@example.test", "Kim", "Roe")
    answer = signed_in(kim).get(f"/my-audits/{found.pk}/")
    assert answer.headers["Location"] == "/my-audits/"
    line = line_of(found, "em")
    answer = signed_in(kim).post(
        f"/my-audits/{found.pk}/answers/", {f"answer-{line.pk}": "accepted"}
    )
    assert answer.status_code == 403
    for url in ("/audits/", f"/audits/charts/{found.pk}/", "/audits/accuracy/"):
        assert ana_client.get(url).status_code == 403
    for url in (f"/audits/charts/{found.pk}/", f"/my-audits/{found.pk}/"):
        assert otto_client.get(url).status_code == 404
    access.open_walls([north.pk])
    found.refresh_from_db()
    assert found.state == "reviewed"


def test_a_coder_does_not_see_a_chart_that_is_still_reviewed(
    chart: AuditChart, ana_client: Client
) -> None:
    assert ana_client.get(f"/my-audits/{chart.pk}/").status_code == 302
    assert chart.encounter.number not in text_of(ana_client, "/my-audits/")


# Figures ---------------------------------------------------------------------------------


def test_rates_show_counts_until_there_are_twenty(
    found: AuditChart, north: Practice, ana: User, ada: User, ada_client: Client
) -> None:
    page = text_of(ada_client, f"/audits/{found.audit_id}/")
    assert "too few" in page
    assert "80.00%" not in page
    page = text_of(ada_client, "/audits/accuracy/")
    assert "4 of 5" in page
    assert "Level of the visit not met" in page
    for _ in range(3):
        coded_chart(north, ana)
    for chart in opened(north, ada).charts.all():
        audit_reviews.agree_rest(chart, by=ada)
        audit_reviews.finish_review(chart, by=ada)
    page = text_of(ada_client, f"/audits/accuracy/?coder={ana.pk}")
    # 19 of 20 lines.
    assert "95.00%" in page
    assert "76.39–99.11%" in page


def test_the_export_and_the_sheets_hold_every_line_of_reviewed_charts(
    found: AuditChart, ada_client: Client
) -> None:
    export = text_of(ada_client, f"/audits/{found.audit_id}/export/").splitlines()
    assert len(export) == 6
    assert export[2].split(",")[4:12] == [
        *("1", "E/M", "99214", "99213", "Disagree", "Level of the visit not met"),
        *("Major", "Over-coded"),
    ]
    page = text_of(ada_client, f"/audits/{found.audit_id}/print/")
    assert page.count("audit-sheet") == 1
    assert "4 of 5 lines right" in page
    assert Event.objects.filter(name="coding_audit.exported").count() == 2


def test_pages_cost_the_same_statements_for_any_number_of_charts(
    north: Practice, ana: User, ada: User, ada_client: Client
) -> None:
    add_codes()
    ada_client.get("/audits/")
    counts = []
    for size in (1, 6):
        for _ in range(size):
            coded_chart(north, ana)
        audit = opened(north, ada)
        chart = audit.charts.order_by("position").last()
        assert chart is not None
        audit_reviews.agree_rest(chart, by=ada)
        audit_reviews.finish_review(chart, by=ada)
        draft = plan(north, ada, method="manual", numbers=[chart.encounter.number])
        urls = [
            f"/audits/{draft.pk}/",
            f"/audits/{audit.pk}/",
            f"/audits/{audit.pk}/print/",
            f"/audits/{audit.pk}/export/",
            f"/audits/charts/{chart.pk}/",
            "/audits/",
            "/audits/accuracy/",
        ]
        costs = []
        for url in urls:
            with CaptureQueriesContext(connection) as captured:
                ada_client.get(url)
            costs.append(len(captured))
        counts.append(costs)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 9 + 12
