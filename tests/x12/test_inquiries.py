"""270, 271, 276 and 277: written and read back, counted by hand, and what is refused."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcm.x12.acknowledgment_277ca import Status
from rcm.x12.check import check_items
from rcm.x12.claim_837 import Identifier
from rcm.x12.eligibility_27x import (
    Benefit,
    EligibilityAnswer,
    EligibilityInquiry,
    EligibilityRejection,
)
from rcm.x12.envelope import Delimiters, Envelope, Written
from rcm.x12.inquiry_parts import AskedProcedure, Period, Trace
from rcm.x12.problems import Problem
from rcm.x12.reader import read
from rcm.x12.status_27x import AnsweredLine, StatusAnswer, StatusDetail, StatusInquiry
from rcm.x12.write_270 import write_270
from rcm.x12.write_271 import write_271
from rcm.x12.write_276 import write_276
from rcm.x12.write_277 import write_277
from tests.x12.build import ENVELOPE, codes, is_intact, only, problems, read_all
from tests.x12.inquiry_samples import (
    ADA,
    ANSWERED,
    ASKED,
    CLAIMS,
    CLINIC,
    PAYER,
    PENDING,
    RECEIVER,
    SMITH,
    STATUSES,
    count_by_hand,
)

Writer = Callable[[Any, Envelope, Sequence[Any]], Written]
KINDS: dict[str, tuple[Writer, Sequence[Any], type]] = {
    "270": (write_270, ASKED, EligibilityInquiry),
    "271": (write_271, ANSWERED, EligibilityAnswer),
    "276": (write_276, CLAIMS, StatusInquiry),
    "277": (write_277, STATUSES, StatusAnswer),
}


def write(name: str, items: Sequence[Any] | None = None, envelope: Envelope = ENVELOPE) -> bytes:
    writer, samples, _ = KINDS[name]
    out = BytesIO()
    writer(out, envelope, samples if items is None else items)
    return out.getvalue()


def recounted(content: bytes) -> bytes:
    """With the SE01 its only transaction should have."""
    rows = content.split(b"~")
    start = next(at for at, row in enumerate(rows) if row.startswith(b"ST*"))
    end = next(at for at, row in enumerate(rows) if row.startswith(b"SE*"))
    rows[end] = b"SE*%d*0001" % (end - start + 1)
    return b"~".join(rows)


def read_back(name: str, content: bytes) -> list[Any]:
    """What the reader yields, without its places in the file."""
    found: list[Any] = only(KINDS[name][2], read_all(content))
    return [replace(each, segment_number=0, byte_offset=0) for each in found]


@pytest.mark.parametrize("name", KINDS)
def test_everything_written_reads_back_as_it_was(name: str) -> None:
    content = write(name)
    assert read_back(name, content) == list(KINDS[name][1])
    assert problems(content) == []
    assert is_intact(content) == [True]


@pytest.mark.parametrize("name", KINDS)
def test_other_separators_change_nothing(name: str) -> None:
    other = replace(ENVELOPE, delimiters=Delimiters("|", "`", ">", "\n"))
    assert read_back(name, write(name, envelope=other)) == list(KINDS[name][1])


@pytest.mark.parametrize("name", KINDS)
def test_counts_and_levels_are_right_by_a_count_of_its_own(name: str) -> None:
    writer, samples, _ = KINDS[name]
    out = BytesIO()
    written = writer(out, ENVELOPE, samples)
    found = count_by_hand(out.getvalue())
    assert written.segments == sum(found.values())
    assert (written.items, written.transactions) == (2, 1)
    expected = {"270": ("EQ", 2), "271": ("EB", 7), "276": ("TRN", 2), "277": ("STC", 3)}
    segment, count = expected[name]
    assert found[segment] == count


@pytest.mark.parametrize("name", KINDS)
def test_nothing_to_write_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="at least one"):
        write(name, [])


def test_a_270_shares_the_levels_of_its_payer_and_provider() -> None:
    content = write("270")
    assert content.count(b"*20*1~") == 1
    assert b"HL*1**20*1~NM1*PR*2*MERIDIAN MUTUAL*****PI*60054~HL*2*1*21*1~" in content
    assert b"HL*3*2*22*0~TRN*1*E000000001*9NB1*ELIG~NM1*IL*1*ALDER*ADA*Q**JR*MI*W1~" in content
    assert b"HL*4*2*22*1~" in content
    assert b"HL*5*4*23*0~TRN*1*E000000002*9NB1~NM1*03*1*ALDER*BO~" in content
    assert b"EQ*30^98**IND~III*ZZ*11~REF*9F*REF1~DTP*291*D8*20261120~" in content
    assert b"EQ**HC:99213:25~" in content
    assert b"INS*N*19*001*25~" in content


def test_another_payer_begins_a_new_hierarchy() -> None:
    other = replace(ASKED[0], payer=replace(PAYER, identifier="77001"))
    content = write("270", [ASKED[0], other, ASKED[0]])
    assert count_by_hand(content)["HL"] == 9
    assert read_back("270", content) == [ASKED[0], other, ASKED[0]]


def test_benefits_are_written_with_their_money_and_percent() -> None:
    content = write("271")
    assert b"EB*C*IND*30^98***29*1250.5*****Y~" in content
    assert b"EB*A*FAM*98*****.2" not in content
    assert b"EB*A*FAM*98*****0.2***N*W*HC:99213:25~HSD*VS*12***27*1*7*Y~" in content
    assert b"LS*2120~NM1*PR*2*SECOND PLAN*****PI*77001~" in content
    assert b"AAA*Y**72*C~" in content


def test_money_of_a_benefit_that_is_none_is_an_error_at_its_place() -> None:
    content = write("271").replace(b"*1250.5*", b"*1,250.5*")
    (found,) = [p for p in problems(content) if p.severity == "error"]
    assert (found.code, found.element, found.loop) == ("invalid_amount", "EB07", "2100C")
    assert found.message == "EB07 is not an amount with at most two decimals."
    assert is_intact(content) == [False]


def test_a_refused_provider_answers_for_the_whole_transaction() -> None:
    refused = EligibilityAnswer(
        "R1", PAYER, CLINIC, rejections=(EligibilityRejection("2100B", "50", "N", True),)
    )
    content = write("271", [refused])
    assert b"HL*1**20*1~" in content
    assert b"HL*2*1*21*0~NM1*1P*2*NORTH CLINIC*****XX*1457394527~AAA*Y**50*N~SE*" in content
    assert read_back("271", content) == [refused]
    assert count_by_hand(content)["HL"] == 2


def test_a_refused_source_answers_before_it_is_named() -> None:
    refused = EligibilityAnswer("R1", PAYER, rejections=(EligibilityRejection("2000A", "42", "R"),))
    content = write("271", [refused])
    assert b"HL*1**20*0~AAA*N**42*R~NM1*PR*" in content
    assert read_back("271", content) == [refused]


def test_the_refusal_of_a_subscriber_belongs_to_every_dependent_below() -> None:
    first = replace(ANSWERED[1], rejections=(EligibilityRejection("2100C", "72", "C"),))
    content = write("271", [first])
    more = b"HL*5*3*23*0~TRN*2*E9~NM1*03*1*ALDER*CY~"
    content = recounted(content.replace(b"SE*", more + b"SE*"))
    found = read_back("271", content)
    assert [answer.traces[0].number for answer in found] == ["E000000002", "E9"]
    assert [answer.rejections for answer in found] == [first.rejections, first.rejections]
    assert problems(content) == []


def test_a_276_shares_levels_and_a_277_answers_under_them() -> None:
    content = write("276")
    assert count_by_hand(content)["HL"] == 6
    assert b"TRN*1*S000000001~REF*1K*ICN1~REF*BLT*111~REF*EJ*C1~AMT*T3*8513.88~" in content
    assert b"SVC*HC:99213:25*150**0450***2~REF*FJ*C1L1~DTP*472*D8*20261120~" in content
    answer = write("277")
    assert (
        b"STC*F1:65*20261120**8513.88*7000*20261118**20261119*0012345*F1:1:PR*F1:2*PAID BY CHECK~"
    ) in answer
    assert b"BHT*0010*08*R2*20261120*0630*DG~" in answer


def test_a_277_refuses_a_whole_provider() -> None:
    refused = StatusAnswer(
        "R2",
        "2200C",
        "0",
        (StatusDetail((Status("E0", "24", "1P"),), PENDING.effective_on),),
        PAYER,
        RECEIVER,
        CLINIC,
    )
    content = write("277", [STATUSES[0], refused, STATUSES[1]])
    assert b"HL*5*2*19*0~NM1*1P*2*NORTH CLINIC*****XX*1457394527~TRN*1*0~STC*E0:24:1P*" in content
    assert read_back("277", content) == [STATUSES[0], refused, STATUSES[1]]
    assert count_by_hand(content)["HL"] == 8


def test_a_277_refuses_a_receiver() -> None:
    refused = StatusAnswer("R2", "2200B", "R2", (PENDING,), PAYER, RECEIVER)
    content = write("277", [refused])
    assert count_by_hand(content)["HL"] == 2
    assert read_back("277", content) == [refused]


def test_an_unsolicited_277_is_read_the_same_way() -> None:
    told = replace(STATUSES[0], is_solicited=False, trace_number="P1")
    content = write("277", [told])
    assert b"*TH~" in content
    assert b"TRN*1*P1~" in content
    assert read_back("277", content) == [told]
    assert told.find_reference("EJ") == "C1"


def test_a_claim_without_a_status_is_an_error() -> None:
    content = write("277", [STATUSES[1]]).replace(b"STC*P3:317*20261120**80~", b"")
    content = recounted(content)
    assert codes(content) == ["missing_segment"]
    assert is_intact(content) == [False]


def test_a_level_without_the_one_above_it_is_an_error() -> None:
    content = write("270", [ASKED[0]])
    content = content.replace(b"HL*2*1*21*1~NM1*1P*2*NORTH CLINIC*****XX*1457394527~", b"")
    found = problems(content)
    assert ("misplaced_segment", "HL stands without the level above it.") in [
        (p.code, p.message) for p in found
    ]
    assert is_intact(content) == [False]


def test_a_level_that_names_another_parent_is_read_with_a_warning() -> None:
    content = write("276").replace(b"HL*5*3*22*1~", b"HL*5*4*22*1~")
    assert [(p.code, p.severity) for p in problems(content)] == [("wrong_parent", "warning")]
    assert read_back("276", content) == list(CLAIMS)


def test_a_check_counts_people_and_claims() -> None:
    checked = check_items("x", read(write("276")))
    (found,) = checked.transactions
    assert (found.claims, found.lines, found.total, checked.exit_code) == (2, 1, 859388, 0)
    assert check_items("x", read(write("271"))).transactions[0].claims == 2


TOKENS = st.text("ABCXYZ0189", min_size=1, max_size=12)
OPTIONAL = st.one_of(st.just(""), TOKENS)
CENTS = st.one_of(st.none(), st.integers(0, 999_999_999))
NUMBERS = st.one_of(
    st.none(), st.decimals(0, 9999, places=2).map(lambda d: Decimal(f"{d.normalize():f}"))
)
DAYS = st.dates()
PERIODS = st.lists(st.builds(Period, TOKENS, DAYS, st.one_of(st.none(), DAYS)), max_size=3).map(
    tuple
)
REFERENCES = st.lists(st.builds(Identifier, TOKENS, TOKENS), max_size=3).map(tuple)
PROCEDURES = st.builds(AskedProcedure, TOKENS, TOKENS, st.lists(TOKENS, max_size=4).map(tuple))
BENEFITS = st.builds(
    Benefit,
    TOKENS,
    OPTIONAL,
    st.lists(TOKENS, max_size=4).map(tuple),
    OPTIONAL,
    OPTIONAL,
    OPTIONAL,
    CENTS,
    NUMBERS,
    OPTIONAL,
    NUMBERS,
    OPTIONAL,
    OPTIONAL,
    st.one_of(st.none(), PROCEDURES),
    references=REFERENCES,
    periods=PERIODS,
    messages=st.lists(TOKENS, max_size=3).map(tuple),
    places=REFERENCES,
)
DETAILS = st.builds(
    StatusDetail,
    st.lists(st.builds(Status, TOKENS, TOKENS, OPTIONAL), min_size=1, max_size=3).map(tuple),
    st.one_of(st.none(), DAYS),
    OPTIONAL,
    CENTS,
    CENTS,
    st.one_of(st.none(), DAYS),
    OPTIONAL,
    st.one_of(st.none(), DAYS),
    OPTIONAL,
    OPTIONAL,
)
LINES = st.builds(
    AnsweredLine,
    PROCEDURES,
    st.integers(0, 999_999_999),
    CENTS,
    OPTIONAL,
    NUMBERS,
    OPTIONAL,
    st.lists(DETAILS, max_size=2).map(tuple),
    PERIODS,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(BENEFITS, max_size=6), PERIODS, st.lists(TOKENS, max_size=2))
def test_any_benefits_come_back(
    benefits: list[Benefit], periods: tuple[Period, ...], numbers: list[str]
) -> None:
    traces = tuple(Trace("2", number) for number in numbers)
    answer = EligibilityAnswer("R1", PAYER, CLINIC, traces, ADA, None, (), periods, tuple(benefits))
    content = write("271", [answer])
    assert read_back("271", content) == [answer]
    count_by_hand(content)
    assert write("271", read_back("271", content)) == content


@settings(max_examples=60, deadline=None)
@given(st.lists(DETAILS, min_size=1, max_size=4), REFERENCES, PERIODS, st.lists(LINES, max_size=3))
def test_any_statuses_come_back(
    details: list[StatusDetail],
    references: tuple[Identifier, ...],
    periods: tuple[Period, ...],
    lines: list[AnsweredLine],
) -> None:
    answer = replace(
        STATUSES[0],
        details=tuple(details),
        references=references,
        periods=periods,
        lines=tuple(lines),
        subscriber=SMITH,
    )
    content = write("277", [answer])
    assert read_back("277", content) == [answer]
    count_by_hand(content)
    assert write("277", read_back("277", content)) == content


@pytest.mark.parametrize("name", KINDS)
def test_a_file_cut_at_every_byte_is_read_without_a_crash(name: str) -> None:
    content = write(name)
    for end in range(len(content) - 1):
        assert only(Problem, read_all(content[:end]))


SEGMENTS = ["HL", "TRN", "NM1", "EB", "EQ", "AAA", "STC", "SVC", "LS", "LE", "DTP", "REF", "BHT"]
VALUES = [*("20", "21", "19", "22", "23", "1", "2", "", "1.5", "D8", "20261120", "HC:1", "30^1")]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(list(KINDS)),
    st.lists(
        st.tuples(st.sampled_from([*SEGMENTS, "MSG", "III", "HSD", "DMG", "INS", "PER", "N3"]),
                  st.lists(st.sampled_from(VALUES), max_size=9)),
        max_size=30,
    ),
)  # fmt: skip
def test_any_order_of_real_segments_is_read(
    name: str, segments: list[tuple[str, list[str]]]
) -> None:
    header = write(name).split(b"BHT")[0]
    body = "~".join("*".join([first, *rest]) for first, rest in segments)
    read_all(header + body.encode("ascii") + b"~")
