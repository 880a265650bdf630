"""Deadlines on the denial's page, in the worklist, on the dashboard, and the settings page."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from denials.actions import denials as verbs
from denials.actions.deadlines import watch_deadlines
from denials.dashboard import attention
from denials.models import AppealTerms, Denial, DenialDeadline
from denials.practice_days import practice_today
from denials.tasks import sweep_denials
from payers.models import Plan
from rcm import access
from rcm.models import Practice, User
from tests import make
from tests.denials.denying import denied


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def ending_in(practice: Practice, days: int) -> Denial:
    """A denial whose soonest last safe day is so many days from the practice's own day."""
    denial = denied(practice, "CO-22")
    day = practice_today(practice) + timedelta(days=days)
    Denial.objects.filter(pk=denial.pk).update(due_on=day)
    DenialDeadline.objects.filter(denial=denial).update(last_safe_day=day, deadline=day)
    denial.refresh_from_db()
    return denial


def test_the_day_at_a_practice_in_honolulu_is_its_own(north: Practice) -> None:
    north.state = "HI"
    morning = timezone.now().replace(year=2026, month=12, day=1, hour=9, minute=59)
    assert practice_today(north, now=morning) == date(2026, 11, 30)
    north.state = "NY"
    assert practice_today(north, now=morning) == date(2026, 12, 1)


def test_a_denial_shows_each_remedy_with_its_days_and_why(
    north: Practice, ben_client: Client
) -> None:
    make.payer(north, corrected_claim_days=90, appeal_days=30)
    denial = denied(north, "CO-22")
    shown = text(ben_client, f"/denials/?item={denial.pk}")
    for expected in (
        "<h3>Deadlines</h3>",
        "Appeal, level 1",
        "Appeal days of Unified, counted from the notice",
        "12/18/2026",
        "12/20/2026",
        "Corrected claim",
        "Corrected claims of Unified, counted from the remittance",
    ):
        assert expected in shown


@pytest.mark.parametrize(
    ("days", "words"), [(2, "2 days"), (1, "1 day"), (0, "today"), (-1, "missed")]
)
def test_days_left_are_in_words(north: Practice, ben_client: Client, days: int, words: str) -> None:
    denial = ending_in(north, days)
    tone = f'<span class="due tone-red">{words}</span>'
    assert tone in text(ben_client, f"/denials/?item={denial.pk}")


def test_the_worklist_keeps_what_ends_within_so_many_days(
    north: Practice, ben_client: Client
) -> None:
    numbers = {
        days: ending_in(north, days).claim.patient_control_number for days in (-1, 7, 8, 100)
    }

    def listed(query: str) -> set[int]:
        page = ben_client.get(f"/denials/?{query}").context["page"]
        found = {row.claim.patient_control_number for row in page}
        return {days for days, number in numbers.items() if number in found}

    assert listed("left=7") == {-1, 7}
    assert listed("left=14") == {-1, 7, 8}
    assert listed("left=") == listed("left=x") == listed("left=999999999") == set(numbers)


def listed(client: Client, query: str) -> set[int]:
    return {row.pk for row in client.get(f"/denials/?{query}").context["page"]}


def test_the_dashboard_warns_of_what_ends_soon_and_what_was_missed(
    north: Practice, ben_client: Client
) -> None:
    today = practice_today(north)
    ending_in(north, 14)
    ending_in(north, 15)
    missed = ending_in(north, -1)
    watch_row = DenialDeadline.objects.filter(last_safe_day__lt=today)
    assert watch_row.update(missed_at=timezone.now()) == 2
    found = {row["title"]: (row["count"], row["url"]) for row in attention(north.pk, today)}
    assert found == {
        "denials that missed a remedy in 14 days": (1, "/denials/?state=waiting&missed=1"),
        "denials due within 14 days": (2, "/denials/?state=waiting&left=14"),
    }
    assert listed(ben_client, "state=waiting&missed=1") == {missed.pk}
    DenialDeadline.objects.filter(denial=missed).delete()
    Denial.objects.filter(pk=missed.pk).update(owner_queue="")
    found = {row["title"]: (row["count"], row["url"]) for row in attention(north.pk, today)}
    address = "/denials/?state=unresolved&gap=1"
    assert found["denials nobody would come to"] == (1, address)
    assert listed(ben_client, "state=unresolved&gap=1") == {missed.pk}
    assert "1 all not resolved" in text(ben_client, address)


FORM: dict[str, Any] = {
    "starts_on": "2026-01-01",
    "corrected_claim_days": "60",
    "days_1": "30",
    "kind_1": "business",
    "receipt_1": "3",
    "days_6": "120",
    "note": "Manual of 2026, page 14",
}


def test_a_manager_enters_lists_and_ends_terms(north: Practice, mia_client: Client) -> None:
    payer = make.payer(north)
    response = mia_client.post("/appeal-terms/new/", FORM | {"payer": payer.pk})
    assert (response.status_code, response["Location"]) == (302, "/appeal-terms/")
    row = AppealTerms.objects.get()
    levels = row.levels.order_by("level").values_list(
        "level", "days", "day_kind", "presumed_receipt_days"
    )
    assert list(levels) == [(1, 30, "business", 3), (6, 120, "calendar", 0)]
    shown = text(mia_client, "/appeal-terms/")
    assert "Unified all plans" in shown
    assert "Level 1: 30 business days, 3 days after the notice" in shown
    assert "External review: 120 calendar days" in shown
    ended = mia_client.post(f"/appeal-terms/{row.pk}/end/", {"ends_on": "2026-12-31"})
    assert ended.status_code == 302
    row.refresh_from_db()
    assert row.ends_on == date(2026, 12, 31)


def test_terms_that_overlap_are_refused_on_the_page(north: Practice, mia_client: Client) -> None:
    payer = make.payer(north)
    mia_client.post("/appeal-terms/new/", FORM | {"payer": payer.pk})
    response = mia_client.post("/appeal-terms/new/", FORM | {"payer": payer.pk})
    assert response.status_code == 422
    assert AppealTerms.objects.count() == 1


def test_a_plan_of_another_payer_is_refused(north: Practice, mia_client: Client) -> None:
    other = make.payer(north, payer_id="OTHER", name="Other")
    plan = Plan.objects.create(practice=north, payer=other, name="Gold", starts_on=date(2026, 1, 1))
    given = FORM | {"payer": make.payer(north).pk, "plan": plan.pk}
    assert mia_client.post("/appeal-terms/new/", given).status_code == 422
    assert not AppealTerms.objects.exists()


def test_billers_read_terms_and_change_none(north: Practice, ben_client: Client) -> None:
    given = FORM | {"payer": make.payer(north).pk}
    assert ben_client.post("/appeal-terms/new/", given).status_code == 403
    assert not AppealTerms.objects.exists()
    assert "None entered" in text(ben_client, "/appeal-terms/")


def test_the_api_lists_deadlines_and_terms(
    north: Practice, ben_client: Client, mia_client: Client
) -> None:
    make.payer(north, corrected_claim_days=90, appeal_days=30)
    denial = denied(north, "CO-22")
    found = ben_client.get(f"/api/denial-deadlines/?denial={denial.pk}&is_running=true").json()
    assert [(row["remedy"], row["deadline"], row["last_safe_day"]) for row in found["results"]] == [
        ("appeal_1", "2026-12-20", "2026-12-18"),
        ("corrected_claim", "2027-02-18", "2027-02-18"),
    ]
    watch_deadlines(north, today=date(2026, 12, 19))
    running = ben_client.get("/api/denial-deadlines/?is_running=true").json()
    assert [row["remedy"] for row in running["results"]] == ["corrected_claim"]
    mia_client.post("/appeal-terms/new/", FORM | {"payer": denial.payer_id})
    [terms] = ben_client.get("/api/appeal-terms/?payer=UNIFD").json()["results"]
    assert (terms["corrected_claim_days"], len(terms["levels"])) == (60, 2)
    assert terms["payer"]["payer_id"] == "UNIFD"
    assert ben_client.get("/api/appeal-terms/?payer=OTHER").json()["results"] == []


def test_terms_that_end_some_day_can_be_ended_earlier_on_the_page(
    north: Practice, mia_client: Client
) -> None:
    today = practice_today(north)
    last = today + timedelta(days=30)
    given = FORM | {"payer": make.payer(north).pk, "ends_on": last.isoformat()}
    mia_client.post("/appeal-terms/new/", given)
    row = AppealTerms.objects.get()
    form = f'action="/appeal-terms/{row.pk}/end/"'
    shown = text(mia_client, "/appeal-terms/")
    assert form in shown
    assert f"{last:%m/%d/%Y} · End…" in shown
    mia_client.post(f"/appeal-terms/{row.pk}/end/", {"ends_on": today.isoformat()})
    assert form in text(mia_client, "/appeal-terms/")
    AppealTerms.objects.update(ends_on=today - timedelta(days=1))
    assert form not in text(mia_client, "/appeal-terms/")


def test_a_biller_says_that_the_appeal_was_filed(
    north: Practice, ben_client: Client, otto_client: Client
) -> None:
    denial = denied(north, "CO-22")
    address, action = f"/denials/?item={denial.pk}", f"/denials/{denial.pk}/appeal-filed/"
    assert f'<form method="post" action="{action}"' in text(ben_client, address)
    assert otto_client.post(action).status_code == 404
    done = ben_client.post(action, follow=True).content.decode()
    assert "Appeal, level 1: filed" in done
    shown = text(ben_client, address)
    assert action not in shown
    assert '<span class="due tone-green">used</span>' in shown
    again = ben_client.post(action, HTTP_HX_REQUEST="true")
    assert again.status_code == 409
    assert "No appeal of this denial is open." in again.content.decode()


@pytest.fixture
def late_in_honolulu(north: Practice, monkeypatch: pytest.MonkeyPatch) -> date:
    """It is November 30 there, an hour before midnight; December 1 for the installation."""
    Practice.objects.filter(pk=north.pk).update(state="HI")
    north.state = "HI"
    moment = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    assert timezone.localdate() == date(2026, 12, 1)
    return date(2026, 11, 30)


def test_the_dashboard_pending_and_the_sweep_keep_the_practices_own_day(
    north: Practice, late_in_honolulu: date, ben: User, ben_client: Client
) -> None:
    page = ben_client.get("/dashboard/clean_claim_rate/")
    assert page.context["period"].end == late_in_honolulu
    denial = denied(north, "CO-22")
    tomorrow = late_in_honolulu + timedelta(days=1)
    verbs.pend(denial, until=tomorrow, reason="Proof requested", by=ben)
    sweep_denials()
    access.open_walls([north.pk])
    denial.refresh_from_db()
    assert (denial.state, denial.pended_until) == ("pended", tomorrow)
