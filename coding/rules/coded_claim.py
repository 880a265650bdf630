"""The codes of one claim or chart in one shape, for all checks on codes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from coding.rules.code_facts import CodeFacts
from coding.rules.code_kinds import Kind
from coding.rules.code_lists import NCCI_PAYERS
from coding.rules.hits import WARNING
from rcm.x12.claim_837 import Drug

# SBR09 to the payer class of payers.Payer, where the indicator says it.
CLASS_OF_INDICATOR = {
    "MA": "medicare",
    "MB": "medicare",
    "MC": "medicaid",
    "16": "advantage",
    "BL": "blue",
    "CI": "commercial",
}


@dataclass(frozen=True, slots=True)
class CodedLine:
    """One service line with a procedure code. `diagnoses` are the codes it points to, in order.

    `provider` is the NPI of who rendered it, `place` its place of service, both as the line or
    else the claim says. `source` is the line itself.
    """

    position: int
    code: str
    kind: Kind
    modifiers: tuple[str, ...]
    marks: frozenset[str]
    units: Decimal
    unit_code: str
    starts_on: date
    ends_on: date
    diagnoses: tuple[str, ...]
    provider: str
    place: str
    drug: Drug | None
    clia_number: str
    source: Any

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


@dataclass(frozen=True, slots=True)
class CodedClaim:
    """The codes of one claim. `diagnoses` are the listed ones, first is primary or principal.

    `every_diagnosis` adds admitting, patient's reason and external cause codes, each once.
    `diagnosis_days` are the days a diagnosis must be valid on, `starts_on` is the first day of
    service, which tells the patient's age. `codes`, `kinds` and `marks` are
    all procedure codes, kinds and modifiers of its lines, for a quick no. `taxonomy` is that of the
    billing provider, `element` where a procedure stands in the file.
    """

    is_institutional: bool
    is_inpatient: bool
    diagnoses: tuple[str, ...]
    every_diagnosis: tuple[str, ...]
    diagnosis_days: tuple[date, ...]
    starts_on: date | None
    lines: tuple[CodedLine, ...]
    codes: frozenset[str]
    kinds: frozenset[Kind]
    marks: frozenset[str]
    birth_date: date | None
    sex: str
    filing_indicator: str
    state: str
    taxonomy: str
    element: str

    @property
    def is_supplier(self) -> bool:
        """Taxonomies of suppliers of equipment, pharmacies and prosthetics: 332, 333, 335, 336."""
        return self.taxonomy[:3] in ("332", "333", "335", "336")

    @property
    def is_practitioner(self) -> bool:
        """Taxonomies of people, their groups and clinics: 10 to 26, 36, 39."""
        return self.taxonomy[:1] in ("1", "2") or self.taxonomy[:2] in ("36", "39")

    @property
    def served_on(self) -> date:
        """The first day diagnoses are judged on; without lines a day on which nothing is valid."""
        return self.diagnosis_days[0] if self.diagnosis_days else date.min

    @property
    def age(self) -> int | None:
        """Whole years on the first day of service; None without that day or a birth date."""
        born, on = self.birth_date, self.starts_on
        if born is None or on is None:
            return None
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def payer_class_of(view: CodedClaim, codes: CodeFacts) -> str:
    """The payer's class as known, else as SBR09 says; empty when neither does."""
    return codes.payer_class or CLASS_OF_INDICATOR.get(view.filing_indicator, "")


def is_medicare(view: CodedClaim, codes: CodeFacts) -> bool:
    return payer_class_of(view, codes) == "medicare"


def severity_of(view: CodedClaim, codes: CodeFacts) -> str:
    """Empty (the check's own, blocking) for payers that follow Medicare's logic, else WARNING."""
    return "" if payer_class_of(view, codes) in NCCI_PAYERS else WARNING
