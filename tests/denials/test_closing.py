"""Later payments end denials: a correction is paid or denied, or the payer takes a payment back."""

from billing.actions import takebacks
from billing.models import Claim, Remittance
from coding.actions.tasks import uphold_task
from coding.models import CoderTask
from denials.actions import closing
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


def take_back(denial: Denial, by: User) -> Remittance:
    """The posting of the payment that denied it is taken back; the denial rests."""
    remittance = denial.remitted_claim.remittance
    takebacks.reverse_remittance(remittance, reason="Wrong day", by=by)
    assert closing.close_unposted(remittance) == 1
    denial.refresh_from_db()
    assert denial.resolution == "taken_back"
    return remittance


def post_again(remittance: Remittance, by: User) -> None:
    open_denials(takebacks.release_remittance(remittance, by=by))


def test_a_posting_taken_back_and_posted_again_asks_the_coder_again(
    north: Practice, ben: User
) -> None:
    denial = denied(north, "CO-11")
    remittance = take_back(denial, ben)
    task = CoderTask.objects.get()
    assert (task.state, task.resolved_at is None) == ("closed", False)
    post_again(remittance, ben)
    denial.refresh_from_db()
    task.refresh_from_db()
    assert (denial.state, denial.resolution, denial.coder_task) == ("with_coder", "", task)
    assert (task.state, task.resolved_at) == ("open", None)
    assert Event.objects.filter(name="coder_task.opened", subject_id=task.pk).count() == 2
    assert Event.objects.get(name="denial.reopened").subject_id == denial.pk


def test_a_question_closed_with_its_posting_can_be_asked_by_hand_again(
    north: Practice, ben: User, ana: User
) -> None:
    denial = denied(north)
    task = actions.route_to_coder(denial, by=ben)
    post_again(take_back(denial, ben), ben)
    denial.refresh_from_db()
    assert (denial.state, denial.coder_task) == ("open", None)
    assert actions.route_to_coder(denial, by=ben) == task
    task.refresh_from_db()
    assert task.state == "open"
    uphold_task(task, answer="As documented.", by=ana)
    actions.follow_coder_task(task)
    denial.refresh_from_db()
    assert denial.state == "open"


def test_an_answer_given_before_stands_when_the_payment_is_posted_again(
    north: Practice, ben: User, ana: User
) -> None:
    denial = denied(north, "CO-11")
    task = CoderTask.objects.get()
    uphold_task(task, answer="As documented.", by=ana)
    actions.follow_coder_task(task)
    post_again(take_back(denial, ben), ben)
    denial.refresh_from_db()
    task.refresh_from_db()
    assert (denial.state, denial.coder_task, task.state) == ("open", task, "upheld")
