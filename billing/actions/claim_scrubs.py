"""Running the claim edits on stored claims and keeping what they found."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from billing.actions.claim_parts import parties_of
from billing.actions.claim_status import advance, record_for_claim
from billing.models import Claim, ClaimFinding, ServiceLine
from billing.rules import scrubbing
from billing.rules.claim_content import from_json, to_json
from billing.rules.findings import ClaimFacts, Finding
from billing.rules.transitions import UNSENT
from payers.models import Coverage
from payers.terms import limits_of
from rcm.errors import Refusal
from rcm.models import User

# patient, day, procedure, rendering provider
ServiceKey = tuple[int, date, str, int]


class BilledServices:
    """What is already billed for some patients and days: one query, then lookups in memory."""

    def __init__(self, practice_id: int, services: Iterable[tuple[int, date]]) -> None:
        keys = set(services)
        rows = (
            ServiceLine.objects.filter(
                practice_id=practice_id,
                claim__patient_id__in={patient_id for patient_id, _ in keys},
                date_of_service__in={day for _, day in keys},
            )
            .exclude(claim__status__in=[Claim.Status.VOIDED, Claim.Status.CLOSED])
            .order_by("claim_id")
            .values_list(
                "claim__patient_id",
                "date_of_service",
                "procedure_code",
                "claim__encounter__provider_id",
                "claim__encounter_id",
                "claim__patient_control_number",
                "claim_id",
                "claim__status",
            )
        )
        self._found: dict[ServiceKey, list[tuple[int, str, int, bool]]] = defaultdict(list)
        for patient_id, day, code, provider_id, encounter_id, number, claim_id, status in rows:
            self._found[patient_id, day, code, provider_id].append(
                (encounter_id, number, claim_id, status not in UNSENT)
            )

    def add(self, key: ServiceKey, encounter_id: int, number: str) -> None:
        """A claim being drafted in the same run counts for those after it."""
        self._found[key].append((encounter_id, number, 0, False))

    def other_claim(self, key: ServiceKey, encounter_id: int, claim_id: int | None) -> str:
        """The number of another encounter's claim that bills this already, or empty.

        Of two unsent claims only the younger is the duplicate, or both would be held for ever.
        """
        for other_encounter_id, number, other_id, is_sent in self._found.get(key, ()):
            is_older = claim_id is None or other_id < claim_id
            if other_encounter_id != encounter_id and (is_sent or is_older):
                return number
        return ""


def facts_for(
    coverage: Coverage, duplicates: dict[str, str], today: date, served_on: date
) -> ClaimFacts:
    """The facts of one claim's payer and policy."""
    payer, limits = coverage.payer, limits_of(coverage, served_on)
    return ClaimFacts(
        today=today,
        coverage_starts_on=coverage.starts_on,
        coverage_ends_on=coverage.ends_on,
        payer_name=payer.short_name,
        member_id_pattern=payer.member_id_pattern,
        timely_filing_days=limits.timely_filing_days,
        corrected_claim_days=limits.corrected_claim_days,
        takes_replacement_claims=payer.takes_replacement_claims,
        duplicates=duplicates,
    )


def finding_rows(claim: Claim, findings: Iterable[Finding]) -> list[ClaimFinding]:
    """The rows of findings, not yet written."""
    return [
        ClaimFinding(
            practice_id=claim.practice_id,
            claim=claim,
            code=finding.code,
            severity=finding.severity,
            message=finding.message[:300],
            element=finding.element[:40],
            fix=finding.fix[:200],
            source=finding.source[:100],
        )
        for finding in findings
    ]


def lock_claim(claim: Claim) -> Claim:
    """The claim as it is now, locked until the end of the transaction."""
    return (
        Claim.objects.select_for_update(of=("self",))
        .select_related(
            "encounter__patient",
            "encounter__provider",
            "encounter__location",
            "encounter__practice",
            "coverage__payer",
            "coverage__plan",
            "payer",
        )
        .get(pk=claim.pk)
    )


@transaction.atomic
def scrub_claim(claim: Claim, *, by: User | None, today: date | None = None) -> list[Finding]:
    """Take over corrected patient, coverage and practice data, run the edits, hold or free.

    Codes and amounts stay as drafted. Findings of before are resolved, not deleted. Raises Refusal
    409 for a claim that is with the payer: what was sent does not change.
    """
    row = lock_claim(claim)
    if row.status not in UNSENT:
        raise Refusal(
            "claim_sent",
            f"Claim {row} was sent already; its content is kept as it was sent.",
            status=409,
        )
    content = dataclasses.replace(from_json(row.content), **parties_of(row.encounter, row.coverage))
    billed = BilledServices(row.practice_id, [(row.patient_id, row.date_of_service)])
    duplicates = {}
    for line in content.lines:
        key = (row.patient_id, line.date_of_service, line.procedure_code, row.encounter.provider_id)
        if number := billed.other_claim(key, row.encounter_id, row.pk):
            duplicates[line.procedure_code] = number
    today = today or timezone.localdate()
    findings = scrubbing.scrub(
        content, facts_for(row.coverage, duplicates, today, row.date_of_service)
    )
    _keep(row, findings)
    row.content = to_json(content)
    if row.was_clean is None:
        row.was_clean = not scrubbing.is_blocked(findings)
    row.save(update_fields=["content", "was_clean"])
    _settle(row, findings, by)
    claim.refresh_from_db(fields=["status", "content", "was_clean", "submitted_at"])
    return findings


def _keep(claim: Claim, findings: Sequence[Finding]) -> None:
    claim.findings.filter(resolved_at__isnull=True).update(resolved_at=timezone.now())
    ClaimFinding.objects.bulk_create(finding_rows(claim, findings))


def _settle(claim: Claim, findings: list[Finding], by: User | None) -> None:
    """Held or ready; an unchanged status still leaves its trace."""
    to = Claim.Status.HELD if scrubbing.is_blocked(findings) else Claim.Status.READY
    if claim.status == to:
        record_for_claim("claim.scrubbed", claim, by=by, findings=len(findings))
    else:
        advance(claim, to, by=by, findings=len(findings))
