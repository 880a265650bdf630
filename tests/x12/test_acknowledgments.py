"""999, TA1 and 277CA: written and read back, and what is refused."""

from dataclasses import replace
from io import BytesIO

from rcm.x12.acknowledgment_277ca import ClaimAcknowledgmentStart, ClaimStatus
from rcm.x12.acknowledgment_999 import GroupAcknowledgment, InterchangeAcknowledgment
from rcm.x12.write_277ca import write_277ca
from rcm.x12.write_999 import write_999, write_ta1
from tests.x12.build import ENVELOPE, codes, is_intact, only, problems, read_all
from tests.x12.samples import CLAIM_ACKNOWLEDGMENT, CLAIM_STATUSES, GROUP_ACKNOWLEDGMENT

TA1 = InterchangeAcknowledgment("000000007", "261120", "0630", "R", "025")


def written_999(group: GroupAcknowledgment = GROUP_ACKNOWLEDGMENT) -> bytes:
    out = BytesIO()
    write_999(out, ENVELOPE, [group], [TA1])
    return out.getvalue()


def written_277ca() -> bytes:
    out = BytesIO()
    write_277ca(out, ENVELOPE, CLAIM_ACKNOWLEDGMENT, CLAIM_STATUSES)
    return out.getvalue()


def test_a_999_with_a_ta1_reads_back_as_it_was() -> None:
    items = read_all(written_999())
    assert only(GroupAcknowledgment, items) == [GROUP_ACKNOWLEDGMENT]
    assert only(InterchangeAcknowledgment, items) == [TA1]
    assert problems(written_999()) == []


def test_a_ta1_follows_its_isa_directly() -> None:
    assert written_999()[106:109] == b"TA1"
    out = BytesIO()
    written = write_ta1(out, ENVELOPE, [TA1])
    assert out.getvalue()[106:] == b"TA1*000000007*261120*0630*R*025~IEA*0*000000007~"
    assert (written.segments, written.transactions, written.items) == (3, 0, 1)
    assert only(InterchangeAcknowledgment, read_all(out.getvalue())) == [TA1]
    assert problems(out.getvalue()) == []


def test_a_277ca_reads_back_as_it_was() -> None:
    items = read_all(written_277ca())
    assert only(ClaimAcknowledgmentStart, items) == [CLAIM_ACKNOWLEDGMENT]
    found = [replace(c, segment_number=0, byte_offset=0) for c in only(ClaimStatus, items)]
    assert found == list(CLAIM_STATUSES)
    assert [claim.is_rejected for claim in found] == [False, True]
    assert problems(written_277ca()) == []


def test_the_totals_of_a_277ca_are_computed_from_its_claims() -> None:
    content = written_277ca()
    for segment in (b"QTY*90*1~", b"QTY*AA*1~", b"AMT*YU*150~", b"AMT*YY*80~"):
        assert segment in content


def test_a_999_without_a_verdict_yields_nothing() -> None:
    content = written_999().replace(b"AK9*P*2*2*1~", b"")
    content = content.replace(b"SE*11*", b"SE*10*")
    assert codes(content) == ["missing_segment"]
    assert only(GroupAcknowledgment, read_all(content)) == []
    assert is_intact(content) == [False]


def test_a_status_without_an_action_is_an_error() -> None:
    content = written_277ca().replace(b"*WQ*150~", b"**150~")
    found = [p for p in problems(content) if p.severity == "error"]
    assert [(p.code, p.element) for p in found] == [("missing_element", "STC03")]
    assert is_intact(content) == [False]
