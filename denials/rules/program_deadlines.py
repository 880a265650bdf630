"""Windows of federal programs, in our own words. A payer's own terms win over them.

Days of Medicare's later levels are counted from the presumed receipt of the decision, five days
after its notice (42 CFR 405.942, 405.962, 405.1014, 405.1102, 405.1130).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

# Notices are presumed received so many days after their date (42 CFR 405.942).
PRESUMED = 5


class Window(NamedTuple):
    """So many days of a kind after the presumed receipt; who says so, and how sure we are."""

    days: int
    kind: str
    presumed_receipt_days: int
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Program:
    """The windows of one program; None: it has no such remedy."""

    filing: Window | None
    appeals: Mapping[int, Window]
    correction: Window | None = None
    reopening: Window | None = None


def one_year_after(day: date) -> date:
    """The same date of the next year; February 29 ends on February 28, never in March."""
    if (day.month, day.day) == (2, 29):
        return date(day.year + 1, 2, 28)
    return day.replace(year=day.year + 1)


def _level(days: int, source: str) -> Window:
    return Window(days, "calendar", PRESUMED, source, "high")


_MEDICARE_YEAR = Window(
    365, "calendar_year", 0, "One calendar year from the service, 42 CFR 424.44", "high"
)
PROGRAMS: Mapping[str, Program] = MappingProxyType(
    {
        "medicare": Program(
            filing=_MEDICARE_YEAR,
            correction=Window(
                365,
                "calendar_year",
                0,
                "Adjustment claim of a facility: one calendar year from the Through date",
                "high",
            ),
            reopening=Window(
                365,
                "calendar_year",
                0,
                "Reopening for any reason: one year from the decision, 42 CFR 405.980",
                "high",
            ),
            appeals={
                1: _level(120, "Redetermination: 120 days from receipt, 42 CFR 405.942"),
                2: _level(180, "Reconsideration: 180 days from receipt, 42 CFR 405.962"),
                3: _level(60, "Hearing at OMHA: 60 days from receipt, 42 CFR 405.1014"),
                4: _level(60, "Appeals Council: 60 days from receipt, 42 CFR 405.1102"),
                5: _level(60, "Federal court: 60 days from receipt, 42 CFR 405.1130"),
            },
        ),
        # A contracted provider's dispute is what the contract says: enter it as terms of the payer.
        "advantage": Program(
            filing=None,
            appeals={
                1: Window(
                    60,
                    "calendar",
                    PRESUMED,
                    "Reconsideration by the plan: 60 days from receipt, 42 CFR 422.582",
                    "medium",
                ),
            },
        ),
        "medicaid": Program(
            filing=Window(
                365,
                "calendar",
                0,
                "Federal outer limit of Medicaid: 12 months, 42 CFR 447.45; states may be shorter",
                "medium",
            ),
            appeals={
                1: Window(
                    60,
                    "calendar",
                    0,
                    "Appeal to the Medicaid plan: 60 days from the notice, 42 CFR 438.402",
                    "medium",
                ),
            },
        ),
    }
)
