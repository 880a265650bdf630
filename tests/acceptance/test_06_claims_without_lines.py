"""Claim-level adjustments, no lines, or lines that say more than the claim: never a silent plug."""

from billing.models import Posting, Remittance
from rcm.models import Practice
from tests.acceptance.kit import BOOK_72, OWED_165, D, arrive, billed, book_of, cash
from tests.billing import remitting as r
from tests.billing.books import assert_ledger


def test_a_claim_paid_without_lines_posts_on_the_claim(north: Practice) -> None:
    claim = billed(north)
    told = r.clp(
        claim.patient_control_number,
        "165.00",
        "72.00",
        adjustments=r.cas("CO-45 73.00", "PR-2 20.00"),
    )
    arrive(north, r.content("72.00", told))
    assert book_of(claim) == BOOK_72
    assert_ledger(north)


def test_what_the_lines_say_beyond_the_claim_is_a_move_of_its_own(north: Practice) -> None:
    claim = billed(north)
    svc = r.line("99213", "165.00", "92.00", "CO-45 73.00", number="T000001-1")
    told = r.clp("T000001", "165.00", "72.00", svc, adjustments=r.cas("PR-2 20.00"))
    arrive(north, r.content("72.00", told))
    assert book_of(claim) == BOOK_72
    remitted = Remittance.objects.get().claims.get()
    # The line was paid 92.00; 20.00 of it the payer takes back on the claim, in view.
    balancing = Posting.objects.get(origin=f"remitted_claim:{remitted.pk}:paid")
    assert (balancing.source, balancing.destination) == ("unapplied", "primary_receivable")
    assert balancing.amount == D("20.00")
    assert_ledger(north)


def test_lines_that_do_not_explain_the_claim_hold_the_payment(north: Practice) -> None:
    claim = billed(north)
    svc = r.line("99213", "165.00", "72.00", "CO-45 93.00", number="T000001-1")
    arrive(north, r.content("70.00", r.clp("T000001", "165.00", "70.00", svc)))
    row = Remittance.objects.get()
    assert (row.state, row.hold_code) == ("held", "unbalanced")
    assert [d["difference"] for d in row.differences if d["level"] == "claim"] == ["-2.00"]
    assert book_of(claim) == OWED_165
    assert cash(north) == D(0)
    assert_ledger(north)
