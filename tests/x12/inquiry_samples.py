"""A 270, 271, 276 and 277 as objects, everything filled; and a count that is not our reader's."""

from datetime import date
from decimal import Decimal

from rcm.x12.acknowledgment_277ca import Status
from rcm.x12.claim_837 import Address, Identifier
from rcm.x12.eligibility_27x import (
    Benefit,
    Delivery,
    EligibilityAnswer,
    EligibilityInquiry,
    EligibilityRejection,
    RelatedParty,
    Wanted,
)
from rcm.x12.inquiry_parts import AskedProcedure, Member, Party, Period, Trace
from rcm.x12.status_27x import AnsweredLine, AskedLine, StatusAnswer, StatusDetail, StatusInquiry

DAY = date(2026, 11, 20)
PAYER = Party("PR", "MERIDIAN MUTUAL", qualifier="PI", identifier="60054")
CLINIC = Party("1P", "NORTH CLINIC", qualifier="XX", identifier="1457394527")
RECEIVER = Party("41", "NORTH BILLING", qualifier="46", identifier="NB1")
HOME = Address("1 OAK ST", "SPRINGFIELD", "IL", "62701")
ADA = Member(
    Party("IL", "ALDER", "ADA", "Q", "JR", "MI", "W1", True),
    date(1970, 1, 2),
    "F",
    (Identifier("6P", "GRP1"),),
    HOME,
    "18",
)
CHILD = Member(
    Party("03", "ALDER", "BO", is_person=True), date(2010, 3, 4), "M", (), HOME, "19", True
)
WANTED = Wanted(
    ("30", "98"), None, "IND", (Identifier("9F", "REF1"),), (Period("291", DAY),),
    (Identifier("ZZ", "11"),),
)  # fmt: skip
ASKED = (
    EligibilityInquiry(
        "R1",
        PAYER,
        CLINIC,
        ADA,
        (Trace("1", "E000000001", "9NB1", "ELIG"),),
        None,
        (Period("291", DAY),),
        (WANTED,),
        (Identifier("EO", "77"),),
    ),
    EligibilityInquiry(
        "R1",
        PAYER,
        CLINIC,
        ADA,
        (Trace("1", "E000000002", "9NB1"),),
        CHILD,
        (Period("291", DAY, date(2026, 11, 30)),),
        (Wanted((), AskedProcedure("HC", "99213", ("25",))),),
        (Identifier("EO", "77"),),
    ),
)
OTHER_PAYER = RelatedParty(
    Party("PR", "SECOND PLAN", qualifier="PI", identifier="77001"), HOME, "DESK", "2175550100"
)
CARE_PROVIDER = RelatedParty(
    Party("P3", "SMITH", "PAT", qualifier="XX", identifier="1234567893", is_person=True),
    taxonomy_code="207Q00000X",
)
BENEFITS = (
    Benefit("1", "IND", ("30",), "C1", "GOLD 123", periods=(Period("346", date(2026, 1, 1)),)),
    Benefit("C", "IND", ("30", "98"), time="29", amount=125050, network="Y"),
    Benefit(
        "A",
        "FAM",
        ("98",),
        percent=Decimal("0.2"),
        network="W",
        authorization="N",
        procedure=AskedProcedure("HC", "99213", ("25",)),
        deliveries=(Delivery("VS", Decimal(12), "", None, "27", Decimal(1), "7", "Y"),),
        references=(Identifier("9F", "REF1"),),
        messages=("AFTER THE DEDUCTIBLE", "NOT FOR VISITS ABROAD"),
        places=(Identifier("ZZ", "11"), Identifier("ZZ", "22")),
    ),
    Benefit("F", service_types=("33",), quantity_qualifier="VS", quantity=Decimal(8), time="29"),
    Benefit("R", parties=(OTHER_PAYER,)),
    Benefit("L", parties=(CARE_PROVIDER,)),
    Benefit("U", rejections=(EligibilityRejection("2110C", "61", "N"),)),
)
ANSWERED = (
    EligibilityAnswer(
        "R1",
        PAYER,
        CLINIC,
        (Trace("2", "E000000001", "9NB1", "ELIG"), Trace("1", "P77", "9PAYER")),
        ADA,
        None,
        (),
        (Period("307", date(2026, 1, 1), date(2026, 12, 31)),),
        BENEFITS,
    ),
    EligibilityAnswer(
        "R1",
        PAYER,
        CLINIC,
        (Trace("2", "E000000002", "9NB1"),),
        ADA,
        CHILD,
        (
            EligibilityRejection("2100C", "72", "C", True),
            EligibilityRejection("2100D", "71", "C"),
        ),
    ),
)
SMITH = Member(Party("IL", "SMITH", "FRED", qualifier="MI", identifier="W2", is_person=True))
PATIENT = Member(Party("QC", "SMITH", "JO", is_person=True), date(2001, 5, 6), "F")
PROCEDURE = AskedProcedure("HC", "99213", ("25",))
CLAIMS = (
    StatusInquiry(
        "R2",
        "S000000001",
        PAYER,
        RECEIVER,
        CLINIC,
        Member(SMITH.party, date(1980, 1, 1), "M"),
        None,
        (Identifier("1K", "ICN1"), Identifier("BLT", "111"), Identifier("EJ", "C1")),
        851388,
        (Period("472", date(2026, 10, 1), date(2026, 10, 3)),),
        (AskedLine(PROCEDURE, 15000, "0450", Decimal(2), "C1L1", (Period("472", DAY),)),),
    ),
    StatusInquiry(
        "R2", "S000000002", PAYER, RECEIVER, CLINIC, SMITH, PATIENT, (Identifier("6P", "G"),), 8000
    ),
)
PAID = StatusDetail(
    (Status("F1", "65"), Status("F1", "1", "PR"), Status("F1", "2")),
    DAY,
    "",
    851388,
    700000,
    date(2026, 11, 18),
    "",
    date(2026, 11, 19),
    "0012345",
    "PAID BY CHECK",
)
PENDING = StatusDetail((Status("P3", "317"),), DAY, amount_billed=8000)
STATUSES = (
    StatusAnswer(
        "R2",
        "2200D",
        "S000000001",
        (PAID,),
        PAYER,
        RECEIVER,
        CLINIC,
        SMITH,
        None,
        (Identifier("1K", "ICN1"), Identifier("EJ", "C1")),
        (Period("472", date(2026, 10, 1), date(2026, 10, 3)),),
        (
            AnsweredLine(
                PROCEDURE, 15000, 12000, "0450", Decimal(2), "C1L1", (PAID,), (Period("472", DAY),)
            ),
        ),
    ),
    StatusAnswer("R2", "2200E", "S000000002", (PENDING,), PAYER, RECEIVER, CLINIC, SMITH, PATIENT),
)


def count_by_hand(content: bytes) -> dict[str, int]:
    """What the trailers of a file must say, told from its bytes alone; nothing of ours is used.

    Checks HL numbers and parents, SE, GE and IEA counts and control numbers on the way.
    """
    text = content.decode("ascii")
    element, ending = text[3], text[105]
    rows = [row.split(element) for row in text.split(ending) if row]
    assert (len(text.split(ending)[0]), rows[0][0], rows[-1][0]) == (105, "ISA", "IEA")
    assert rows[0][13] == rows[-1][2]
    starts = [at for at, row in enumerate(rows) if row[0] == "ST"]
    ends = [at for at, row in enumerate(rows) if row[0] == "SE"]
    group = next(row for row in rows if row[0] == "GS")
    close = next(row for row in rows if row[0] == "GE")
    assert (int(close[1]), close[2], rows[-1][1]) == (len(starts), group[6], "1")
    for start, end in zip(starts, ends, strict=True):
        assert rows[end][1:] == [str(end - start + 1), rows[start][2]]
        levels = [row for row in rows[start:end] if row[0] == "HL"]
        assert [row[1] for row in levels] == [str(n + 1) for n in range(len(levels))]
        parents = {row[2] for row in levels}
        assert all((row[4] == "1") == (row[1] in parents) for row in levels)
        assert all(int(row[2]) < int(row[1]) for row in levels if row[2])
    found: dict[str, int] = {}
    for row in rows:
        found[row[0]] = found.get(row[0], 0) + 1
    return found
