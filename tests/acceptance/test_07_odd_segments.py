"""Other qualifiers, unknown segments, line breaks, other separators, several ST: the rest posts."""

import pytest

from billing.models import Remittance, RemittedLine
from rcm.models import Practice
from rcm.x12.envelope import Delimiters
from tests.acceptance.kit import BOOK_72, PAID_72, arrive, billed, book_of, cash, states
from tests.billing import remitting as r
from tests.billing.books import assert_ledger


@pytest.mark.parametrize("qualifier", ["NU", "N4", "ER", "HP", "AD"])
def test_a_line_of_another_qualifier_posts_by_its_line_number(
    north: Practice, qualifier: str
) -> None:
    claim, other = billed(north), billed(north)
    number = claim.lines.get().line_control_number
    svc = r.line("0450", "165.00", *PAID_72, qualifier=qualifier, number=number)
    told = r.clp(claim.patient_control_number, "165.00", "72.00", svc)
    arrive(north, r.content("144.00", told, r.echo(other, PAID_72)))
    assert states() == ["posted"]
    assert RemittedLine.objects.get(procedure_code="0450").qualifier == qualifier
    assert (book_of(claim), book_of(other)) == (BOOK_72, BOOK_72)
    assert_ledger(north)


def test_such_a_line_without_a_number_waits_alone(north: Practice) -> None:
    claim, other = billed(north), billed(north)
    svc = r.line("0450", "165.00", *PAID_72, qualifier="NU")
    told = r.clp(claim.patient_control_number, "165.00", "72.00", svc)
    arrive(north, r.content("144.00", told, r.echo(other, PAID_72)))
    assert states() == ["partly_posted"]
    waiting = Remittance.objects.get().claims.get(claim=claim)
    assert waiting.exception == "Line 1 of the payer fits no line of this claim."
    assert book_of(other) == BOOK_72
    assert_ledger(north, unapplied="72.00")


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_line_breaks_between_segments_change_nothing(north: Practice, newline: bytes) -> None:
    claim = billed(north)
    content = r.content("72.00", r.echo(claim, PAID_72)).replace(b"~", b"~" + newline)
    arrive(north, content)
    assert (states(), book_of(claim)) == (["posted"], BOOK_72)
    assert_ledger(north)


@pytest.mark.parametrize("marks", [Delimiters("*", "^", ":", "~"), Delimiters("|", "!", ">", "'")])
def test_other_separators_change_nothing(north: Practice, marks: Delimiters) -> None:
    claim = billed(north)
    payment = (r.start("72.00"), (r.echo(claim, PAID_72),), ())
    arrive(north, r.content_of(payment, delimiters=marks))
    assert (states(), book_of(claim)) == (["posted"], BOOK_72)
    assert_ledger(north)


def test_a_segment_nobody_knows_spoils_its_payment_at_most(north: Practice) -> None:
    one, two = billed(north), billed(north)
    content = r.content_of(
        (r.start("72.00"), (r.echo(one, PAID_72),), ()),
        (r.start("72.00", trace_number="CHECK2"), (r.echo(two, PAID_72),), ()),
    )
    place = content.index(b"CLP*" + one.patient_control_number.encode())
    odd = content[:place] + b"ZZZ*9*WHAT~" + content[place:]
    # SE01 counts segments; the payer counted the odd one, too.
    count = int(odd.partition(b"~SE*")[2].partition(b"*")[0])
    odd = odd.replace(b"~SE*%d*" % count, b"~SE*%d*" % (count + 1), 1)
    file = arrive(north, odd)
    assert file.problems.filter(message__contains="ZZZ").exists()
    assert book_of(two) == BOOK_72
    assert Remittance.objects.get(trace_number="CHECK2").state == "posted"
    assert_ledger(north)


def test_several_payments_in_one_file_are_several_deposits(north: Practice) -> None:
    one, two = billed(north), billed(north)
    content = r.content_of(
        (r.start("72.00"), (r.echo(one, PAID_72),), ()),
        (r.start("72.00", trace_number="CHECK2"), (r.echo(two, PAID_72),), ()),
    )
    arrive(north, content)
    assert states() == ["posted", "posted"]
    assert cash(north) == 144
    assert (book_of(one), book_of(two)) == (BOOK_72, BOOK_72)
    assert_ledger(north)
