"""Each element of a professional claim stands where the guide has it, in the guide's order."""

from dataclasses import replace
from typing import Any

import pytest

from rcm.x12.claim_837p import Claim, Conditions, RareClaimFacts, RareLineFacts
from rcm.x12.remittance_835 import Adjustment
from tests.x12.build import claims_file
from tests.x12.full_claim_837p import CLAIM, LINE

TEXT = """
HL*1**20*1
PRV*BI*PXC*207Q00000X
NM1*85*1*BILL*FIRST*MID**SR*XX*1457394527
N3*1 A ST
N4*ALTON*IL*620021234
REF*SY*371234567
REF*0B*LIC
PER*IC*DESK*TE*2175550100
NM1*87*2
N3*2 B ST
N4*TORONTO*ON*K1A0B1*CA
NM1*PE*2*PLAN*****PI*PL1
N3*1 A ST
N4*ALTON*IL*620021234
REF*2U*PX
REF*EI*999999999
HL*2*1*22*1
SBR*S**G1**12****MB
NM1*IL*2*EMPLOYER*****MI*W1
REF*SY*123456789
REF*Y4*PC1
NM1*PR*2*PAYER*****XV*60054
N3*1 A ST
N4*ALTON*IL*620021234
REF*FY*F1
REF*G2*G9
HL*3*2*23*0
PAT*20****D8*20261001*01*130*Y
NM1*QC*1*PAT*PA
N3*1 A ST
N4*ALTON*IL*620021234
DMG*D8*20261001*F
REF*Y4*PC2
REF*1W*MEM2
CLM*C1*100.5***41:B:7*N*C*W*I*P*AA:OA::IL:MX*02********7
DTP*314*RD8*20261001-20261009
DTP*096*D8*20261001
PWK*77*FX***AC*CN7
CN1*09
AMT*F5*15
REF*EW*E1
REF*9F*REF
REF*G1*AUTH
REF*F8*ICN
REF*X4*CLIA
REF*1J*J1
K3*K
NTE*CER*NOTE
CR1****A*DH*3.5
CR2********F**ONE*TWO
CRC*E1*N*L1
CRC*75*Y*IH
HI*ABK:E119*ABF:I10
HI*BP:33414*BO:33415
HI*BG:AA*BG:BB
HCP*01*8*****1.25
NM1*DN*1*REFERRING*F*M**JR*XX*1457394527
REF*1G*U7
NM1*P3*1*CARE*F*M**JR*XX*1457394527
NM1*82*1*RENDERING*F*M**JR*XX*1457394527
PRV*PE*PXC*208D00000X
NM1*77*2*WEST*****XX*1003000126
N3*1 A ST
N4*ALTON*IL*620021234
NM1*DQ*1*SUPERVISOR*F*M**JR*XX*1457394527
NM1*PW*2
N3*1 A ST
N4*ALTON*IL*620021234
NM1*45*2
N3*1 A ST
N4*ALTON*IL*620021234
SBR*P*18*G2*GROUP*47****CI
CAS*PR*2*0.25
AMT*D*39.75
AMT*A8*0.75
AMT*EAF*10.25
OI***N*P**I
MOA*0.5*8*MA01*N130
NM1*IL*1*INS*URED****MI*W2
N3*1 A ST
N4*ALTON*IL*620021234
REF*SY*5
NM1*PR*2*OTHER*****PI*P1
N3*2 B ST
N4*TORONTO*ON*K1A0B1*CA
REF*NF*N1
REF*G1*OAU
REF*9F*ORF
REF*T4*Y
REF*F8*OICN
LX*1
SV1*HC:A0428:RH:GM:::BLUE*100.5*UN*1.5*41**2:1**Y**Y*Y***0
SV5*HC:E0601*DA*30*11*22*4
PWK*OZ*BM***AC*DMN1
PWK*CT*AD
CR1*LB*140**D*DH*9***ROUND*STRETCH
CR3*R*MO*12
CRC*07*N*01*04
CRC*09*Y*38
DTP*472*RD8*20261001-20261002
DTP*471*D8*20261001
DTP*304*D8*20261001
QTY*PT*2
QTY*FL*3
MEA*OG*HT*5.5
CN1*03*1.5*2.5*CC*4*V1
REF*9B*RP1
REF*G1*AU1
REF*6R*L1
REF*X4*14D1
REF*BT*B1
REF*9F*RF1
AMT*T*2.1
AMT*F4*3.2
K3*FIXED
NTE*ADD*FIRST
NTE*TPO*SECOND
PS1*PSID*7
HCP*02*9*1*ORG*5*GRP
LIN**N4*00002143380
CTP****2*ML
REF*XZ*RX1
NM1*82*1*REND*F*M**JR*XX*1457394527
PRV*PE*PXC*207Q00000X
REF*0B*S1
NM1*QB*2******XX*1111111112
NM1*77*2*SITE
N3*1 A ST
N4*ALTON*IL*620021234
REF*LU*U1
NM1*DQ*1*SUPER*F*M**JR*XX*1457394527
NM1*DK*1*ORDER*F*M**JR*XX*1457394527
N3*1 A ST
N4*ALTON*IL*620021234
REF*G2*O1
NM1*DN*1*REFER*F*M**JR*XX*1457394527
NM1*P3*1*PRIMARY*F*M**JR*XX*1457394527
NM1*PW*2
N3*1 A ST
N4*ALTON*IL*620021234
NM1*45*2
N3*2 B ST
N4*TORONTO*ON*K1A0B1*CA
SVD*P1*40*HC:A0428:RH**1*3
CAS*CO*45*50*1*97*0.5
CAS*PR*1*10
DTP*573*D8*20261001
AMT*EAF*10
LQ*UT*484.3
FRM*1A*Y
FRM*5**TEXT
"""


def body(claim: Claim) -> list[str]:
    """The segments from the first HL to SE."""
    segments = claims_file(claim).decode("ascii").split("~")
    return segments[segments.index("HL*1**20*1") : -4]


def test_every_element_stands_where_the_guide_has_it() -> None:
    assert body(CLAIM) == TEXT.split("\n")[1:-1]


def test_the_day_of_payment_is_sent_once() -> None:
    line = replace(LINE, adjudications=())
    assert "DTP*573*D8*20261001" in body(replace(CLAIM, lines=(line,)))
    told = replace(LINE.adjudications[0], paid_on=None)
    dated = body(replace(CLAIM, lines=(replace(LINE, adjudications=(told,)),)))
    assert dated.index("DTP*573*D8*20261001") < dated.index("LX*1")


def test_adjustments_of_a_group_fill_segments_of_six() -> None:
    cuts = tuple(Adjustment("CO", str(number), 100) for number in range(8))
    told = replace(LINE.adjudications[0], adjustments=(*cuts, Adjustment("PR", "1", 5)))
    segments = body(replace(CLAIM, lines=(replace(LINE, adjudications=(told,)),)))
    assert [each for each in segments if each.startswith("CAS*CO")] == [
        "CAS*CO*0*1**1*1**2*1**3*1**4*1**5*1",
        "CAS*CO*6*1**7*1",
    ]


TOLD = LINE.adjudications[0]
RARE = LINE.rare or RareLineFacts()
FACTS = CLAIM.rare or RareClaimFacts()
MANY = tuple(Adjustment("CO", str(number), 1) for number in range(31))
SIX_CODES = (Conditions("07", True, ("01",) * 6),)


def with_line(**changes: Any) -> Claim:
    return replace(CLAIM, lines=(replace(LINE, **changes),))


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (
            replace(CLAIM, other_payers=CLAIM.other_payers * 11),
            "A claim has at most 10 other payers.",
        ),
        (
            with_line(adjudications=(TOLD,) * 16),
            "A service line has at most 15 adjudications.",
        ),
        (
            with_line(adjudications=(replace(TOLD, adjustments=MANY),)),
            "The adjustments fill more than 5 CAS segments.",
        ),
        (
            replace(CLAIM, rare=replace(FACTS, related_causes=("AA", "EM", "OA"))),
            "A claim has at most two related causes.",
        ),
        (
            replace(CLAIM, rare=replace(FACTS, surgical_procedures=("1", "2", "3"))),
            "A claim has at most two surgical procedures.",
        ),
        (
            replace(CLAIM, rare=replace(FACTS, condition_codes=("01",) * 25)),
            "A claim has at most 24 condition codes.",
        ),
        (
            with_line(rare=replace(RARE, conditions=SIX_CODES)),
            "A CRC segment has at most 5 codes.",
        ),
        (
            with_line(rare=replace(RARE, referring_providers=RARE.referring_providers * 2)),
            "A service line has at most two referring providers.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "claim",
)
def test_what_the_guide_has_no_room_for_is_refused(claim: Claim, reason: str) -> None:
    with pytest.raises(ValueError) as refused:
        claims_file(claim)
    assert str(refused.value) == reason
