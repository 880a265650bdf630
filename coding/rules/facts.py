"""What the edits look at: a frozen picture of one chart, and what they answer.

The pictures are made from rows (coding.chart_facts); nothing here knows where they came from.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from coding.rules.pointers import letter_of

Severity = Literal["blocking", "warning", "gap"]
SEVERITIES: tuple[Severity, ...] = ("blocking", "warning", "gap")
FixKind = Literal[
    "add_modifier", "replace_modifier", "remove_modifier", "point", "unpoint", "set_units",
    "remove_diagnosis", "replace_diagnosis",
]  # fmt: skip


@dataclass(frozen=True)
class DiagnosisFacts:
    """One diagnosis (HI). `is_billable` is on the date of service; None means not checked.

    `seventh` holds the characters the code still waits for at its end. `siblings` are codes of the
    same words with a side, as (side, code). `excludes1` holds code prefixes and ranges
    ("E08", "O10-O11") of the code and everything above it.
    """

    position: int
    code: str
    label: str = ""
    is_known: bool | None = None
    is_billable: bool | None = None
    seventh: str = ""
    siblings: tuple[tuple[str, str], ...] = ()
    excludes1: tuple[str, ...] = ()

    @property
    def letter(self) -> str:
        return letter_of(self.position)

    @property
    def dotted(self) -> str:
        return f"{self.code[:3]}.{self.code[3:]}" if len(self.code) > 3 else self.code


@dataclass(frozen=True)
class LineFacts:
    """One procedure (SV1). `is_known`, `has_price`: on the date of service; None is not checked.

    A facility's line (SV2) has a revenue code and may have no procedure.
    """

    position: int
    procedure_code: str
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal(1)
    pointers: tuple[int, ...] = ()
    is_known: bool | None = None
    has_price: bool | None = None
    revenue_code: str = ""

    @property
    def name(self) -> str:
        return self.procedure_code or f"Revenue code {self.revenue_code}"


@dataclass(frozen=True)
class ChartFacts:
    """One visit as coded. `seen_before_on` is the patient's last earlier visit here, if known.

    `is_facility`: it becomes an institutional claim, whose lines point to no diagnosis.
    """

    date_of_service: date
    diagnoses: tuple[DiagnosisFacts, ...] = ()
    lines: tuple[LineFacts, ...] = ()
    is_note_signed: bool = True
    payer_class: str = ""
    seen_before_on: date | None = None
    is_facility: bool = False


@dataclass(frozen=True)
class Fix:
    """The one change that settles a finding. `line` or `diagnosis` is the position it changes."""

    kind: FixKind
    label: str
    line: int | None = None
    diagnosis: int | None = None
    value: str = ""


@dataclass(frozen=True)
class Finding:
    """What is wrong, in one sentence, and who says so. Blocking ones stop the completion."""

    code: str
    severity: Severity
    message: str
    source: str
    fix: Fix | None = None
    line: int | None = None
    diagnosis: int | None = field(default=None)

    @property
    def key(self) -> str:
        """Names the finding on its chart, for the fix button: `needs_25:1`."""
        return f"{self.code}:{self.line or ''}:{self.diagnosis or ''}"
