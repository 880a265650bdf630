"""What inquiries and their answers have in common: 270/271 (X279A1) and 276/277 (X212).

Amounts are integer cents, dates are dates, quantities and percentages Decimal.
"""

from dataclasses import dataclass
from datetime import date

from rcm.x12.claim_837 import Address, Identifier


@dataclass(frozen=True, slots=True)
class Party:
    """NM1. `entity` is NM101: PR payer, 1P provider, 41 receiver, IL subscriber, 03 and QC others.

    An organisation has its name in `name`; a person its last name, and `is_person`.
    """

    entity: str
    name: str
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    qualifier: str = ""
    identifier: str = ""
    is_person: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """TRN. `kind` 1 is a number of whoever writes the file, 2 the number that is answered."""

    kind: str
    number: str
    origin: str = ""
    division: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """DTP: a qualifier (291 plan, 307 eligibility, 346 plan begin, 472 service…) and its days."""

    qualifier: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Loops 2100C and 2100D (270/271), 2100D and 2100E (276/277): who is asked about.

    `relationship` is INS02 (18 self, 01 spouse, 19 child, 34 other adult); `is_changed` says that
    the payer corrected what was sent (INS03 001 with INS04 25).
    """

    party: Party
    birth_date: date | None = None
    sex: str = ""
    references: tuple[Identifier, ...] = ()
    address: Address | None = None
    relationship: str = ""
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class AskedProcedure:
    """A composite medical procedure: qualifier (HC, NU, N4…), code and up to four modifiers."""

    qualifier: str
    code: str
    modifiers: tuple[str, ...] = ()


NOBODY = Party("", "")
