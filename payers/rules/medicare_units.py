"""What Medicare pays for one unit of a service, before anything is reduced.

CMS IOM 100-04 chapter 12 sections 20.1 and 30.1: (work × its index + practice expense × its index +
malpractice × its index) × conversion factor. The practice expense is that of the facility or of the
office, by the place of service (section 20.4.2). Nothing is rounded before the conversion factor;
the fee of one unit is rounded to the cent, half up, as it is published. The cap on the technical
part of imaging (section 20.4.3) is not applied.
"""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from payers.rules.edit_tables import Locality, RelativeValue
from rcm.money import CENT, ZERO

# Places where the facility is paid by itself, unless a loaded list says otherwise.
FACILITY_PLACES = frozenset(
    {*("02", "19", "21", "22", "23", "24", "26", "31", "34", "41", "42", "51", "52", "53"), "56"}
    | {"61"}
)
PRICED = frozenset("ART")
BUNDLED = frozenset("BP")
HALF = Decimal("0.5")
Values = Mapping[tuple[str, str], RelativeValue]


class BilledLine(NamedTuple):
    """One service line (SV1); `amount_billed` is of the whole line, in dollars."""

    position: int
    code: str
    modifiers: tuple[str, ...]
    units: Decimal
    place_of_service: str
    served_on: date
    amount_billed: Decimal


class FeeTables(NamedTuple):
    """The Medicare fee schedule of a day. `values` is None when no release answers for it.

    `locality` is None when the practice has none or it is not in the table: `locality_fault` says
    which. `places` are those of the loaded list, True where the facility rate is paid.
    """

    name: str = ""
    values: Values | None = None
    locality: Locality | None = None
    locality_fault: str = ""
    places: Mapping[str, bool | None] = {}


class Unit(NamedTuple):
    """The price of one unit, in dollars and cents.

    `value` holds its indicators, None when the table has no line for the code. The parts are those
    the reductions look at: `professional` and `technical` add up to `price`; `half_expense` is the
    price with half of the practice expense, `base` that of the base endoscopy. None: not known, or
    not asked of this price.
    """

    service: BilledLine
    price: Decimal
    value: RelativeValue | None
    professional: Decimal | None = None
    technical: Decimal | None = None
    half_expense: Decimal | None = None
    base: Decimal | None = None


class Unknown(NamedTuple):
    """A price that is not known, and why."""

    reason: str


def round_cent(amount: Decimal) -> Decimal:
    """To the cent, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def is_facility(place: str, places: Mapping[str, bool | None]) -> bool:
    """Is the facility rate paid at this place of service?"""
    listed = places.get(place)
    return place in FACILITY_PLACES if listed is None else listed


def payment_of(value: RelativeValue, locality: Locality, *, facility: bool) -> Decimal:
    """The fee of one unit, to the cent."""
    return round_cent(_weighed(value, locality, facility=facility, share=Decimal(1)))


def _weighed(
    value: RelativeValue, locality: Locality, *, facility: bool, share: Decimal
) -> Decimal:
    """The payment with a share of the practice expense, not rounded."""
    expense = value.facility_expense if facility else value.non_facility_expense
    return (
        value.work * locality.work_index
        + expense * locality.expense_index * share
        + value.malpractice * locality.malpractice_index
    ) * value.conversion_factor


def line_of_table(values: Values, service: BilledLine) -> RelativeValue | None:
    """The table's line for a service: with 26, TC or 53 that line, else the one without."""
    for modifier in ("26", "TC", "53"):
        if modifier in service.modifiers:
            return values.get((service.code, modifier))
    return values.get((service.code, ""))


def price_unit(service: BilledLine, tables: FeeTables) -> Unit | Unknown:
    """One unit by the Medicare fee schedule. A bundled service costs nothing."""
    if tables.values is None:
        return Unknown(f"no Medicare fee schedule is loaded for {service.served_on:%m/%d/%Y}")
    if tables.locality is None:
        return Unknown(tables.locality_fault)
    value = line_of_table(tables.values, service)
    if value is None:
        shown = "-".join(
            [service.code, *(each for each in service.modifiers if each in ("26", "TC", "53"))]
        )
        return Unknown(f"{shown} is not in the Medicare fee schedule")
    if value.status in BUNDLED:
        return Unit(service, ZERO, value)
    if value.status not in PRICED:
        return Unknown(f"{service.code} has no Medicare price (status {value.status})")
    facility = is_facility(service.place_of_service, tables.places)
    price = payment_of(value, tables.locality, facility=facility)
    half = round_cent(_weighed(value, tables.locality, facility=facility, share=HALF))
    professional = professional_part(service, price, tables, facility=facility)
    technical = None if professional is None else price - professional
    scope = tables.values.get((value.endoscopy_base, ""))
    base = payment_of(scope, tables.locality, facility=facility) if scope else None
    return Unit(service, price, value, professional, technical, half, base)


def professional_part(
    service: BilledLine, price: Decimal, tables: FeeTables, *, facility: bool
) -> Decimal | None:
    """What of the price is for the physician's part; None when the table does not split it."""
    if "26" in service.modifiers:
        return price
    if "TC" in service.modifiers:
        return ZERO
    part = (tables.values or {}).get((service.code, "26"))
    if part is None or tables.locality is None:
        return None
    return payment_of(part, tables.locality, facility=facility)
