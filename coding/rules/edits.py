"""The edits of a chart: one list of small checks over frozen facts, run on every change.

They decide what blocks the completion and what is only said. Checks on codes are those the scrubber
runs on the claim (coding.rules.chart_checks), findings of the practice's claim rules come with the
facts; the rest is about the chart itself.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from coding.rules import chart_checks, diagnosis_edits, line_edits
from coding.rules.chart_view import view_of
from coding.rules.code_facts import CodeFacts
from coding.rules.coded_claim import CodedClaim
from coding.rules.facts import SEVERITIES, ChartFacts, Finding
from coding.rules.overrides import is_practice_rule, subject_of


def visit_cancelled(chart: ChartFacts) -> Iterator[Finding]:
    if chart.is_cancelled:
        yield Finding(
            "visit_cancelled",
            "blocking",
            "The sender cancelled this visit. "
            "Hold the chart until the sender opens the visit again.",
            "HL7 v2.5.1 §3.3.11 (ADT^A11)",
        )


def note_unsigned(chart: ChartFacts) -> Iterator[Finding]:
    if not chart.is_note_signed:
        yield Finding(
            "note_unsigned",
            "blocking",
            "The note is not signed. Hold the chart until the provider signs.",
            "CMS Program Integrity Manual ch. 3 §3.3.2.4",
        )


Check = Callable[[ChartFacts], Iterable[Finding]]

BEFORE: tuple[Check, ...] = (
    visit_cancelled,
    note_unsigned,
    diagnosis_edits.no_diagnosis,
    line_edits.no_procedure,
    diagnosis_edits.diagnosis_twice,
    line_edits.procedure_not_valid,
    line_edits.no_revenue_code,
    line_edits.no_pointer,
    line_edits.pointer_to_nothing,
    line_edits.modifier_not_valid,
    line_edits.units_not_valid,
)
AFTER: tuple[Check, ...] = (
    line_edits.visit_needs_25,
    line_edits.authorization_missing,
    line_edits.no_price,
)


def check(chart: ChartFacts) -> list[Finding]:
    """Every finding, blocking ones first, each group in the order of the checks.

    Of two findings that the same change settles the worse one is told. An overridden one stays,
    with its override, and does not block.
    """
    view = view_of(chart)
    found = [
        *(finding for run in BEFORE for finding in run(chart)),
        *chart_checks.findings(view, codes_of(chart)),
        *(finding for run in AFTER for finding in run(chart)),
        *chart.practice_findings,
    ]
    ordered = sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))
    told = _once(_with_override(finding, view, chart) for finding in ordered)
    return list(_numbered(told))


def not_checked(chart: ChartFacts) -> list[str]:
    """What could not be judged for want of a table, one sentence for each."""
    return chart_checks.not_checked(view_of(chart), codes_of(chart))


def codes_of(chart: ChartFacts) -> CodeFacts:
    """The facts of its codes, with the payer of the chart."""
    return replace(chart.codes, payer_class=chart.payer_class)


def blocking(findings: Iterable[Finding], *, is_as_sent: bool = False) -> list[Finding]:
    """Those that stop the completion. Of a chart coded as it was sent no claim rule does."""
    return [
        each
        for each in findings
        if each.severity == "blocking"
        and each.override is None
        and not (is_as_sent and is_practice_rule(each.code))
    ]


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    told = set()
    for finding in findings:
        if finding.fix is None or finding.fix not in told:
            yield finding
        if finding.override is None:
            told.add(finding.fix)


def _numbered(findings: Iterable[Finding]) -> Iterator[Finding]:
    """A check may find two things at one line: their keys must differ."""
    counts: Counter[str] = Counter()
    for finding in findings:
        counts[finding.key] += 1
        number = counts[finding.key]
        yield finding if number == 1 else replace(finding, number=number)


def _with_override(finding: Finding, view: CodedClaim, chart: ChartFacts) -> Finding:
    if not finding.is_overridable:
        return finding
    told = (finding.code, finding.message, finding.line)
    subject = finding.subject or subject_of(*told, view, chart.payer_class)
    return replace(finding, subject=subject, override=chart.overrides.get(subject))
