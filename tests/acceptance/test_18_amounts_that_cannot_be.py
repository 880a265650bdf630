"""Amounts that cannot be are refused by the server, and one key acts once.

Payments by patients do not exist yet (-3000 in the portal, more than is owed). What does exist is
tested: a negative or debit payment of a payer never reaches the ledger, and the same key twice is
one act.
"""

import pytest
from django.test import Client

from billing.models import Posting, Remittance
from rcm.models import IdempotencyKey, Practice
from tests.acceptance.kit import BOOK_72, OWED_165, PAID_72, arrive, billed, book_of, cash, moves
from tests.billing import remitting as r
from tests.billing.books import assert_ledger


@pytest.mark.parametrize(
    ("paid", "changes", "code"),
    [("-3000.00", {}, "negative_payment"), ("72.00", {"credit_or_debit": "D"}, "debit_payment")],
)
def test_a_payment_of_less_than_nothing_is_held(
    north: Practice, paid: str, changes: dict[str, str], code: str
) -> None:
    claim = billed(north)
    told = r.echo(claim, PAID_72)
    plb = () if paid == "72.00" else (r.plb("WO", "3072.00"),)
    arrive(north, r.content(paid, told, adjustments=plb, **changes))
    row = Remittance.objects.get()
    assert (row.state, row.hold_code) == ("held", code)
    assert (book_of(claim), cash(north)) == (OWED_165, 0)
    assert_ledger(north)


def test_a_payer_that_pays_more_than_was_charged_shows_the_credit(north: Practice) -> None:
    claim = billed(north)
    told = r.echo(claim, ("200.00", "CO-144 -35.00"))
    arrive(north, r.content("200.00", told))
    book = book_of(claim)
    assert sum(book.values()) == 0
    assert book["unapplied"] == 200
    assert_ledger(north)


def test_the_same_key_twice_posts_one_payment(north: Practice, ben_client: Client) -> None:
    claim = billed(north)
    row = r.recorded(north, r.content("72.00", r.echo(claim, PAID_72)))
    url, headers = f"/api/remittances/{row.pk}/posting/", {"Idempotency-Key": "payment-18"}
    first = ben_client.post(url, headers=headers)
    before = moves()
    second = ben_client.post(url, headers=headers)
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json() == first.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert moves() == before
    assert (IdempotencyKey.objects.count(), cash(north)) == (1, 72)
    assert book_of(claim) == BOOK_72
    assert_ledger(north)


def test_no_move_of_the_ledger_is_zero_or_negative(north: Practice) -> None:
    claim = billed(north)
    arrive(north, r.content("72.00", r.echo(claim, (*PAID_72, "CO-253 0.00", "CO-94 0.00"))))
    assert not Posting.objects.filter(amount__lte=0).exists()
    assert book_of(claim) == BOOK_72
    assert_ledger(north)
