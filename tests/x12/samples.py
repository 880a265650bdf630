"""A 999 and a 277CA as objects, everything filled."""

from datetime import date

from rcm.x12.acknowledgment_277ca import (
    ClaimAcknowledgmentStart,
    ClaimStatus,
    Status,
    StatusInformation,
)
from rcm.x12.acknowledgment_999 import (
    ElementError,
    GroupAcknowledgment,
    SegmentError,
    TransactionAcknowledgment,
)

GROUP_ACKNOWLEDGMENT = GroupAcknowledgment(
    "HC",
    "9",
    "005010X222A1",
    "P",
    2,
    2,
    1,
    (
        TransactionAcknowledgment("837", "0001", "A", "005010X222A1"),
        TransactionAcknowledgment(
            "837",
            "0002",
            "R",
            "005010X222A1",
            (
                SegmentError("NM1", 8, "2010", "8", (ElementError(9, "67", "1"),)),
                SegmentError("HI", 22, "2300", "3"),
            ),
            ("5",),
        ),
    ),
)
CLAIM_ACKNOWLEDGMENT = ClaimAcknowledgmentStart(
    "MERIDIAN MUTUAL",
    "60054",
    "NORTH BILLING",
    "NB1",
    "REF0001",
    date(2026, 11, 20),
    "0000000070001",
    date(2026, 11, 19),
    date(2026, 11, 20),
    "NORTH CLINIC",
    "1457394527",
)
ACCEPTED = StatusInformation((Status("A2", "20", "PR"),), date(2026, 11, 20), "WQ", 15000)
REJECTED = StatusInformation(
    (Status("A7", "562", "85"), Status("A7", "21"), Status("A3", "33")),
    date(2026, 11, 20),
    "U",
    8000,
    "SUBSCRIBER NOT FOUND",
)
LINE_REJECTED = StatusInformation((Status("A7", "454"),), date(2026, 11, 20), "U")
CLAIM_STATUSES = (
    ClaimStatus(
        "C1",
        (ACCEPTED,),
        "ALDER",
        "ADA",
        "W1",
        "ICN1",
        "D9-1",
        date(2026, 10, 1),
        date(2026, 10, 3),
    ),
    ClaimStatus(
        "C2",
        (REJECTED,),
        "BIRCH",
        "BEN",
        "W2",
        date_of_service=date(2026, 10, 2),
        lines=(("C2L1", (LINE_REJECTED,)),),
        line_procedures=(("99213", 8000),),
    ),
)
