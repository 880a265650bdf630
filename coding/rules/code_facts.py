"""What the checks on codes look at besides the claim: tables, code set, other lines of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from payers.rules.edit_tables import NO_TABLES, EditTables


@dataclass(frozen=True, slots=True)
class DiagnosisEntry:
    """One code or heading of ICD-10-CM with the days it is valid, both inclusive.

    `seventh` holds the characters a heading still waits for at its end, `siblings` the codes of
    the same words with a side as (side, code). `excludes1` are code prefixes and ranges ("E08",
    "O10-O11"), as are `code_first` and `use_additional`; they, like `has_code_first` (code the
    underlying cause first), hold for every code below as well.
    """

    label: str
    starts_on: date
    ends_on: date | None = None
    is_billable: bool = True
    seventh: str = ""
    siblings: tuple[tuple[str, str], ...] = ()
    excludes1: tuple[str, ...] = ()
    has_code_first: bool = False
    code_first: tuple[str, ...] = ()
    use_additional: tuple[str, ...] = ()
    is_manifestation: bool = False

    def is_in_force(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


@dataclass(frozen=True, slots=True)
class PastLine:
    """One service line of ours for the same patient on another claim or chart, whatever its day.

    An empty procedure is a visit that is not coded yet. `where` says what `claim_number` is of.
    `specialty` is that of the visit; same specialty in one practice counts as one physician.
    """

    claim_number: str
    procedure_code: str
    served_on: date
    provider_npi: str = ""
    specialty: str = ""
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal(1)
    where: str = "claim"

    @property
    def name(self) -> str:
        return f"{self.where} {self.claim_number}"


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """The published edit tables, the code set and the patient's other lines. None: nobody knows.

    `tables` are those of the day and setting of the claim, cut down to its codes. `diagnoses` maps
    every diagnosis of the claim and each heading above it (without dots) to its entries, oldest
    first; None when no release is loaded for the day. `history` are the patient's lines on other
    claims, in this practice. `payer_class` is that of payers.Payer, empty for a stranger's claim.
    """

    tables: EditTables = NO_TABLES
    payer_class: str = ""
    specialty: str = ""
    diagnoses: Mapping[str, tuple[DiagnosisEntry, ...]] | None = None
    history: tuple[PastLine, ...] | None = None

    def diagnosis_on(self, code: str, on: date) -> DiagnosisEntry | None:
        """The entry of a code or heading in force on a day; None when there is none."""
        for entry in (self.diagnoses or {}).get(code, ()):
            if entry.is_in_force(on):
                return entry
        return None


NO_CODE_FACTS = CodeFacts()
