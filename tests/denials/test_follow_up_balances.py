"""Open balances beside the ledger, their clocks, and what the night sees."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.actions.claims import replace_claim
from denials.actions import follow_ups as actions
from denials.actions.follow_up_refresh import refresh
from denials.follow_up_gaps import count_gaps
from denials.models import FollowUp, FollowUpTouch, PayerPattern
from denials.practice_days import practice_today
from denials.rules import follow_up as rules
from rcm.models import Membership, Practice, User
from tests import make
from tests.billing import remitting as r
from tests.billing.crediting import move
from tests.denials.denying import answer, denied, pay, sent_claim
from tests.denials.following import by_hand, open_balance, pattern, silent_for, weigh

NO_GAPS = dict.fromkeys(
    ("not_as_the_ledger", "with_gone_owner", "without_next_date", "resting_too_long"), 0
)


def kept(practice: Practice) -> dict[tuple[int, str], Decimal]:
    rows = FollowUp.objects.filter(practice=practice)
    return {(row.claim_id, row.account): row.balance for row in rows}


def today_of(row: FollowUp) -> date:
    return practice_today(row.practice)


def again(row: FollowUp) -> FollowUp:
    row.refresh_from_db()
    return row


def test_every_move_of_the_ledger_is_in_the_balances_at_once(north: Practice) -> None:
    make.fees(north, c99213="165.00")
    first = sent_claim(north, ("99213", "165.00"))
    second = sent_claim(north, ("99213", "165.00"), ("20610", "148.00"))
    assert kept(north) == by_hand(north)
    pay(north, r.echo(first, ("72.00", "CO-45 73.00", "PR-2 20.00")))
    assert kept(north) == by_hand(north)
    assert FollowUp.objects.get(claim=first).balance == 0
    pay(north, r.echo(second, ("100.00", "OA-23 65.00"), ("148.00",)))
    assert FollowUp.objects.get(claim=second).balance == Decimal("65.00")
    third = sent_claim(north, ("99213", "165.00"))
    taken_back = r.echo(first, ("72.00", "CO-45 73.00", "PR-2 20.00"), status="22")
    pay(north, taken_back, r.echo(third, ("165.00",)))
    assert FollowUp.objects.get(claim=first).balance == Decimal("165.00")
    assert kept(north) == by_hand(north)
    assert count_gaps(north)["not_as_the_ledger"] == 0


def test_a_replaced_claim_gives_its_balance_to_the_corrected_one(north: Practice) -> None:
    row = denied(north)
    row.claim.payer_claim_control_number = "PCN1"
    row.claim.save(update_fields=["payer_claim_control_number"])
    corrected = replace_claim(row.claim, by=None)
    assert FollowUp.objects.get(claim=row.claim).balance == 0
    assert FollowUp.objects.get(claim=corrected).balance == Decimal("165.00")
    assert kept(north) == by_hand(north)


def weight_of(row: FollowUp) -> int:
    """Dollars times days, from cents."""
    row.refresh_from_db()
    return row.weight // 100


def test_the_weight_follows_the_balance_at_once_and_the_days_by_night(north: Practice) -> None:
    row = open_balance(north, "200.00")
    days = (timezone.now().date() - row.date_of_service).days
    assert weight_of(row) == 200 * days
    move(row.claim, "primary_receivable", "cash", "50.00")
    assert weight_of(row) == 150 * days
    FollowUp.objects.filter(pk=row.pk).update(date_of_service=today_of(row) - timedelta(days=40))
    assert weight_of(row) == 150 * days
    pattern(north, row.payer)
    weigh(north)
    assert weight_of(row) == 75 * 40
    move(row.claim, "primary_receivable", "cash", "150.00")
    assert weight_of(row) == 0
    move(row.claim, "cash", "primary_receivable", "10.00")
    assert weight_of(row) == 10 * days


def test_a_share_of_the_next_payer_is_owed_by_the_coverage_of_that_rank(north: Practice) -> None:
    claim = sent_claim(north, ("99213", "165.00"))
    second = make.payer(north, name="Second Care", short_name="Second", payer_id="SECND")
    coverage = make.coverage(claim.patient, payer=second, rank="S", member_id="S1")
    pay(north, r.echo(claim, ("72.00", "CO-45 73.00", "PR-2 20.00")))
    share = FollowUp.objects.get(claim=claim, account="secondary_receivable")
    assert (share.payer, share.balance, share.is_own) == (second, Decimal("20.00"), False)
    # The trigger counts from the day it is in UTC, which may be tomorrow here.
    assert share.clock_on == timezone.now().date() + timedelta(days=30)
    coverage.starts_on = today_of(share) + timedelta(days=9)
    coverage.save(update_fields=["starts_on"])
    assert refresh(north)["parties"] == 1
    assert again(share).payer is None


def test_the_database_and_the_rule_agree_when_a_balance_is_due(north: Practice) -> None:
    row = open_balance(north)
    today = today_of(row)
    touch = touch_of(row)
    days = [None, today - timedelta(days=2), today, today + timedelta(days=3)]
    for next_on in days:
        for promised_on in days:
            for clock_on in days:
                for touched_on in (None, today - timedelta(days=2), today):
                    FollowUp.objects.filter(pk=row.pk).update(
                        next_on=next_on,
                        promised_on=promised_on,
                        clock_on=clock_on,
                        touched_on=touched_on,
                        touched_at=touch.created_at if touched_on else None,
                        last_touch=touch if touched_on else None,
                    )
                    found = FollowUp.objects.get(pk=row.pk)
                    dates = rules.Dates(
                        row.date_of_service, next_on, promised_on, clock_on, touched_on
                    )
                    assert found.due_on == rules.due_day(dates), dates


def touch_of(row: FollowUp) -> FollowUpTouch:
    person = make.member(row.practice, "biller", "touch@example.test", "Tia", "Ott")  # type: ignore[arg-type]  # a role
    done = actions.snooze(row, until=today_of(row) + timedelta(days=4), by=person)
    return FollowUpTouch.objects.get(act=done.act)


@pytest.mark.parametrize("status", ["draft", "submitted", "accepted", "adjudicated"])
def test_the_night_sets_the_clock_of_the_rule(north: Practice, status: str) -> None:
    row = open_balance(north)
    claim = row.claim
    silent_for(claim, 40)
    claim.refresh_from_db()
    sent = {"submitted_at": None, "accepted_at": None} if status == "draft" else {}
    type(claim).objects.filter(pk=claim.pk).update(status=status, **sent)
    refresh(north)
    day = today_of(row)
    expected = rules.clock_day(
        rules.Sending(
            status, True, day, day - timedelta(days=40), day - timedelta(days=40), day, 2, 30
        )
    )
    assert again(row).clock_on == expected


def test_the_night_learns_how_long_a_payer_takes_and_what_it_pays(north: Practice) -> None:
    claims = [sent_claim(north, ("99213", "100.00")) for _ in range(4)]
    for days, claim in zip((2, 4, 6, 30), claims, strict=True):
        pay(north, r.echo(claim, ("60.00", "CO-45 40.00")))
        claim.refresh_from_db()
        type(claim).objects.filter(pk=claim.pk).update(
            submitted_at=claim.adjudicated_at - timedelta(days=days)  # type: ignore[operator]  # decided
        )
    refresh(north)
    found = PayerPattern.objects.get()
    assert (found.answers, found.median_days, found.slow_days) == (4, 4, 30)
    assert (found.paid_share, found.past_slow) == (Decimal("0.6000"), 0)
    refresh(north)
    assert PayerPattern.objects.count() == 1


def test_claims_past_the_slow_payers_are_counted_only_with_twenty_answers(north: Practice) -> None:
    row = open_balance(north)
    silent_for(row.claim, 26)
    for answers, past in ((19, 0), (20, 1)):
        PayerPattern.objects.all().delete()
        pattern(north, row.payer, answers=answers)
        PayerPattern.objects.update(learned_at="2100-01-01T00:00:00Z")
        refresh(north)
        assert PayerPattern.objects.get().past_slow == past
    assert PayerPattern.objects.get().past_slow_amount == Decimal("165.00")


def test_nothing_passes_silently_and_the_check_sees_it_when_it_would(
    north: Practice, ben: User
) -> None:
    row = open_balance(north)
    answer(north, r.echo(sent_claim(north, ("99213", "165.00")), ("0.00", "CO-29 165.00")))
    assert count_gaps(north) == NO_GAPS
    FollowUp.objects.filter(pk=row.pk).update(balance=Decimal("165.01"))
    assert count_gaps(north) == NO_GAPS | {"not_as_the_ledger": 1}
    FollowUp.objects.filter(pk=row.pk).update(
        balance=Decimal("165.00"), next_on=today_of(row) + timedelta(days=400), clock_on=None
    )
    assert count_gaps(north) == NO_GAPS | {"resting_too_long": 1}
    FollowUp.objects.filter(pk=row.pk).update(next_on=None, owner=ben)
    assert count_gaps(north) == NO_GAPS
    Membership.objects.filter(user=ben).delete()
    assert count_gaps(north) == NO_GAPS | {"with_gone_owner": 1}
    refresh(north)
    assert count_gaps(north) == NO_GAPS
    assert again(row).owner is None
