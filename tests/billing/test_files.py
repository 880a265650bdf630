"""Files are kept once, read once, and never stop the queue whatever they hold."""

from pathlib import Path

import pytest
from django.test import override_settings

from billing.actions.files import read_file, receive_file
from billing.models import FileProblem, InterchangeFile, Posting, Remittance
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import remitting as r


def test_the_bytes_are_kept_unchanged(north: Practice, ben: User) -> None:
    content = b"\xef\xbb\xbf ISA\r\n~\x00\x1a"
    file = receive_file(north, "odd.835", content, by=ben)
    file.refresh_from_db()
    assert bytes(file.content) == content
    assert (file.size, file.state, file.created_by) == (len(content), "received", ben)


def test_the_same_bytes_are_one_file(north: Practice, ben: User) -> None:
    first = receive_file(north, "a.835", b"same", by=ben)
    again = receive_file(north, "b.835", b"same", by=ben)
    assert again.pk == first.pk
    assert again.name == "a.835"
    names = list(Event.objects.order_by("pk").values_list("name", flat=True))
    assert names == ["file.received", "file.received_again"]


def test_the_same_bytes_of_two_practices_are_two_files(north: Practice, south: Practice) -> None:
    from rcm.access import open_walls

    first = receive_file(north, "a.835", b"same")
    open_walls([south.pk])
    assert receive_file(south, "a.835", b"same").pk != first.pk


@override_settings(INTERCHANGE_FILE_LIMIT=1024 * 1024)
def test_a_file_that_is_too_large_is_refused(north: Practice) -> None:
    with pytest.raises(Refusal) as refused:
        receive_file(north, "big.835", b"x" * (1024 * 1024 + 1))
    assert refused.value.code == "file_too_large"
    assert refused.value.fields == {"file": "The file is larger than 1 MB."}
    assert not InterchangeFile.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("content", "state", "note"),
    [
        (b"", "failed", "The file is empty."),
        (b"Dear customer,\nplease find\n", "failed", "does not begin with an ISA"),
        (b"\x00\x01\x02\xff" * 500, "failed", ""),
        (b"ISA*00*short", "failed", ""),
    ],
)
def test_content_that_is_not_x12_fails_with_a_sentence(
    north: Practice, content: bytes, state: str, note: str
) -> None:
    file = r.read(north, content)
    assert file.state == state
    assert note in file.note
    assert file.note.endswith(".")
    assert file.read_at is not None


def test_a_claim_file_is_set_aside(north: Practice) -> None:
    from io import BytesIO

    from rcm.bench.generate import write_claim_file

    out = BytesIO()
    write_claim_file(out, 2)
    file = r.read(north, out.getvalue())
    assert (file.state, file.kind) == ("ignored", "837")
    assert file.note == (
        "This is a claim file (837). Claims are sent from here, not received: set aside."
    )


def test_an_unknown_transaction_fails(north: Practice) -> None:
    content = r.content("72.00").replace(b"ST*835*", b"ST*271*")
    file = r.read(north, content)
    assert (file.state, file.kind) == ("failed", "271")
    assert not Remittance.objects.exists()


def test_a_file_cut_anywhere_posts_nothing_and_raises_nothing(north: Practice) -> None:
    claims = [make.claim(north) for _ in range(12)]
    paid = [r.echo(claim, ("72.00", "CO-45 93.00")) for claim in claims]
    content = r.content("864.00", *paid)
    cuts = range(0, len(content) - 40, 211)
    for cut in cuts:
        file = r.read(north, content[:cut], name=f"cut-{cut}.835")
        assert file.state == "failed", cut
        assert file.note
    assert not Remittance.objects.exists()
    assert r.read(north, content).state == "read"


def test_problems_are_stored_with_their_place(north: Practice) -> None:
    content = r.content("72.00", r.clp("X1", "165.00", "72.00")).replace(b"*165*72*", b"*16,5*72*")
    file = r.read(north, content)
    problem = file.problems.exclude(code="transaction_not_used").get()
    assert problem.message == "CLP03 is not an amount with at most two decimals."
    assert (problem.severity, problem.loop, problem.element) == ("error", "2100", "CLP03")
    assert problem.segment_number == 10
    assert content[problem.byte_offset : problem.byte_offset + 3] == b"CLP"
    last = file.problems.get(code="transaction_not_used")
    assert last.message == "Transaction 0001 (835) holds an error: nothing of it was used."


def test_a_thousand_problems_are_stored_and_all_are_counted(north: Practice) -> None:
    content = r.content("0.00", *[r.clp(f"X{n}", "1.00", "1.00") for n in range(1200)])
    file = r.read(north, content.replace(b"*1*1*", b"*1*1,0*"))
    assert FileProblem.objects.filter(file=file).count() == 1000
    assert Event.objects.get(name="file.read").data == {"state": "failed", "problems": 1201}


def test_the_good_transactions_of_a_file_are_used(north: Practice) -> None:
    bad = (r.start("5.00", trace_number="BAD"), [r.clp("B1", "5.00", "5.00")], ())
    good = (r.start("7.00", trace_number="GOOD"), [r.clp("G1", "7.00", "7.00")], ())
    content = r.content_of(bad, good).replace(b"CLP*B1*1*5*5", b"CLP*B1*1*5*x")
    file = r.read(north, content)
    assert file.state == "read"
    assert [row.trace_number for row in Remittance.objects.all()] == ["GOOD"]
    assert file.note.startswith("1 remittance recorded. 1 transaction not used.")


def test_a_wrong_count_in_the_trailer_leaves_the_transaction_out(north: Practice) -> None:
    content = r.content("72.00", r.clp("X1", "165.00", "72.00"))
    file = r.read(north, content.replace(b"~SE*", b"~SE*9"))
    assert file.state == "failed"
    assert not Remittance.objects.exists()


def test_two_interchanges_with_different_separators_are_both_read(north: Practice) -> None:
    from rcm.x12.envelope import Delimiters

    first = r.content("5.00", r.clp("A1", "5.00", "5.00"), trace_number="ONE")
    second = r.content_of(
        (r.start("7.00", trace_number="TWO"), [r.clp("B1", "7.00", "7.00")], ()),
        number=2,
        delimiters=Delimiters("|", "}", ">", "!"),
    )
    file = r.read(north, first + b"\r\n" + second)
    assert (file.state, file.note) == ("read", "2 remittances recorded.")
    assert sorted(file.remittances.values_list("trace_number", flat=True)) == ["ONE", "TWO"]


def test_reading_twice_adds_nothing(north: Practice) -> None:
    file = r.read(
        north,
        r.content(
            "72.00",
            r.clp("X1", "165.00", "72.00", r.line("99213", "165.00", "72.00", "CO-45 93.00")),
        ),
    )
    again = read_file(file)
    assert (again.state, again.note) == ("read", "1 remittance recorded.")
    assert Remittance.objects.count() == 1
    assert Event.objects.filter(name="file.read").count() == 1


def test_a_value_no_column_holds_is_a_problem_of_its_transaction(north: Practice) -> None:
    long = r.content("7.00", r.clp("N" * 60, "7.00", "7.00"))
    file = r.read(north, long)
    assert file.state == "failed"
    assert file.note == (
        "1 transaction not used. CLP01 of CLP 1 is longer than the 38 characters kept."
    )
    problem = file.problems.get(code="value_too_long")
    assert (problem.element, problem.segment_number) == ("CLP01", 10)
    assert long[problem.byte_offset :].startswith(b"CLP*NNN")
    assert not Remittance.objects.exists()


def test_files_of_other_people_never_raise(north: Practice) -> None:
    """The public sample files, when this machine has them."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "data" / "x12" / "835"
    samples = sorted(folder.glob("**/*.*"))[:60] if folder.exists() else []
    for sample in samples:
        file = r.read(north, sample.read_bytes(), name=sample.name)
        assert file.state in ("read", "failed", "ignored"), sample.name
    assert not Posting.objects.exists()
