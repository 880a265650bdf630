"""The same payment comes again: byte for byte, or in a new envelope. It is money once."""

from billing.models import InterchangeFile, Posting, Remittance
from rcm.models import Event
from tests.flows.story import Story, assert_ledger, balances


def test_the_same_file_again_is_the_first_file(story: Story) -> None:
    claim = story.paid_claim()
    before = balances(claim), Posting.objects.count(), InterchangeFile.objects.count()
    story.requests.duplicate_last_835({})
    assert story.exchange() == []
    assert (balances(claim), Posting.objects.count(), InterchangeFile.objects.count()) == before
    assert Event.objects.filter(name="file.received_again").count() == 1
    assert_ledger(story.practice)


def test_the_same_payment_in_a_new_envelope_is_not_recorded_again(story: Story) -> None:
    claim = story.paid_claim()
    before = balances(claim), Posting.objects.count()
    story.requests.reenvelope_last_835({})
    assert story.exchange() == []
    assert (balances(claim), Posting.objects.count()) == before
    file = InterchangeFile.objects.order_by("-pk").first()
    assert file is not None
    first = Remittance.objects.get()
    assert (file.state, file.note) == (
        "ignored",
        f"Duplicate of remittance {first.pk}: not recorded again.",
    )
    assert_ledger(story.practice)
