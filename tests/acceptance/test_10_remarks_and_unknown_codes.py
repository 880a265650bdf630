"""Every remark is kept and findable; a code nobody knows yet posts as it came.

A task to update the code list does not exist; the denial waits in triage.
"""

from dataclasses import replace

from billing.models import Adjustment, RemittedClaim, RemittedLine
from denials.models import Denial
from payers.actions.code_lists import load_code_lists
from rcm.models import Practice
from rcm.x12.remittance_835 import Remark
from tests.acceptance.kit import OWED_165, D, arrive, billed, book_of, states
from tests.billing import remitting as r
from tests.billing.books import assert_ledger


def test_three_remarks_and_the_claims_own_are_kept_and_findable(north: Practice) -> None:
    load_code_lists()
    claim = billed(north)
    told = r.echo(claim, ("0.00", "CO-16 165.00"), outpatient=("", "", "MA01", "MA18"))
    remarks = (Remark("HE", "M76"), Remark("HE", "N115"), Remark("HE", "N706"))
    told = replace(told, lines=(replace(told.lines[0], remarks=remarks),))
    arrive(north, r.content("0.00", told, method="NON"))
    assert RemittedLine.objects.get(remarks__contains=["N115"]).remarks == ["M76", "N115", "N706"]
    assert RemittedClaim.objects.get(remarks__contains=["MA18"]).remarks == ["MA01", "MA18"]
    assert set(Denial.objects.get().remarks) >= {"M76", "N115", "N706"}
    assert book_of(claim) == OWED_165
    assert_ledger(north)


def test_a_reason_from_the_future_posts_and_stays_owed(north: Practice) -> None:
    load_code_lists()
    claim = billed(north)
    arrive(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 73.00", "CO-X99 20.00"))))
    assert states() == ["posted"]
    assert Adjustment.objects.get(reason="X99").amount == D("20.00")
    assert book_of(claim)["primary_receivable"] == D("20.00")
    denial = Denial.objects.get()
    assert (denial.code, denial.amount, denial.owner_queue) == ("CO-X99", D("20.00"), "triage")
    assert_ledger(north)


def test_a_group_from_the_future_is_nobodys_write_off(north: Practice) -> None:
    claim = billed(north)
    arrive(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 73.00", "CR-45 20.00"))))
    assert book_of(claim)["primary_receivable"] == D("20.00")
    assert book_of(claim)["contractual"] == D("73.00")
    assert_ledger(north)
