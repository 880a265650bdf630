"""What must have happened, read from the clearinghouse's own files by other means than ours.

A plain split of the 835s the sandbox sent: no reader of rcm.x12, no database. Amounts are cents.
"""

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "payers" / "demo"
BEHAVIOUR, COVERAGES = DEMO / "behaviour.json", DEMO / "coverages.csv"
LATER_PAYERS = ("2", "3")  # CLP02 of a second and a third payer


@dataclass(slots=True)
class Statement:
    """One CLP: our number, status code, cents paid, denied lines.

    `shared` are the cents left to the patient other than by a denial, `member` NM109 of NM1*QC.
    """

    number: str
    status: str
    paid: int
    billed: int
    adjusted: int = 0
    denied_lines: int = 0
    shared: int = 0
    member: str = ""


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
            case "NM1" if parts[1] == "QC" and len(parts) > 9:
                payment.claims[-1].member = parts[9]
            case "CAS":
                claim = payment.claims[-1]
                for at in range(2, len(parts), 3):
                    claim.adjusted += cents(parts[at + 1])
                    if (parts[1], parts[at]) not in reasons:
                        claim.shared += cents(parts[at + 1]) if parts[1] == "PR" else 0
                    elif not is_line_denied:
                        is_line_denied = True
                        claim.denied_lines += 1
            case "PLB":
                payment.taken += sum(cents(amount) for amount in parts[4::2])
            case "SE":
                yield payment


def read_verdicts(sandbox: Path) -> dict[str, list[str]]:
    """Our claim numbers to the actions (STC03) of the 277CAs, in the order of the files."""
    found: dict[str, list[str]] = defaultdict(list)
    number = ""
    for parts in read_segments(sandbox, "277ca"):
        if parts[0] == "TRN":
            number = parts[2] if parts[1] == "2" else ""
        elif parts[0] == "STC" and number:
            found[number].append(parts[3])
    return found


def count_answers(sandbox: Path, kind: str) -> int:
    """How many of our questions (TRN01 2) the files of that kind answer."""
    parts = read_segments(sandbox, kind)
    return len({each[2] for each in parts if each[0] == "TRN" and each[1] == "2"})


def read_segments(sandbox: Path, kind: str) -> Iterator[list[str]]:
    """Every segment of the sent files of a kind, file by file in the order of their numbers."""
    paths = (sandbox / "files" / "outbound").rglob(f"*.{kind}")
    for path in sorted(paths, key=lambda path: path.stem.rsplit("-", 1)[-1]):
        for segment in path.read_text("latin-1").replace("\n", "").split("~"):
            yield segment.split("*")


def members_with_two_payers() -> set[str]:
    """Their numbers at the first of them."""
    with COVERAGES.open(newline="", encoding="utf-8") as rows:
        policies = list(csv.DictReader(rows))
    twice = {row["patient"] for row in policies if row["rank"] == "S"}
    return {r["member_id"] for r in policies if r["rank"] == "P" and r["patient"] in twice}


@dataclass(frozen=True, slots=True)
class Expected:
    """The figures the application must have arrived at.

    `secondary_due` are claims the first payer left a share of and nothing else, `secondary_sent`
    those a later payer answered.
    """

    payments: int
    unbalanced: int
    paid: int
    denied_lines_open: int
    corrected_paid: int
    secondary_due: int
    secondary_sent: int
    secondary_paid: int


def expect(payments: list[Payment], corrected: set[str]) -> Expected:
    """`corrected` are the numbers of replacement claims.

    A denied line stays open unless its claim was reversed later.
    """
    good = [payment for payment in payments if payment.is_balanced]
    decided = [claim for payment in good for claim in payment.claims]
    reversed_numbers = {claim.number for claim in decided if claim.status == "22"}
    standing = {claim.number: claim for claim in decided if claim.status != "22"}
    later = [claim for claim in standing.values() if claim.status in LATER_PAYERS]
    never_reversed = [c for c in standing.values() if c.number not in reversed_numbers]
    twice = members_with_two_payers()
    return Expected(
        payments=len(good),
        unbalanced=len(payments) - len(good),
        paid=sum(payment.amount for payment in good),
        denied_lines_open=sum(claim.denied_lines for claim in never_reversed),
        corrected_paid=sum(
            1
            for claim in standing.values()
            if claim.number in corrected and claim.paid > 0 and not claim.denied_lines
        ),
        secondary_due=sum(
            1
            for claim in never_reversed
            if claim.status == "1"
            and claim.member in twice
            and claim.shared > 0
            and not claim.denied_lines
        ),
        secondary_sent=len(later),
        secondary_paid=sum(1 for claim in later if claim.paid > 0),
    )
