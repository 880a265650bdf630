"""The practices' invented charge schedule."""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

FEES_FILE = Path(__file__).with_name("fees.csv")


@dataclass(frozen=True)
class DemoFee:
    """The charge for one unit of a procedure, two decimals."""

    procedure_code: str
    amount: Decimal


@dataclass(frozen=True)
class DemoFeeSchedule:
    """What both practices charge every payer from `starts_on` on."""

    name: str
    starts_on: date
    fees: tuple[DemoFee, ...]


def build(today: date) -> DemoFeeSchedule:
    """Return the schedule, in force since January of last year."""
    return DemoFeeSchedule("Standard charges", date(today.year - 1, 1, 1), read_fees())


def read_fees() -> tuple[DemoFee, ...]:
    """Read fees.csv in code order."""
    with FEES_FILE.open(newline="", encoding="utf-8") as rows:
        return tuple(DemoFee(row["code"], Decimal(row["charge"])) for row in csv.DictReader(rows))
