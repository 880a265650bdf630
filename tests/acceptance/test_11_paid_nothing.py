"""A payment of nothing means five different things; none of them is guessed from the zero."""

import pytest

from billing.models import Remittance
from denials.models import Denial
from payers.actions.code_lists import load_code_lists
from rcm.models import Practice
from tests.acceptance.kit import OWED_165, D, arrive, billed, book_of
from tests.billing import remitting as r
from tests.billing.books import assert_ledger

DEDUCTIBLE = {"revenue": D("-165.00"), "patient_receivable": D("165.00")}
CLOSED = {
    "revenue": D("-165.00"),
    "contractual": D("100.00"),
    "patient_receivable": D("65.00"),
}


@pytest.mark.parametrize(
    ("codes", "book", "denied"),
    [
        (("PR-1 165.00",), DEDUCTIBLE, []),
        (("CO-197 165.00",), OWED_165, ["CO-197"]),
        (("CO-45 100.00", "PR-2 65.00"), CLOSED, []),
        (("OA-18 165.00",), OWED_165, ["OA-18"]),
    ],
)
def test_it_means_what_group_and_reason_say(
    north: Practice, codes: tuple[str, ...], book: dict, denied: list[str]
) -> None:
    load_code_lists()
    claim = billed(north)
    arrive(north, r.content("0.00", r.echo(claim, ("0.00", *codes)), method="NON"))
    assert Remittance.objects.get().state == "posted"
    assert book_of(claim) == book
    assert [denial.code for denial in Denial.objects.all()] == denied
    assert_ledger(north)


def test_a_duplicate_goes_to_whoever_finds_the_original(north: Practice) -> None:
    load_code_lists()
    claim = billed(north)
    arrive(north, r.content("0.00", r.echo(claim, ("0.00", "OA-18 165.00")), method="NON"))
    assert Denial.objects.get().category == "duplicate"


@pytest.mark.xfail(strict=True, reason="posts as contractual in full: no rule asks a person yet")
def test_a_whole_charge_taken_off_by_contract_is_not_written_off_unseen(north: Practice) -> None:
    """CO-45 over the full charge with nothing paid is no contract: somebody looks at it."""
    load_code_lists()
    claim = billed(north)
    arrive(north, r.content("0.00", r.echo(claim, ("0.00", "CO-45 165.00")), method="NON"))
    seen = Denial.objects.filter(claim=claim).exists()
    waits = Remittance.objects.get().claims.exclude(exception="").exists()
    assert seen or waits
    assert_ledger(north)
