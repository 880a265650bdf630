"""Five payments of one payer to one practice: what each trial of `bin/faults posting` takes in.

A payment of earlier; a file with two (denial, patient share, claim-level adjustment, PLB, a claim
nobody knows); a file with three (reversal and correction of the earlier one, a reversal of nothing,
a payment that does not add up). No result depends on which of them posts first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

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

PAID_ON, SERVED_ON = date(2026, 11, 20), date(2026, 11, 2)
PAYER_IDENTIFIER = "1999999999"

# Our claims: number -> lines of (code, charge). All but the first are paid by a trial.
CLAIMS: dict[str, tuple[tuple[str, str], ...]] = {
    "F000": (("99213", "165.00"),),
    "F001": (("99213", "165.00"), ("20610", "148.00")),
    "F002": (("99214", "210.00"),),
    "F003": (("99203", "250.00"),),
    "F004": (("36415", "12.50"), ("85025", "29.00")),
    "F005": (("99215", "354.00"),),
    "F006": (("99212", "112.00"),),
}

# What must have become of each payment: state, and what stays in `unapplied`.
OUTCOMES = {
    "EARLY": ("posted", "0.00"),
    "FIRST": ("posted", "0.00"),
    "SECOND": ("partly_posted", "-50.00"),
    "THIRD": ("posted", "0.00"),
    "FOURTH": ("partly_posted", "-39.00"),
    "FIFTH": ("held", "0"),
}

Payment = tuple[RemittanceStart, Sequence[RemittedClaim], tuple[ProviderAdjustment, ...]]


@dataclass(frozen=True, slots=True)
class Told:
    """One CLP, before its figures are added up: a line is (paid, CAS …), one per line of ours."""

    number: str
    lines: tuple[tuple[str, ...], ...]
    status: str = "1"
    whole: tuple[str, ...] = ()


def earlier_file(npi: str) -> bytes:
    """Read and posted before the trial begins."""
    return file_of(1, npi, ("EARLY", "72.00", [Told("F000", (("72.00", "CO-45 93.00"),))], ()))


def new_files(npi: str) -> list[bytes]:
    """What the trial takes in: two files, five payments."""
    first = [
        Told("F001", (("72.00", "CO-45 73.00", "PR-2 20.00"), ("90.00", "CO-45 48.00", "PR-1 10"))),
        Told("F002", (("0.00", "CO-50 210.00"),), status="4"),
        Told("F003", (("250.00",),), whole=("CO-45 40.00", "PR-3 10.00")),
    ]
    second = [
        Told("F004", (("10.00", "CO-45 2.50"), ("20.00", "CO-45 4.00", "PR-2 5.00"))),
        Told("NOBODY", (("50.00",),)),
    ]
    third = [
        Told("F000", (("72.00", "CO-45 93.00"),), status="22"),
        Told("F000", (("80.00", "CO-45 85.00"),)),
        Told("F005", (("254.00", "CO-45 60.00", "PR-1 40.00"),)),
    ]
    fourth = [Told("F006", (("60.00", "CO-45 52.00"),), status="22"), Told("NOBODY", (("99.00",),))]
    fifth = [Told("F006", (("60.00", "CO-45 51.00"),))]
    return [
        file_of(
            *(2, npi, ("FIRST", "357.00", first, (("WO", "5.00"),))),
            ("SECOND", "83.00", second, (("WO", "-3.00"),)),
        ),
        file_of(
            *(3, npi, ("THIRD", "262.00", third, ())),
            ("FOURTH", "39.00", fourth, ()),
            ("FIFTH", "60.00", fifth, ()),
        ),
    ]


def file_of(
    number: int, npi: str, *payments: tuple[str, str, list[Told], tuple[tuple[str, str], ...]]
) -> bytes:
    """The bytes; a payment is (trace number, BPR02, claims, PLB pairs)."""
    out = BytesIO()
    envelope = Envelope(
        sender_id="PAYER",
        receiver_id="PRACTICE",
        created_at=datetime(2026, 11, 20, 6, 30),  # noqa: DTZ001  X12 carries wall-clock time
        control_number=number,
        group_control_number=number,
    )
    write_remittances(
        out,
        envelope,
        [
            (
                start_of(npi, trace, paid),
                [claim_of(told, position) for position, told in enumerate(claims, 1)],
                tuple(
                    ProviderAdjustment(npi, date(2026, 12, 31), code, f"R{n}", cents(amount))
                    for n, (code, amount) in enumerate(pairs)
                ),
            )
            for trace, paid, claims, pairs in payments
        ],
    )
    return out.getvalue()


def start_of(npi: str, trace: str, paid: str) -> RemittanceStart:
    return RemittanceStart(
        transaction_code="I",
        amount_paid=cents(paid),
        credit_or_debit="C",
        method="CHK",
        paid_on=PAID_ON,
        trace_number=trace,
        payer_identifier=PAYER_IDENTIFIER,
        payer_name="UNIFIED CARE",
        payee_name="FAULTS PRACTICE",
        payee_qualifier="XX",
        payee_identifier=npi,
    )


def claim_of(told: Told, position: int) -> RemittedClaim:
    """Status 22 negates every amount, as a reversal does."""
    sign = -1 if told.status == "22" else 1
    ours = CLAIMS.get(told.number) or tuple(("99213", line[0]) for line in told.lines)
    lines = tuple(
        RemittedLine(
            position=ordinal,
            qualifier="HC",
            procedure_code=code,
            modifiers=(),
            amount_billed=sign * cents(billed),
            amount_paid=sign * cents(paid),
            adjustments=adjustments_of(adjustments, sign),
            references=(Reference("6R", f"{told.number}-{ordinal}"),),
            dates=(DateReference("472", SERVED_ON),),
        )
        for ordinal, ((code, billed), (paid, *adjustments)) in enumerate(
            zip(ours, told.lines, strict=True), 1
        )
    )
    whole = adjustments_of(told.whole, sign)
    return RemittedClaim(
        position=position,
        patient_control_number=told.number,
        status_code=told.status,
        amount_billed=sum(line.amount_billed for line in lines),
        amount_paid=sum(line.amount_paid for line in lines) - sum(row.amount for row in whole),
        amount_patient=None,
        filing_indicator="CI",
        payer_claim_control_number=f"P{told.number}",
        lines=lines,
        adjustments=whole,
        parties=(Party("QC", "1", "OKAFOR", "DENISE", "", "", "MI", "UC10000001"),),
    )


def adjustments_of(texts: Sequence[str], sign: int) -> tuple[Adjustment, ...]:
    """From "CO-45 73.00"."""
    found = []
    for text in texts:
        code, amount = text.split()
        group, reason = code.split("-")
        found.append(Adjustment(group, reason, sign * cents(amount)))
    return tuple(found)


def cents(amount: str) -> int:
    return to_cents(Decimal(amount))
