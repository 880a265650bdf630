"""Payer changes in work: rolled up, found, shown, acknowledged, held by a rule, over."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import Claim, ClaimRule
from denials.actions import change_alarms as actions
from denials.dashboard import attention
from denials.models import ChangeAlarm, DenialWeek
from denials.rules.shifts import Counts
from payers.models import Payer
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import remitting as r
from tests.billing.outgoing import ready_claim
from tests.denials.denying import answer, sent_claim

# make.TODAY is a Monday; the last whole week begins on 11/16.
LAST = date(2026, 11, 16)


def fill(payer: Payer, code: str, lately: int, before: int = 1, lines: int = 40) -> None:
    """Seventeen weeks; `lately` denied in the last of them, `before` in each one before."""
    for back in range(17):
        week = LAST - timedelta(weeks=back)
        denied = lately if back == 0 else before
        for reason, claims in (("", lines), ("197", denied)):
            if claims:
                DenialWeek.objects.create(
                    practice=payer.practice,
                    payer=payer,
                    procedure_code=code,
                    reason=reason,
                    week=week,
                    claims=claims,
                )


@pytest.fixture
def kept_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The weeks stand as the test wrote them."""
    monkeypatch.setattr(actions, "roll_up", lambda practice, today: None)


def test_a_claim_counts_once_with_each_procedure_in_its_week(north: Practice) -> None:
    two = sent_claim(north, ("99213", "165.00"), ("99213", "165.00"))
    one = sent_claim(north, ("99213", "165.00"))
    answer(
        north,
        r.echo(two, ("0.00", "CO-197 165.00"), ("92.00", "CO-45 73.00")),
        r.echo(one, ("92.00", "CO-45 73.00"), position=2),
    )
    for _ in range(2):
        actions.roll_up(north, make.TODAY)
    rows = DenialWeek.objects.values_list("week", "procedure_code", "reason", "claims")
    assert sorted(rows) == [(LAST, "99213", "", 2), (LAST, "99213", "197", 1)]
    [weeks] = actions.series_of(north.pk, make.TODAY).values()
    assert len(weeks) == 17
    assert weeks[-1] == Counts(2, 1)


@pytest.mark.usefixtures("kept_weeks")
def test_a_change_opens_one_alarm_and_the_night_after_none(north: Practice) -> None:
    payer = make.payer(north)
    fill(payer, "97110", lately=20)
    fill(payer, "99213", lately=2)
    assert actions.watch_changes(north, make.TODAY) == (1, 0)
    assert actions.watch_changes(north, make.TODAY) == (0, 0)
    alarm = ChangeAlarm.objects.get()
    assert (alarm.procedure_code, alarm.reason, alarm.state) == ("97110", "197", "open")
    assert (alarm.week, alarm.weeks) == (LAST, 1)
    assert (alarm.recent_denied, alarm.recent_claims) == (20, 40)
    assert (alarm.baseline_denied, alarm.baseline_claims) == (13, 520)
    assert alarm.p_value == Decimal("1e-12")
    assert Event.objects.filter(name="change_alarm.opened").count() == 1
    shown = {row["title"]: row["count"] for row in attention(north.pk, make.TODAY)}
    assert shown["payer changes"] == 1


@pytest.mark.usefixtures("kept_weeks")
def test_an_alarm_ends_by_itself_when_the_old_rate_is_back(north: Practice) -> None:
    payer = make.payer(north)
    fill(payer, "97110", lately=20)
    actions.watch_changes(north, make.TODAY)
    assert actions.watch_changes(north, make.TODAY + timedelta(weeks=1)) == (0, 0)
    DenialWeek.objects.filter(reason="197").update(claims=1)
    assert actions.watch_changes(north, make.TODAY) == (0, 1)
    alarm = ChangeAlarm.objects.get()
    assert (alarm.state, alarm.ended_by) == ("over", None)
    assert alarm.ended_at is not None


@pytest.mark.usefixtures("kept_weeks")
def test_what_is_not_sent_is_held_by_a_rule_in_the_persons_name(north: Practice, ben: User) -> None:
    claim = ready_claim(north, ("99213", "165.00"))
    other = ready_claim(north, ("99214", "210.00"))
    fill(claim.payer, "99213", lately=20)
    actions.watch_changes(north, make.TODAY)
    alarm = ChangeAlarm.objects.get()
    assert actions.hold_claims(alarm, by=ben, today=make.TODAY) == 1
    rule = ClaimRule.objects.get()
    assert (rule.state, rule.enabled_by) == ("active", ben)
    assert rule.terms == "payer have UNIFD\nprocedure have 99213"
    assert rule.back_test is not None
    assert Claim.objects.get(pk=claim.pk).status == "held"
    assert Claim.objects.get(pk=other.pk).status == "ready"
    finding = claim.findings.get(code=rule.code)
    assert finding.message == (
        "Unified denies 99213 with 197 more often than before. Ask the payer before it is sent."
    )
    with pytest.raises(Refusal) as refused:
        actions.hold_claims(alarm, by=ben, today=make.TODAY)
    assert refused.value.status == 409
    assert ClaimRule.objects.count() == 1


@pytest.mark.usefixtures("kept_weeks")
def test_the_page_shows_the_evidence_the_test_and_the_claims(
    north: Practice, ben_client: Client
) -> None:
    claim = ready_claim(north, ("99213", "165.00"))
    fill(claim.payer, "99213", lately=20)
    actions.watch_changes(north, make.TODAY)
    alarm = ChangeAlarm.objects.get()
    page = ben_client.get("/denials/changes/").content.decode()
    assert "20 of 40" in page
    assert "13 of 520" in page
    shown = " ".join(ben_client.get(f"/denials/changes/{alarm.pk}/").content.decode().split())
    assert "less than 1 in 1,000,000,000" in shown
    assert "one week in twenty" in shown
    assert claim.patient_control_number in shown
    ben_client.post(f"/denials/changes/{alarm.pk}/acknowledgment/", {"note": "Asked Unified"})
    alarm.refresh_from_db()
    assert (alarm.state, alarm.note) == ("acknowledged", "Asked Unified")
    again = ben_client.post(f"/denials/changes/{alarm.pk}/acknowledgment/")
    assert again.status_code == 409
    ben_client.post(f"/denials/changes/{alarm.pk}/hold/")
    assert Claim.objects.get(pk=claim.pk).status == "held"
    ben_client.post(f"/denials/changes/{alarm.pk}/end/")
    alarm.refresh_from_db()
    assert alarm.state == "over"


def test_the_night_reads_as_often_for_many_series_as_for_one(north: Practice) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as run:
            actions.watch_changes(north, make.TODAY)
        return len(run)

    first = sent_claim(north, ("99213", "165.00"))
    answer(north, r.echo(first, ("0.00", "CO-197 165.00")))
    one = statements()
    second = sent_claim(north, ("99214", "165.00"), ("97110", "80.00"))
    answer(north, r.echo(second, ("0.00", "CO-50 165.00"), ("0.00", "CO-16 80.00")))
    assert statements() == one
    assert DenialWeek.objects.exclude(reason="").count() == 3


def test_a_coder_sees_no_alarm(north: Practice, ana_client: Client) -> None:
    assert ana_client.get("/denials/changes/").status_code == 403
