"""One check in two 835s with different claims: both post, each move once."""

from rcm.models import Practice
from tests.acceptance.kit import (
    BOOK_72,
    OWED_165,
    PAID_72,
    D,
    arrive,
    billed,
    book_of,
    cash,
    moves,
    states,
)
from tests.billing import remitting as r
from tests.billing.books import assert_ledger


def test_parts_that_state_the_whole_check_wait_for_each_other(north: Practice) -> None:
    one, two = billed(north), billed(north)
    first = r.content("154.00", r.echo(one, PAID_72))
    second = r.content("154.00", r.echo(two, ("82.00", "CO-45 63.00", "PR-2 20.00")), number=2)
    arrive(north, first)
    assert states() == ["held"]
    assert (cash(north), book_of(one)) == (D(0), OWED_165)
    arrive(north, second, "b.835")
    assert cash(north) == D("154.00")
    assert book_of(one) == BOOK_72
    assert book_of(two)["unapplied"] == D("82.00")
    assert "held" not in states()
    assert_ledger(north)
    before = moves()
    for number, claim, paid in (
        (3, one, PAID_72),
        (4, two, ("82.00", "CO-45 63.00", "PR-2 20.00")),
    ):
        arrive(north, r.content("154.00", r.echo(claim, paid), number=number), f"{number}.835")
    assert moves() == before


def test_parts_that_state_their_own_amounts_post_as_they_come(north: Practice) -> None:
    one, two = billed(north), billed(north)
    arrive(north, r.content("72.00", r.echo(one, PAID_72)))
    assert (cash(north), states()) == (D("72.00"), ["posted"])
    paid = ("82.00", "CO-45 63.00", "PR-2 20.00")
    arrive(north, r.content("82.00", r.echo(two, paid), number=2), "b.835")
    assert (cash(north), states()) == (D("154.00"), ["posted", "posted"])
    assert book_of(one) == BOOK_72
    assert book_of(two)["unapplied"] == D("82.00")
    assert_ledger(north)
