"""A line is denied for its coding; the coder corrects the chart and the correction is paid."""

from billing.models import Claim, RemittedClaim
from coding.models import CoderTask
from denials.actions import denials as actions
from denials.models import Denial
from rcm.models import Event
from tests.flows.story import Story, assert_ledger, balances


def denied_claim(story: Story) -> Claim:
    """99213 paid, 93000 denied with CO-11: the pointer does not support it."""
    story.chart()
    claim = story.draft(story.code("99213", "93000"))
    story.submit()
    story.exchange()
    claim.refresh_from_db()
    return claim


def test_a_denied_line_waits_with_the_coder_and_stays_owed(story: Story) -> None:
    claim = denied_claim(story)
    denial = Denial.objects.get()
    assert (denial.code, str(denial.amount), denial.state) == ("CO-11", "55.00", "with_coder")
    assert balances(claim) == {
        "revenue": "-220.00",
        "unapplied": "72.00",
        "contractual": "73.00",
        "patient_receivable": "20.00",
        "primary_receivable": "55.00",
    }
    assert_ledger(story.practice)


def test_recoding_sends_a_replacement_that_is_paid(story: Story) -> None:
    claim = denied_claim(story)
    task = CoderTask.objects.get()
    actions.start_recoding(task, by=story.ana)
    chart = story.code("99213", "93000", diagnoses=("I10", "R079"))
    task.refresh_from_db()
    assert (chart, task.state, task.resolved_by) == (claim.encounter, "recoded", story.ana)
    story.follow(task)
    corrected = Claim.objects.get(replaces=claim)
    assert (corrected.frequency, corrected.status) == ("7", "ready")
    story.draft(chart)
    assert Claim.objects.count() == 2
    [batch] = story.submit()
    assert b"CLM*" in bytes(batch.file.content)
    assert f"REF*F8*{claim.payer_claim_control_number}~" in bytes(batch.file.content).decode()
    story.exchange()
    denial = Denial.objects.get()
    assert (denial.state, denial.resolution) == ("resolved", "paid")
    assert denial.corrected_claim == corrected
    codes = RemittedClaim.objects.order_by("pk").values_list("status_code", flat=True)
    assert list(codes) == ["1", "22", "1"]
    assert balances(claim) == {}
    assert balances(corrected) == {
        "revenue": "-220.00",
        "unapplied": "102.00",
        "contractual": "98.00",
        "patient_receivable": "20.00",
    }
    assert_ledger(story.practice)


def test_an_upheld_denial_can_be_written_off_by_the_biller(story: Story) -> None:
    claim = denied_claim(story)
    task = CoderTask.objects.get()
    actions.coder_tasks.uphold_task(task, answer="Done for the palpitations.", by=story.ana)
    story.follow(task)
    actions.write_off(Denial.objects.get(), note="Not worth an appeal", by=story.ben)
    assert balances(claim)["write_off"] == "55.00"
    assert "primary_receivable" not in balances(claim)
    assert Event.objects.filter(name="denial.resolved").count() == 1
    assert_ledger(story.practice)
