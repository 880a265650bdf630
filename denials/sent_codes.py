"""What a returned chart's coder needs beside the remittance: codes, checks and policy of then."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from billing.models import Claim, ClaimFinding, ClaimScrub, RemittedLine
from billing.rules.claim_content import read_content
from billing.rules.coded_claim import coded
from billing.rules.posting import REVERSAL
from billing.sent_codes import CODED_ANEW
from coding.chart_facts import standing_overrides
from coding.code_lookup import Asked, read_tables
from coding.rules.checks.support import is_covered, judged_lines
from coding.rules.code_facts import CodeFacts
from coding.rules.coded_claim import CodedClaim
from coding.rules.pointers import letter_of
from coding.rules.written_codes import dotted
from payers.rules.edit_tables import CoverageRule

EARLIER = 8


@dataclass(frozen=True)
class SentDiagnosis:
    letter: str
    dotted: str


@dataclass(frozen=True)
class PolicyRow:
    """One coverage document for a line: does it name the diagnoses the line pointed to?"""

    position: int
    code: str
    document: str
    title: str
    pointed: tuple[tuple[str, str], ...]
    tone: str


def sent_facts(claim: Claim) -> dict[str, Any]:
    """The claim as it went out, what was checked then, and what the payer did before."""
    view = coded(read_content(claim.content))
    [tables] = read_tables([Asked(view, (), payer_class=claim.payer.payer_class)])
    codes = CodeFacts(tables=tables, payer_class=claim.payer.payer_class)
    newest = ClaimScrub.objects.filter(claim=claim).order_by("-id").first()
    return {
        "sent_diagnoses": [
            SentDiagnosis(letter_of(place), dotted(code))
            for place, code in enumerate(view.diagnoses, 1)
        ],
        "policies": list(policy_rows(view, codes)),
        "policy_day": min((line.starts_on for line in view.lines), default=claim.date_of_service),
        "scrub": newest,
        "scrub_releases": sorted(newest.releases.items()) if newest else [],
        "sent_findings": ClaimFinding.objects.filter(claim=claim, resolved_at=None)
        .exclude(code=CODED_ANEW)
        .order_by("pk"),
        "let_stand": list(standing_overrides(claim.encounter).values()),
        "earlier_lines": earlier_lines(claim, {line.code for line in view.lines}),
    }


def policy_rows(view: CodedClaim, codes: CodeFacts) -> Iterator[PolicyRow]:
    """The documents of the claim's state in force on the day of each line (CMS MCD)."""
    for line, rules in judged_lines(view, codes):
        for rule in rules:
            pointed = tuple((dotted(code), standing(code, rule)) for code in line.diagnoses)
            yield PolicyRow(
                line.position or 0, line.code, rule.document, rule.title, pointed,
                "green" if is_covered(line, [rule]) else "amber",
            )  # fmt: skip


def standing(code: str, rule: CoverageRule) -> str:
    """What a document says of a diagnosis; silence is neither yes nor no."""
    if code in rule.covered:
        return "covered"
    return "not covered" if code in rule.noncovered else "not named"


def earlier_lines(claim: Claim, codes: Iterable[str]) -> list[RemittedLine]:
    """What this payer decided on the same services for the patient before, newest first."""
    rows = RemittedLine.objects.filter(
        practice_id=claim.practice_id,
        service_line__claim__patient_id=claim.patient_id,
        service_line__claim__payer_id=claim.payer_id,
        service_line__procedure_code__in=set(codes),
    ).exclude(service_line__claim__encounter_id=claim.encounter_id)
    rows = rows.exclude(remitted_claim__status_code=REVERSAL).select_related("service_line__claim")
    return list(rows.prefetch_related("adjustments").order_by("-date_of_service", "-pk")[:EARLIER])
