"""The coder's answer to a denial: upheld goes back to the biller, recoded becomes a correction."""

from datetime import date

import pytest
from django.utils import timezone

from billing.actions import claim_rules
from billing.models import Claim
from coding.actions import encounters
from coding.actions.tasks import resolve_recoded, uphold_task
from coding.models import CoderTask
from denials.actions import coder_answers
from denials.actions import denials as actions
from denials.models import Denial
from denials.tasks import follow_coder_task
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests.billing import remitting as r
from tests.denials.denying import answer, denied, sent_claim


@pytest.fixture
def denial(north: Practice) -> Denial:
    """CO-11 over 165.00, with the coder."""
    return denied(north, "CO-11")


def test_an_upheld_denial_is_the_billers_again_with_the_reasoning(
    north: Practice, denial: Denial, ana: User
) -> None:
    task = CoderTask.objects.get()
    uphold_task(task, answer="The note documents both.", by=ana)
    follow_coder_task(north.pk, task.pk)
    follow_coder_task(north.pk, task.pk)
    denial.refresh_from_db()
    assert (denial.state, denial.coder_task) == ("open", task)
    assert Event.objects.get(name="denial.upheld_by_coder").created_by == ana


def test_a_recoded_chart_goes_out_as_one_correction(
    north: Practice, denial: Denial, ana: User
) -> None:
    task = CoderTask.objects.get()
    resolve_recoded(task, by=ana)
    follow_coder_task(north.pk, task.pk)
    follow_coder_task(north.pk, task.pk)
    denial.refresh_from_db()
    corrected = Claim.objects.get(frequency="7")
    assert (denial.state, denial.corrected_claim) == ("resubmitted", corrected)
    assert corrected.replaces == denial.claim


def test_two_recoded_denials_of_a_claim_become_one_correction(north: Practice, ana: User) -> None:
    claim = sent_claim(north, ("99213", "165.00"), ("20610", "148.00"))
    answer(north, r.echo(claim, ("0.00", "CO-11 165.00"), ("0.00", "CO-97 148.00")))
    for task in CoderTask.objects.order_by("pk"):
        resolve_recoded(task, by=ana)
        follow_coder_task(north.pk, task.pk)
    corrected = Claim.objects.get(frequency="7")
    assert {d.corrected_claim for d in Denial.objects.all()} == {corrected}


def test_a_chart_recoded_after_its_correction_was_sent_is_corrected_once_more(
    north: Practice, ana: User, ben: User
) -> None:
    claim = sent_claim(north, ("99213", "165.00"), ("20610", "148.00"))
    answer(north, r.echo(claim, ("0.00", "CO-11 165.00"), ("0.00", "CO-29 148.00")))
    coding, late = Denial.objects.order_by("pk")
    first = actions.send_corrected(late, by=ben)
    now = timezone.now()
    Claim.objects.filter(pk=first.pk).update(status="accepted", submitted_at=now, accepted_at=now)
    Claim.objects.filter(pk=first.pk).update(payer_claim_control_number="P2")
    resolve_recoded(coding.coder_task, by=ana)
    follow_coder_task(north.pk, coding.coder_task_id)
    coding.refresh_from_db()
    assert coding.corrected_claim is not None
    assert coding.corrected_claim.replaces == first


def test_a_correction_billing_refuses_goes_back_to_the_biller(
    north: Practice, denial: Denial, ana: User
) -> None:
    denial.payer.takes_replacement_claims = False
    denial.payer.save(update_fields=["takes_replacement_claims"])
    task = CoderTask.objects.get()
    resolve_recoded(task, by=ana)
    follow_coder_task(north.pk, task.pk)
    follow_coder_task(north.pk, task.pk)
    denial.refresh_from_db()
    assert (denial.state, denial.corrected_claim) == ("open", None)
    event = Event.objects.get(name="denial.correction_refused")
    assert event.data == {"code": "no_replacements"}
    assert Claim.objects.count() == 1


def test_an_open_task_changes_nothing(north: Practice, denial: Denial) -> None:
    follow_coder_task(north.pk, CoderTask.objects.get().pk)
    denial.refresh_from_db()
    assert denial.state == "with_coder"


def test_recoding_opens_the_chart_and_may_be_asked_for_again(denial: Denial, ana: User) -> None:
    task = CoderTask.objects.get()
    actions.start_recoding(task, by=ana)
    actions.start_recoding(task, by=ana)
    encounter = denial.claim.encounter
    encounter.refresh_from_db()
    assert encounter.state == "returned"
    assert Event.objects.filter(name="encounter.reopened").count() == 1
    assert encounters.next_encounter(encounter.practice, by=ana) == encounter


def test_an_answered_task_cannot_be_recoded(denial: Denial, ana: User, mia: User) -> None:
    task = CoderTask.objects.get()
    uphold_task(CoderTask.objects.get(), answer="As documented.", by=mia)
    before = Event.objects.count()
    with pytest.raises(Refusal) as caught:
        actions.start_recoding(task, by=ana)
    assert caught.value.message == "Somebody was first: this task is upheld."
    assert Event.objects.count() == before
    denial.claim.encounter.refresh_from_db()
    assert denial.claim.encounter.state == "finalized"


def test_a_claim_rule_does_not_stop_a_chart_that_is_closed_as_it_was_sent(
    north: Practice, denial: Denial, ana: User, ben: User
) -> None:
    task = CoderTask.objects.get()
    actions.start_recoding(task, by=ana)
    rule = claim_rules.make_rule(
        north,
        by=ben,
        name="Second look",
        terms="procedure is 99213\nmodifiers lack 25",
        action="hold",
        message="Is there a 25?",
        starts_on=date(2026, 1, 1),
    )
    claim_rules.try_rule(rule, by=ben)
    claim_rules.enable_rule(rule, by=ben)
    chart = denial.claim.encounter
    with pytest.raises(Refusal) as caught:
        encounters.finalize_encounter(chart, by=ana)
    assert caught.value.message == "One edit blocks this chart: Is there a 25?"
    coder_answers.uphold(task, answer="The note documents both.", by=ana)
    chart.refresh_from_db()
    task.refresh_from_db()
    assert (chart.state, task.state) == ("finalized", "upheld")
