"""What the pages of audits show. While a blind chart is hidden nothing here reads its codes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count as Rows
from django.db.models import Q, QuerySet

from coding.audit_samples import Sample
from coding.audit_stats import reviewed, totals
from coding.forms_audits import DecisionField, VerdictForm
from coding.models import AuditChart, AuditLine, CodingAudit, Document, Encounter
from coding.rules import marks
from coding.rules.audit_samples import risk_names
from coding.rules.audit_scores import Count
from rcm.models import User

TONES = {"agree": "green", "disagree": "red", "missed": "amber", "added": "red", "": "gray"}


@dataclass(frozen=True)
class LineRow:
    """A line with its forms; `is_current` is the one the keys act on."""

    line: AuditLine
    form: VerdictForm | None
    is_current: bool
    tone: str


@dataclass(frozen=True)
class ChartRow:
    """A chart in the list of an audit; `findings` is how many lines were found wrong."""

    chart: AuditChart
    findings: int
    risks: list[str]


@dataclass(frozen=True)
class Shown:
    """A rate as it may be shown: the count always, percent and interval on 20 and more."""

    label: str
    count: Count
    note: str = ""
    is_below: bool = False


def charts_of(audit: CodingAudit) -> list[ChartRow]:
    """The charts in order with their findings, in one statement."""
    found = Q(lines__verdict__in=["disagree", "missed", "added"])
    charts = audit.charts.select_related("encounter__patient", "coder", "reviewed_by")
    counted = charts.annotate(findings=Rows("lines", filter=found)).order_by("position")
    return [
        ChartRow(chart, 0 if chart.is_hidden else chart.findings, risk_names(chart.shown_risks))
        for chart in counted
    ]


def sample_rows(audit: CodingAudit, sample: Sample) -> list[tuple[Encounter, str]]:
    """The charts a draft would draw, each with why in words; a blind audit shows none."""
    if audit.is_blind:
        return [(each.encounter, "Hidden") for each in sample.charts]
    return [
        (each.encounter, ", ".join(risk_names(list(each.risks))) or "By the seed")
        for each in sample.charts
    ]


def rates_of(charts: QuerySet[AuditChart], target: Any = None) -> list[Shown]:
    """The rates of some reviewed charts, by line and by chart."""
    lines, whole = totals(charts)
    rates = [
        Shown("Diagnoses", lines.dx),
        Shown("Procedures", lines.procedure),
        Shown("Modifiers", lines.modifier),
        Shown("All lines", lines.every, is_below=is_below(lines.every, target)),
        Shown("Charts without a finding", whole),
    ]
    return [rate for rate in rates if rate.count.total]


def is_below(count: Count, target: Any) -> bool:
    return target is not None and count.percent is not None and count.percent < target


def audit_rates(audit: CodingAudit) -> list[Shown]:
    charts = reviewed(audit.practice_id).filter(audit=audit)
    return rates_of(charts, audit.target_percent)


def line_rows(chart: AuditChart, chosen: str = "", bound: VerdictForm | None = None) -> list[Any]:
    """The lines of a chart; keys act on the chosen one, else on the first without a verdict."""
    lines = list(chart.lines.all())
    current = next((line for line in lines if str(line.pk) == chosen), None)
    current = current or next((line for line in lines if needs_words(line)), None)
    is_waiting = chart.state == AuditChart.State.WAITING
    return [
        LineRow(
            line,
            (bound if bound and bound.line == line else VerdictForm(line=line))
            if is_waiting
            else None,
            line == current,
            TONES[line.verdict],
        )
        for line in lines
    ]


def needs_words(line: AuditLine) -> bool:
    """Not judged, or found wrong by a comparison without a reason."""
    return not line.verdict or (line.is_finding and not (line.reason and line.severity))


def note_blocks(chart: AuditChart) -> list[tuple[Document, Any]]:
    """Every page of the chart; the coder's evidence is marked once it may be seen."""
    evidence = [] if chart.is_hidden else list(evidence_of(chart))
    documents = chart.encounter.documents.current().order_by("pk")
    return [
        (page, {"blocks": marks.cut_note(page.text, marks.find_spans(page.text, evidence))})
        for page in documents
    ]


def evidence_of(chart: AuditChart) -> Iterator[marks.Evidence]:
    for diagnosis in chart.encounter.diagnoses.all():
        yield marks.Evidence(diagnosis.letter, diagnosis.evidence)
    for charge in chart.encounter.charges.all():
        yield marks.Evidence(str(charge.position), charge.evidence, is_service=True)


def may_decide(chart: AuditChart, person: User) -> bool:
    """Is the person the second reviewer this dispute may have?"""
    is_disputed = chart.state == AuditChart.State.DISPUTED
    return is_disputed and person.pk not in (chart.reviewed_by_id, chart.coder_id)


def decision_fields(chart: AuditChart, data: Any = None) -> list[DecisionField]:
    return [DecisionField(line, data) for line in chart.lines.all() if line.answer == "disputed"]
