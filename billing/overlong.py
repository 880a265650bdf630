"""Which value of a transaction the database had no room for. Looked for only after it refused."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import models

from billing.models import Adjustment, ProviderAdjustment, Remittance, RemittedClaim, RemittedLine
from rcm.x12 import remittance_835 as said
from rcm.x12.envelope import TransactionStart
from rcm.x12.reader import read

LARGEST_QUANTITY = 10**12  # numeric(15, 3)
PAYMENT = (("TRN02", "trace_number"), ("TRN03", "payer_identifier"), ("BPR04", "method"))
PAYEE = ("N104", "payee_identifier")
CLAIM = (
    ("CLP01", "patient_control_number"),
    ("CLP02", "status_code"),
    ("CLP06", "filing_indicator"),
    ("CLP07", "payer_claim_control_number"),
)
LINE = (
    ("SVC01-1", "qualifier"),
    ("SVC01-2", "procedure_code"),
    ("SVC04", "revenue_code"),
    ("SVC06-2", "submitted_code"),
    ("REF02", "line_control_number"),
)
TRIPLET = (("CAS01", "group"), ("CAS02", "reason"))
PAIR = (
    ("PLB01", "provider_identifier"),
    ("PLB03-1", "code"),
    ("PLB03-2", "reference"),
)


class Overlong(NamedTuple):
    """The element and where it stands; segment and byte are those of the claim, if it is in one."""

    element: str
    message: str
    segment_number: int
    byte_offset: int


def find_overlong(content: bytes, start: TransactionStart) -> Overlong | None:
    """The first value of the 835 at `start` that fits no column; None when all of them do."""
    is_open = False
    for item in read(content):
        if isinstance(item, TransactionStart):
            is_open = item.segment_number == start.segment_number
        if not is_open:
            continue
        segment, offset = start.segment_number, start.byte_offset
        if isinstance(item, said.RemittedClaim):
            segment, offset = item.segment_number, item.byte_offset
        for element, where, room in _faults(item):
            kept = f"longer than the {room} characters kept" if room else "too large a number"
            return Overlong(element, f"{element} of {where} is {kept}.", segment, offset)
    return None


Fault = tuple[str, str, int]


def _faults(item: object) -> Iterator[Fault]:
    if isinstance(item, said.RemittanceStart):
        yield from _long(Remittance, (*PAYMENT, PAYEE), item, "the payment")
    elif isinstance(item, said.RemittedClaim):
        where = f"CLP {item.position}"
        yield from _long(RemittedClaim, CLAIM, item, where)
        yield from _triplets(item.adjustments, where)
        for line in item.lines:
            yield from _line(line, f"{where} SVC {line.position}")
    elif isinstance(item, said.RemittanceEnd):
        for number, pair in enumerate(item.provider_adjustments, 1):
            yield from _long(ProviderAdjustment, PAIR, pair, f"provider adjustment {number}")


def _line(line: said.RemittedLine, where: str) -> Iterator[Fault]:
    yield from _long(RemittedLine, LINE, line, where)
    for modifier in line.modifiers:
        if len(modifier) > 2:
            yield "SVC01-3", where, 2
    if line.units_paid is not None and abs(line.units_paid) >= LARGEST_QUANTITY:
        yield "SVC05", where, 0
    yield from _triplets(line.adjustments, where)


def _triplets(adjustments: tuple[said.Adjustment, ...], where: str) -> Iterator[Fault]:
    for row in adjustments:
        yield from _long(Adjustment, TRIPLET, row, where)
        if row.quantity is not None and abs(row.quantity) >= LARGEST_QUANTITY:
            yield "CAS04", where, 0


def _long(
    model: type[models.Model], names: tuple[tuple[str, str], ...], row: object, where: str
) -> Iterator[Fault]:
    for element, name in names:
        room = getattr(model._meta.get_field(name), "max_length", None) or 0
        if len(getattr(row, name)) > room:
            yield element, where, room
