"""What the coder let stand on the chart does not hold the claim drafted from it."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from billing.rules.coded_claim import coded
from billing.rules.findings import BLOCKING, WARNING, AnyClaim, Finding
from coding.models import ChartOverride
from coding.rules.overrides import is_overridable, subject_of


class Said(NamedTuple):
    """Why the coder let a finding stand, and how severe it was on the chart."""

    reason: str
    severity: str


# encounter -> subject -> what was said
Reasons = dict[int, dict[str, Said]]


class Found(NamedTuple):
    """One scrubbed claim and its findings; `payer_class` is that of payers.Payer."""

    content: AnyClaim
    encounter_id: int
    payer_class: str
    findings: Sequence[Finding]


def soften_by_coder(practice_id: int, claims: Sequence[Found]) -> list[list[Finding]]:
    """The findings of each claim; those the coder let stand warn and tell the coder's reason.

    They count while the facts they were given for are those of the claim. What only warned on the
    chart was no decision about a finding that blocks here: that one stays. One statement, and none
    when no finding is of a check that can be overridden.
    """
    asked = {
        claim.encounter_id
        for claim in claims
        if any(is_overridable(finding.code) for finding in claim.findings)
    }
    reasons = read_reasons(practice_id, asked) if asked else {}
    return [list(_softened(claim, reasons.get(claim.encounter_id, {}))) for claim in claims]


def read_reasons(practice_id: int, encounters: Iterable[int]) -> Reasons:
    rows = ChartOverride.objects.filter(
        practice_id=practice_id, encounter__in=list(encounters), withdrawn_at__isnull=True
    ).values_list("encounter_id", "subject", "reason", "severity")
    found: Reasons = defaultdict(dict)
    for encounter_id, subject, reason, severity in rows:
        found[encounter_id][subject] = Said(reason, severity)
    return found


def _softened(claim: Found, reasons: dict[str, Said]) -> Iterable[Finding]:
    for finding in claim.findings:
        said = None
        if reasons and is_overridable(finding.code):
            view = coded(claim.content)
            told = (finding.code, finding.message, finding.line)
            subject = subject_of(*told, view, claim.payer_class, finding.looked_at)
            said = reasons.get(subject)
        if said is None or (finding.severity == BLOCKING and said.severity != BLOCKING):
            yield finding
        else:
            message = f"{finding.message} Overridden by the coder: {said.reason}"
            yield dataclasses.replace(finding, severity=WARNING, message=message)
