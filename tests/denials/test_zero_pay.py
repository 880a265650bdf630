"""A payment of nothing is read by its reasons, never as a denial by itself; rules and denials."""

from decimal import Decimal

from billing.actions.policies import retire_rule
from billing.actions.takebacks import release_claim
from billing.models import Claim
from billing.next_parties import steps_of
from denials.actions.opening import open_denials
from denials.models import Denial
from payers.actions.code_lists import load_code_lists
from rcm.models import Practice, User
from tests import make
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, book_of
from tests.billing.ruling import make_rule
from tests.denials.denying import answer, pay, sent_claim

D = Decimal


def next_code(claim: Claim) -> str:
    return steps_of(claim.practice_id, [claim.pk], make.TODAY)[claim.pk].code


def test_all_to_the_deductible_is_the_patients_and_no_denial(north: Practice) -> None:
    claim = sent_claim(north)
    answer(north, r.echo(claim, ("0.00", "PR-1 165.00")))
    assert Denial.objects.count() == 0
    assert book_of(claim) == {"revenue": D("-165.00"), "patient_receivable": D("165.00")}
    assert next_code(claim) == "patient_share"


def test_no_authorization_is_a_denial_and_the_payer_still_owes(north: Practice) -> None:
    claim = sent_claim(north)
    answer(north, r.echo(claim, ("0.00", "CO-197 165.00")))
    assert Denial.objects.get().code == "CO-197"
    assert book_of(claim) == {"revenue": D("-165.00"), "primary_receivable": D("165.00")}
    assert next_code(claim) == "payer_owes"


def test_contract_and_deductible_leave_the_payer_nothing_to_owe(north: Practice) -> None:
    claim = sent_claim(north)
    answer(north, r.echo(claim, ("0.00", "CO-45 90.00", "PR-1 75.00")))
    assert Denial.objects.count() == 0
    assert "primary_receivable" not in book_of(claim)
    assert next_code(claim) == "patient_share"


def test_a_duplicate_waits_in_its_own_bucket_until_a_person_has_looked(
    north: Practice, ben: User
) -> None:
    load_code_lists()
    claim = sent_claim(north)
    row = answer(north, r.echo(claim, ("0.00", "OA-18 165.00")))
    waiting = row.claims.get()
    assert (waiting.state, waiting.exception_code) == ("matched", "policy_duplicate")
    assert Denial.objects.count() == 0
    assert book_of(claim)["primary_receivable"] == D("165.00")
    release_claim(waiting, by=ben, reason="No first claim exists")
    open_denials(row)
    assert Denial.objects.get().category == "duplicate"


def test_a_zero_payment_taken_off_whole_goes_to_review(north: Practice) -> None:
    claim = sent_claim(north)
    row = answer(north, r.echo(claim, ("0.00", "CO-45 165.00")))
    assert row.claims.get().exception_code == "policy_zero_paid"
    assert book_of(claim) == {"revenue": D("-165.00"), "primary_receivable": D("165.00")}
    assert_ledger(north)


def test_what_an_approved_rule_wrote_off_opens_no_denial_even_when_it_is_retired_since(
    north: Practice, ben: User, mia: User
) -> None:
    rule = make_rule(north, ben, action="write_off", amount_to="5.00", approved_by=mia)
    small, large = sent_claim(north), sent_claim(north)
    row = pay(
        north,
        r.echo(small, ("160.00", "CO-97 5.00")),
        r.echo(large, ("159.99", "CO-97 5.01")),
    )
    retire_rule(rule, by=ben)
    open_denials(row)
    assert [denial.claim for denial in Denial.objects.all()] == [large]
    assert book_of(small)["write_off"] == D("5.00")


def test_a_rule_made_after_the_posting_hides_no_denial(
    north: Practice, ben: User, mia: User
) -> None:
    claim = sent_claim(north)
    row = pay(north, r.echo(claim, ("160.00", "CO-97 5.00")))
    make_rule(north, ben, action="write_off", approved_by=mia)
    open_denials(row)
    assert Denial.objects.get().amount == D("5.00")


def test_a_transferred_share_opens_no_denial(north: Practice, ben: User) -> None:
    make_rule(north, ben, group="PR", reason="96", action="transfer")
    claim = sent_claim(north)
    answer(north, r.echo(claim, ("72.00", "PR-96 93.00")))
    assert Denial.objects.count() == 0
    assert book_of(claim)["patient_receivable"] == D("93.00")


def test_a_routed_denial_is_the_teams(north: Practice, ben: User) -> None:
    load_code_lists()
    make_rule(north, ben, reason="50", action="route", team="Appeals")
    first, second = sent_claim(north), sent_claim(north)
    answer(
        north,
        r.echo(first, ("0.00", "CO-50 165.00")),
        r.echo(second, ("0.00", "CO-29 165.00")),
    )
    assert Denial.objects.get(claim=first).owner_queue == "Appeals"
    assert Denial.objects.get(claim=second).owner_queue != "Appeals"
