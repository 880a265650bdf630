"""The claim rules of a practice on a chart, before there is a claim (settings.CHART_RULES)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from billing.actions.claim_drafts import compose_content
from billing.actions.institutional_parts import stay_of
from billing.claim_rules import rules_in_force
from billing.rules.chart_rules import is_told, judge_for_coder
from billing.rules.coded_claim import coded
from billing.rules.findings import BLOCKING, AnyClaim, Finding
from coding.chart_facts import ChartRows
from coding.rules.facts import Finding as ChartFinding
from coding.rules.overrides import subject_of
from rcm.money import to_cents

# No rule can ask for the number of a claim, so that none is taken from the sequence.
NO_NUMBER = "CHART"


def findings_for(rows: ChartRows) -> tuple[ChartFinding, ...]:
    """What the rules in force say of the claim this chart would become, as findings of the chart.

    Nothing without a coverage or a line: there is no claim then. One statement, and when a rule is
    told also those for what the encounter was read without (plan, providers of a stay).
    """
    encounter = rows.encounter
    coverage = encounter.coverage
    if coverage is None or not rows.charges:
        return ()
    rules = rules_in_force(encounter.practice_id)
    if not any(is_told(rule) for rule in rules):
        return ()
    stay = stay_of(encounter) if rows.facts.is_facility else None
    parts = (encounter, stay, coverage, rows.diagnoses, rows.charges, NO_NUMBER)
    prices = [rows.price(charge) for charge in rows.charges]
    claim, found = judge_for_coder(rules, priced(compose_content(*parts), prices))
    payer_class = coverage.payer.payer_class
    return tuple(on_chart(finding, claim, payer_class) for finding in found)


def priced(claim: AnyClaim, prices: Sequence[Decimal | None]) -> AnyClaim:
    """The claim with the dollars its lines will have when the chart is completed."""
    lines: list[Any] = [
        line if price is None else _with_amount(line, to_cents(price))
        for line, price in zip(claim.lines, prices, strict=True)
    ]
    total = sum(line.amount_billed for line in lines)
    changes: dict[str, Any] = {"lines": tuple(lines), "amount_billed": total}
    return replace(claim, **changes)


def _with_amount(line: Any, cents: int) -> Any:
    return replace(line, amount_billed=cents)


def on_chart(finding: Finding, claim: AnyClaim, payer_class: str) -> ChartFinding:
    """The finding as the chart shows it, with the subject it will have on the claim."""
    told = (finding.code, finding.message, finding.line)
    return ChartFinding(
        finding.code,
        "blocking" if finding.severity == BLOCKING else "warning",
        finding.message,
        finding.source,
        line=finding.line,
        is_overridable=True,
        subject=subject_of(*told, coded(claim), payer_class, finding.looked_at),
    )
