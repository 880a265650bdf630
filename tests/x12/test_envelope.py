"""Envelope traps: bytes around segments, separators, trailers, limits."""

from io import BytesIO

import pytest

from rcm.x12.acknowledgment_999 import InterchangeAcknowledgment
from rcm.x12.envelope import Delimiters, GroupStart, InterchangeEnd, InterchangeStart
from rcm.x12.limits import Limits
from rcm.x12.remittance_835 import RemittedClaim
from tests.x12.build import codes, corpus, is_intact, only, problems, read_all

SAME_CONTENT = [
    "line_breaks_after_segments",
    "wrapped_at_80_columns",
    "indented_with_byte_order_mark",
    "newline_as_terminator",
    "other_separators",
    "empty_segments",
    "missing_last_terminator",
    "ta1_before_the_group",
]


def plain(claim: RemittedClaim) -> str:
    """Without the position in the file, which noise moves."""
    return repr(claim).split(", segment_number=")[0]


@pytest.mark.parametrize("name", SAME_CONTENT)
def test_noise_and_separators_do_not_change_what_is_read(name: str) -> None:
    expected = [plain(claim) for claim in only(RemittedClaim, read_all(corpus("paid_line")))]
    found = [plain(claim) for claim in only(RemittedClaim, read_all(corpus(name)))]
    assert found == expected
    assert is_intact(corpus(name)) == [True]


def test_each_interchange_has_its_own_separators() -> None:
    items = read_all(corpus("two_interchanges_two_sets_of_separators"))
    assert [start.delimiters for start in only(InterchangeStart, items)] == [
        Delimiters("*", "^", ":", "~"),
        Delimiters("|", "^", ">", "'"),
    ]
    assert len(only(RemittedClaim, items)) == 2


def test_offsets_count_bytes_of_the_file_whatever_surrounds_segments() -> None:
    for name in [*SAME_CONTENT, "paid_line"]:
        content = corpus(name)
        (claim,) = only(RemittedClaim, read_all(content))
        assert content[claim.byte_offset : claim.byte_offset + 3] == b"CLP"


def test_a_ta1_is_read_before_the_group() -> None:
    items = read_all(corpus("ta1_before_the_group"))
    kinds = [type(item) for item in items]
    assert only(InterchangeAcknowledgment, items) == [
        InterchangeAcknowledgment("000000077", "261119", "0600", "A", "000")
    ]
    assert kinds.index(InterchangeAcknowledgment) < kinds.index(GroupStart)


def test_an_interchange_with_a_wrong_trailer_is_not_intact_but_its_payment_is() -> None:
    content = corpus("paid_line").replace(b"IEA*1*000000001", b"IEA*1*000000002")
    items = read_all(content)
    assert [end.is_intact for end in only(InterchangeEnd, items)] == [False]
    assert is_intact(content) == [True]
    (problem,) = problems(content)
    assert problem.message == "IEA02 is not the ISA13 of its interchange."
    assert (problem.segment_number, problem.byte_offset, problem.element) == (23, 546, "IEA02")


def test_a_file_in_small_reads_gives_the_same_items() -> None:
    class Trickle(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(7)

    content = corpus("two_interchanges_two_sets_of_separators")
    assert list(read_all(Trickle(content))) == read_all(content)  # type: ignore[arg-type]  # reads only


def test_a_file_larger_than_the_limit_is_said_and_cut() -> None:
    content = corpus("paid_line")
    found = codes(content, limits=Limits(file_size=400))
    assert found[0] == "file_too_large"
    assert "missing_trailer" in found


def test_a_segment_larger_than_the_limit_is_skipped_and_the_rest_is_read() -> None:
    long = b"LX*1~NTE*ADD*" + b"X" * 400_000 + b"~"
    content = corpus("paid_line").replace(b"LX*1~", long).replace(b"SE*19", b"SE*20")
    assert codes(content) == ["segment_too_long"]
    assert len(only(RemittedClaim, read_all(content))) == 1
    assert is_intact(content) == [False]


def test_an_element_larger_than_the_limit_is_an_error() -> None:
    content = corpus("paid_line").replace(b"*ALDER*", b"*" + b"A" * 50 + b"*")
    assert codes(content, limits=Limits(element_size=40)) == ["element_too_long"]


def test_an_empty_file_and_a_letter_are_told_apart() -> None:
    assert [(p.code, p.message) for p in problems(b"")] == [("empty_file", "The file is empty.")]
    assert [(p.code, p.message) for p in problems(b"Dear Sir")] == [
        ("not_x12", "The file does not begin with an ISA segment: it is not X12.")
    ]


def test_a_wrong_trailer_holds_its_payment_and_not_the_next() -> None:
    content = corpus("two_payments").replace(b"SE*19*0001", b"SE*18*0001")
    assert is_intact(content) == [False, True]


def test_an_se_count_may_include_empty_segments() -> None:
    content = corpus("empty_segments")
    assert is_intact(content) == [True]
    assert is_intact(content.replace(b"SE*19", b"SE*21")) == [True]
    assert is_intact(content.replace(b"SE*19", b"SE*20")) == [False]


def test_segment_names_that_only_begin_like_known_ones_are_not_taken_for_them() -> None:
    content = corpus("paid_line").replace(b"CAS*CO", b"CASX*CO").replace(b"REF*6R", b"REFX*6R")
    assert codes(content) == ["unexpected_segment", "unexpected_segment"]
