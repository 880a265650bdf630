"""What comes of an appeal: decisions, the next level, withdrawal, undo, and the payer's payment."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from denials.actions import appeal_decisions as actions
from denials.actions import appeals, deadlines
from denials.actions import denials as verbs
from denials.actions.appeals import Sending
from denials.gaps import count_gaps
from denials.models import Appeal, AppealEntry, Denial, DenialDeadline, FollowUp
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests.billing import remitting
from tests.billing.books import assert_ledger
from tests.denials.appealing import (
    DECIDED,
    NOW,
    denial_of,
    drafted,
    notice,
    submit,
    submitted,
    with_notice,
)
from tests.denials.denying import answer, sent_claim


def refused(act: Callable[[], object]) -> Refusal:
    before = (Event.objects.count(), list(Appeal.objects.order_by("pk").values()))
    with pytest.raises(Refusal) as caught, transaction.atomic():
        act()
    assert (Event.objects.count(), list(Appeal.objects.order_by("pk").values())) == before
    return caught.value


def levels(denial: Denial) -> list[tuple[str, date, bool]]:
    rows = DenialDeadline.objects.filter(denial=denial, remedy__startswith="appeal")
    return [(row.remedy, row.deadline, row.met_at is not None) for row in rows.order_by("remedy")]


def test_a_favorable_decision_waits_for_the_payment(north: Practice, ben: User) -> None:
    appeal = actions.decide(submitted(north, ben), notice("favorable"), by=ben, now=DECIDED)
    denial = denial_of(appeal)
    assert (appeal.state, appeal.outcome, str(appeal.amount_won)) == (
        "decided",
        "favorable",
        "165.00",
    )
    assert (appeal.follow_up_on, denial.state) == (date(2027, 1, 20), "appealed")
    assert [name for name, *_ in levels(denial)] == ["appeal_1"]
    assert count_gaps(north.pk)["without_next_action"] == 0


def test_an_unfavorable_decision_opens_the_next_level_from_its_notice(
    north: Practice, ben: User
) -> None:
    appeal = actions.decide(submitted(north, ben), notice("unfavorable"), by=ben, now=DECIDED)
    denial = denial_of(appeal)
    assert (denial.state, appeal.follow_up_on, str(appeal.amount_won)) == ("open", None, "0.00")
    second = date(2026, 12, 18) + timedelta(days=120)
    assert levels(denial) == [("appeal_1", date(2027, 3, 20), True), ("appeal_2", second, False)]
    deadlines.watch_deadlines(north, today=date(2026, 12, 22))
    assert levels(denial) == [("appeal_1", date(2027, 3, 20), True), ("appeal_2", second, False)]


def test_the_second_level_needs_the_decision_of_the_first(north: Practice, ben: User) -> None:
    first = actions.decide(
        submitted(north, ben), notice("unfavorable", note="Not shown"), by=ben, now=DECIDED
    )
    second = appeals.open_next(first, by=ben, now=DECIDED)
    assert (second.level, second.follows, second.state) == (2, first, "draft")
    assert "{previous_decision}" in second.body
    refusal = refused(lambda: appeals.make_ready(second, by=ben, now=DECIDED))
    assert refusal.data == {"missing": ["Decision of the level before"]}
    with_notice(second, ben)
    appeals.make_ready(second, by=ben, now=DECIDED)
    sent = appeals.submit(second, Sending("portal"), by=ben, now=DECIDED)
    assert "Level 1, unfavorable on 12/18/2026: Not shown" in sent.sent_letter


def test_a_part_can_be_appealed_on_while_its_payment_is_waited_for(
    north: Practice, ben: User
) -> None:
    part = notice("partly", amount=Decimal("60.00"))
    first = actions.decide(submitted(north, ben), part, by=ben, now=DECIDED)
    assert (str(first.amount_won), denial_of(first).state) == ("60.00", "appealed")
    second = appeals.open_next(first, by=ben, now=DECIDED)
    with_notice(second, ben)
    appeals.make_ready(second, by=ben, now=DECIDED)
    sent = appeals.submit(second, Sending("mail"), by=ben, now=DECIDED)
    appeals.undo_submission(sent, by=ben, now=DECIDED)
    assert denial_of(first).state == "appealed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"outcome": "withdrawn"}, "outcome_unknown"),
        ({"outcome": "favorable", "decided_on": date(2026, 11, 22)}, "day_impossible"),
        ({"outcome": "favorable", "decided_on": date(2026, 12, 22)}, "day_impossible"),
        ({"outcome": "partly"}, "amount_impossible"),
        ({"outcome": "partly", "amount": Decimal("165.00")}, "amount_impossible"),
        ({"outcome": "favorable", "follow_up_on": date(2026, 12, 21)}, "date_passed"),
    ],
)
def test_a_decision_that_cannot_be(
    north: Practice, ben: User, changes: dict[str, object], code: str
) -> None:
    appeal = submitted(north, ben)
    decision = notice(**changes)  # type: ignore[arg-type]  # by name
    assert refused(lambda: actions.decide(appeal, decision, by=ben, now=DECIDED)).code == code


def test_a_draft_is_not_decided_and_a_decided_one_not_again(north: Practice, ben: User) -> None:
    appeal = drafted(north, ben)
    decide = lambda: actions.decide(appeal, notice("favorable"), by=ben, now=DECIDED)  # noqa: E731  one line, used twice
    assert refused(decide).message == "Somebody was first: this appeal is draft."
    actions.withdraw(appeal, note="Not worth it", by=ben, now=NOW)
    assert refused(decide).message == "Somebody was first: this appeal is withdrawn."


def test_a_withdrawn_appeal_frees_its_level(north: Practice, ben: User) -> None:
    appeal = actions.withdraw(submitted(north, ben), note="Wrong claim", by=ben, now=DECIDED)
    denial = denial_of(appeal)
    assert (denial.state, levels(denial)) == ("open", [("appeal_1", date(2027, 3, 20), False)])
    again = appeals.open_appeal(denial, by=ben, now=DECIDED)
    assert (again.level, again.follows) == (1, None)
    message = "Level 1 was opened since. Withdraw it first."
    assert refused(lambda: actions.undo_decision(appeal, by=ben, now=DECIDED)).message == message


def test_undoing_a_decision_waits_again(north: Practice, ben: User) -> None:
    appeal = actions.decide(submitted(north, ben), notice("unfavorable"), by=ben, now=DECIDED)
    undone = actions.undo_decision(appeal, by=ben, now=DECIDED)
    denial = denial_of(appeal)
    assert (undone.state, undone.outcome, undone.follow_up_on) == (
        "submitted",
        "",
        date(2026, 12, 23),
    )
    assert (denial.state, levels(denial)) == ("appealed", [("appeal_1", date(2027, 3, 20), True)])


def test_what_was_heard_is_logged_with_the_day_to_ask_next(north: Practice, ben: User) -> None:
    appeal = submitted(north, ben)
    said = {"kind": "call", "text": "In review", "reference": "REF 4", "now": NOW}
    entry = actions.log(appeal, **said, follow_up_on=date(2026, 12, 1), by=ben)
    appeal.refresh_from_db()
    assert (entry.text, appeal.follow_up_on) == ("In review", date(2026, 12, 1))
    refusal = refused(lambda: actions.log(appeal, **said | {"text": " "}, by=ben))
    assert (refusal.code, AppealEntry.objects.count()) == ("entry_empty", 1)


def test_a_reversal_with_payment_overturns_the_denial(north: Practice, ben: User) -> None:
    appeal = submitted(north, ben)
    claim = denial_of(appeal).claim
    answer(
        north,
        remitting.echo(claim, ("0.00", "CO-252 165.00"), status="22"),
        remitting.echo(claim, ("92.00", "CO-45 73.00")),
    )
    denial = denial_of(appeal)
    appeal.refresh_from_db()
    assert (denial.state, denial.resolution) == ("resolved", "overturned")
    assert (appeal.outcome, str(appeal.amount_won), appeal.follow_up_on) == (
        "favorable",
        "165.00",
        None,
    )
    assert appeal.decided_on == remitting.PAID_ON


def test_a_reversal_alone_is_no_payment_and_makes_the_appeal_needless(
    north: Practice, ben: User
) -> None:
    appeal = submitted(north, ben)
    claim = denial_of(appeal).claim
    answer(north, remitting.echo(claim, ("0.00", "CO-252 165.00"), status="22"))
    denial = denial_of(appeal)
    appeal.refresh_from_db()
    assert (denial.state, denial.resolution) == ("resolved", "reversed")
    assert (appeal.state, appeal.outcome, appeal.amount_won) == ("decided", "withdrawn", None)
    assert appeal.decision_note == "Payer reversed it"
    assert FollowUp.objects.get(claim=claim).balance == Decimal("165.00")
    assert count_gaps(north.pk)["without_next_action"] == 0


def test_denied_again_on_appeal_goes_on_at_the_next_level(north: Practice, ben: User) -> None:
    appeal = submitted(north, ben)
    claim = denial_of(appeal).claim
    answer(
        north,
        remitting.echo(claim, ("0.00", "CO-252 165.00"), status="22"),
        remitting.echo(claim, ("10.00", "CO-252 140.00", "CO-45 15.00")),
    )
    appeal.refresh_from_db()
    old, new = Denial.objects.order_by("pk")
    assert (old.resolution, appeal.outcome) == ("denied_again", "unfavorable")
    assert (new.state, levels(new)[0][0]) == ("open", "appeal_2")
    second = appeals.open_appeal(new, by=ben, now=DECIDED)
    assert (second.level, second.follows) == (2, appeal)


def test_reversed_and_denied_again_for_the_same_reason_answers_the_appeal(
    north: Practice, ben: User
) -> None:
    appeal = submitted(north, ben)
    verbs.assign(denial_of(appeal), to=ben.pk, by=ben)
    claim = denial_of(appeal).claim
    answer(
        north,
        remitting.echo(claim, ("0.00", "CO-252 165.00"), status="22"),
        remitting.echo(claim, ("0.00", "CO-252 165.00")),
    )
    appeal.refresh_from_db()
    old, new = Denial.objects.order_by("pk")
    assert (old.state, old.resolution) == ("resolved", "denied_again")
    assert (appeal.state, appeal.outcome, appeal.decided_on) == (
        *("decided", "unfavorable"),
        remitting.PAID_ON,
    )
    assert (new.state, new.assigned_to, str(new.amount)) == ("open", ben, "165.00")
    assert levels(new)[0][0] == "appeal_2"
    assert new.due_on == date(2027, 3, 19)
    assert count_gaps(north.pk)["without_next_action"] == 0
    assert_ledger(north)


def test_a_whole_claim_paid_but_for_one_line_is_partly_favorable(
    north: Practice, ben: User
) -> None:
    claim = sent_claim(north, ("99213", "165.00"), ("20610", "148.00"))
    said = remitting.cas("CO-252 313.00")
    answer(north, remitting.clp(claim.patient_control_number, "313.00", "0.00", adjustments=said))
    appeal = submit(appeals.open_appeal(Denial.objects.get(), by=ben, now=NOW), ben)
    answer(
        north,
        remitting.echo(claim, ("92.00", "CO-45 73.00"), ("0.00", "CO-252 148.00")),
    )
    appeal.refresh_from_db()
    old, new = Denial.objects.order_by("pk")
    assert (old.resolution, appeal.outcome) == ("overturned", "partly")
    assert (str(appeal.amount), str(appeal.amount_won)) == ("313.00", "165.00")
    assert (str(new.amount), new.state) == ("148.00", "open")
    assert_ledger(north)


def test_a_whole_claim_denied_again_line_by_line_is_unfavorable(north: Practice, ben: User) -> None:
    claim = sent_claim(north, ("99213", "165.00"), ("20610", "148.00"))
    said = remitting.cas("CO-252 313.00")
    first = remitting.clp(claim.patient_control_number, "313.00", "0.00", adjustments=said)
    answer(north, first)
    appeal = submit(appeals.open_appeal(Denial.objects.get(), by=ben, now=NOW), ben)
    back = remitting.clp(
        claim.patient_control_number,
        "-313.00",
        "0.00",
        status="22",
        adjustments=remitting.cas("CO-252 -313.00"),
    )
    answer(north, back, remitting.echo(claim, ("0.00", "CO-252 165.00"), ("0.00", "CO-252 148.00")))
    appeal.refresh_from_db()
    old, *new = Denial.objects.order_by("pk")
    assert (old.resolution, appeal.outcome) == ("denied_again", "unfavorable")
    assert [(str(row.amount), row.state) for row in new] == [("165.00", "open"), ("148.00", "open")]


def test_a_payment_after_a_favorable_decision_ends_the_waiting(north: Practice, ben: User) -> None:
    appeal = actions.decide(submitted(north, ben), notice("favorable"), by=ben, now=DECIDED)
    claim = denial_of(appeal).claim
    answer(
        north,
        remitting.echo(claim, ("0.00", "CO-252 165.00"), status="22"),
        remitting.echo(claim, ("92.00", "CO-45 73.00")),
    )
    appeal.refresh_from_db()
    assert (denial_of(appeal).resolution, appeal.follow_up_on) == ("overturned", None)
    refusal = refused(lambda: actions.undo_decision(appeal, by=ben, now=DECIDED))
    assert refusal.message == "Somebody was first: this denial is resolved now."
