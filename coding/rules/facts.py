"""What the edits look at: a frozen picture of one chart, and what they answer.

The pictures are made from rows (coding.chart_facts); nothing here knows where they came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from coding.rules.code_facts import NO_CODE_FACTS, CodeFacts
from coding.rules.fixes import Fix
from coding.rules.pointers import letter_of
from coding.rules.written_codes import dotted
from payers.rules.authorizations import Rule as AuthorizationRule

Severity = Literal["blocking", "warning", "gap"]
SEVERITIES: tuple[Severity, ...] = ("blocking", "warning", "gap")


@dataclass(frozen=True)
class DiagnosisFacts:
    """One diagnosis (HI). What the code set says of it is in `ChartFacts.codes`."""

    position: int
    code: str
    label: str = ""

    @property
    def letter(self) -> str:
        return letter_of(self.position)

    @property
    def dotted(self) -> str:
        return dotted(self.code)


@dataclass(frozen=True)
class LineFacts:
    """One procedure (SV1). `is_known`, `has_price`: on the date of service; None is not checked.

    A facility's line (SV2) has a revenue code and may have no procedure. `drug_code` is its NDC.
    """

    position: int
    procedure_code: str
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal(1)
    pointers: tuple[int, ...] = ()
    is_known: bool | None = None
    has_price: bool | None = None
    revenue_code: str = ""
    drug_code: str = ""

    @property
    def name(self) -> str:
        return self.procedure_code or f"Revenue code {self.revenue_code}"


@dataclass(frozen=True)
class Override:
    """A person let a finding stand: why, who, and on which day."""

    reason: str
    by: str
    on: date


@dataclass(frozen=True)
class ChartFacts:
    """One visit as coded.

    `is_cancelled`: its sender cancelled the visit. `is_facility`: it becomes an institutional
    claim, whose lines point to no diagnosis; `is_inpatient` that of an admitted patient, whose
    diagnoses are judged on `diagnosis_day`, the day of discharge. Its claim starts on
    `statement_from`, from which the patient's age is told and lines for a room are dated. `place`
    is the place of service, `state` where it is, `provider` the NPI of who rendered it, `taxonomy`
    that of who bills. `authorization_rules` are those of the payer. `practice_findings` are what
    the practice's own claim rules say. `overrides` are the standing ones by the subject of their
    finding (coding.rules.overrides).
    """

    date_of_service: date
    diagnoses: tuple[DiagnosisFacts, ...] = ()
    lines: tuple[LineFacts, ...] = ()
    is_note_signed: bool = True
    is_cancelled: bool = False
    payer_class: str = ""
    payer_name: str = "The payer"
    is_facility: bool = False
    is_inpatient: bool = False
    diagnosis_day: date | None = None
    statement_from: date | None = None
    birth_date: date | None = None
    sex: str = ""
    place: str = ""
    state: str = ""
    provider: str = ""
    taxonomy: str = ""
    codes: CodeFacts = NO_CODE_FACTS
    authorization_number: str = ""
    authorization_rules: tuple[AuthorizationRule, ...] = ()
    practice_findings: "tuple[Finding, ...]" = ()
    overrides: Mapping[str, Override] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """What is wrong, in one sentence, and who says so. Blocking ones stop the completion.

    `subject` names the facts it is about: an override counts while they stay as they were. A rule
    of the practice brings its own; of other findings it is empty until coding.rules.edits.check.
    """

    code: str
    severity: Severity
    message: str
    source: str
    fix: Fix | None = None
    line: int | None = None
    diagnosis: int | None = None
    is_overridable: bool = False
    subject: str = ""
    override: Override | None = None
    number: int = 1

    @property
    def key(self) -> str:
        """Names the finding on its chart, for its buttons: `ncci_pair:1:`, a second `…::2`."""
        key = f"{self.code}:{self.line or ''}:{self.diagnosis or ''}"
        return key if self.number == 1 else f"{key}:{self.number}"


__all__ = [
    "SEVERITIES",
    "ChartFacts",
    "DiagnosisFacts",
    "Finding",
    "Fix",
    "LineFacts",
    "Override",
    "Severity",
]
