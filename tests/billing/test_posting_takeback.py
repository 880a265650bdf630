"""A whole posting can be taken back once, by new moves, with a reason."""

from dataclasses import replace

import pytest

from billing.actions.postings import post_remittance
from billing.actions.takebacks import release_claim, reverse_claim, reverse_remittance
from billing.models import Posting
from rcm.errors import Refusal
from rcm.models import Practice, User
from tests import make
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, book_of


def test_taking_back_swaps_every_move(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    row = r.posted(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00"))))
    row = reverse_remittance(row, reason="Wrong bank account", by=ben)
    assert (row.state, row.hold_code) == ("held", "taken_back")
    assert row.hold_message == "The posting was taken back: Wrong bank account"
    assert book_of(claim) == {}
    assert_ledger(north)
    assert Posting.objects.filter(reverses__isnull=False).count() == 3
    with pytest.raises(Refusal, match="This remittance is held"):
        post_remittance(row)
    with pytest.raises(Refusal, match="Nothing of this remittance is posted"):
        reverse_remittance(row, reason="again", by=ben)
    assert Posting.objects.count() == 6


def test_taking_back_needs_a_reason(north: Practice, ben: User) -> None:
    row = r.posted(north, r.content("0.00"))
    with pytest.raises(Refusal) as refused:
        reverse_remittance(row, reason=" ", by=ben)
    assert refused.value.fields == {"reason": "Say why the posting is taken back."}


def test_what_the_payer_reversed_is_not_taken_back_twice(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    paid = ("72.00", "CO-45 93.00")
    row = r.posted(north, r.content("72.00", r.echo(claim, paid)))
    back = r.echo(claim, paid, status="22")
    r.posted(
        north,
        r.content("0.00", back, adjustments=(r.plb("FB", "-72.00"),), trace_number="CHECK2"),
    )
    with pytest.raises(Refusal, match="The payer itself took back"):
        reverse_remittance(row, reason="x", by=ben)
    assert_ledger(north)


def test_a_claim_taken_back_stays_out_when_its_payment_posts_again(
    north: Practice, ben: User
) -> None:
    """A match by a person or a task that comes twice runs posting again."""
    first, second = make.claim(north), make.claim(north)
    told = [r.echo(first, ("72.00", "CO-45 93.00")), r.echo(second, ("80.00", "CO-45 85.00"))]
    told[1] = replace(told[1], position=2)
    row = r.posted(north, r.content("152.00", *told))
    taken = row.claims.get(position=1)
    reverse_claim(taken, reason="Wrong patient", by=ben)
    post_remittance(row)
    assert book_of(first) == {}
    assert_ledger(north, unapplied="72.00")
    release_claim(taken, by=ben)
    assert_ledger(north)
