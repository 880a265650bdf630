"""May a patient be sent a statement? Every reason that says no, in words.

Nobody is billed while an insurer may still pay, and nobody for what the practice owes them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from rcm.money import ZERO, dollars


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """What is known of an account on a day. Dollars.

    `owed` is the sum of visits the patient owes for, `credit` that of visits paid too much and of
    prepaid money. `insurance_lines` are receivables of payers that are not zero, by visit, payer
    and rank, `insurance_open` their sum; `in_flight` claims are drafted or sent and not decided.
    """

    owed: Decimal
    credit: Decimal = ZERO
    insurance_lines: int = 0
    insurance_open: Decimal = ZERO
    in_flight: int = 0
    disputes: int = 0
    last_statement_on: date | None = None
    flags: tuple[str, ...] = ()
    has_plan: bool = False
    plan_overdue: int = 0


@dataclass(frozen=True, slots=True)
class StatementTerms:
    """What the practice wants: not below `minimum` dollars, not before `interval_days`."""

    minimum: Decimal
    interval_days: int


class Reason(NamedTuple):
    """Why there is no statement: a stable code for programs, a sentence for people."""

    code: str
    text: str


CODES = {
    "nothing_owed": "Nothing owed",
    "insurance_open": "Insurance open",
    "claim_in_flight": "Claim not decided",
    "dispute": "In dispute",
    "credit_covers": "Credit covers it",
    "below_minimum": "Below the minimum",
    "too_soon": "Too soon after the last",
    "bankruptcy": "Bankruptcy",
    "collections": "Collections",
    "plan_up_to_date": "Plan up to date",
}


def reasons_against(facts: StatementFacts, terms: StatementTerms, today: date) -> list[Reason]:
    """All reasons against a statement today, none when it may go."""
    return [
        Reason(code, text)
        for code, text in [*_money(facts, terms), *_stops(facts), *_timing(facts, terms, today)]
    ]


def _money(facts: StatementFacts, terms: StatementTerms) -> list[tuple[str, str]]:
    found = []
    if facts.owed <= 0:
        return [("nothing_owed", "The patient owes nothing.")]
    left = facts.owed - facts.credit
    if left <= 0:
        found.append(
            (
                "credit_covers",
                f"A credit of ${facts.credit:,.2f} elsewhere on the account covers what is owed.",
            )
        )
    elif left < terms.minimum:
        found.append(
            (
                "below_minimum",
                f"${left:,.2f} is below the practice's minimum of ${terms.minimum:,.2f}.",
            )
        )
    return found


def _stops(facts: StatementFacts) -> list[tuple[str, str]]:
    found = []
    if facts.insurance_lines:
        are = "line is" if facts.insurance_lines == 1 else "lines are"
        found.append(
            (
                "insurance_open",
                f"{facts.insurance_lines} insurance {are} open ({dollars(facts.insurance_open)}).",
            )
        )
    if facts.in_flight:
        have = "claim is" if facts.in_flight == 1 else "claims are"
        found.append(("claim_in_flight", f"{facts.in_flight} {have} not decided by a payer yet."))
    if facts.disputes:
        found.append(("dispute", "The patient disputes a bill and has no answer yet."))
    if "bankruptcy" in facts.flags:
        found.append(("bankruptcy", "The account is flagged for bankruptcy."))
    if "collections" in facts.flags:
        found.append(("collections", "The account is with collections."))
    if facts.has_plan and not facts.plan_overdue:
        found.append(("plan_up_to_date", "A payment plan is in force and up to date."))
    return found


def _timing(facts: StatementFacts, terms: StatementTerms, today: date) -> list[tuple[str, str]]:
    if facts.last_statement_on is None:
        return []
    again_on = facts.last_statement_on + timedelta(days=terms.interval_days)
    if today >= again_on:
        return []
    return [
        (
            "too_soon",
            f"The last statement is of {facts.last_statement_on:%m/%d/%Y}; "
            f"the next may go on {again_on:%m/%d/%Y}.",
        )
    ]
