"""CLP02 22 and the correction, in one file and a week apart: right at every step."""

from datetime import timedelta

from billing.models import RemittedClaim
from denials.models import Denial
from rcm.models import Practice
from tests.acceptance.kit import BOOK_72, OWED_165, PAID_72, D, account, arrive, billed, book_of
from tests.billing import remitting as r
from tests.billing.books import assert_ledger

PAID_80 = ("80.00", "CO-45 65.00", "PR-2 20.00")
BOOK_80 = BOOK_72 | {"unapplied": D("80.00"), "contractual": D("65.00")}
LATER = {"trace_number": "CHECK2", "paid_on": r.PAID_ON + timedelta(days=7)}


def test_both_in_one_file_leave_the_correction_alone(north: Practice) -> None:
    claim = billed(north)
    arrive(north, r.content("72.00", r.echo(claim, PAID_72)))
    content = r.content(
        "8.00", r.echo(claim, PAID_72, status="22"), r.echo(claim, PAID_80), **LATER
    )
    arrive(north, content)
    assert book_of(claim) == BOOK_80
    assert set(RemittedClaim.objects.values_list("state", flat=True)) == {"posted"}
    assert account(north, "cash") == D("80.00")
    assert_ledger(north)


def test_a_week_apart_the_claim_is_owed_again_in_between(north: Practice) -> None:
    claim = billed(north)
    arrive(north, r.content("72.00", r.echo(claim, PAID_72)))
    assert book_of(claim) == BOOK_72
    taken = r.content(
        "0.00",
        r.echo(claim, PAID_72, status="22"),
        adjustments=(r.plb("FB", "-72.00", "CHECK1"),),
        method="NON",
        **LATER,
    )
    arrive(north, taken)
    # The patient is asked for nothing while the payer thinks again.
    assert book_of(claim) == OWED_165
    assert account(north, "payer_offset") == D("-72.00")
    assert_ledger(north)
    again = r.content(
        "8.00",
        r.echo(claim, PAID_80),
        adjustments=(r.plb("FB", "72.00", "CHECK1"),),
        trace_number="CHECK3",
        paid_on=r.PAID_ON + timedelta(days=14),
    )
    arrive(north, again)
    assert book_of(claim) == BOOK_80
    assert account(north, "payer_offset") == D(0)
    assert account(north, "cash") == D("80.00")
    assert not Denial.objects.exists()
    assert_ledger(north)
