"""Deadlines in the database: written at once, again when terms change, watched every night."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from billing.actions.claim_status import advance
from billing.models import Claim
from denials.actions import appeal_terms as terms_actions
from denials.actions import deadlines as deadline_actions
from denials.actions import denials as verbs
from denials.actions.deadlines import (
    file_appeal,
    rewrite_deadlines,
    watch_deadlines,
    write_deadlines,
)
from denials.gaps import count_gaps
from denials.models import AppealTerms, Denial, DenialDeadline
from denials.rules.deadlines import AppealStep
from denials.tasks import rewrite_deadlines as rewrite_task
from denials.tasks import watch_deadlines as watch_task
from payers.models import PayerContract
from rcm import access
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import remitting
from tests.denials.denying import answer, denied, sent_claim

DENIED_ON = remitting.PAID_ON


def rows(denial: Denial) -> dict[str, str]:
    return {
        row.remedy: row.last_safe_day.isoformat()
        for row in DenialDeadline.objects.filter(denial=denial)
    }


def night(practice: Practice, day: date) -> dict[str, int]:
    return watch_deadlines(practice, today=day)


def add_terms(practice: Practice, by: User | None = None, **changes: Any) -> AppealTerms:
    facts: dict[str, Any] = {
        "plan": None,
        "starts_on": date(2026, 1, 1),
        "ends_on": None,
        "corrected_claim_days": 60,
        "steps": [AppealStep(1, 30, "business", 3)],
        "by": by,
    }
    return terms_actions.add_terms(make.payer(practice), **facts | changes)


def test_a_denial_opens_with_its_deadlines_and_the_soonest_is_the_day_to_act_by(
    north: Practice,
) -> None:
    make.payer(north, corrected_claim_days=90, appeal_days=30)
    denial = denied(north, "CO-22")
    assert rows(denial) == {"corrected_claim": "2027-02-18", "appeal_1": "2026-12-18"}
    assert denial.due_on == date(2026, 12, 18)
    row = DenialDeadline.objects.get(denial=denial, remedy="appeal_1")
    assert (row.starts_on, row.days, row.day_kind) == (DENIED_ON, 30, "calendar")
    assert (row.deadline, row.source) == (
        date(2026, 12, 20),
        "Appeal days of Unified, counted from the notice",
    )
    assert (row.met_at, row.missed_at, row.warned_days) == (None, None, None)


def test_a_contracts_days_for_corrections_win_over_the_payers(north: Practice) -> None:
    payer = make.payer(north)
    PayerContract.objects.create(
        practice=north,
        payer=payer,
        name="Gold",
        method="charge",
        percent=80,
        corrected_claim_days=45,
        starts_on=date(2026, 1, 1),
    )
    denial = denied(north, "CO-22")
    # January 4, 2027 is a Monday.
    assert rows(denial)["corrected_claim"] == "2027-01-04"
    assert denial.due_on == date(2027, 1, 4)


def test_new_terms_write_the_deadlines_of_open_denials_again(north: Practice, mia: User) -> None:
    make.payer(north, corrected_claim_days=90, appeal_days=30)
    denial, resolved = denied(north, "CO-22"), denied(north, "CO-22")
    verbs.write_off(resolved, note="small", by=mia)
    add_terms(north, by=mia)
    rewrite_task(north.pk, denial.payer_id)
    rewrite_task(north.pk, denial.payer_id)
    # 30 business days after November 23: four holidays lie between.
    assert rows(denial) == {"corrected_claim": "2027-01-19", "appeal_1": "2027-01-07"}
    denial.refresh_from_db()
    assert denial.due_on == date(2027, 1, 7)
    assert rows(resolved)["appeal_1"] == "2026-12-18"
    event = Event.objects.get(name="appeal_terms.added")
    assert (event.created_by, event.data) == (mia, {"payer": denial.payer_id})


def test_terms_of_another_practice_change_nothing(north: Practice, south: Practice) -> None:
    denial = denied(north, "CO-22")
    before = rows(denial)
    with access.acting_in(south.pk):
        add_terms(south, corrected_claim_days=5)
        assert not DenialDeadline.objects.exists()
    access.open_walls([north.pk])
    assert not AppealTerms.objects.exists()
    rewrite_deadlines(Denial.objects.all(), today=DENIED_ON)
    assert rows(denial) == before


def test_overlapping_terms_are_refused_and_nothing_is_written(north: Practice, mia: User) -> None:
    add_terms(north, by=mia, ends_on=date(2026, 6, 30))
    for start in (date(2026, 6, 30), date(2025, 1, 1)):
        with pytest.raises(Refusal) as refused:
            add_terms(north, by=mia, starts_on=start)
        assert refused.value.message == (
            "Other terms of this payer and plan hold on some of these days. End them first."
        )
    assert AppealTerms.objects.count() == 1
    assert Event.objects.filter(name="appeal_terms.added").count() == 1
    add_terms(north, by=mia, starts_on=date(2026, 7, 1))
    assert AppealTerms.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"corrected_claim_days": None, "steps": []}, "terms_empty"),
        ({"ends_on": date(2025, 12, 31)}, "ends_before_start"),
    ],
)
def test_terms_that_say_nothing_are_refused(
    north: Practice, mia: User, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        add_terms(north, by=mia, **changes)
    assert refused.value.code == code
    assert not AppealTerms.objects.exists()
    assert not Event.objects.filter(name="appeal_terms.added").exists()


def test_terms_end_once_and_earlier_only(north: Practice, mia: User) -> None:
    row = add_terms(north, by=mia)
    terms_actions.end_terms(row, ends_on=date(2026, 12, 31), by=mia)
    terms_actions.end_terms(row, ends_on=date(2026, 11, 30), by=mia)
    for day, code in ((date(2027, 1, 1), "terms_ended"), (date(2025, 1, 1), "ends_before_start")):
        with pytest.raises(Refusal) as refused:
            terms_actions.end_terms(row, ends_on=day, by=mia)
        assert refused.value.code == code
    row.refresh_from_db()
    assert row.ends_on == date(2026, 11, 30)
    assert Event.objects.filter(name="appeal_terms.ended").count() == 2


def test_the_database_refuses_a_last_safe_day_after_the_deadline(north: Practice) -> None:
    denial = denied(north, "CO-22")
    row = DenialDeadline.objects.filter(denial=denial).first()
    assert row is not None
    row.last_safe_day = row.deadline + timedelta(days=1)
    with pytest.raises(IntegrityError, match="denial_deadline_is_safe"), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    ("left", "step"),
    [(15, None), (14, 14), (8, 14), (7, 7), (4, 7), (3, 3), (2, 3), (1, 1), (0, 1)],
)
def test_what_ends_soon_is_told_at_its_step(north: Practice, left: int, step: int | None) -> None:
    denial = denied(north, "CO-22")
    day = denial.due_on - timedelta(days=left)
    assert night(north, day)["near"] == (step is not None)
    assert night(north, day)["near"] == 0
    events = Event.objects.filter(name="denial.deadline_near", subject_id=denial.pk)
    assert [event.data["days"] for event in events] == ([step] if step else [])


def test_each_step_is_one_event_however_often_the_night_looks(north: Practice) -> None:
    denial = denied(north, "CO-22")
    for left in range(20, -1, -1):
        night(north, denial.due_on - timedelta(days=left))
        night(north, denial.due_on - timedelta(days=left))
    events = Event.objects.filter(name="denial.deadline_near").order_by("pk")
    assert [event.data["days"] for event in events] == [14, 7, 3, 1]
    assert {event.data["last_safe_day"] for event in events} == {denial.due_on.isoformat()}
    assert {event.patient_id for event in events} == {denial.claim.patient_id}


def test_a_missed_remedy_is_said_once_and_the_next_one_is_the_day_to_act_by(
    north: Practice,
) -> None:
    make.payer(north, corrected_claim_days=90, appeal_days=30)
    denial = denied(north, "CO-22")
    assert night(north, date(2026, 12, 18))["missed"] == 0
    assert night(north, date(2026, 12, 19))["missed"] == 1
    assert night(north, date(2026, 12, 19))["missed"] == 0
    denial.refresh_from_db()
    assert denial.due_on == date(2027, 2, 18)
    [event] = Event.objects.filter(name="denial.deadline_missed")
    assert event.data == {"remedy": "appeal_1", "last_safe_day": "2026-12-18"}
    assert night(north, date(2027, 2, 19))["missed"] == 1
    denial.refresh_from_db()
    assert denial.due_on == date(2027, 2, 18)
    add_terms(north, steps=[AppealStep(1, 365)])
    rewrite_deadlines(Denial.objects.all(), today=date(2027, 2, 19))
    denial.refresh_from_db()
    row = DenialDeadline.objects.get(denial=denial, remedy="appeal_1")
    assert (row.missed_at, denial.due_on) == (None, date(2027, 11, 19))


def test_a_correction_is_in_time_when_it_is_sent_not_when_it_is_drafted(
    north: Practice, ben: User
) -> None:
    make.payer(north, corrected_claim_days=30, appeal_days=90)
    denial = denied(north, "CO-22")
    corrected = verbs.send_corrected(denial, by=ben)
    assert night(north, denial.due_on)["met"] == 0
    assert night(north, denial.due_on)["near"] == 0
    assert Event.objects.filter(name="denial.deadline_near").count() == 1
    if corrected.status != Claim.Status.READY:
        advance(corrected, Claim.Status.READY, by=ben)
    advance(corrected, Claim.Status.SUBMITTED, by=ben)
    assert night(north, denial.due_on + timedelta(days=1)) == {
        "denials": 1,
        "met": 1,
        "missed": 0,
        "near": 0,
    }
    row = DenialDeadline.objects.get(denial=denial, remedy="corrected_claim")
    corrected.refresh_from_db()
    assert row.met_at == corrected.submitted_at


def test_resolved_denials_are_told_of_no_more(north: Practice, mia: User) -> None:
    denial = denied(north, "CO-22")
    verbs.write_off(denial, note="small", by=mia)
    assert night(north, denial.due_on + timedelta(days=500)) == {
        "denials": 0,
        "met": 0,
        "missed": 0,
        "near": 0,
    }


def test_the_night_gives_deadlines_to_denials_without_any_and_names_the_rest(
    north: Practice,
) -> None:
    denial = denied(north, "CO-22")
    before = rows(denial)
    DenialDeadline.objects.all().delete()
    assert count_gaps(north.pk)["without_deadline"] == 1
    watch_task()
    access.open_walls([north.pk])
    assert rows(denial) == before
    event = Event.objects.get(name="practice.denials_checked")
    assert (event.data["denials"], event.data["without_deadline"]) == (1, 0)


def test_many_denials_cost_as_many_statements_as_few(north: Practice) -> None:
    def count(claims: int) -> int:
        sent = [sent_claim(north) for _ in range(claims)]
        answer(north, *(remitting.echo(claim, ("0.00", "CO-22 165.00")) for claim in sent))
        add_terms(north, starts_on=date(2020 + claims, 1, 1), ends_on=date(2020 + claims, 2, 1))
        ids = list(Denial.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as captured:
            write_deadlines(ids, today=DENIED_ON)
        return len(captured)

    few = count(1)
    assert count(6) == few
    assert few <= 11


def test_an_appeal_that_was_filed_is_met_and_missed_no_more(north: Practice, ben: User) -> None:
    make.payer(north, corrected_claim_days=90, appeal_days=30)
    denial = denied(north, "CO-22")
    row = file_appeal(denial, by=ben)
    assert (row.denial_id, row.remedy) == (denial.pk, "appeal_1")
    row.refresh_from_db()
    denial.refresh_from_db()
    assert row.met_at is not None
    assert (denial.state, denial.due_on) == ("open", date(2027, 2, 18))
    event = Event.objects.get(name="denial.appeal_filed")
    assert (event.subject_id, event.created_by, event.data) == (
        denial.pk,
        ben,
        {"remedy": "appeal_1"},
    )
    assert night(north, date(2026, 12, 19))["missed"] == 0
    assert night(north, date(2027, 2, 19))["missed"] == 1
    add_terms(north, steps=[AppealStep(1, 365)])
    rewrite_deadlines(Denial.objects.all(), today=date(2026, 12, 19))
    row.refresh_from_db()
    assert (row.met_at is None, row.missed_at) == (False, None)


def test_an_appeal_is_filed_once_and_for_the_whole_case(north: Practice, ben: User) -> None:
    claim = sent_claim(north, ("99213", "165.00"), ("20610", "148.00"))
    answer(north, remitting.echo(claim, ("0.00", "CO-22 165.00"), ("0.00", "CO-22 148.00")))
    first, second = Denial.objects.order_by("pk")
    other = denied(north, "CO-22")
    file_appeal(second, by=ben)
    met = DenialDeadline.objects.exclude(met_at=None).order_by("denial_id")
    assert [(row.denial_id, row.remedy) for row in met] == [
        (first.pk, "appeal_1"),
        (second.pk, "appeal_1"),
    ]
    before = Event.objects.count()
    with pytest.raises(Refusal) as refused:
        file_appeal(first, by=ben)
    assert (refused.value.code, refused.value.status, refused.value.message) == (
        "no_open_appeal",
        409,
        "No appeal of this denial is open.",
    )
    assert Event.objects.count() == before
    verbs.write_off(other, note="small", by=ben)
    before = Event.objects.count()
    with pytest.raises(Refusal, match="Somebody was first: this denial is resolved now"):
        file_appeal(other, by=ben)
    assert (met.count(), Event.objects.count()) == (2, before)


def test_a_correction_answered_before_the_night_is_met(north: Practice, ben: User) -> None:
    denial = denied(north, "CO-22")
    corrected = verbs.send_corrected(denial, by=ben)
    if corrected.status != Claim.Status.READY:
        advance(corrected, Claim.Status.READY, by=ben)
    advance(corrected, Claim.Status.SUBMITTED, by=ben)
    advance(corrected, Claim.Status.ACCEPTED, by=ben)
    answer(north, remitting.echo(corrected, ("92.00", "CO-45 73.00")))
    denial.refresh_from_db()
    assert denial.state == "resolved"
    assert night(north, denial.due_on)["met"] == 1
    assert night(north, denial.due_on)["met"] == 0


def test_a_night_that_fails_keeps_the_chunks_before(
    north: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = denied(north, "CO-22"), denied(north, "CO-22")
    monkeypatch.setattr(deadline_actions, "CHUNK", 1)

    def fail_at_the_second(ids: list[int], *, today: date) -> int:
        if second.pk in ids:
            raise RuntimeError("the second chunk")
        return write_deadlines(ids, today=today)

    monkeypatch.setattr(deadline_actions, "write_deadlines", fail_at_the_second)
    with pytest.raises(RuntimeError, match="the second chunk"):
        night(north, first.due_on + timedelta(days=1))
    access.open_walls([north.pk])
    missed = DenialDeadline.objects.exclude(missed_at=None)
    assert {row.denial_id for row in missed} == {first.pk}
