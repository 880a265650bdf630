"""The payer takes a payment back and pays anew, in one check or in two."""

from decimal import Decimal

from billing import ledger
from billing.models import Posting, RemittedClaim
from tests.flows.story import Story, assert_ledger, balances


def test_a_lower_correction_leaves_only_itself_and_a_balance_carried_forward(story: Story) -> None:
    claim = story.paid_claim()
    sent = story.requests.reverse_and_correct({"allowed_percent": "80"})
    [remittance] = story.exchange()
    # 80 percent of 92.00 is 73.60: 20.00 by the patient, 53.60 instead of 72.00 by the payer.
    assert (sent["amount_before"], sent["amount_corrected"]) == (7_200, 5_360)
    assert (remittance.state, str(remittance.amount_paid)) == ("posted", "0.00")
    assert balances(claim) == {
        "revenue": "-165.00",
        "unapplied": "53.60",
        "contractual": "91.40",
        "patient_receivable": "20.00",
    }
    assert ledger.account_balances(story.practice)["payer_offset"] == Decimal("-18.40")
    assert_ledger(story.practice)


def test_a_better_correction_adds_the_difference(story: Story) -> None:
    claim = story.paid_claim()
    story.requests.reverse_and_correct({"allowed_percent": "110"})
    [remittance] = story.exchange()
    assert (remittance.state, str(remittance.amount_paid)) == ("posted", "9.20")
    assert balances(claim) == {
        "revenue": "-165.00",
        "unapplied": "81.20",
        "contractual": "63.80",
        "patient_receivable": "20.00",
    }
    codes = RemittedClaim.objects.order_by("pk").values_list("status_code", flat=True)
    assert list(codes) == ["1", "22", "1"]
    assert Posting.objects.filter(origin__endswith=":deposit").count() == 2
    assert_ledger(story.practice)


def test_a_reversal_alone_is_carried_into_the_next_check(story: Story) -> None:
    claim = story.paid_claim()
    story.requests.forward_balance({})
    [forwarded] = story.exchange()
    assert (forwarded.state, str(forwarded.amount_paid)) == ("posted", "0.00")
    assert balances(claim) == {"revenue": "-165.00", "primary_receivable": "165.00"}
    assert_ledger(story.practice)
    story.chart()
    other = story.draft(story.code("99213"))
    story.submit()
    [remittance] = story.exchange()
    assert (remittance.state, str(remittance.amount_paid)) == ("posted", "0.00")
    assert balances(other)["patient_receivable"] == "20.00"
    assert_ledger(story.practice)
