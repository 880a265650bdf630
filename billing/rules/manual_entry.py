"""Keying a paper EOB: amounts as typed, what a line leaves open, and the remittance it becomes.

Amounts are integer cents. A claim taken back (CLP02 22) carries negative amounts, as on the EOB.
The equations are those of an 835 (TR3 X221 1.10.2.1), so that what closes here also balances there.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rcm.money import cents_text
from rcm.x12.remittance_835 import (
    Adjustment,
    Amount,
    DateReference,
    Party,
    ProviderAdjustment,
    Reference,
    RemittanceStart,
    RemittedClaim,
    RemittedLine,
)

REVERSAL = "22"
LEFT_OUT = "x"
REST = "="
# Cells of the grid with a reason of their own; everything else is typed under `others`.
COLUMNS = {
    "contract": ("CO", "45"),
    "deductible": ("PR", "1"),
    "coinsurance": ("PR", "2"),
    "copayment": ("PR", "3"),
}
CELLS = ("allowed", "paid", *COLUMNS, "others", "reason")
GROUPS = frozenset({"CO", "PR", "OA", "PI"})
MOST_DIGITS = 10
# Whole dollars, or cents with two digits; commas only where thousands end. ASCII digits alone.
AMOUNT = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{2})?|\.[0-9]{2}")
TRIPLET = re.compile(r"(?:([A-Za-z]{2})[- ]?)([A-Za-z0-9]{1,5})\s+(\S+)")

Triplet = tuple[str, str, int]


class NotAnAmount(ValueError):
    """What was typed is no amount; the text says what would be."""


def parse_amount(text: str) -> int:
    """Cents of a typed amount, exactly: 1,000.00, $1,000, 98.42; negative as -12.00 or (12.00).

    Raises NotAnAmount for everything else: 1,00 or 12.5 could mean two amounts; none is guessed.
    """
    rest = text.strip().replace("\u2212", "-")
    is_negative = False
    if rest.startswith("(") and rest.endswith(")"):
        is_negative, rest = True, rest[1:-1].strip()
    elif rest.startswith("-"):
        is_negative, rest = True, rest[1:].strip()
    rest = rest.removeprefix("$").strip()
    if not AMOUNT.fullmatch(rest):
        raise NotAnAmount(f"“{text.strip()[:30]}” is not an amount such as 1,000.00.")
    whole, _, cents = rest.replace(",", "").partition(".")
    if len(whole.lstrip("0")) > MOST_DIGITS:
        raise NotAnAmount("The amount is too large.")
    found = int(whole or "0") * 100 + int(cents or "0")
    return -found if is_negative else found


def parse_adjustments(text: str) -> tuple[Triplet, ...]:
    """Further reasons as typed: ``CO-97 165.00; OA-23 12.00``. Raises NotAnAmount."""
    found: list[Triplet] = []
    for part in filter(str.strip, re.split(r"[;\n]", text)):
        match = TRIPLET.fullmatch(part.strip())
        if match is None or match[1].upper() not in GROUPS:
            raise NotAnAmount(f"“{part.strip()[:30]}” is not a reason such as CO-97 165.00.")
        found.append((match[1].upper(), match[2].upper(), parse_amount(match[3])))
    return tuple(found)


def adjustments_text(adjustments: Iterable[Triplet]) -> str:
    """The reverse of parse_adjustments."""
    return "; ".join(
        f"{group}-{reason} {cents_text(cents)}" for group, reason, cents in adjustments
    )


@dataclass(frozen=True, slots=True)
class LineEntry:
    """One line as keyed. `billed` is signed: negative on a claim taken back."""

    billed: int
    paid: int | None = None
    allowed: int | None = None
    adjustments: tuple[Triplet, ...] = ()
    is_left_out: bool = False
    reason: str = ""

    @property
    def left(self) -> int:
        """What the line leaves open: billed, less paid, less every adjustment. 0 when left out."""
        if self.is_left_out:
            return 0
        return self.billed - (self.paid or 0) - sum(cents for *_, cents in self.adjustments)

    @property
    def is_keyed(self) -> bool:
        return self.is_left_out or self.paid is not None

    @property
    def is_overpaid(self) -> bool:
        """More than the charge is paid, or more is explained than was billed."""
        sign = -1 if self.billed < 0 else 1
        return sign * (self.paid or 0) > sign * self.billed or sign * self.left < 0

    def find_fault(self) -> str:
        """Why the batch cannot close with this line, in one sentence; empty when it can."""
        if not self.is_keyed:
            return "is not keyed yet"
        if self.left:
            return f"leaves {cents_text(self.left)} open"
        if self.is_overpaid and not self.reason.strip():
            return "is paid above its charge: say why"
        return ""

    def cells(self) -> dict[str, str]:
        """The line as the grid shows it."""
        if self.is_left_out:
            return dict.fromkeys(CELLS, "") | {"paid": LEFT_OUT}
        others = list(self.adjustments)
        found = {}
        for name, code in COLUMNS.items():
            own = next((row for row in others if row[:2] == code), None)
            if own is not None:
                others.remove(own)
            found[name] = cents_text(own[2]) if own else ""
        return found | {
            "allowed": "" if self.allowed is None else cents_text(self.allowed),
            "paid": "" if self.paid is None else cents_text(self.paid),
            "others": adjustments_text(others),
            "reason": self.reason,
        }


def read_line(cells: Mapping[str, str], billed: int) -> tuple[LineEntry | None, dict[str, str]]:
    """The line typed into a row's cells, or what is wrong with which cell.

    ``=`` in a column writes what the others leave open to the contract (CO-45). ``x`` under paid:
    the EOB does not speak of this line.
    """
    texts = {name: cells.get(name, "").strip() for name in CELLS}
    if texts["paid"].lower() == LEFT_OUT:
        extra = [name for name in CELLS if texts[name] and name not in ("paid", "reason")]
        if extra:
            return None, dict.fromkeys(extra, "A line that is not on the EOB carries no amount.")
        return LineEntry(billed, is_left_out=True), {}
    errors: dict[str, str] = {}
    amounts = {name: _read_amount(texts[name], name, errors) for name in ("allowed", "paid")}
    columns = {name: _read_amount(texts[name], name, errors) for name in COLUMNS}
    others: tuple[Triplet, ...] = ()
    try:
        others = parse_adjustments(texts["others"])
    except NotAnAmount as error:
        errors["others"] = str(error)
    wants_rest = REST in texts.values()
    if wants_rest and amounts["paid"] is None:
        errors.setdefault("paid", "Key what is paid before the rest is written off.")
    if errors:
        return None, errors
    found = [(*COLUMNS[name], cents) for name, cents in columns.items() if cents]
    entry = LineEntry(
        billed, amounts["paid"], amounts["allowed"], (*found, *others), reason=texts["reason"][:300]
    )
    return _checked(write_rest(entry) if wants_rest else entry)


def _read_amount(text: str, name: str, errors: dict[str, str]) -> int | None:
    """None for an empty cell or ``=``."""
    if text in ("", REST):
        return None
    try:
        return parse_amount(text)
    except NotAnAmount as error:
        errors[name] = str(error)
    return None


def _checked(entry: LineEntry) -> tuple[LineEntry | None, dict[str, str]]:
    """Refuse a payment whose sign is not that of the claim: money taken back is status 22."""
    sign = -1 if entry.billed < 0 else 1
    if entry.paid is not None and sign * entry.paid < 0:
        word = "negative" if sign < 0 else "positive"
        what = "taken back (22)" if sign < 0 else "paid or denied"
        return None, {"paid": f"What is paid on a claim {what} is {word}."}
    return entry, {}


def write_rest(entry: LineEntry) -> LineEntry:
    """Write what the line leaves open to the contract (CO-45), in place of what stood there.

    Never against the sign of the charge: an overpaid line keeps what it has, and so does one
    without a charge.
    """
    code = COLUMNS["contract"]
    others = tuple(row for row in entry.adjustments if row[:2] != code)
    bare = LineEntry(
        entry.billed, entry.paid, entry.allowed, others, entry.is_left_out, entry.reason
    )
    if bare.left and bare.left * entry.billed <= 0:
        return entry
    rest = ((*code, bare.left),) if bare.left else ()
    return LineEntry(entry.billed, entry.paid, entry.allowed, (*rest, *others), False, entry.reason)


def signed_billed(charge: int, status_code: str) -> int:
    """SVC02: the charge, negated on a claim taken back."""
    return -charge if status_code == REVERSAL else charge


def left_to_post(control_total: int, paid: Iterable[int], kept_back: Iterable[int]) -> int:
    """The payment, less what the claims received, plus what the payer kept back (PLB)."""
    return control_total - sum(paid) + sum(kept_back)


@dataclass(frozen=True, slots=True)
class BatchFact:
    """The head of a batch and who is who. `payer_identifier` is TRN03, `payer_id` N104."""

    control_total: int
    method: str
    trace_number: str
    paid_on: date
    payer_name: str
    payer_identifier: str
    payer_id: str
    filing_indicator: str
    practice_name: str
    npi: str
    tax_id: str


@dataclass(frozen=True, slots=True)
class LineSent:
    """A line of ours: what the EOB answers to."""

    line_control_number: str
    procedure_code: str
    modifiers: tuple[str, ...]
    date_of_service: date


@dataclass(frozen=True, slots=True)
class ClaimEntry:
    """One claim as keyed, with the lines the EOB speaks of."""

    patient_control_number: str
    status_code: str
    payer_claim_control_number: str
    last_name: str
    first_name: str
    member_id: str
    lines: Sequence[tuple[LineSent, LineEntry]]


def remittance_start(batch: BatchFact) -> RemittanceStart:
    """BPR, TRN and both parties of the payment."""
    return RemittanceStart(
        transaction_code="I" if batch.control_total else "H",
        amount_paid=batch.control_total,
        credit_or_debit="C",
        method=batch.method,
        paid_on=batch.paid_on,
        trace_number=batch.trace_number,
        payer_identifier=batch.payer_identifier,
        payer_name=batch.payer_name,
        payer_id=batch.payer_id,
        payee_name=batch.practice_name,
        payee_qualifier="XX",
        payee_identifier=batch.npi,
        payee_references=(Reference("TJ", batch.tax_id),),
    )


def remitted_claim(claim: ClaimEntry, position: int, filing_indicator: str) -> RemittedClaim:
    """CLP and its lines. Lines the EOB does not speak of are not there."""
    lines = [(sent, entry) for sent, entry in claim.lines if not entry.is_left_out]
    patient_share = sum(
        cents for _, entry in lines for group, _, cents in entry.adjustments if group == "PR"
    )
    identifier = ("MI", claim.member_id) if claim.member_id else ("", "")
    return RemittedClaim(
        position=position,
        patient_control_number=claim.patient_control_number,
        status_code=claim.status_code,
        amount_billed=sum(entry.billed for _, entry in lines),
        amount_paid=sum(entry.paid or 0 for _, entry in lines),
        amount_patient=patient_share or None,
        filing_indicator=filing_indicator,
        payer_claim_control_number=claim.payer_claim_control_number,
        lines=tuple(
            _remitted_line(sent, entry, number) for number, (sent, entry) in enumerate(lines, 1)
        ),
        parties=(Party("QC", "1", claim.last_name, claim.first_name, "", "", *identifier),),
    )


def _remitted_line(sent: LineSent, entry: LineEntry, position: int) -> RemittedLine:
    """SVC with our line control number echoed (REF*6R)."""
    allowed = () if entry.allowed is None else (Amount("B6", entry.allowed),)
    return RemittedLine(
        position=position,
        qualifier="HC",
        procedure_code=sent.procedure_code,
        modifiers=sent.modifiers,
        amount_billed=entry.billed,
        amount_paid=entry.paid or 0,
        adjustments=tuple(Adjustment(*row) for row in entry.adjustments if row[2]),
        references=(Reference("6R", sent.line_control_number),),
        dates=(DateReference("472", sent.date_of_service),),
        amounts=allowed,
    )


def provider_adjustment(
    code: str, reference: str, amount: int, *, npi: str, paid_on: date
) -> ProviderAdjustment:
    """PLB: the fiscal period ends with the year of the payment."""
    return ProviderAdjustment(npi, date(paid_on.year, 12, 31), code, reference, amount)
