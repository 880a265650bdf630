"""The envelope every writer makes, and what it refuses."""

import hashlib
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest

from rcm.x12.claim_837p import Drug
from rcm.x12.envelope import Delimiters, InterchangeStart
from rcm.x12.writer import Cleaner
from tests.x12.build import CLAIM, ENVELOPE, LINE, SUBMITTER, claims_file, codes, only, read_all


def test_the_isa_has_exactly_106_bytes_whatever_the_names() -> None:
    content = claims_file(
        CLAIM, sender_id="A NAME LONGER THAN FIFTEEN", receiver_id="", group_receiver="R"
    )
    assert content[105:109] == b"~GS*"
    (start,) = only(InterchangeStart, read_all(content))
    assert (start.sender_id, start.receiver_id) == ("A NAME LONGER T", "")


def test_counts_and_control_numbers_are_computed() -> None:
    content = claims_file(CLAIM)
    segments = content.decode().split("~")
    assert segments[1] == "GS*HC*PAYER*PRACTICE*20261120*0630*9*X*005010X222A1"
    assert segments[-4:] == [f"SE*{len(segments) - 5}*0001", "GE*1*9", "IEA*1*000000007", ""]


def test_the_record_of_what_was_written_matches_the_bytes() -> None:
    from rcm.x12.write_837p import write_claims

    out = BytesIO()
    written = write_claims(out, ENVELOPE, SUBMITTER, [CLAIM])
    content = out.getvalue()
    assert written.size == len(content)
    assert written.sha256 == hashlib.sha256(content).hexdigest()
    assert written.segments == content.count(b"~")
    assert (written.transactions, written.items) == (1, 1)


def test_no_segment_is_empty_or_ends_in_a_separator() -> None:
    bare = replace(LINE, pointers=(), place_of_service="", line_control_number="", modifiers=())
    claim = replace(CLAIM, lines=(bare,), diagnoses=(), accepts_assignment="")
    for segment in claims_file(claim).decode().split("~")[1:-1]:
        assert segment
        assert not segment.endswith(("*", ":"))


def test_data_cannot_contain_a_separator_of_its_envelope() -> None:
    clean = Cleaner(Delimiters("|", "!", ">", "'"))
    assert clean["O'Neil | sons > <daughters>!~*:^"] == "O NEIL SONS DAUGHTERS"
    assert clean["\x00\x1c naïve ÆØ Ł"] == "NAIVE AEO L"
    assert clean["Apt #4, 5/6 (rear)"] == "APT 4, 5/6 (REAR)"
    assert clean["日本"] == ""


def test_a_claim_beyond_the_guide_is_refused() -> None:
    for change, message in (
        ({"diagnoses": ("E119",) * 13}, "A claim has at most 12 diagnoses and 50 lines."),
        ({"lines": (LINE,) * 51}, "A claim has at most 12 diagnoses and 50 lines."),
        (
            {"lines": (replace(LINE, pointers=(1, 2, 3, 4, 5)),)},
            "A service line has at most 4 diagnosis pointers.",
        ),
        (
            {"lines": (replace(LINE, modifiers=("25",) * 5),)},
            "A service line has at most 4 modifiers.",
        ),
    ):
        with pytest.raises(ValueError) as refusal:
            claims_file(replace(CLAIM, **change))  # type: ignore[arg-type]  # by name
        assert str(refusal.value) == message


def test_a_control_number_beyond_nine_digits_is_refused() -> None:
    for number in (0, -1, 1_000_000_000):
        with pytest.raises(ValueError, match="A control number has one to nine digits."):
            claims_file(CLAIM, control_number=number)


def test_separators_that_are_not_four_different_marks_are_refused() -> None:
    with pytest.raises(ValueError, match="Four different separators"):
        claims_file(CLAIM, delimiters=Delimiters("*", "*", ":", "~"))


def test_units_and_codes_are_written_without_zeros_dots_and_dashes() -> None:
    line = replace(LINE, units=Decimal("2.50"), drug=Drug("0002-1433-80", Decimal("1.50"), "ML"))
    content = claims_file(replace(CLAIM, lines=(line,), diagnoses=("E11.9",)))
    assert b"*UN*2.5*11**1:2~" in content
    assert b"LIN**N4*0002143380~CTP****1.5*ML~" in content
    assert b"HI*ABK:E119~" in content
    assert codes(content) == []
