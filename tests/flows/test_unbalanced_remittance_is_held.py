"""A payment that does not add up waits in view; nothing of it is posted, the next ones are."""

from billing.models import Posting, Remittance
from denials.models import Denial
from tests.flows.story import Story, assert_ledger, balances


def test_an_unbalanced_payment_is_held_and_the_queue_goes_on(story: Story) -> None:
    claim = story.paid_claim()
    before = balances(claim), Posting.objects.count()
    story.requests.send_unbalanced_835({"amount": "1"})
    [held] = story.exchange()
    assert (held.state, held.hold_code) == ("held", "unbalanced")
    assert "0.01" in f"{held.hold_message} {held.differences}"
    assert (balances(claim), Posting.objects.count()) == before
    assert Denial.objects.count() == 0
    story.chart()
    other = story.draft(story.code("99213"))
    story.submit()
    [posted] = story.exchange()
    assert posted.state == "posted"
    assert balances(other)["unapplied"] == "72.00"
    assert Remittance.objects.filter(state="held").count() == 1
    assert_ledger(story.practice)
