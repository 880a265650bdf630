"""What people moved of a denied line does not outlive the claim: its next version asks anew."""

from decimal import Decimal

from billing.actions import claims
from billing.actions.replacements import withdraw_replacements
from billing.ledger import ledger_sum
from denials.actions import denials as actions
from denials.actions.write_offs import take_back
from denials.models import Denial
from rcm.models import Practice, User
from tests.billing import remitting
from tests.denials.denying import answer, sent_claim
from tests.denials.test_verbs import balances


def denied_twice(practice: Practice, ben: User) -> tuple[Denial, Denial]:
    """Two lines: the first denied and billed to the patient, the second denied and written off."""
    claim = sent_claim(practice, ("99213", "165.00"), ("93000", "55.00"))
    answer(
        practice,
        remitting.echo(claim, ("0.00", "PR-27 165.00"), ("0.00", "CO-29 55.00")),
    )
    first, second = Denial.objects.filter(claim=claim).order_by("pk")
    actions.bill_patient(first, by=ben)
    actions.write_off(second, note="Late", by=ben)
    return first, second


def test_a_replacement_takes_back_what_was_billed_and_written_off(
    north: Practice, ben: User
) -> None:
    first, _ = denied_twice(north, ben)
    assert balances(first.claim) == {
        "revenue": "-220.00",
        "patient_receivable": "165.00",
        "write_off": "55.00",
    }
    corrected = claims.replace_claim(first.claim, by=ben)
    assert balances(first.claim) == {}
    assert balances(corrected) == {"revenue": "-220.00", "primary_receivable": "220.00"}
    assert ledger_sum(north) == Decimal("0.00")


def test_a_correction_taken_back_lets_them_stand_again(north: Practice, ben: User) -> None:
    first, second = denied_twice(north, ben)
    before = balances(first.claim)
    for _ in range(2):
        corrected = claims.replace_claim(first.claim, by=ben)
        assert withdraw_replacements(north.pk, [corrected.pk], by=ben) == [corrected.pk]
        assert balances(first.claim) == before
    take_back(second, by=ben)
    assert balances(first.claim) == {
        "revenue": "-220.00",
        "patient_receivable": "165.00",
        "primary_receivable": "55.00",
    }
