"""Forwarded by the first payer: the second one is waited for, and nothing is sent to it.

What is not forwarded becomes a claim of its own: tests/flows/test_secondary_payer.py.
"""

from billing.models import Adjustment, Batch, Claim, RemittedClaim, Submission
from rcm.models import Practice
from rcm.x12.remittance_835 import Party
from tests import make
from tests.acceptance.kit import BOOK_72, PAID_72, D, arrive, billed, book_of, states
from tests.billing import remitting as r
from tests.billing.books import assert_ledger

WAITING = {name: amount for name, amount in BOOK_72.items() if name != "patient_receivable"} | {
    "secondary_receivable": D("20.00")
}
MEDIGAP = Party("TT", "2", "MEDIGAP MUTUAL", "", "", "", "PI", "MEDIG")


def test_a_forwarded_claim_waits_for_the_second_payer_and_sends_nothing(north: Practice) -> None:
    claim = billed(north)
    told = r.echo(claim, PAID_72, status="19")
    told = type(told)(
        **{name: getattr(told, name) for name in told.__slots__}
        | {"parties": (*told.parties, MEDIGAP)}
    )
    arrive(north, r.content("72.00", told))
    assert states() == ["posted"]
    assert book_of(claim) == WAITING
    assert (Claim.objects.count(), Batch.objects.count(), Submission.objects.count()) == (1, 0, 0)
    assert "MEDIGAP MUTUAL" in str(RemittedClaim.objects.get().details)
    assert_ledger(north)


def test_without_forwarding_the_share_waits_and_what_a_second_claim_needs_is_kept(
    north: Practice,
) -> None:
    claim = billed(north)
    second = make.payer(north, payer_id="MEDIG", name="Medigap Mutual", short_name="Medigap")
    make.coverage(claim.patient, payer=second, rank="S")
    arrive(north, r.content("72.00", r.echo(claim, PAID_72)))
    assert book_of(claim) == WAITING
    claim.refresh_from_db()
    assert claim.payer_claim_control_number == "PT000001"
    told = RemittedClaim.objects.get()
    assert told.remittance.paid_on == r.PAID_ON
    rows = Adjustment.objects.order_by("position").values_list("group", "reason", "amount")
    assert list(rows) == [("CO", "45", D("73.00")), ("PR", "2", D("20.00"))]
    line = told.lines.get()
    assert line.amount_billed - D("73.00") - D("20.00") == line.amount_paid
    assert_ledger(north)
