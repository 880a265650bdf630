"""Defects of SNIP types 1 and 2 in a professional file: each is a problem with its place."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rcm.x12.claim_837p import (
    AmbulanceTransport,
    Claim,
    ClaimDate,
    Conditions,
    Form,
    Identifier,
    LineAdjudication,
    Measurement,
    OtherPayer,
    Person,
    Provider,
    RareClaimFacts,
    RareLineFacts,
)
from rcm.x12.remittance_835 import Adjustment
from tests.x12.build import (
    CHILD,
    CLAIM,
    LINE,
    RENDERING,
    claims_file,
    only,
    problems,
    read_all,
)

OTHER = OtherPayer(
    "S",
    "18",
    "CI",
    Person("ALDER", "ADA"),
    "W9",
    "SECOND MUTUAL",
    "SEC1",
    adjustments=(Adjustment("CO", "45", 1000), Adjustment("PR", "2", 500)),
    amount_paid=1000,
    payer_claim_control_number="ICN9",
)
TOLD = LineAdjudication(
    "SEC1", 9000, "99213", Decimal(1), date(2026, 10, 20), (Adjustment("CO", "45", 6000),)
)
FULL_LINE = replace(
    LINE,
    adjudications=(TOLD,),
    rare=RareLineFacts(
        ordering_provider=Provider(Person("REED", "KIM"), "1245319599"),
        measurements=(Measurement("TR", "HT", Decimal(66)),),
        forms=(Form("UT", "0403", (("1A", "Y"),)),),
        dates=(ClaimDate("607", date(2026, 9, 1)),),
    ),
)
FULL = replace(
    CLAIM,
    lines=(FULL_LINE, CLAIM.lines[1]),
    subscriber=replace(CLAIM.subscriber, relationship="19", birth_date=None, sex="", address=None),
    patient=CHILD,
    other_payers=(OTHER,),
    rare=RareClaimFacts(
        related_causes=("AA",),
        accident_state="IL",
        dates=(ClaimDate("439", date(2026, 9, 1)),),
        references=(Identifier("EA", "R77"),),
        ambulance=AmbulanceTransport("A", Decimal(12), Decimal(150)),
        conditions=(Conditions("07", True, ("01",)),),
        supervising_provider=replace(RENDERING, taxonomy_code=""),
    ),
)
GOOD = claims_file(FULL)
LONG = b"X" * 300

# what is changed, into what, the problem's code and its element
DEFECTS: list[tuple[bytes, bytes, str, str]] = [
    # counts and control numbers
    (b"SE*", b"SE*1", "wrong_count", "SE01"),
    (b"*0001~GE", b"*0002~GE", "control_number_mismatch", "SE02"),
    (b"GE*1*9", b"GE*2*9", "wrong_count", "GE01"),
    (b"GE*1*9", b"GE*1*8", "control_number_mismatch", "GE02"),
    (b"IEA*1*", b"IEA*3*", "wrong_count", "IEA01"),
    (b"HL*2*1*22*1~", b"HL*5*1*22*1~", "wrong_count", "HL01"),
    (b"HL*3*2*23*0~", b"HL*3*1*23*0~", "invalid_hierarchy", "HL02"),
    (b"HL*2*1*22*1~", b"HL*2*1*22*0~", "invalid_hierarchy", "HL04"),
    (b"HL*3*2*23*0~", b"HL*3*2*24*0~", "invalid_code", "HL03"),
    (b"HL*1**20*1~", b"", "missing_segment", "HL"),
    (b"LX*2~", b"LX*7~", "wrong_count", "LX01"),
    # loops and segments that must be there
    (b"NM1*41*2*NORTH BILLING*****46*NB1~", b"", "missing_segment", "NM1"),
    (b"NM1*40*2*SANDBOX*****46*SBX~", b"", "missing_segment", "NM1"),
    (b"NM1*85*2*NORTH CLINIC*****XX*1457394527~", b"", "missing_segment", "NM1"),
    (b"REF*EI*371234567~", b"", "missing_segment", "REF"),
    (b"NM1*IL*1*ALDER*ADA****MI*W1~", b"", "missing_segment", "NM1"),
    (b"NM1*PR*2*MERIDIAN MUTUAL*****PI*60054~", b"", "missing_segment", "NM1"),
    (b"NM1*QC*1*ALDER*LEO~", b"", "missing_segment", "NM1"),
    (b"SBR*P**G1******CI~", b"", "missing_segment", "SBR"),
    (b"DMG*D8*20150506*M~", b"", "missing_segment", "DMG02"),
    (b"HI*ABK:E119*ABF:I10~", b"", "missing_segment", "HI"),
    (b"DTP*472*D8*20261001~", b"", "missing_segment", "DTP"),
    (b"SV1*HC:99213:25*150*UN*1*11**1:2~", b"", "missing_segment", "SV1"),
    (b"CTP****1.5*ML~", b"", "missing_segment", "CTP"),
    (b"OI***Y***Y~", b"", "missing_segment", "OI"),
    (b"NM1*IL*1*ALDER*ADA****MI*W9~", b"", "missing_segment", "NM1"),
    (b"NM1*PR*2*SECOND MUTUAL*****PI*SEC1~", b"", "missing_segment", "NM1"),
    (b"BHT*0019*00*0000000070001*20261120*0630*CH~", b"", "missing_segment", "BHT"),
    # loops that are there too often, or nowhere
    (b"NM1*DN*", b"NM1*82*1*DUPLICATE~NM1*DN*", "repeated_loop", "NM101"),
    (b"SVD*SEC1*", b"SVD*NONE*", "unknown_payer", "SVD01"),
    # elements that must be there
    (b"CLM*C1*", b"CLM**", "missing_element", "CLM01"),
    (b"*11:B:1*Y*A*", b"**Y*A*", "missing_element", "CLM05"),
    (b"*11:B:1*Y*A*", b"*11:B:1**A*", "missing_element", "CLM06"),
    (b"SV1*HC:99213:25*150*UN*1*", b"SV1*HC:99213:25*150*UN**", "missing_element", "SV104"),
    (b"SV1*HC:99213:25*150*UN*1*", b"SV1*HC::25*150*UN*1*", "missing_element", "SV101-2"),
    (b"SVD*SEC1*90*", b"SVD*SEC1**", "missing_element", "SVD02"),
    (b"CAS*CO*45*60~", b"CAS*CO**60~", "missing_element", "CAS02"),
    (b"REF*EA*R77~", b"REF*EA~", "missing_element", "REF02"),
    (b"N4*SPRINGFIELD*IL*627011234~REF", b"N4**IL*627011234~REF", "missing_element", "N401"),
    (b"HI*ABK:E119*", b"HI*ABK*", "missing_element", "HI"),
    # too long
    (b"CLM*C1*", b"CLM*" + LONG + b"*", "element_too_long", "CLM01"),
    (b"NM1*QC*1*ALDER*", b"NM1*QC*1*" + LONG + b"*", "element_too_long", "NM103"),
    (b"NM1*QC*1*ALDER*LEO", b"NM1*QC*1*ALDER*" + LONG, "element_too_long", "NM104"),
    (b"N3*100 MAIN ST*", b"N3*" + LONG + b"*", "element_too_long", "N301"),
    (b"REF*EA*R77~", b"REF*EA*" + LONG + b"~", "element_too_long", "REF02"),
    (b"NTE*ADD*", b"NTE*ADD*" + LONG, "element_too_long", "NTE02"),
    (b"SV1*HC:99213:25*", b"SV1*HC:99213:25A*", "element_too_long", "SV101-3"),
    (b"HI*ABK:E119*", b"HI*ABK:" + LONG + b"*", "element_too_long", "HI"),
    (b"CAS*CO*45*60~", b"CAS*CO*450045*60~", "element_too_long", "CAS02"),
    # dates, amounts, numbers
    (b"DTP*439*D8*20260901~", b"DTP*439*D8*20260231~", "invalid_date", "DTP03"),
    (b"DTP*439*D8*20260901~", b"DTP*439*RD8*20260901~", "invalid_date", "DTP03"),
    (b"DTP*607*D8*20260901~", b"DTP*607*D8*SOON~", "invalid_date", "DTP03"),
    (b"DTP*472*D8*20261001~", b"DTP*472*D8*2026101~", "invalid_date", "DTP03"),
    (b"DMG*D8*20150506*M~", b"DMG*D8*20151306*M~", "invalid_date", "DMG02"),
    (b"DTP*573*D8*20261020~", b"DTP*573*D8*20261032~", "invalid_date", "DTP03"),
    (b"CLM*C1*162.5*", b"CLM*C1*162,50*", "invalid_amount", "CLM02"),
    (b"SV1*HC:99213:25*150*", b"SV1*HC:99213:25*150.001*", "invalid_amount", "SV102"),
    (b"AMT*D*10~", b"AMT*D*TEN~", "invalid_amount", "AMT02"),
    (b"*UN*1*11**1:2", b"*UN*ONE*11**1:2", "invalid_number", "SV104"),
    (b"*11**1:2", b"*11**1:B", "invalid_number", "SV107"),
    (b"*11**1:2", b"*11**1:2:1:2:1", "wrong_count", "SV107"),
    (b"MEA*TR*HT*66~", b"MEA*TR*HT*TALL~", "invalid_number", "MEA03"),
    (b"CR1*LB*150**A*DH*12~", b"CR1*LB*150**A*DH*FAR~", "invalid_number", "CR106"),
    # codes
    (b"SBR*P**", b"SBR*X**", "invalid_code", "SBR01"),
    (b"******CI~NM1", b"******QQ~NM1", "invalid_code", "SBR09"),
    (b"PAT*19~", b"PAT*99~", "invalid_code", "PAT01"),
    (b"DMG*D8*20150506*M~", b"DMG*D8*20150506*X~", "invalid_code", "DMG03"),
    (b"*11:B:1*Y*A*", b"*11:A:1*Y*A*", "invalid_code", "CLM05-2"),
    (b"*11:B:1*Y*A*", b"*11:B:1*Q*A*", "invalid_code", "CLM06"),
    (b"*11:B:1*Y*A*", b"*11:B:1*Y*Z*", "invalid_code", "CLM07"),
    (b"*AA:::IL~", b"*ZZ:::IL~", "invalid_code", "CLM11"),
    (b"*150*UN*", b"*150*XX*", "invalid_code", "SV103"),
    (b"CAS*CO*45*60~", b"CAS*QQ*45*60~", "invalid_code", "CAS01"),
    (b"OI***Y***Y~", b"OI***Q***Y~", "invalid_code", "OI03"),
    (b"CRC*07*Y*", b"CRC*07*M*", "invalid_code", "CRC02"),
    (b"MEA*TR*HT*66~", b"MEA*TR*XX*66~", "invalid_code", "MEA02"),
    (b"LQ*UT*0403~", b"LQ*QQ*0403~", "invalid_code", "LQ01"),
    (b"NM1*QC*1*ALDER*", b"NM1*QC*7*ALDER*", "invalid_code", "NM102"),
    (b"BHT*0019*00*", b"BHT*0019*99*", "invalid_code", "BHT02"),
    # what is not read is said
    (b"CLM*C1*162.5***", b"CLM*C1*162.5*EXTRA**", "unexpected_element", "CLM03"),
    (b"NM1*77*2*WEST SITE*", b"NM1*77*2*WEST SITE*JOE", "unexpected_element", "NM104"),
    (b"****MI*W1~", b"****ZZ*W1~", "unexpected_element", "NM108"),
    (b"LIN**N4*", b"LIN**EN*", "unexpected_element", "LIN02"),
]
# a segment where it does not belong: (what is changed, into what, the loop)
STRAYS: list[tuple[bytes, bytes, str]] = [
    (b"HI*ABK", b"CUR*85*USD~HI*ABK", "2300"),
    (b"HI*ABK", b"DTP*999*D8*20260901~HI*ABK", "2300"),
    (b"HI*ABK", b"REF*ZZ*1~HI*ABK", "2300"),
    (b"HI*ABK", b"CRC*09*Y*38~HI*ABK", "2300"),
    (b"OI***Y***Y~", b"OI***Y***Y~AMT*T*1~", "2320"),
    (b"OI***Y***Y~", b"OI***Y***Y~OI***Y***Y~", "2320"),
    (b"CTP****1.5*ML~", b"CTP****1.5*ML~SBR*S*18~", "2320"),
    (b"DMG*D8*20150506*M~", b"DMG*D8*20150506*M~DMG*D8*20150506*M~", "2010CA"),
    (b"REF*F8*ICN9~", b"REF*F8*ICN9~NM1*85*2~", "2330B"),
]


def test_the_file_without_a_defect_is_clean_and_reads_back() -> None:
    assert problems(GOOD) == []
    assert only(Claim, read_all(GOOD)) == [FULL]


def test_there_are_at_least_fifty_defects() -> None:
    assert len(DEFECTS) >= 50


@pytest.mark.parametrize(
    ("old", "new", "code", "element"), DEFECTS, ids=lambda value: str(value)[:40]
)
def test_a_defect_is_a_problem_with_its_place(
    old: bytes, new: bytes, code: str, element: str
) -> None:
    assert old in GOOD
    found = problems(GOOD.replace(old, new, 1))
    named = [each for each in found if (each.code, each.element) == (code, element)]
    assert named, [(each.code, each.element, each.message) for each in found]
    assert all(each.segment_number and each.byte_offset for each in named)
    assert element[:2] in named[0].message or element in ("DTP", "DMG02")
    assert b"XXX" not in repr(found).encode()


@pytest.mark.parametrize(("old", "new", "loop"), STRAYS, ids=lambda value: str(value)[:40])
def test_a_stray_segment_is_said_once_with_its_loop(old: bytes, new: bytes, loop: str) -> None:
    assert old in GOOD
    found = problems(GOOD.replace(old, new, 1))
    stray = [each for each in found if each.code == "unexpected_segment"]
    assert [each.loop for each in stray] == [loop]


def test_more_than_twelve_diagnoses_are_an_error() -> None:
    more = b"".join(b"*ABF:Z%03d" % number for number in range(11))
    found = problems(GOOD.replace(b"*ABF:I10~", b"*ABF:I10" + more + b"~"))
    assert ("wrong_count", "HI") in [(each.code, each.element) for each in found]


def test_more_than_fifty_lines_are_an_error() -> None:
    tail = b"LX*2~SV1*HC:99213*1*UN*1***1~DTP*472*D8*20261001~"
    more = b"".join(tail.replace(b"LX*2", b"LX*%d" % number) for number in range(3, 53))
    found = problems(GOOD.replace(b"SE*", more + b"SE*"))
    (problem,) = [each for each in found if each.element == "LX"]
    assert problem.message == "The claim has more than 50 service lines."
