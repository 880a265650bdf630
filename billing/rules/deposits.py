"""Which bank line is which payment, what is missing since when, and what differs.

A health care EFT and its 835 carry the same trace number (TRN02) and payer identifier (TRN03), and
arrive within three business days of each other. Only the trace number with the exact amount
matches by itself; everything else is a suggestion for a person. Amounts are cents.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from billing.rules.bank_rows import BankRow
from rcm.business_days import add_business_days, latest_start

DUE_AFTER = 3  # business days
NEAR = 90  # days; trace numbers come back after years
PREFIX = 6  # signs a trace number needs to name the payments that begin with it


@dataclass(frozen=True)
class Payment:
    """A remittance that waits for money; `amount` is what is still missing."""

    id: int
    trace_key: str
    payer: str
    amount: int
    paid_on: date
    name: str = ""
    method: str = ""


@dataclass(frozen=True)
class Line:
    """A bank line; `amount` is what no payment explains yet, negative for a return."""

    id: int
    trace_key: str
    payer: str
    amount: int
    deposited_on: date
    text: str = ""
    method: str = ""


@dataclass(frozen=True)
class Match:
    line_id: int
    payment_id: int
    amount: int


def trace_key(trace_number: str) -> str:
    """A trace number as it is compared: banks add and drop spaces, leading zeros and case."""
    return trace_number.replace(" ", "").upper().lstrip("0")


def payer_key(identifier: str) -> str:
    """TRN03 is 1 and the payer's tax id; banks print either. Empty when nobody said."""
    return identifier.strip()[-9:]


def same_payer(one: str, other: str) -> bool:
    """Not contradicted: a bank line often names no payer."""
    return not one or not other or one == other


def are_near(payment: Payment, line: Line) -> bool:
    return abs((line.deposited_on - payment.paid_on).days) <= NEAR


def line_identity(row: BankRow) -> str:
    """What makes a bank line the one it is, whichever statement or format brings it.

    Day, amount and trace number; without trace number the text and the account.
    """
    key = trace_key(row.trace_number)
    told = [key] if key else ["", " ".join(row.description.upper().split()), row.account]
    return sha256("\x1f".join([f"{row.deposited_on}", f"{row.amount}", *told]).encode()).hexdigest()


# Due ---------------------------------------------------------------------------------------------


def due_on(paid_on: date, received_on: date) -> date:
    """The day a payment without money is listed: three business days after the later of its date
    and its arrival. A payer may date a payment ahead, and nobody can miss money before being told.
    """
    return add_business_days(max(paid_on, received_on), DUE_AFTER)


def overdue_since(today: date) -> date:
    """What began on this day or before is overdue today."""
    return latest_start(today, DUE_AFTER)


def payment_state(
    *, expected: int, deposited: int, has_open_line: bool, due: date, today: date
) -> str:
    """not_needed, matched, differs, overdue or waiting. `has_open_line`: money of the same trace
    number that is no part of a match, too little or too much.
    """
    if expected <= 0:
        return "not_needed"
    if has_open_line or 0 < deposited < expected:
        return "differs"
    if deposited == expected:
        return "matched"
    return "overdue" if today >= due else "waiting"


# Matching by trace number ------------------------------------------------------------------------


def plan_matches(payments: Iterable[Payment], lines: Iterable[Line]) -> list[Match]:
    """Every match the trace numbers prove: equal trace number, payer not contradicted, and amounts
    equal to the cent, one to one or as the sums of both sides.
    """
    waiting: dict[str, list[Payment]] = defaultdict(list)
    for payment in payments:
        if payment.trace_key and payment.amount > 0:
            waiting[payment.trace_key].append(payment)
    arrived: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.trace_key and line.amount > 0:
            arrived[line.trace_key].append(line)
    keys = {payment.id: key for key, found in waiting.items() for payment in found}
    matches: list[Match] = []
    for key in sorted(arrived):
        if key in waiting:
            matches += settle(waiting[key], arrived[key])
        elif len(key) >= PREFIX and len(arrived[key]) == 1:
            # A payment with money under its own number is not part of another.
            free = {name: found for name, found in waiting.items() if name not in arrived}
            named = settle_named(arrived[key][0], free)
            matches += named
            for match in named:
                waiting.pop(keys[match.payment_id], None)
    return matches


def settle(payments: Sequence[Payment], lines: Sequence[Line]) -> list[Match]:
    """Payments and lines of one trace number. Two payers may use the same number: each is settled
    by itself, and a line that names no payer must then fit one amount only.
    """
    payers = {payment.payer for payment in payments}
    if len(payers) == 1:
        return settle_payer(payments, [x for x in lines if same_payer(x.payer, payments[0].payer)])
    matches = []
    for payer in sorted(payers):
        own = [payment for payment in payments if payment.payer == payer]
        named = [line for line in lines if line.payer and line.payer == payer]
        matches += settle_payer(own, named)
    done = {match.payment_id for match in matches}
    for line in (line for line in lines if not line.payer):
        fits = [p for p in payments if p.amount == line.amount and p.id not in done]
        if len(fits) == 1 and are_near(fits[0], line):
            matches.append(Match(line.id, fits[0].id, line.amount))
            done.add(fits[0].id)
    return matches


def settle_payer(payments: Sequence[Payment], lines: Sequence[Line]) -> list[Match]:
    """One payer's: equal amounts first, nearest days first; then the rest when sums are equal."""
    pairs = sorted(
        (abs((line.deposited_on - payment.paid_on).days), line.id, payment.id, line, payment)
        for line in lines
        for payment in payments
        if line.amount == payment.amount and are_near(payment, line)
    )
    matches = []
    used_lines: set[int] = set()
    used_payments: set[int] = set()
    for *_, line, payment in pairs:
        if line.id not in used_lines and payment.id not in used_payments:
            matches.append(Match(line.id, payment.id, line.amount))
            used_lines.add(line.id)
            used_payments.add(payment.id)
    rest = [payment for payment in payments if payment.id not in used_payments]
    left = [line for line in lines if line.id not in used_lines]
    if all(are_near(payment, line) for payment in rest for line in left):
        matches += spread(rest, left)
    return matches


def settle_named(line: Line, waiting: dict[str, list[Payment]]) -> list[Match]:
    """One EFT whose trace number begins those of several payments, and which is their sum."""
    named = [
        payment
        for key, payments in waiting.items()
        if key.startswith(line.trace_key)
        for payment in payments
        if same_payer(payment.payer, line.payer) and are_near(payment, line)
    ]
    if len({payment.payer for payment in named}) != 1:
        return []
    return spread(named, [line])


def spread(payments: Sequence[Payment], lines: Sequence[Line]) -> list[Match]:
    """Lay the lines over the payments, oldest on oldest; nothing unless both sums are equal."""
    if not payments or sum(p.amount for p in payments) != sum(line.amount for line in lines):
        return []
    matches = []
    queue = sorted(payments, key=lambda payment: (payment.paid_on, payment.id))
    missing = queue[0].amount
    for line in sorted(lines, key=lambda line: (line.deposited_on, line.id)):
        left = line.amount
        while left:
            part = min(left, missing)
            matches.append(Match(line.id, queue[0].id, part))
            left, missing = left - part, missing - part
            if not missing:
                queue.pop(0)
                missing = queue[0].amount if queue else 0
    return matches


def allocate(payments: Sequence[Payment], lines: Sequence[Line]) -> list[Match]:
    """What a person put together: oldest on oldest, as far as the smaller side reaches."""
    matches = []
    left = {line.id: line.amount for line in lines}
    for payment in sorted(payments, key=lambda payment: (payment.paid_on, payment.id)):
        missing = payment.amount
        for line in sorted(lines, key=lambda line: (line.deposited_on, line.id)):
            part = min(missing, left[line.id])
            if part > 0:
                matches.append(Match(line.id, payment.id, part))
                left[line.id], missing = left[line.id] - part, missing - part
    return matches
