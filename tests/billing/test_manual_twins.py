"""The same payment on paper and as an 835 posts once, and nobody decides silently."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.actions import manual_batches, manual_rows
from billing.actions.takebacks import release_remittance
from billing.models import ManualBatch, Posting, Remittance
from rcm.errors import Refusal
from rcm.models import Practice, User
from tests import make
from tests.billing import keying as k
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, book_of, charge
from tests.billing.keying import refused

PAID = {"paid": "72.00", "coinsurance": "20.00", "contract": "="}


def test_the_check_of_an_835_is_keyed_only_with_a_reason(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    told = r.echo(claim, ("72.00", "CO-45 93.00"))
    r.posted(north, r.content("72.00", told, trace_number="0055120"))
    with pytest.raises(Refusal) as refusal:
        k.opened(north, "99.00", by=ben)
    assert (refusal.value.code, refusal.value.status) == ("payment_is_here", 409)
    assert refusal.value.message == (
        "835 0055120 of 11/20/2026, 72.00 (posted) is here already. "
        "Key it only with a reason: it would post twice."
    )
    assert not ManualBatch.objects.exists()
    batch = k.opened(north, "99.00", reason="Another check with this number", by=ben)
    assert batch.reason == "Another check with this number"


def test_another_number_of_the_same_day_and_amount_asks_too(north: Practice, ben: User) -> None:
    told = r.echo(make.claim(north), ("72.00", "CO-45 93.00"))
    r.posted(north, r.content("72.00", told, trace_number="OTHER"))
    with refused("payment_is_here"):
        k.opened(north, "72.00", by=ben)


def test_the_same_check_of_another_payer_or_practice_asks_nothing(
    north: Practice, ben: User
) -> None:
    k.opened(north, "72.00", by=ben)
    second = make.payer(north, name="Second", payer_id="SECND", trace_identifier="1888888888")
    k.opened(north, "72.00", payer=second, by=ben)
    with refused("payment_is_here"):
        k.opened(north, "72.00", by=ben)


def test_an_835_that_came_while_keying_stops_closing(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    batch = k.opened(north, "72.00", by=ben)
    k.keyed(batch, claim, PAID, by=ben)
    told = r.echo(claim, ("72.00", "CO-45 93.00"))
    r.posted(north, r.content("72.00", told, trace_number="55120"))
    before = Posting.objects.count()
    with refused("payment_is_here"):
        manual_batches.close_batch(batch, by=ben)
    assert Posting.objects.count() == before
    assert Remittance.objects.count() == 1


def test_a_reason_given_at_opening_does_not_speak_of_an_835_that_came_later(
    north: Practice, ben: User
) -> None:
    first, claim = make.claim(north), make.claim(north)
    told = r.echo(first, ("72.00", "CO-45 93.00"))
    r.posted(north, r.content("72.00", told, trace_number="OTHER"))
    batch = k.opened(north, "72.00", reason="Two checks of that day", by=ben)
    k.keyed(batch, claim, PAID, by=ben)
    opened = timezone.now() - timedelta(hours=1)
    ManualBatch.objects.update(opened_at=opened)
    Remittance.objects.update(recorded_at=opened - timedelta(hours=1))
    later = r.echo(claim, ("72.00", "CO-45 93.00"))
    r.posted(north, r.content("72.00", later, trace_number="55120", number=2))
    before = Posting.objects.count()
    with refused("payment_is_here"):
        manual_batches.close_batch(batch, by=ben)
    assert Posting.objects.count() == before
    manual_batches.close_batch(batch, reason="Paid twice, the refund is asked for", by=ben)
    assert Posting.objects.count() > before


def test_an_835_of_a_keyed_payment_is_held(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    charge(claim)
    batch = k.opened(north, "72.00", by=ben)
    k.keyed(batch, claim, PAID, by=ben)
    manual_batches.close_batch(batch, by=ben)
    told = r.echo(claim, ("72.00", "CO-45 73.00", "PR-2 20.00"))
    held = r.recorded(north, r.content("72.00", told, trace_number="55120"))
    assert (held.state, held.hold_code) == ("held", "keyed_by_hand")
    assert held.hold_message == (
        f"This payment was keyed from paper: Manual batch {batch.pk} 55120 of 11/20/2026, 72.00 "
        "(closed). Reopen that batch to post this one."
    )
    assert_ledger(north)


def test_an_835_of_an_unknown_payer_is_held_for_the_number_and_amount_of_a_keyed_one(
    north: Practice, ben: User
) -> None:
    claim = make.claim(north)
    charge(claim)
    batch = k.opened(north, "72.00", by=ben)
    k.keyed(batch, claim, PAID, by=ben)
    manual_batches.close_batch(batch, by=ben)
    told = r.echo(claim, ("72.00", "CO-45 93.00"))
    unknown = {"payer_identifier": "1888888888", "payer_name": "SOMEBODY"}
    held = r.recorded(north, r.content("72.00", told, trace_number="0 55120", **unknown))
    assert (held.payer, held.state, held.hold_code) == (None, "held", "keyed_by_hand")
    with refused("payment_is_here"):
        release_remittance(held, by=ben)
    other = r.clp("LOST", "71.00", "71.00", parties=())
    free = r.recorded(north, r.content("71.00", other, trace_number="55120", **unknown))
    assert free.state == "ready", "another amount is another payment"
    assert_ledger(north)


def test_a_held_835_posts_once_its_keyed_batch_is_reopened(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    charge(claim)
    batch = k.opened(north, "72.00", by=ben)
    k.keyed(batch, claim, PAID, by=ben)
    manual_batches.close_batch(batch, by=ben)
    told = r.echo(claim, ("72.00", "CO-45 93.00"))
    held = r.recorded(north, r.content("72.00", told, trace_number="055120"))
    with refused("payment_is_here"):
        release_remittance(held, by=ben)
    manual_batches.reopen_batch(batch, reason="The 835 came", by=ben)
    assert release_remittance(held, by=ben).state == "posted"
    assert book_of(claim)["contractual"] == Decimal("93.00")
    assert_ledger(north)
    with refused("payment_is_here"):
        manual_batches.close_batch(batch, by=ben)


def test_an_835_that_says_exactly_what_was_keyed_is_a_duplicate(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    charge(claim)
    batch = k.opened(north, "72.00", by=ben)
    row = k.keyed(batch, claim, PAID, by=ben)
    manual_rows.save_claim(
        row, status_code="1", payer_claim_control_number=f"P{claim}", version=1, by=ben
    )
    manual_batches.close_batch(batch, by=ben)
    told = r.echo(claim, ("72.00", "CO-45 73.00", "PR-2 20.00"))
    r.read(north, r.content("72.00", told, trace_number="55120"))
    assert Remittance.objects.get().copies.get().kind == "duplicate"
    assert_ledger(north)
