"""Cut and mangled files: problems, never an exception, never an intact remittance that is not."""

import random
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcm.bench.generate import write_remittance_file
from rcm.x12.envelope import TransactionEnd
from rcm.x12.problems import Problem
from rcm.x12.reader import read
from rcm.x12.write_277ca import write_277ca
from rcm.x12.write_999 import write_999
from tests.x12.build import CHILD_CLAIM, CLAIM, ENVELOPE, claims_file, corpus, only, read_all
from tests.x12.samples import CLAIM_ACKNOWLEDGMENT, CLAIM_STATUSES, GROUP_ACKNOWLEDGMENT


def make_file(name: str) -> bytes:
    out = BytesIO()
    if name == "835":
        write_remittance_file(out, 60)
    elif name == "837":
        return claims_file(CLAIM, CHILD_CLAIM)
    elif name == "999":
        write_999(out, ENVELOPE, [GROUP_ACKNOWLEDGMENT])
    else:
        write_277ca(out, ENVELOPE, CLAIM_ACKNOWLEDGMENT, CLAIM_STATUSES)
    return out.getvalue()


def test_a_remittance_cut_anywhere_is_never_intact() -> None:
    content = make_file("835")
    trailer = content.index(b"SE*", content.index(b"PLB*"))
    for end in range(0, trailer, 37):
        items = read_all(content[:end])
        assert only(Problem, items)
        assert not any(each.is_intact for each in only(TransactionEnd, items))


@pytest.mark.parametrize("name", ["837", "999", "277"])
def test_a_file_cut_at_every_byte_is_read_without_a_crash(name: str) -> None:
    content = make_file(name)
    for end in range(0, len(content) - 1):
        assert only(Problem, read_all(content[:end]))


@pytest.mark.parametrize("name", ["835", "837", "999", "277"])
def test_a_file_with_any_segment_left_out_is_not_intact_or_says_nothing_wrong_happened(
    name: str,
) -> None:
    segments = make_file(name).split(b"~")
    start = next(i for i, text in enumerate(segments) if text.startswith(b"ST*"))
    end = next(i for i, text in enumerate(segments) if text.startswith(b"SE*"))
    for index in range(start, min(end, start + 120)):
        content = b"~".join(segments[:index] + segments[index + 1 :])
        assert not any(each.is_intact for each in only(TransactionEnd, read_all(content)))


@pytest.mark.parametrize("name", ["835", "837", "999", "277"])
def test_mangled_bytes_never_crash_the_reader(name: str) -> None:
    content = make_file(name)
    chance = random.Random(12)
    for _ in range(150):
        mangled = bytearray(content)
        for _ in range(chance.randrange(1, 20)):
            place = chance.randrange(len(mangled))
            mangled[place] = chance.choice(b"~*:^\r\n\x00AZ09-.\xff")
        read_all(bytes(mangled))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_after_an_isa_are_read(noise: bytes) -> None:
    header = corpus("paid_line")[:106]
    read_all(header + noise)
    read_all(noise)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from(
                ["BPR", "TRN", "N1", "PR", "PE", "LX", "CLP", "SVC", "CAS", "CO", "45", "PLB", "SE"]
                + ["1.5", "-3", "", "HC:1", "20261001", "REF", "QTY", "LQ", "MOA", "NM1", "TS3"]
            ),
            min_size=1,
            max_size=9,
        ),
        max_size=30,
    )
)
def test_any_order_of_real_segments_is_read(segments: list[list[str]]) -> None:
    header = corpus("paid_line").split(b"BPR")[0]
    body = "~".join("*".join(elements) for elements in segments)
    read_all(header + body.encode("ascii"))


def test_a_file_of_separators_only_is_read_without_growing() -> None:
    header = corpus("paid_line")[:106]
    assert len(read_all(header + b"~" * 300_000)) < 100
    assert read_all(b"\n" * 300_000)
    assert read_all(b"ISA*" * 2_000)


def test_an_isa_that_breaks_off_behind_a_whole_one_is_a_problem() -> None:
    items = list(read(corpus("paid_line")[:106] + b"ISA"))
    problems = [item for item in items if isinstance(item, Problem)]
    assert [(p.code, p.message) for p in problems if p.element == "ISA"] == [
        ("invalid_isa", "The ISA segment breaks off.")
    ]


@pytest.mark.parametrize("place", [b"CLP*", b"ST*8", b"BPR*I", b"REF*6R", b"IEA*"])
def test_a_nul_byte_inside_of_a_segment_is_an_error_there(place: bytes) -> None:
    content = corpus("paid_line")
    at = content.index(place) + len(place)
    items = read_all(content[:at] + b"\x00" + content[at:])
    (problem,) = [each for each in only(Problem, items) if each.code == "null_byte"]
    assert problem.message == "A NUL byte stands inside of a segment."
    assert (problem.severity, problem.byte_offset) == ("error", content.index(place))
    ends = only(TransactionEnd, items)
    assert not any(end.is_intact and end.type == "835" for end in ends) or place == b"IEA*"
    assert "\x00" not in repr(items)
