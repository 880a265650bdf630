"""The payer bundles, splits or restates lines: ours keep their codes, its words are kept."""

from billing.models import Posting, RemittedLine
from rcm.models import Practice
from tests.acceptance.kit import D, arrive, billed, book_of, states
from tests.billing import remitting as r
from tests.billing.books import assert_ledger


def test_a_line_bundled_into_another_stays_owed_as_a_denial(north: Practice) -> None:
    claim = billed(north, ("80053", "60.00"), ("84443", "40.00"))
    told = r.echo(claim, ("55.00", "CO-45 5.00"), ("0.00", "CO-97 40.00"))
    arrive(north, r.content("55.00", told))
    assert book_of(claim) == {
        "revenue": D("-100.00"),
        "unapplied": D("55.00"),
        "contractual": D("5.00"),
        "primary_receivable": D("40.00"),
    }
    assert [line.procedure_code for line in claim.lines.all()] == ["80053", "84443"]
    assert_ledger(north)


def test_one_line_returned_as_two_posts_both_on_it(north: Practice) -> None:
    claim = billed(north, ("80053", "60.00"))
    number = "T000001-1"
    told = r.clp(
        "T000001",
        "60.00",
        "45.00",
        r.line("82040", "25.00", "20.00", "CO-45 5.00", number=number, submitted_code="80053"),
        r.line(
            *("82247", "35.00", "25.00", "CO-45 10.00"),
            number=number,
            submitted_code="80053",
            position=2,
        ),
    )
    arrive(north, r.content("45.00", told))
    assert states() == ["posted"]
    own = claim.lines.get()
    paid = Posting.objects.filter(service_line=own, destination="unapplied").order_by("pk")
    assert [str(row.amount) for row in paid] == ["20.00", "25.00"]
    assert own.procedure_code == "80053"
    assert book_of(claim)["contractual"] == D("15.00")
    assert "primary_receivable" not in book_of(claim)
    assert_ledger(north)


def test_a_restated_code_is_evidence_and_changes_nothing_of_ours(north: Practice) -> None:
    claim = billed(north)
    svc = r.line(
        *("99212", "165.00", "60.00", "CO-45 105.00"),
        submitted_qualifier="HC",
        submitted_code="99213",
    )
    arrive(north, r.content("60.00", r.clp("T000001", "165.00", "60.00", svc)))
    told = RemittedLine.objects.get()
    assert (told.procedure_code, told.submitted_code) == ("99212", "99213")
    assert told.service_line == claim.lines.get()
    assert claim.lines.get().procedure_code == "99213"
    assert book_of(claim)["unapplied"] == D("60.00")
    assert_ledger(north)
