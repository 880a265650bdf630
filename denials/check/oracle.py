"""What must have happened, read from the clearinghouse's own files by other means than ours.

A plain split of the 835s the sandbox sent: no reader of rcm.x12, no database. Amounts are cents.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

BEHAVIOUR = Path(__file__).resolve().parents[2] / "payers" / "demo" / "behaviour.json"


@dataclass(slots=True)
class Statement:
    """One CLP: our number, status code, cents paid, denied lines."""

    number: str
    status: str
    paid: int
    billed: int
    adjusted: int = 0
    denied_lines: int = 0


@dataclass(slots=True)
class Payment:
    """One ST of an 835: trace, cents stated, the claims, and what PLB took."""

    trace: str
    amount: int
    claims: list[Statement] = field(default_factory=list)
    taken: int = 0

    @property
    def is_balanced(self) -> bool:
        lines = all(claim.billed - claim.adjusted == claim.paid for claim in self.claims)
        return lines and sum(c.paid for c in self.claims) - self.taken == self.amount


def cents(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    whole, _, rest = text.lstrip("-").partition(".")
    return sign * (int(whole or 0) * 100 + int((rest + "00")[:2]))


def denial_reasons() -> set[tuple[str, str]]:
    """Group and reason of everything the scripted payers may deny."""
    script = json.loads(BEHAVIOUR.read_text())
    rules = [*script["common_rules"], *(r for p in script["payers"] for r in p["rules"])]
    found = (rule["effect"].get("deny") for rule in rules)
    return {(deny["group"], deny["reason"]) for deny in found if deny}


def read_payments(sandbox: Path) -> list[Payment]:
    """Every payment the sandbox sent, one that was sent twice only once."""
    reasons = denial_reasons()
    contents: dict[str, bytes] = {}
    for path in sorted((sandbox / "files" / "outbound").rglob("*")):
        if path.is_file() and b"ST*835*" in (content := path.read_bytes()):
            contents[hashlib.sha256(content).hexdigest()] = content
    payments: dict[str, Payment] = {}
    for content in contents.values():
        for payment in read_file(content.decode("latin-1"), reasons):
            payments.setdefault(payment.trace, payment)
    return list(payments.values())


def read_file(text: str, reasons: set[tuple[str, str]]) -> Iterator[Payment]:
    payment, is_line_denied = Payment("", 0), False
    for segment in text.replace("\n", "").split("~"):
        parts = segment.split("*")
        match parts[0]:
            case "BPR":
                payment = Payment("", cents(parts[2]))
            case "TRN":
                payment.trace = parts[2]
            case "CLP":
                claim = Statement(parts[1], parts[2], cents(parts[4]), cents(parts[3]))
                payment.claims.append(claim)
            case "SVC":
                is_line_denied = False
            case "CAS":
                claim = payment.claims[-1]
                for at in range(2, len(parts), 3):
                    claim.adjusted += cents(parts[at + 1])
                    if (parts[1], parts[at]) in reasons and not is_line_denied:
                        is_line_denied = True
                        claim.denied_lines += 1
            case "PLB":
                payment.taken += sum(cents(amount) for amount in parts[4::2])
            case "SE":
                yield payment


@dataclass(frozen=True, slots=True)
class Expected:
    """The figures the application must have arrived at."""

    payments: int
    unbalanced: int
    paid: int
    denied_lines_open: int
    corrected_paid: int


def expect(payments: list[Payment], corrected: set[str]) -> Expected:
    """`corrected` are the numbers of replacement claims.

    A denied line stays open unless its claim was reversed later.
    """
    good = [payment for payment in payments if payment.is_balanced]
    reversed_numbers = {c.number for p in good for c in p.claims if c.status == "22"}
    denied: dict[str, int] = {}
    paid_corrections = set()
    for payment in good:
        for claim in payment.claims:
            if claim.status == "22":
                continue
            denied[claim.number] = claim.denied_lines
            if claim.number in corrected and claim.paid > 0 and not claim.denied_lines:
                paid_corrections.add(claim.number)
    return Expected(
        payments=len(good),
        unbalanced=len(payments) - len(good),
        paid=sum(payment.amount for payment in good),
        denied_lines_open=sum(
            count for number, count in denied.items() if number not in reversed_numbers
        ),
        corrected_paid=len(paid_corrections),
    )
