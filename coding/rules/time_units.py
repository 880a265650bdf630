"""Units from minutes and from doses, so that nobody divides in her head.

Timed therapy is counted by the eight-minute rule (CMS Claims Processing Manual ch. 5 §20.2): 8 to
22 minutes are one unit, then one more every 15. Anaesthesia is billed in minutes (SV103 MJ). A drug
is billed in whole units of its code, a started one counting whole (ch. 17 §10).
"""

import re
from decimal import ROUND_CEILING, Decimal, InvalidOperation

MINUTES = re.compile(r"(\d{1,4})\s*(?:m|min|minutes)", re.IGNORECASE)
DOSE = re.compile(r"(\d{1,6}(?:\.\d{1,4})?)\s*/\s*(\d{1,6}(?:\.\d{1,4})?)")
FIRST_MINUTES, QUARTER = 8, 15


def is_anaesthesia(code: str) -> bool:
    return "00100" <= code <= "01999" and code.isdigit()


def timed_units(minutes: int) -> int:
    """22 -> 1, 23 -> 2, 38 -> 3; less than 8 minutes are no unit."""
    return (minutes + QUARTER - FIRST_MINUTES) // QUARTER if minutes >= FIRST_MINUTES else 0


def dose_units(dose: Decimal, per_unit: Decimal) -> Decimal:
    """Whole units for a dose, both in the same measure. Raises InvalidOperation for a unit of 0."""
    return (dose / per_unit).to_integral_value(ROUND_CEILING)


def units_from(text: str, code: str = "") -> Decimal | None:
    """Units that "23m" (minutes) or "40/10" (dose by the dose of one unit) mean.

    None when the text is neither; what comes to nothing gives 0.
    """
    plain = text.strip()
    if found := MINUTES.fullmatch(plain):
        minutes = int(found[1])
        return Decimal(minutes if is_anaesthesia(code) else timed_units(minutes))
    if found := DOSE.fullmatch(plain):
        try:
            return dose_units(Decimal(found[1]), Decimal(found[2]))
        except (InvalidOperation, ZeroDivisionError):
            return Decimal(0)
    return None
