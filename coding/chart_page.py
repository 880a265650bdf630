"""What the chart workspace shows, computed once so that its templates only print."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from coding.actions.chart_changes import last_change
from coding.chart_facts import ChartRows, read_chart
from coding.models import Charge, ChartChange, CoderTask, Document, Encounter, EncounterDiagnosis
from coding.rules import edits, marks
from coding.rules.facts import Finding
from coding.suggestion_page import suggested_spans
from rcm.money import ZERO

TONES = {"blocking": "red", "warning": "amber", "gap": "violet"}
ICONS = {
    "blocking": "octagon-x",
    "warning": "triangle-alert",
    "gap": "message-circle-question-mark",
}
# An overridden finding, and what was not checked.
OVERRIDDEN_TONE = QUIET = "gray"
GUTTER_HEIGHT = 600


@dataclass(frozen=True)
class FindingRow:
    """A finding with its colour, and the key that applies its fix; or what was not checked."""

    finding: Finding
    tone: str
    icon: str
    key: str


@dataclass(frozen=True)
class DiagnosisRow:
    diagnosis: EncounterDiagnosis
    tone: str
    up: int | None
    down: int | None


@dataclass(frozen=True)
class LineRow:
    """`wanted` is the modifier a finding asks for, in the empty box as "+25", in its tone."""

    charge: Charge
    amount: Decimal | None
    modifiers: str
    units: str
    wanted: str
    wanted_tone: str
    tone: str


@dataclass(frozen=True)
class ChartPage:
    """Everything under the header strip of one chart."""

    encounter: Encounter
    documents: tuple[Document, ...]
    document: Document | None
    blocks: list[marks.Block]
    gutter: list[tuple[int, str]]
    diagnoses: list[DiagnosisRow]
    lines: list[LineRow]
    findings: list[FindingRow]
    counts: list[tuple[str, str]]
    blocking: int
    total: Decimal
    tasks: list[CoderTask]
    last_change: ChartChange | None

    @property
    def codes(self) -> set[str]:
        """What stands on the chart."""
        diagnoses = {row.diagnosis.code for row in self.diagnoses}
        return diagnoses | self.procedures

    @property
    def coded_diagnoses(self) -> list[EncounterDiagnosis]:
        return [row.diagnosis for row in self.diagnoses]

    @property
    def procedures(self) -> set[str]:
        return {row.charge.procedure_code for row in self.lines}

    @property
    def first_line(self) -> int | None:
        return self.lines[0].charge.pk if self.lines else None


def build_page(encounter: Encounter, document_id: int | None = None) -> ChartPage:
    """Read the chart and run its edits. An unknown document shows the first one."""
    rows = read_chart(encounter)
    findings, unchecked = edits.check(rows.facts), edits.not_checked(rows.facts)
    document = next((d for d in rows.documents if d.pk == document_id), None)
    document = document or next(iter(rows.documents), None)
    text = document.text if document else ""
    spans = marks.find_spans(text, evidence_of(rows))
    spans = marks.join_spans(spans, suggested_spans(encounter, document))
    amounts = {charge.pk: rows.price(charge) for charge in rows.charges}
    return ChartPage(
        encounter=encounter,
        documents=rows.documents,
        document=document,
        blocks=marks.cut_note(text, spans),
        gutter=list(gutter_marks(text, spans)),
        diagnoses=list(diagnosis_rows(rows, findings)),
        lines=[line_row(charge, amounts[charge.pk], findings) for charge in rows.charges],
        findings=[*finding_rows(findings), *unchecked_rows(unchecked)],
        counts=count_severities(findings, unchecked),
        blocking=len(edits.blocking(findings)),
        total=sum((amount for amount in amounts.values() if amount is not None), ZERO),
        tasks=list(encounter.tasks.filter(state=CoderTask.State.OPEN).order_by("pk")),
        last_change=last_change(encounter),
    )


def evidence_of(rows: ChartRows) -> Iterator[marks.Evidence]:
    for diagnosis in rows.diagnoses:
        yield marks.Evidence(diagnosis.letter, diagnosis.evidence)
    for charge in rows.charges:
        yield marks.Evidence(str(charge.position), charge.evidence, is_service=True)


def gutter_marks(text: str, spans: Iterable[marks.Span]) -> Iterator[tuple[int, str]]:
    """(height in the gutter, fill class) of each mark."""
    for span in spans:
        fill = "fill-2" if span.evidence.is_service else "fill-1"
        yield span.start * GUTTER_HEIGHT // max(1, len(text)), fill


def tone_of(finding: Finding) -> str:
    return OVERRIDDEN_TONE if finding.override else TONES[finding.severity]


def worst_tone(findings: Iterable[Finding]) -> str:
    """Findings come worst first; overridden ones colour nothing."""
    return next((TONES[each.severity] for each in findings if each.override is None), "")


def diagnosis_rows(rows: ChartRows, findings: list[Finding]) -> Iterator[DiagnosisRow]:
    last = len(rows.diagnoses)
    for diagnosis in rows.diagnoses:
        at = diagnosis.position
        yield DiagnosisRow(
            diagnosis,
            worst_tone(finding for finding in findings if finding.diagnosis == at),
            at - 1 if at > 1 else None,
            at + 1 if at < last else None,
        )


def line_row(charge: Charge, amount: Decimal | None, findings: list[Finding]) -> LineRow:
    own = [finding for finding in findings if finding.line == charge.position]
    open_ones = [finding for finding in own if finding.override is None]
    asking = [each for each in open_ones if each.fix and each.fix.kind == "add_modifier"]
    wanted = next((finding.fix.value for finding in asking if finding.fix), "")
    units = charge.units
    return LineRow(
        charge=charge,
        amount=amount,
        modifiers=" ".join(charge.modifiers),
        units=str(units.to_integral() if units == units.to_integral() else units),
        wanted=f"+{wanted}" if wanted else "",
        wanted_tone=worst_tone(asking),
        tone=worst_tone(own),
    )


def finding_rows(findings: list[Finding]) -> list[FindingRow]:
    """The key "." stands on the first finding that has a fix and was not overridden."""
    top = next((each for each in findings if each.fix and each.override is None), None)
    return [
        FindingRow(
            finding,
            tone_of(finding),
            ICONS[finding.severity],
            "." if finding is top else "",
        )
        for finding in findings
    ]


def unchecked_rows(sentences: Iterable[str]) -> list[FindingRow]:
    """What could not be judged stands last, so that it never reads as clean."""
    return [
        FindingRow(Finding("not_checked", "gap", sentence, ""), QUIET, "circle-dashed", "")
        for sentence in sentences
    ]


def count_severities(findings: list[Finding], unchecked: list[str]) -> list[tuple[str, str]]:
    """("red", "1 blocking"), ("amber", "2 warnings"), ("gray", "1 not checked")."""
    counts = []
    for severity, tone in TONES.items():
        number = sum(each.severity == severity and each.override is None for each in findings)
        if number:
            plural = "s" if number > 1 and severity != "blocking" else ""
            counts.append((tone, f"{number} {severity}{plural}"))
    overridden = sum(each.override is not None for each in findings)
    quiet = ((overridden, "overridden"), (len(unchecked), "not checked"))
    return counts + [("gray", f"{number} {word}") for number, word in quiet if number]


def header_facts(encounter: Encounter, today: date) -> dict[str, Any]:
    """The strip over the chart: who, when, by whom, who pays, how long it waits."""
    patient, served_on = encounter.patient, encounter.date_of_service
    born = patient.birth_date
    age = served_on.year - born.year - ((served_on.month, served_on.day) < (born.month, born.day))
    coverage = encounter.coverage
    is_covered = (
        coverage is not None
        and coverage.starts_on <= served_on
        and (coverage.ends_on is None or served_on <= coverage.ends_on)
    )
    return {
        "age": age,
        "payer": coverage.payer if coverage else None,
        "is_covered": is_covered,
        "lag": (today - served_on).days,
    }
