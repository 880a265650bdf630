"""Small X12 texts and objects for tests: valid by default, the change visible in the test."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from rcm.x12.claim_837p import (
    Address,
    BillingProvider,
    Claim,
    ClaimPayer,
    Drug,
    Note,
    Patient,
    Person,
    Provider,
    ServiceFacility,
    ServiceLine,
    Submitter,
    Subscriber,
)
from rcm.x12.envelope import Envelope, TransactionEnd
from rcm.x12.items import Item
from rcm.x12.problems import Problem
from rcm.x12.reader import read
from rcm.x12.write_837p import write_claims

Kind = TypeVar("Kind")

CORPUS = Path(__file__).parent / "corpus"
CREATED_AT = datetime(2026, 11, 20, 6, 30)  # noqa: DTZ001  X12 carries local wall-clock time
ENVELOPE = Envelope("PAYER", "PRACTICE", 7, 9, CREATED_AT)
SUBMITTER = Submitter("NORTH BILLING", "NB1", "ANA REED", "2175550100", "SANDBOX", "SBX")
STREET = Address("100 MAIN ST", "SPRINGFIELD", "IL", "627011234", "SUITE 2")
PROVIDER = BillingProvider(
    "NORTH CLINIC",
    "1457394527",
    "371234567",
    "207Q00000X",
    STREET,
    "ANA REED",
    "2175550100",
    pay_to=STREET,
)
RENDERING = Provider(Person("SMITH", "PAT", "Q"), "1234567893", "207Q00000X")
LINE = ServiceLine(
    1, "99213", 15000, Decimal(1), (1, 2), date(2026, 10, 1), "C1L1", ("25",), place_of_service="11"
)
DRUG_LINE = ServiceLine(
    2,
    "J1885",
    1250,
    Decimal("1.5"),
    (1,),
    date(2026, 10, 1),
    "C1L2",
    date_of_service_end=date(2026, 10, 3),
    drug=Drug("00002143380", Decimal("1.5"), "ML"),
    clia_number="14D0000001",
    notes=(Note("ADD", "GIVEN IN OFFICE"),),
)
CLAIM = Claim(
    "C1",
    16250,
    "11",
    "1",
    ("E119", "I10"),
    (LINE, DRUG_LINE),
    PROVIDER,
    Subscriber(Person("ALDER", "ADA"), "W1", "P", "CI", date(1980, 1, 2), "F", STREET, "G1"),
    ClaimPayer("MERIDIAN MUTUAL", "60054"),
    rendering_provider=RENDERING,
    referring_provider=Provider(Person("JONES", "KIM"), "1245319599"),
    service_facility=ServiceFacility("WEST SITE", "1003000126", STREET),
)
CHILD = Patient(Person("ALDER", "LEO"), "19", date(2015, 5, 6), "M", STREET)
CHILD_CLAIM = replace(
    CLAIM,
    patient_control_number="C2",
    subscriber=Subscriber(Person("ALDER", "ADA"), "W1", "P", "CI", relationship="19"),
    patient=CHILD,
    frequency="7",
    payer_claim_control_number="ICN1",
    authorization_number="A1",
    referral_number="R1",
    clia_number="14D0000001",
    notes=(Note("ADD", "CORRECTED CLAIM"),),
)


def corpus(name: str) -> bytes:
    """The bytes of a corpus file."""
    return (CORPUS / f"{name}.835").read_bytes()


def read_all(content: bytes, **changes: Any) -> list[Item]:
    return list(read(content, **changes))


def only(kind: type[Kind], items: Iterable[object]) -> list[Kind]:
    """The items of one kind."""
    return [item for item in items if isinstance(item, kind)]


def problems(content: bytes, **changes: Any) -> list[Problem]:
    return only(Problem, read(content, **changes))


def codes(content: bytes, **changes: Any) -> list[str]:
    return [problem.code for problem in problems(content, **changes)]


def is_intact(content: bytes) -> list[bool]:
    """`is_intact` of each transaction."""
    return [end.is_intact for end in only(TransactionEnd, read(content))]


def claims_file(*claims: Claim, **changes: Any) -> bytes:
    """An 837P of the claims."""
    out = BytesIO()
    write_claims(out, replace(ENVELOPE, **changes), SUBMITTER, claims)
    return out.getvalue()
