"""Later payments end denials: a correction is paid or denied, or the payer takes a payment back."""

from billing.models import Claim
from coding.models import CoderTask
from denials.actions import denials as actions
from denials.actions.opening import open_denials
from denials.models import Denial
from rcm.models import Event, Practice, User
from tests.billing import remitting as r
from tests.denials.denying import answer, denied, pay, sent_claim

DENIED = ("0.00", "CO-29 165.00")


def sent(claim: Claim) -> Claim:
    """A drafted claim the payer has taken in."""
    Claim.objects.filter(pk=claim.pk).update(
        status="accepted", submitted_at="2026-11-21T15:00:00Z", accepted_at="2026-11-21T15:00:00Z"
    )
    claim.refresh_from_db()
    return claim


def test_a_corrected_claim_that_is_paid_closes_the_denial_as_paid(
    north: Practice, ben: User
) -> None:
    denial = denied(north)
    corrected = sent(actions.send_corrected(denial, by=ben))
    remittance = answer(
        north,
        r.echo(denial.claim, DENIED, status="22"),
        r.echo(corrected, ("92.00", "CO-45 73.00")),
    )
    open_denials(remittance)
    denial.refresh_from_db()
    assert (denial.state, denial.resolution, denial.resolved_by) == ("resolved", "paid", None)
    assert denial.corrected_claim == corrected
    assert Event.objects.filter(name="denial.resolved").count() == 1


def test_a_corrected_claim_denied_again_closes_the_old_denial_and_opens_a_new_one(
    north: Practice, ben: User
) -> None:
    denial = denied(north)
    corrected = sent(actions.send_corrected(denial, by=ben))
    answer(north, r.echo(corrected, ("0.00", "CO-22 165.00")))
    denial.refresh_from_db()
    assert (denial.state, denial.resolution) == ("resolved", "denied_again")
    assert denial.resolution_note == "The corrected claim was denied; work goes on there."
    new = Denial.objects.get(claim=corrected)
    assert (new.code, new.state, str(new.amount)) == ("CO-22", "open", "165.00")


def test_the_answer_to_a_replacement_ends_every_denial_of_the_claim(
    north: Practice, ben: User
) -> None:
    claim = sent_claim(north, ("99213", "165.00"), ("20610", "148.00"))
    answer(north, r.echo(claim, DENIED, ("0.00", "CO-11 148.00")))
    late, coding = Denial.objects.order_by("pk")
    corrected = sent(actions.send_corrected(late, by=ben))
    answer(north, r.echo(corrected, ("92.00", "CO-45 73.00"), ("100.00", "CO-45 48.00")))
    assert {d.resolution for d in Denial.objects.all()} == {"paid"}
    assert CoderTask.objects.get(denial=coding).state == "closed"


def test_the_answer_to_a_claim_drafted_anew_still_finds_its_denial(
    north: Practice, ben: User
) -> None:
    denial = denied(north)
    corrected = actions.send_corrected(denial, by=ben)
    again = sent(actions.claims.redraft_claim(corrected, by=ben))
    answer(north, r.echo(again, ("92.00", "CO-45 73.00")))
    denial.refresh_from_db()
    assert denial.resolution == "paid"


def test_a_reversal_closes_the_denial_it_takes_back(north: Practice) -> None:
    denial = denied(north)
    answer(north, r.echo(denial.claim, DENIED, status="22"))
    denial.refresh_from_db()
    assert (denial.state, denial.resolution) == ("resolved", "reversed")


def test_a_reversal_takes_the_question_back_from_the_coder(north: Practice) -> None:
    denial = denied(north, "CO-11")
    assert denial.state == "with_coder"
    answer(north, r.echo(denial.claim, ("0.00", "CO-11 165.00"), status="22"))
    denial.refresh_from_db()
    task = CoderTask.objects.get()
    assert (denial.resolution, task.state, task.answer) == ("reversed", "closed", "")
    assert Event.objects.get(name="coder_task.closed").subject_id == task.pk


def test_a_reversal_leaves_a_resubmitted_denial_to_the_answer_of_its_correction(
    north: Practice, ben: User
) -> None:
    denial = denied(north)
    actions.send_corrected(denial, by=ben)
    answer(north, r.echo(denial.claim, DENIED, status="22"))
    denial.refresh_from_db()
    assert denial.state == "resubmitted"


def test_a_correction_behind_its_reversal_keeps_its_own_denial(north: Practice) -> None:
    denial = denied(north)
    claim = denial.claim
    answer(
        north,
        r.echo(claim, DENIED, status="22"),
        r.echo(claim, ("90.00", "CO-45 30.00", "CO-22 45.00")),
    )
    denial.refresh_from_db()
    assert denial.resolution == "reversed"
    new = Denial.objects.exclude(pk=denial.pk).get()
    assert (new.code, str(new.amount), new.state) == ("CO-22", "45.00", "open")


def test_reading_an_old_reversal_again_leaves_later_denials_open(north: Practice) -> None:
    denial = denied(north)
    claim = denial.claim
    reversal = answer(north, r.echo(claim, DENIED, status="22"))
    answer(north, r.echo(claim, ("0.00", "CO-22 165.00")))
    open_denials(reversal)
    assert Denial.objects.get(reason="22").state == "open"


def test_a_remittance_about_other_claims_closes_nothing(north: Practice, ben: User) -> None:
    denial = denied(north)
    actions.send_corrected(denial, by=ben)
    other = sent_claim(north)
    open_denials(pay(north, r.echo(other, ("92.00", "CO-45 73.00"))))
    denial.refresh_from_db()
    assert denial.state == "resubmitted"
