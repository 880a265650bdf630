"""The verbs on open balances, one at a time and for many, and taking them back."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from billing.models import Posting, StatusAnswer, StatusInquiry
from denials.actions import follow_up_undo
from denials.actions import follow_ups as actions
from denials.actions.follow_ups import Call
from denials.models import FollowUp, FollowUpTouch
from denials.practice_days import practice_today
from denials.rules import follow_up as rules
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import remitting as r
from tests.billing.outgoing import sandbox_channel
from tests.denials.denying import denied, pay
from tests.denials.following import open_balance


def today_of(row: FollowUp) -> date:
    return practice_today(row.practice)


def again(row: FollowUp) -> FollowUp:
    row.refresh_from_db()
    return row


def refused(code: str, status: int, act: Any, *args: Any, **named: Any) -> Refusal:
    """The refusal of an act that writes nothing."""
    before = (FollowUpTouch.objects.count(), Event.objects.count(), list(FollowUp.objects.values()))
    with pytest.raises(Refusal) as caught:
        act(*args, **named)
    assert (caught.value.code, caught.value.status) == (code, status)
    after = (FollowUpTouch.objects.count(), Event.objects.count(), list(FollowUp.objects.values()))
    assert after == before
    return caught.value


def test_a_logged_call_lets_the_row_rest_until_its_date(north: Practice, ben: User) -> None:
    row = open_balance(north)
    call = Call("in_process", "Rita", "88213", promised_on=today_of(row) + timedelta(days=7))
    done = actions.log_call(row, call, by=ben)
    touch = FollowUpTouch.objects.get()
    assert (touch.kind, touch.outcome, touch.answered_by, touch.reference) == (
        *("call", "in_process", "Rita", "88213"),
    )
    assert (touch.act, touch.amount, touch.created_by) == (done.act, Decimal("165.00"), ben)
    found = again(row)
    assert (found.owner, found.last_touch, found.touched_on) == (ben, touch, today_of(row))
    assert found.promised_on == touch.promised_on
    assert found.next_on == done.next_on == rules.business_days_after(touch.promised_on, 1)  # type: ignore[arg-type]  # a day
    assert found.due_on > today_of(row)
    event = Event.objects.get(name="follow_up.called")
    assert (event.subject_id, event.patient_id) == (row.pk, row.claim.patient_id)
    assert set(event.data) == {"act", "claim", "outcome", "next_on", "promised_on"}


@pytest.mark.parametrize(
    ("call", "code", "message"),
    [
        ({"outcome": "well"}, "outcome_unknown", "Choose what came of the call."),
        ({"next_on": 0}, "date_passed", "Choose a day after today."),
        ({"promised_on": -1}, "date_passed", "A promise is for today or a later day."),
        ({"next_on": 121}, "too_far", "Nothing rests for longer than 120 days"),
        ({"promised_on": 114}, "too_far", "Nothing rests for longer than 120 days"),
    ],
)
def test_a_call_with_days_that_cannot_be_is_refused(
    north: Practice, ben: User, call: dict[str, Any], code: str, message: str
) -> None:
    row = open_balance(north)
    days = {
        name: today_of(row) + timedelta(days=value) if isinstance(value, int) else value
        for name, value in call.items()
    }
    said = Call(**{"outcome": "in_process"} | days)
    refusal = refused(code, 422, actions.log_call, row, said, by=ben)
    assert refusal.message.startswith(message)
    assert list(refusal.fields) == list(call)


def test_what_the_payer_does_after_a_touch_brings_it_back(north: Practice, ben: User) -> None:
    paid, answered = open_balance(north), open_balance(north, "200.00")
    for row in (paid, answered):
        actions.log_call(row, Call("in_process"), by=ben)
    pay(north, r.echo(paid.claim, ("100.00", "OA-23 65.00")))
    assert again(paid).balance == Decimal("65.00")
    assert (paid.is_changed, paid.due_on) == (True, paid.date_of_service)
    assert again(answered).is_changed is False
    file = make.interchange_file(north, b"277")
    StatusAnswer.objects.create(
        practice=north, claim=answered.claim, file=file, category="P1", words="Working", digest="1"
    )
    assert (again(answered).is_changed, answered.due_on) == (True, answered.date_of_service)


def test_a_move_of_our_own_is_no_answer_of_the_payer(north: Practice, ben: User) -> None:
    row = open_balance(north)
    actions.log_call(row, Call("in_process"), by=ben)
    Posting.objects.create(
        practice=north,
        claim=row.claim,
        source="primary_receivable",
        destination="write_off",
        amount=Decimal("5.00"),
        origin="test:1",
        posted_on=today_of(row),
    )
    assert (again(row).balance, row.is_changed) == (Decimal("160.00"), False)
    assert row.due_on > today_of(row)


def test_a_snooze_ends_on_a_business_day_and_comes_back_to_the_same_person(
    north: Practice, ben: User
) -> None:
    row = open_balance(north)
    broken = today_of(row) - timedelta(days=3)
    FollowUp.objects.filter(pk=row.pk).update(promised_on=broken)
    saturday = today_of(row) + timedelta(days=(5 - today_of(row).weekday()) % 7 or 7)
    done = actions.snooze(row, until=saturday, note="Waits for the portal", by=ben)
    assert done.next_on == rules.business_day_from(saturday) > saturday
    found = again(row)
    assert (found.owner, found.next_on, found.promised_on) == (ben, done.next_on, None)
    assert found.due_on == done.next_on


def test_a_snooze_until_today_is_refused(north: Practice, ben: User) -> None:
    row = open_balance(north)
    refusal = refused("date_passed", 422, actions.snooze, row, until=today_of(row), by=ben)
    assert refusal.fields == {"until": "Choose a day after today."}


def test_a_claim_paid_meanwhile_is_refused_with_its_check(north: Practice, ben: User) -> None:
    row = open_balance(north)
    pay(north, r.echo(row.claim, ("165.00",)))
    refusal = refused("paid_meanwhile", 409, actions.log_call, row, Call("in_process"), by=ben)
    assert refusal.message == f"{row.claim} owes nothing any more: check CHECK1."


def test_a_denied_claim_is_worked_under_denials(north: Practice, ben: User) -> None:
    row = FollowUp.objects.get(claim=denied(north).claim)
    until = today_of(row) + timedelta(days=4)
    refusal = refused("worked_as_denial", 409, actions.snooze, row, until=until, by=ben)
    assert refusal.message == f"{row.claim} is denied: work it under Denials."


def test_an_escalated_row_waits_for_the_lead_who_gives_it_back(
    north: Practice, ben: User, mia: User
) -> None:
    row = open_balance(north)
    other = make.member(north, "biller", "other@example.test", "Olga", "Other")  # type: ignore[arg-type]  # a role
    refused("reason_missing", 422, actions.escalate, row, reason=" ", by=ben)
    actions.escalate(row, reason="Third call without a word", by=ben)
    found = again(row)
    assert (found.escalated_by, found.escalation_reason) == (ben, "Third call without a word")
    assert found.touched_on is None
    refused("escalated_already", 409, actions.escalate, row, reason="Again", by=ben)
    refused("not_allowed", 403, actions.give_back, row, by=other, is_lead=False)
    actions.give_back(row, note="Ask their supervisor", by=mia, is_lead=True)
    found = again(row)
    assert (found.escalated_at, found.owner, found.next_on) == (None, ben, today_of(row))
    refused("not_escalated", 409, actions.give_back, row, by=mia, is_lead=True)
    assert Event.objects.filter(name="follow_up.given_back").count() == 1


def test_work_is_given_only_to_who_works_on_billing(
    north: Practice, ben: User, ana: User, otto: User
) -> None:
    row = open_balance(north)
    for person in (ana.pk, otto.pk, 10**9):
        refused("not_a_biller", 422, actions.assign, north, [row.pk], to=person, by=ben)
    actions.assign(north, [row.pk], to=ben.pk, by=ben)
    assert (again(row).owner, row.touched_on) == (ben, None)
    actions.assign(north, [row.pk], to=None, by=ben)
    assert again(row).owner is None


def test_asking_the_payer_sends_a_276_and_rests_three_business_days(
    north: Practice, ben: User
) -> None:
    row = open_balance(north)
    refused("no_channel", 422, actions.ask_payer, row, by=ben)
    sandbox_channel(north)
    done = actions.ask_payer(row, by=ben)
    assert StatusInquiry.objects.get().claim == row.claim
    assert again(row).next_on == done.next_on == rules.business_days_after(today_of(row), 3)
    assert row.owner == ben


def test_one_call_for_many_claims_has_one_act_and_one_undo(north: Practice, ben: User) -> None:
    rows = [open_balance(north) for _ in range(3)]
    gone = open_balance(north)
    pay(north, r.echo(gone.claim, ("165.00",)))
    pks = [row.pk for row in (*rows, gone)]
    call = Call("payment_on_way", "Rita", "REF 7")
    done = actions.log_call_for_many(north, pks, call, by=ben)
    assert (done.rows, done.left) == (3, 1)
    touches = FollowUpTouch.objects.filter(act=done.act)
    assert set(touches.values_list("reference", flat=True)) == {"REF 7"}
    assert touches.count() == 3
    assert Event.objects.filter(name="follow_up.called").count() == 3
    assert all(again(row).due_on > today_of(row) and row.owner == ben for row in rows)
    assert follow_up_undo.undo(north, done.act, by=ben) == 3
    for row in rows:
        found = again(row)
        assert (found.owner, found.next_on, found.last_touch, found.touched_at) == (
            *(None, None, None, None),
        )
    with pytest.raises(Refusal) as caught:
        follow_up_undo.undo(north, done.act, by=ben)
    assert caught.value.code == "undo_gone"


def test_one_call_is_about_one_payer(north: Practice, ben: User) -> None:
    first = open_balance(north)
    other = make.payer(north, name="Other Care", short_name="Other", payer_id="OTHER")
    patient = make.patient(north)
    make.coverage(patient, payer=other)
    second = open_balance(north, patient=patient)
    assert second.payer == other
    refusal = refused(
        *("one_payer", 422, actions.log_call_for_many, north, [first.pk, second.pk]),
        Call("in_process"),
        by=ben,
    )
    assert refusal.message == "One call is about claims of one payer: choose those only."
    refused("nothing_chosen", 422, actions.log_call_for_many, north, [], Call("in_process"), by=ben)


def test_a_call_takes_as_many_statements_for_many_as_for_two(north: Practice, ben: User) -> None:
    def statements(count: int) -> int:
        pks = [open_balance(north).pk for _ in range(count)]
        with CaptureQueriesContext(connection) as captured:
            done = actions.log_call_for_many(north, pks, Call("in_process"), by=ben)
        with CaptureQueriesContext(connection) as undone:
            follow_up_undo.undo(north, done.act, by=ben)
        return len(captured) * 100 + len(undone)

    assert statements(2) == statements(9)


def test_every_verb_can_be_taken_back(north: Practice, ben: User, mia: User) -> None:
    sandbox_channel(north)
    row = open_balance(north)
    until = today_of(row) + timedelta(days=5)
    verbs = [
        lambda: actions.log_call(row, Call("in_process"), by=mia),
        lambda: actions.snooze(row, until=until, by=mia),
        lambda: actions.escalate(row, reason="Look", by=mia),
        lambda: actions.assign(north, [row.pk], to=ben.pk, by=mia),
        lambda: actions.ask_payer(row, by=mia),
    ]
    for verb in verbs:
        before = FollowUp.objects.filter(pk=row.pk).values().get()
        done = verb()
        assert FollowUp.objects.filter(pk=row.pk).values().get() != before
        assert follow_up_undo.undo(north, done.act, by=mia) == 1
        assert FollowUp.objects.filter(pk=row.pk).values().get() == before
    actions.escalate(row, reason="Look", by=ben)
    before = FollowUp.objects.filter(pk=row.pk).values().get()
    done = actions.give_back(row, by=mia, is_lead=True)
    assert follow_up_undo.undo(north, done.act, by=mia) == 1
    assert FollowUp.objects.filter(pk=row.pk).values().get() == before


def test_what_somebody_worked_on_since_is_not_taken_back(
    north: Practice, ben: User, mia: User
) -> None:
    row = open_balance(north)
    first = actions.log_call(row, Call("in_process"), by=ben)
    refused("undo_gone", 409, follow_up_undo.undo, north, first.act, by=mia)
    second = actions.log_call(row, Call("not_reached"), by=mia)
    refused("undo_gone", 409, follow_up_undo.undo, north, first.act, by=ben)
    follow_up_undo.undo(north, second.act, by=mia)
    assert follow_up_undo.undo(north, first.act, by=ben) == 1
    assert again(row).last_touch is None


def test_a_touch_is_never_changed_and_a_call_has_an_outcome(north: Practice, ben: User) -> None:
    row = open_balance(north)
    actions.log_call(row, Call("in_process"), by=ben)
    touch = FollowUpTouch.objects.get()
    for change in ("update", "delete"):
        with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
            rows = FollowUpTouch.objects.filter(pk=touch.pk)
            rows.update(note="x") if change == "update" else rows._raw_delete(rows.db)
    with pytest.raises(IntegrityError, match="touch_call_has_outcome"), transaction.atomic():
        FollowUpTouch.objects.create(
            practice=north,
            follow_up=row,
            act=touch.act,
            kind="call",
            next_on=today_of(row),
            amount=1,
            before={},
            created_by=ben,
        )
