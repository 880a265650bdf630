"""How urgent a chart is: one number from 0, which every queue sorts by.

Three things make a chart urgent: money that waits, days since the visit, and a last day to file.
"""

from datetime import date
from decimal import Decimal

# The number fits a small integer; people see only that it is not 0.
MOST = 999
# Charges should leave within three days of the visit.
TARGET_DAYS = 3
# A chart this close to the payer's last day goes before everything else.
LAST_DAYS = 14
DOLLARS_A_POINT = 100


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
    points = min(late, 90) + min(int(value // DOLLARS_A_POINT), 100)
    if is_returned:
        points += 100
    if asked_for:
        points += 200
    if last_filing_day is not None:
        left = (last_filing_day - today).days
        if left <= LAST_DAYS:
            points += 500 + (LAST_DAYS - max(left, 0)) * 10
    return min(points, MOST)
