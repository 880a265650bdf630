"""Says what a file holds and what is wrong with it, without a database: `manage.py check_x12`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rcm.x12.acknowledgment_277ca import ClaimStatus
from rcm.x12.acknowledgment_999 import GroupAcknowledgment, InterchangeAcknowledgment
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.claim_837p import Claim
from rcm.x12.envelope import InterchangeStart, TransactionEnd, TransactionStart
from rcm.x12.items import Item
from rcm.x12.limits import Limits
from rcm.x12.problems import Problem
from rcm.x12.reader import read
from rcm.x12.remittance_835 import Difference, RemittanceEnd, RemittanceStart, RemittedClaim

CLEAN, PROBLEMS, UNREADABLE = 0, 1, 2
LARGEST_LIST = 1_000  # problems and differences kept per file; all are counted


@dataclass(slots=True)
class CheckedTransaction:
    """One ST. `total` in cents: BPR02, or the charges of an 837; `is_balanced` for an 835 only."""

    type: str
    control_number: str
    claims: int = 0
    lines: int = 0
    total: int = 0
    is_balanced: bool | None = None
    is_intact: bool = True
    differences: tuple[Difference, ...] = ()


@dataclass(slots=True)
class CheckedFile:
    """The verdict on one file. `exit_code` as `check_x12` returns it."""

    file: str
    transactions: list[CheckedTransaction] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    is_readable: bool = False

    @property
    def exit_code(self) -> int:
        if not self.is_readable:
            return UNREADABLE
        is_unbalanced = any(each.is_balanced is False for each in self.transactions)
        return PROBLEMS if self.problem_count or is_unbalanced else CLEAN


def check_file(path: Path, limits: Limits | None = None) -> CheckedFile:
    """Read one file. A file that cannot be opened or is not X12 is unreadable, with a problem."""
    try:
        with path.open("rb") as source:
            return check_items(str(path), read(source, limits=limits))
    except OSError as error:
        reason = error.strerror or "unknown reason"
        problem = Problem("cannot_open", f"The file cannot be read: {reason}.")
        return CheckedFile(str(path), [], [problem], 1)


def check_items(name: str, items: Iterable[Item]) -> CheckedFile:
    """Collect what `read` yields into a verdict."""
    checked = CheckedFile(name)
    current = CheckedTransaction("", "")
    for item in items:
        if isinstance(item, Problem):
            checked.problem_count += 1
            if len(checked.problems) < LARGEST_LIST:
                checked.problems.append(item)
        elif isinstance(item, InterchangeStart):
            checked.is_readable = True
        elif isinstance(item, TransactionStart):
            current = CheckedTransaction(item.type, item.control_number)
            checked.transactions.append(current)
        elif isinstance(item, TransactionEnd):
            current.is_intact = item.is_intact
        else:
            _count(current, item)
    return checked


def _count(current: CheckedTransaction, item: Item) -> None:
    if isinstance(item, RemittedClaim):
        current.claims += 1
        current.lines += len(item.lines)
    elif isinstance(item, RemittanceStart):
        current.total = item.amount_paid
    elif isinstance(item, RemittanceEnd):
        current.is_balanced = item.is_balanced
        current.differences = item.differences
    elif isinstance(item, Claim | InstitutionalClaim):
        current.claims += 1
        current.lines += len(item.lines)
        current.total += item.amount_billed
    elif isinstance(item, ClaimStatus):
        current.claims += 1
        current.lines += len(item.lines)
        current.total += next((i.amount for i in item.information if i.amount is not None), 0)
    elif isinstance(item, GroupAcknowledgment | InterchangeAcknowledgment):
        pass  # nothing to count: they answer files, not claims


def to_json(checked: CheckedFile) -> str:
    """The verdict as one line of JSON; amounts as decimal strings."""
    document: dict[str, Any] = {
        "file": checked.file,
        "transactions": [
            {
                "type": each.type,
                "control_number": each.control_number,
                "claims": each.claims,
                "lines": each.lines,
                "total": show_cents(each.total),
                "balanced": each.is_balanced,
                "intact": each.is_intact,
                "differences": [
                    {
                        "level": found.level,
                        "where": found.where,
                        "stated": show_cents(found.stated),
                        "computed": show_cents(found.computed),
                        "difference": show_cents(found.difference),
                    }
                    for found in each.differences
                ],
            }
            for each in checked.transactions
        ],
        "problems": [
            {
                "code": problem.code,
                "severity": problem.severity,
                "segment": problem.segment_number,
                "byte": problem.byte_offset,
                "loop": problem.loop,
                "element": problem.element,
                "message": problem.message,
            }
            for problem in checked.problems
        ],
    }
    return json.dumps(document)


def to_text(checked: CheckedFile) -> str:
    """The verdict for a person: a line per transaction, difference and problem."""
    lines = [f"{checked.file}: {('clean', 'problems', 'unreadable')[checked.exit_code]}"]
    for each in checked.transactions:
        balance = {True: ", balanced", False: ", NOT balanced", None: ""}[each.is_balanced]
        lines.append(
            f"  {each.type} {each.control_number}: {each.claims} claims, {each.lines} lines, "
            f"total {show_cents(each.total)}{balance}"
        )
        lines += [
            f"    {found.level} {found.where}: stated {show_cents(found.stated)}, "
            f"computed {show_cents(found.computed)}, difference {show_cents(found.difference)}"
            for found in each.differences
        ]
    for problem in checked.problems:
        place = [
            f"segment {problem.segment_number}" if problem.segment_number else "",
            f"byte {problem.byte_offset}" if problem.byte_offset is not None else "",
            f"loop {problem.loop}" if problem.loop else "",
        ]
        where = ", ".join(part for part in place if part)
        lines.append(f"  {problem.severity} {problem.code}: {problem.message} ({where})")
    if checked.problem_count > len(checked.problems):
        lines.append(f"  … {checked.problem_count - len(checked.problems)} more problems")
    return "\n".join(lines)


def show_cents(amount: int) -> str:
    """Cents as dollars with two decimals, such as ``-12.50``."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"
