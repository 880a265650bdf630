"""Later payments end denials: a correction is paid or denied, or the payer takes a payment back."""

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from billing.actions import takebacks
from billing.models import Claim, Remittance
from coding.actions.tasks import uphold_task
from coding.models import CoderTask
from denials.actions import closing
from denials.actions import denials as actions
from denials.actions.opening import open_denials
from denials.models import Denial
from rcm.models import Event, Practice, User
from rcm.x12.remittance_835 import RemittedClaim
from tests.billing import remitting as r
from tests.billing.books import assert_ledger
from tests.denials.denying import answer, denied, pay, sent_claim

DENIED = ("0.00", "CO-29 165.00")


def sent(claim: Claim) -> Claim:
    """A drafted claim the payer has taken in."""
    Claim.objects.filter(pk=claim.pk).update(
        status="accepted", submitted_at="2026-11-21T15:00:00Z", accepted_at="2026-11-21T15:00:00Z"
    )
    claim.refresh_from_db()
    return claim


def whole(claim: Claim, amount: str) -> RemittedClaim:
    """The payer's account of a claim denied as a whole (CO-29), without a word about its lines."""
    said = r.cas(f"CO-29 {amount}")
    billed = str(claim.amount_billed)
    return r.clp(claim.patient_control_number, billed, "0.00", adjustments=said)


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


def test_a_claim_denied_as_a_whole_closes_as_paid_when_it_is_paid_without_a_reversal(
    north: Practice,
) -> None:
    claim = sent_claim(north, ("99213", "165.00"))
    answer(north, whole(claim, "165.00"))
    denial = Denial.objects.get()
    assert (denial.service_line, denial.state) == (None, "open")
    answer(north, r.echo(claim, ("92.00", "CO-45 73.00")))
    denial.refresh_from_db()
    assert (denial.state, denial.resolution, denial.resolved_by) == ("resolved", "paid", None)
    assert denial.resolution_note == "The payer paid it later, without a correction."
    event = Event.objects.get(name="denial.resolved")
    assert (event.subject_id, event.data) == (denial.pk, {"resolution": "paid"})
    assert_ledger(north)


def test_a_denied_line_that_is_paid_later_takes_the_question_back_from_the_coder(
    north: Practice,
) -> None:
    denial = denied(north, "CO-11")
    answer(north, r.echo(denial.claim, ("92.00", "CO-45 73.00")))
    denial.refresh_from_db()
    assert (denial.state, denial.resolution) == ("resolved", "paid")
    assert CoderTask.objects.get().state == "closed"
    assert_ledger(north)


def test_a_claim_denied_as_a_whole_and_paid_but_for_one_line_leaves_that_line_open(
    north: Practice,
) -> None:
    claim = sent_claim(north, ("99213", "165.00"), ("20610", "148.00"))
    answer(north, whole(claim, "313.00"))
    old = Denial.objects.get()
    answer(north, r.echo(claim, ("92.00", "CO-45 73.00"), ("0.00", "CO-22 148.00")))
    old.refresh_from_db()
    assert (old.state, old.resolution) == ("resolved", "paid")
    new = Denial.objects.exclude(pk=old.pk).get()
    assert (new.code, str(new.amount), new.state) == ("CO-22", "148.00", "open")


def test_a_denial_without_a_payment_leaves_the_older_one_alone(north: Practice) -> None:
    claim = sent_claim(north, ("99213", "165.00"))
    answer(north, whole(claim, "165.00"))
    other = sent_claim(north, ("99213", "165.00"))
    answer(north, r.echo(other, ("92.00", "CO-45 73.00")))
    assert Denial.objects.get().state == "open"


def test_an_older_payment_read_again_ends_no_later_denial(north: Practice) -> None:
    claim = sent_claim(north, ("99213", "165.00"))
    paid = answer(north, r.echo(claim, ("92.00", "CO-45 73.00")))
    answer(
        north,
        r.echo(claim, ("92.00", "CO-45 73.00"), status="22"),
        r.echo(claim, ("0.00", "CO-29 165.00")),
        r.echo(sent_claim(north), ("92.00", "CO-45 73.00")),
    )
    open_denials(paid)
    assert Denial.objects.get().state == "open"
    assert_ledger(north)


def test_denied_again_for_the_same_reason_beside_its_reversal_is_one_open_denial_of_the_owner(
    north: Practice, ben: User
) -> None:
    old = denied(north)
    actions.assign(old, to=ben.pk, by=ben)
    answer(
        north,
        r.echo(old.claim, DENIED, status="22"),
        r.echo(old.claim, DENIED),
    )
    old.refresh_from_db()
    new = Denial.objects.exclude(pk=old.pk).get()
    assert (old.state, old.resolution) == ("resolved", "reversed")
    assert (new.state, new.code, new.assigned_to, str(new.amount)) == (
        *("open", "CO-29", ben),
        "165.00",
    )
    assert new.due_on > new.denied_on
    assert_ledger(north)


def test_as_many_denials_as_a_payment_ends_take_the_same_number_of_statements(
    north: Practice,
) -> None:
    def statements(count: int) -> int:
        rows = [denied(north, "CO-11") for _ in range(count)]
        with CaptureQueriesContext(connection) as captured, transaction.atomic():
            closing.end(rows, Denial.Resolution.REVERSED, note="Taken back")
        assert {row.state for row in Denial.objects.all()} == {"resolved"}
        assert {task.state for task in CoderTask.objects.all()} == {"closed"}
        return len(captured)

    assert statements(1) == statements(7)


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
