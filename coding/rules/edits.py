"""The edits of a chart: one list of small checks over frozen facts, run on every change.

They decide what blocks the completion and what is only said. The scrubber runs the same list.
"""

from collections.abc import Callable, Iterable, Iterator

from coding.rules import diagnosis_edits, line_edits
from coding.rules.facts import SEVERITIES, ChartFacts, Finding


def note_unsigned(chart: ChartFacts) -> Iterator[Finding]:
    if not chart.is_note_signed:
        yield Finding(
            "note_unsigned",
            "blocking",
            "The note is not signed. Hold the chart until the provider signs.",
            "CMS Program Integrity Manual ch. 3 §3.3.2.4",
        )


Check = Callable[[ChartFacts], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    note_unsigned,
    diagnosis_edits.no_diagnosis,
    line_edits.no_procedure,
    diagnosis_edits.diagnosis_not_valid,
    diagnosis_edits.seventh_character_missing,
    diagnosis_edits.diagnosis_twice,
    line_edits.procedure_not_valid,
    line_edits.no_revenue_code,
    line_edits.no_pointer,
    line_edits.pointer_to_nothing,
    line_edits.modifier_not_valid,
    line_edits.units_not_valid,
    line_edits.visit_needs_25,
    line_edits.side_contradicts,
    line_edits.no_price,
    line_edits.side_missing,
    line_edits.drug_waste_unsaid,
    line_edits.not_a_new_patient,
    diagnosis_edits.side_unspecified,
    diagnosis_edits.excluded_pair,
)


def check(chart: ChartFacts) -> list[Finding]:
    """Every finding, blocking ones first, each group in the order of CHECKS."""
    found = [finding for run in CHECKS for finding in run(chart)]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "blocking"]
