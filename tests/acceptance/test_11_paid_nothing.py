"""A payment of nothing means five different things; none of them is guessed from the zero."""

import pytest

from billing.actions.takebacks import release_claim
from billing.models import Remittance
from denials.models import Denial
from denials.tasks import open_denials
from payers.actions.code_lists import load_code_lists
from rcm.models import Practice, User
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


def test_a_duplicate_waits_for_whoever_finds_the_original(north: Practice, ben: User) -> None:
    load_code_lists()
    claim = billed(north)
    arrive(north, r.content("0.00", r.echo(claim, ("0.00", "OA-18 165.00")), method="NON"))
    waiting = Remittance.objects.get().claims.get()
    assert (waiting.state, waiting.exception_code) == ("matched", "policy_duplicate")
    assert book_of(claim) == OWED_165
    # Somebody has looked: now it is a denial, and still owed.
    release_claim(waiting, reason="Looked at it", by=ben)
    open_denials(north.pk, waiting.remittance_id)
    assert Denial.objects.get().category == "duplicate"
    assert book_of(claim) == OWED_165
    assert_ledger(north)


def test_a_whole_charge_taken_off_by_contract_is_not_written_off_unseen(north: Practice) -> None:
    """CO-45 over the full charge with nothing paid is no contract: somebody looks at it."""
    load_code_lists()
    claim = billed(north)
    arrive(north, r.content("0.00", r.echo(claim, ("0.00", "CO-45 165.00")), method="NON"))
    waiting = Remittance.objects.get().claims.get()
    assert (waiting.state, waiting.exception_code) == ("matched", "policy_zero_paid")
    assert book_of(claim) == OWED_165
    assert_ledger(north)
