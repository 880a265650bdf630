"""What a payer should allow for the lines of a claim, by the contract in force that day.

Three methods: the contract's own fee schedule, a percentage of Medicare, a percentage of the
charge. A line whose price cannot be known says why; nothing is guessed. With `pays_lesser` a line
is worth its charge at most, as Medicare and most contracts say (CMS IOM 100-04 chapter 12 20.1).
Every amount is rounded to the cent once per line, half up; the percentage is applied to the
Medicare amount of the line after its own rounding.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from payers.rules.fees import FeeRow, price_on
from payers.rules.medicare_units import (
    BilledLine,
    FeeTables,
    Unit,
    Unknown,
    line_of_table,
    price_unit,
    round_cent,
)
from payers.rules.reductions import Paid, Rules, reduce_day
from rcm.money import ZERO

SCHEDULE, MEDICARE, CHARGE = "fee_schedule", "medicare", "charge"
HUNDRED = Decimal(100)


class Terms(NamedTuple):
    """A contract from day to day, both inclusive. `fees` are the rows of its schedule."""

    name: str
    method: str
    starts_on: date
    ends_on: date | None = None
    percent: Decimal | None = None
    rules: Rules = Rules()
    pays_lesser: bool = True
    fees: Sequence[FeeRow] = ()


class Expected(NamedTuple):
    """The line's expected allowed in dollars and what it rests on, or None and why."""

    position: int
    amount: Decimal | None
    basis: str = ""
    reason: str = ""


def terms_on(contracts: Iterable[Terms], on: date) -> Terms | None:
    """The contract of a day; the first given wins."""
    for terms in contracts:
        if terms.starts_on <= on and (terms.ends_on is None or on <= terms.ends_on):
            return terms
    return None


def expect_allowed(
    services: Sequence[BilledLine],
    contracts: Iterable[Terms],
    tables: Mapping[date, FeeTables],
    payer_name: str,
) -> list[Expected]:
    """One answer per service, in their order; the services of one claim, several days perhaps."""
    known = list(contracts)
    by_day: defaultdict[date, list[BilledLine]] = defaultdict(list)
    for service in services:
        by_day[service.served_on].append(service)
    found: dict[int, Expected] = {}
    for day, lines in by_day.items():
        terms = terms_on(known, day)
        if terms is None:
            reason = f"no contract with {payer_name} on {day:%m/%d/%Y}"
            found |= {line.position: Expected(line.position, None, "", reason) for line in lines}
        else:
            found |= {one.position: one for one in expect_day(lines, terms, tables.get(day))}
    return [found[service.position] for service in services]


def expect_day(
    services: Sequence[BilledLine], terms: Terms, tables: FeeTables | None
) -> list[Expected]:
    """The services of one day under one contract."""
    known = tables or FeeTables()
    if terms.method == CHARGE:
        percent = terms.percent or HUNDRED
        basis = f"{percent.normalize():f} % of charge"
        return [
            Expected(each.position, round_cent(each.amount_billed * percent / HUNDRED), basis)
            for each in services
        ]
    percent = HUNDRED
    if terms.method == MEDICARE:
        percent = terms.percent or HUNDRED
        basis = f"{known.name} × {percent.normalize():f} %"
        units = bundle_minor([price_unit(each, known) for each in services])
        paid = paid_of(units, terms.rules)
    else:
        basis = f"Fee schedule {terms.name}"
        units = [price_by_schedule(each, terms, known) for each in services]
        paid = paid_of(units, terms.rules._replace(ranks_surgery_only=True))
    return [
        _expected(service, one, terms, basis, percent)
        for service, one in zip(services, paid, strict=True)
    ]


def bundle_minor(units: Sequence[Unit | Unknown]) -> list[Unit | Unknown]:
    """Status T costs nothing beside another service of the schedule that is paid that day."""

    def is_paid(unit: Unit | Unknown, statuses: str) -> bool:
        if isinstance(unit, Unknown) or unit.value is None:
            return False
        return unit.value.status in statuses and bool(unit.price)

    if not any(is_paid(unit, "AR") for unit in units):
        return list(units)
    return [
        Unit(unit.service, ZERO, unit.value, ZERO, ZERO)
        if isinstance(unit, Unit) and is_paid(unit, "T")
        else unit
        for unit in units
    ]


def price_by_schedule(service: BilledLine, terms: Terms, tables: FeeTables) -> Unit | Unknown:
    """One unit by the contract's schedule; the indicators still come from Medicare's table.

    Only surgery is ranked on a schedule: it does not split a price into its parts.
    """
    price = price_on(terms.fees, service.code, service.modifiers, service.served_on)
    if price is None:
        return Unknown(f"{service.code} is not on the schedule of {terms.name}")
    value = line_of_table(tables.values, service) if tables.values is not None else None
    return Unit(service, price, value)


def paid_of(units: Sequence[Unit | Unknown], rules: Rules) -> list[Paid]:
    """Reduce those that have a price among each other."""
    priced = [unit for unit in units if isinstance(unit, Unit)]
    reduced = iter(reduce_day(priced, rules))
    return [
        Paid(None, unit.reason) if isinstance(unit, Unknown) else next(reduced) for unit in units
    ]


def _expected(
    service: BilledLine, paid: Paid, terms: Terms, basis: str, percent: Decimal
) -> Expected:
    if paid.amount is None:
        return Expected(service.position, None, "", paid.reason)
    amount = round_cent(paid.amount * percent / HUNDRED)
    notes = list(paid.notes)
    if terms.pays_lesser and amount > service.amount_billed:
        amount = service.amount_billed
        notes.append("the charge is less")
    return Expected(service.position, amount, ", ".join([basis, *notes]))
