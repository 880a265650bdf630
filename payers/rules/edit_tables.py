"""The published edit tables as the checks see them: plain rows for the codes of some claims.

A table that is not loaded is absent, never empty: what asks it must answer "not checked".
Rows keep their dates; whoever asks picks those in force on the date of service.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Table(StrEnum):
    """The tables of one release each; the names are those of the load command and the pages."""

    PTP_PRACTITIONER = "ptp_practitioner"
    PTP_HOSPITAL = "ptp_hospital"
    MUE_PRACTITIONER = "mue_practitioner"
    MUE_HOSPITAL = "mue_hospital"
    MUE_DME = "mue_dme"
    ADD_ON = "add_on"
    FEES = "pprrvu"
    LOCALITIES = "gpci"
    ARTICLES = "mcd_article"
    LCD = "mcd_lcd"
    NCD = "ncd"
    HCPCS = "hcpcs"
    PLACE_OF_SERVICE = "pos"


# Tables of which a setting has one, and the documents of coverage.
PAIR_TABLES = (Table.PTP_PRACTITIONER, Table.PTP_HOSPITAL)
UNIT_TABLES = (Table.MUE_PRACTITIONER, Table.MUE_HOSPITAL, Table.MUE_DME)
COVERAGE_TABLES = (Table.ARTICLES, Table.LCD)


@dataclass(frozen=True, slots=True)
class TableRelease:
    """Which release of a table answered, such as "2026 Q4", and the days it is meant for.

    `is_partial`: some of its files were missing; a code that is absent may be in one of those.
    """

    table: Table
    name: str
    starts_on: date
    ends_on: date | None = None
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class PairEdit:
    """One NCCI procedure-to-procedure edit: column 1 is paid, column 2 is not.

    `modifier_indicator`: 0 no modifier helps, 1 one may. (9, never applied, is not loaded as an
    edit in force.) `ends_on` is the deletion date, the last day the edit applies.
    """

    column_1: str
    column_2: str
    starts_on: date
    ends_on: date | None
    modifier_indicator: int

    def is_in_force(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


@dataclass(frozen=True, slots=True)
class UnitLimit:
    """One medically unlikely edit: most units of a code. `adjudication` is the MAI: 1, 2 or 3."""

    code: str
    units: int
    adjudication: int


@dataclass(frozen=True, slots=True)
class AddOnEdit:
    """One add-on code: the primaries it may stand beside on a claim of the same day.

    `edit_type` 1 lists them all, 2 leaves them to the contractor, 3 lists some.
    """

    code: str
    edit_type: int
    primaries: frozenset[str]


@dataclass(frozen=True, slots=True)
class FeeIndicators:
    """The policy indicators of one code (and modifier) in the Medicare fee schedule (PPRRVU).

    `global_days` is 000, 010, 090, XXX, YYY, ZZZ or MMM; the others are the published single
    characters for PC/TC, multiple procedure, bilateral, assistant, co-surgeon and team.
    """

    code: str
    status: str
    global_days: str
    pc_tc: str
    multiple: str
    bilateral: str
    assistant: str
    co_surgeon: str
    team: str


@dataclass(frozen=True, slots=True)
class RelativeValue:
    """One line of the Medicare fee schedule (CMS IOM 100-04 chapter 12 section 20).

    The payment is (work × its index + expense × its index + malpractice × its index) ×
    `conversion_factor`, which is in dollars. `is_…_rare`: marked "NA", seldom done there.
    `endoscopy_base` is the base code of its family; the three shares are of the global fee (54, 55,
    56, 78). Empty or None: the loaded release does not say.
    """

    code: str
    modifier: str
    status: str
    work: Decimal
    non_facility_expense: Decimal
    facility_expense: Decimal
    malpractice: Decimal
    conversion_factor: Decimal
    indicators: FeeIndicators
    is_non_facility_rare: bool = False
    is_facility_rare: bool = False
    endoscopy_base: str = ""
    preoperative_share: Decimal | None = None
    intraoperative_share: Decimal | None = None
    postoperative_share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Locality:
    """One Medicare payment locality: its contractor and number, and its geographic indices."""

    contractor: str
    locality: str
    state: str
    name: str
    work_index: Decimal
    expense_index: Decimal
    malpractice_index: Decimal
    anesthesia_factor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CoverageRule:
    """One coverage article (or LCD) for a code in a state: the diagnoses it pays for.

    `covered` and `noncovered` hold ICD-10-CM codes without their dot. `has_groups` says that the
    article splits them into several groups whose text a person has to read.
    """

    document: str
    title: str
    code: str
    states: frozenset[str]
    covered: frozenset[str]
    noncovered: frozenset[str]
    starts_on: date
    ends_on: date | None = None
    has_groups: bool = False


@dataclass(frozen=True, slots=True)
class EditTables:
    """What the loaded tables say about the codes asked for. `releases` names the tables loaded.

    `pairs` is keyed (column 1, column 2); `units` and `pairs` are of the setting asked for
    (practitioner, hospital, DME). A code absent from a loaded table has no edit there.
    """

    releases: Mapping[Table, TableRelease] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], tuple[PairEdit, ...]] = field(default_factory=dict)
    units: Mapping[str, UnitLimit] = field(default_factory=dict)
    add_ons: Mapping[str, AddOnEdit] = field(default_factory=dict)
    indicators: Mapping[str, FeeIndicators] = field(default_factory=dict)
    coverage: Mapping[str, tuple[CoverageRule, ...]] = field(default_factory=dict)
    hcpcs: Mapping[str, tuple[date, date | None]] = field(default_factory=dict)

    def has(self, table: Table) -> bool:
        """Is a release of this table loaded?"""
        return table in self.releases


NO_TABLES = EditTables()
