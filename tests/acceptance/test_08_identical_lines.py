"""Two lines of one code and charge on one day: the line number decides, else nothing is guessed."""

from billing import ledger
from billing.models import Claim, Posting, Remittance
from rcm.models import Practice
from tests.acceptance.kit import D, arrive, billed
from tests.billing import remitting as r
from tests.billing.books import assert_ledger

TWINS = (("97110", "50.00"), ("97110", "50.00"))


def paid_by_line(claim: Claim) -> dict[int, str]:
    """Position of our line -> what was paid on it."""
    rows = Posting.objects.filter(claim=claim, destination="unapplied")
    return {row.service_line.position: str(row.amount) for row in rows if row.service_line}


def test_the_line_number_decides_whatever_the_order(north: Practice) -> None:
    claim = billed(north, *TWINS)
    told = r.clp(
        claim.patient_control_number,
        "100.00",
        "70.00",
        r.line("97110", "50.00", "30.00", "CO-45 20.00", number="T000001-2"),
        r.line("97110", "50.00", "40.00", "CO-45 10.00", number="T000001-1", position=2),
    )
    arrive(north, r.content("70.00", told))
    assert paid_by_line(claim) == {1: "40.00", 2: "30.00"}
    assert_ledger(north)


def test_without_numbers_each_line_of_ours_is_used_once(north: Practice) -> None:
    claim = billed(north, *TWINS)
    told = r.clp(
        claim.patient_control_number,
        "100.00",
        "80.00",
        r.line("97110", "50.00", "40.00", "CO-45 10.00"),
        r.line("97110", "50.00", "40.00", "CO-45 10.00", position=2),
    )
    arrive(north, r.content("80.00", told))
    assert paid_by_line(claim) == {1: "40.00", 2: "40.00"}
    assert_ledger(north)


def test_a_third_line_that_looks_the_same_leaves_all_of_them_to_a_person(north: Practice) -> None:
    claim = billed(north, *TWINS)
    svcs = [
        r.line("97110", "50.00", "40.00", "CO-45 10.00", position=position)
        for position in (1, 2, 3)
    ]
    arrive(north, r.content("120.00", r.clp("T000001", "150.00", "120.00", *svcs)))
    row = Remittance.objects.get()
    assert row.state == "partly_posted"
    waiting = row.claims.get()
    assert waiting.exception == "Line 1 of the payer fits no line of this claim."
    assert ledger.claim_balances(north.pk, [claim.pk])[claim.pk]["primary_receivable"] == D(100)
    assert_ledger(north, unapplied="120.00")
