"""Small 835s for tests, from plain figures and our own writer. Amounts are dollars as text."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from billing.actions.files import read_file, receive_file
from billing.actions.postings import post_remittance
from billing.models import Claim, InterchangeFile, Remittance
from rcm.models import Practice
from rcm.money import to_cents
from rcm.x12.envelope import Envelope
from rcm.x12.remittance_835 import (
    Adjustment,
    DateReference,
    Party,
    ProviderAdjustment,
    Reference,
    RemittanceStart,
    RemittedClaim,
    RemittedLine,
)
from rcm.x12.write_835 import write_remittances

PAID_ON = date(2026, 11, 20)
SERVED_ON = date(2026, 11, 2)


def cents(amount: str) -> int:
    return to_cents(Decimal(amount))


def cas(*texts: str) -> tuple[Adjustment, ...]:
    """cas("CO-45 73.00", "PR-2 20.00")"""
    found = []
    for text in texts:
        code, amount = text.split()
        group, reason = code.split("-")
        found.append(Adjustment(group, reason, cents(amount)))
    return tuple(found)


def line(
    code: str, billed: str, paid: str, *adjustments: str, number: str = "", **changes: Any
) -> RemittedLine:
    """One SVC: line("99213", "165.00", "72.00", "CO-45 73.00", "PR-2 20.00", number="T000001-1")"""
    fields: dict[str, Any] = {
        "position": 1,
        "qualifier": "HC",
        "procedure_code": code,
        "modifiers": (),
        "amount_billed": cents(billed),
        "amount_paid": cents(paid),
        "adjustments": cas(*adjustments),
        "references": (Reference("6R", number),) if number else (),
        "dates": (DateReference("472", SERVED_ON),),
    }
    return RemittedLine(**fields | changes)


def clp(
    number: str, billed: str, paid: str, *lines: RemittedLine, status: str = "1", **changes: Any
) -> RemittedClaim:
    """One CLP of Denise Okafor."""
    fields: dict[str, Any] = {
        "position": 1,
        "patient_control_number": number,
        "status_code": status,
        "amount_billed": cents(billed),
        "amount_paid": cents(paid),
        "amount_patient": None,
        "filing_indicator": "CI",
        "payer_claim_control_number": f"P{number}",
        "lines": lines,
        "parties": (Party("QC", "1", "OKAFOR", "DENISE", "", "", "MI", "UC10000001"),),
    }
    return RemittedClaim(**fields | changes)


def plb(code: str, amount: str, reference: str = "REF1") -> ProviderAdjustment:
    return ProviderAdjustment("1234567893", date(2026, 12, 31), code, reference, cents(amount))


def start(paid: str, **changes: Any) -> RemittanceStart:
    """A check of Unified Care to North practice."""
    fields: dict[str, Any] = {
        "transaction_code": "I",
        "amount_paid": cents(paid),
        "credit_or_debit": "C",
        "method": "CHK",
        "paid_on": PAID_ON,
        "trace_number": "CHECK1",
        "payer_identifier": "1999999999",
        "payer_name": "UNIFIED CARE",
        "payee_name": "NORTH MEDICAL GROUP",
        "payee_qualifier": "XX",
        "payee_identifier": "1234567893",
        "payee_references": (Reference("TJ", "123456789"),),
    }
    return RemittanceStart(**fields | changes)


Payment = tuple[RemittanceStart, Sequence[RemittedClaim], tuple[ProviderAdjustment, ...]]


def content_of(*payments: Payment, number: int = 1, **envelope: Any) -> bytes:
    """The bytes of an 835 file, one ST per payment."""
    out = BytesIO()
    created_at = datetime(2026, 11, 20, 6, 30)  # noqa: DTZ001  X12 carries wall-clock time
    fields: dict[str, Any] = {
        "sender_id": "UNIFIED",
        "receiver_id": "NORTH",
        "created_at": created_at,
    }
    ids = {"control_number": number, "group_control_number": number}
    write_remittances(out, Envelope(**fields | ids | envelope), payments)
    return out.getvalue()


def content(
    paid: str,
    *claims: RemittedClaim,
    adjustments: tuple[ProviderAdjustment, ...] = (),
    number: int = 1,
    **changes: Any,
) -> bytes:
    """The bytes of an 835 with one payment; `changes` are fields of its head."""
    return content_of((start(paid, **changes), claims, adjustments), number=number)


def read(practice: Practice, content: bytes, name: str = "a.835") -> InterchangeFile:
    """Receive and read."""
    return read_file(receive_file(practice, name, content))


def recorded(practice: Practice, content: bytes) -> Remittance:
    """Receive, read, and give the one remittance of the file."""
    return read(practice, content).remittances.get()


def posted(practice: Practice, content: bytes) -> Remittance:
    """Receive, read and post the one remittance of the file."""
    return post_remittance(recorded(practice, content))


def echo(claim: Claim, *lines: tuple[str, ...], status: str = "1", **changes: Any) -> RemittedClaim:
    """The payer's account of one of our claims, line by line: echo(claim, ("72.00", "CO-45 93")).

    Status 22 negates every amount, as a reversal does.
    """
    svcs, sign = [], Decimal(-1 if status == "22" else 1)
    for own, (amount, *adjustments) in zip(claim.lines.order_by("position"), lines, strict=True):
        signed = [f"{a.split()[0]} {Decimal(a.split()[1]) * sign}" for a in adjustments]
        svc = line(
            own.procedure_code,
            str(own.amount_billed * sign),
            str(Decimal(amount) * sign),
            *signed,
            number=own.line_control_number,
        )
        svcs.append(svc)
    paid = sum((Decimal(amount) for amount, *_ in lines), Decimal(0)) * sign
    billed = str(claim.amount_billed * sign)
    return clp(claim.patient_control_number, billed, str(paid), *svcs, status=status, **changes)
