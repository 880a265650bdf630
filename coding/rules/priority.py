"""How urgent a chart is: one number from 0, which every queue sorts by.

Three things make a chart urgent: money that waits, days since the visit, and a last day to file.
coding.actions.priorities says the same in SQL, over whole practices.
"""

from datetime import date
from decimal import Decimal

# The number fits a small integer; people see only its level.
MOST = 999
# Charges should leave within three days of the visit.
TARGET_DAYS = 3
# A chart this close to the payer's last day goes before everything else.
LAST_DAYS = 14
DOLLARS_A_POINT = 100
MOST_FOR_DAYS = 90
MOST_FOR_VALUE = 100
POINTS_FOR_RETURNED = 100
POINTS_FOR_URGENT = 200
POINTS_FOR_LAST_DAYS = 500
POINTS_A_LAST_DAY = 10


def priority_of(
    *,
    today: date,
    served_on: date,
    last_filing_day: date | None = None,
    value: Decimal = Decimal(0),
    is_returned: bool = False,
    asked_for: bool = False,
) -> int:
    """0 for a fresh chart of no special worth, up to MOST.

    `value` is what visits of this kind usually bill, in dollars; `asked_for` means whoever sent the
    chart, or a lead, called it urgent.
    """
    late = max(0, (today - served_on).days - TARGET_DAYS)
    points = min(late, MOST_FOR_DAYS) + min(int(value // DOLLARS_A_POINT), MOST_FOR_VALUE)
    if is_returned:
        points += POINTS_FOR_RETURNED
    if asked_for:
        points += POINTS_FOR_URGENT
    if last_filing_day is not None:
        left = (last_filing_day - today).days
        if left <= LAST_DAYS:
            points += POINTS_FOR_LAST_DAYS + (LAST_DAYS - max(left, 0)) * POINTS_A_LAST_DAY
    return min(points, MOST)


def level_of(priority: int) -> str:
    """What people see of the number: "filing" when a last day is near, "high", or nothing.

    Age and value alone never make a chart high.
    """
    if priority >= POINTS_FOR_LAST_DAYS:
        return "filing"
    return "high" if priority >= POINTS_FOR_URGENT else ""
