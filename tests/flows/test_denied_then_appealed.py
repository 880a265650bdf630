"""A line is denied, the coder upholds it, and the payer gives in at the second level."""

from datetime import timedelta

from django.utils import timezone

from billing.models import Claim, Remittance
from coding.models import CoderTask
from denials.actions import appeal_decisions, appeal_parts, appeals
from denials.actions import denials as verbs
from denials.actions.appeal_decisions import Decision
from denials.actions.appeals import Sending
from denials.gaps import count_gaps
from denials.models import Appeal, Denial
from denials.tasks import open_denials
from tests.billing import remitting
from tests.billing.attaching import pdf
from tests.flows.story import Story, assert_ledger, balances, twice
from tests.flows.test_denied_then_recoded import denied_claim


def pay_after_appeal(story: Story, claim: Claim) -> None:
    """The payer takes its answer back and pays both lines."""
    paid = ("72.00", "CO-45 73.00", "PR-3 20.00")
    content = remitting.content(
        "30.00",
        remitting.echo(claim, paid, ("0.00", "CO-11 55.00"), status="22"),
        remitting.echo(claim, paid, ("30.00", "CO-45 25.00")),
        number=900,
        trace_number="WON1",
    )
    remitting.posted(story.practice, content)
    won = Remittance.objects.get(trace_number="WON1")
    twice(open_denials, story.practice.pk, won.pk)


def test_upheld_appealed_lost_appealed_again_won_and_paid(story: Story) -> None:
    claim = denied_claim(story)
    task = CoderTask.objects.get()
    verbs.coder_tasks.uphold_task(task, answer="Done for the palpitations.", by=story.ana)
    story.follow(task)
    denial = Denial.objects.get()

    first = appeals.open_appeal(denial, by=story.ben)
    appeals.make_ready(first, by=story.ben)
    sent = appeals.submit(first, Sending("fax", "F1"), by=story.ben)
    assert "Done for the palpitations." in sent.sent_letter
    denial.refresh_from_db()
    assert (denial.state, balances(claim)["primary_receivable"]) == ("appealed", "55.00")

    today = timezone.localdate()
    lost = appeal_decisions.decide(
        sent, Decision("unfavorable", today, note="Not shown"), by=story.ben
    )
    denial.refresh_from_db()
    assert denial.state == "open"
    level_2 = denial.deadlines.get(remedy="appeal_2")
    assert level_2.deadline == today + timedelta(days=level_2.days)

    second = appeals.open_next(lost, by=story.ben)
    appeal_parts.add_file(second, item="decision", name="no.pdf", content=pdf(), by=story.ben)
    appeals.make_ready(second, by=story.ben)
    appeals.submit(second, Sending("mail", "M2"), by=story.ben)
    appeal_decisions.decide(second, Decision("favorable", today), by=story.ben)
    assert not any(count_gaps(story.practice.pk).values())

    pay_after_appeal(story, claim)
    denial.refresh_from_db()
    assert (denial.state, denial.resolution) == ("resolved", "overturned")
    outcomes = Appeal.objects.order_by("level").values_list("outcome", "follow_up_on")
    assert list(outcomes) == [("unfavorable", None), ("favorable", None)]
    assert balances(claim) == {
        "revenue": "-220.00",
        "unapplied": "102.00",
        "contractual": "98.00",
        "patient_receivable": "20.00",
    }
    assert_ledger(story.practice)
