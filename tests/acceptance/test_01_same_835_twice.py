"""The same 835 twice, and the same check re-enveloped: the ledger does not change."""

from billing.models import InterchangeFile, Remittance, RemittanceCopy
from rcm.models import Event, Practice
from tests.acceptance.kit import BOOK_72, PAID_72, arrive, billed, book_of, moves, states
from tests.billing import remitting as r
from tests.billing.books import assert_ledger


def test_the_same_bytes_are_one_file_and_one_payment(north: Practice) -> None:
    claim = billed(north)
    content = r.content("72.00", r.echo(claim, PAID_72))
    first = arrive(north, content)
    before = moves()
    again = arrive(north, content, name="renamed.835")
    assert again == first
    assert moves() == before
    assert states() == ["posted"]
    assert Event.objects.filter(name="file.received_again").count() == 1
    assert book_of(claim) == BOOK_72
    assert_ledger(north)


def test_the_same_check_in_another_envelope_is_a_duplicate_of_the_first(north: Practice) -> None:
    claim = billed(north)
    payment = (r.start("72.00"), (r.echo(claim, PAID_72),), ())
    arrive(north, r.content_of(payment))
    remittance = Remittance.objects.get()
    before = moves()
    second = arrive(north, r.content_of(payment, number=902, sender_id="OTHERHOUSE"), "b.835")
    assert moves() == before
    assert InterchangeFile.objects.count() == 2
    assert second.state == "ignored"
    assert second.note.startswith(f"Duplicate of remittance {remittance.pk}")
    copy = RemittanceCopy.objects.get()
    assert (copy.remittance, copy.file, copy.kind) == (remittance, second, "duplicate")
    assert states() == ["posted"]
    assert not any(amount == "0.00" for *_, amount in moves())
    assert book_of(claim) == BOOK_72
    assert_ledger(north)
