"""May an account go to collections? What of the checklist is not met, in words."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CollectionsFacts:
    """What is known of an account. Dollars; `notice_on` is the day of the last written notice."""

    due: Decimal
    statements: int
    first_statement_on: date | None
    notice_on: date | None
    inquiries: int = 0
    has_plan: bool = False
    insurance_lines: int = 0
    in_flight: int = 0
    is_bankrupt: bool = False


@dataclass(frozen=True, slots=True)
class CollectionsTerms:
    """How often and how long the practice asks before."""

    statements: int
    days: int


def unmet(facts: CollectionsFacts, terms: CollectionsTerms, today: date) -> list[str]:
    """Every item of the checklist that is not met, none when the account may go."""
    first = facts.first_statement_on
    items = [
        (facts.due > 0, "The patient owes nothing."),
        (
            facts.statements >= terms.statements,
            f"{facts.statements} of {terms.statements} statements were sent.",
        ),
        (
            first is not None and today >= first + timedelta(days=terms.days),
            f"Fewer than {terms.days} days have passed since the first statement.",
        ),
        (not facts.inquiries, "A question or dispute of the patient is open."),
        (not facts.has_plan, "A payment plan is in force."),
        (not facts.insurance_lines and not facts.in_flight, "Insurance is still open."),
        (not facts.is_bankrupt, "The account is flagged for bankruptcy."),
        (
            facts.notice_on is not None and facts.notice_on <= today,
            "No written notice was sent before.",
        ),
    ]
    return [text for is_met, text in items if not is_met]
