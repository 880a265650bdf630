"""A payer takes back what was never posted here: it waits by name, and the check still balances."""

from billing.models import Posting, Remittance
from rcm.models import Practice
from tests.acceptance.kit import BOOK_72, PAID_72, D, arrive, billed, book_of, cash
from tests.billing import remitting as r
from tests.billing.books import assert_ledger


def test_it_waits_with_its_reason_while_the_rest_of_the_check_posts(north: Practice) -> None:
    legacy, known = billed(north), billed(north)
    content = r.content(
        "22.00",
        r.echo(legacy, ("50.00", "CO-45 115.00"), status="22"),
        r.echo(known, PAID_72),
    )
    arrive(north, content)
    remittance = Remittance.objects.get()
    assert remittance.state == "partly_posted"
    waiting = remittance.claims.get(claim=legacy)
    assert (waiting.state, waiting.exception_code) == ("matched", "nothing_to_reverse")
    assert waiting.exception == "It takes back a payment that was never posted here."
    assert not Posting.objects.filter(claim=legacy, remittance=remittance).exists()
    assert book_of(known) == BOOK_72
    assert cash(north) == D("22.00")
    # 22.00 came, 72.00 is explained by the known claim; -50.00 is what waits.
    assert_ledger(north, unapplied="-50.00")
