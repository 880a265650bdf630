"""Running the claim edits on stored claims and keeping what they found."""

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from billing.actions.claim_status import advance, record_for_claim
from billing.actions.code_facts import Judged, code_facts_for
from billing.actions.coder_overrides import Found, soften_by_coder
from billing.actions.institutional_parts import current_parties
from billing.actions.kept_scrubs import scrub_row
from billing.actions.payer_facts import PayerFacts, payer_facts_for
from billing.claim_attachments import Asked, announced_files
from billing.claim_rules import rules_in_force
from billing.models import Claim, ClaimFinding, ServiceLine
from billing.rules import scrubbing
from billing.rules.claim_content import read_content, to_json, with_attachments
from billing.rules.findings import WARNING, AnyClaim, ClaimFacts, Finding
from billing.rules.practice_rules import apply_rules
from billing.rules.splitting import STANDING
from billing.rules.transitions import GONE, UNSENT
from coding.models import Encounter
from coding.rules.code_facts import CodeFacts
from payers.models import Coverage
from payers.terms import limits_of
from rcm.errors import Refusal
from rcm.models import User
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.claim_837p import ServiceLine as SentLine

# patient, day, procedure, rendering provider
ServiceKey = tuple[int, date, str, int]


class Billed(NamedTuple):
    """A line of a live or drafted claim. `drug` is its NDC, empty when it names none."""

    encounter_id: int
    rank: str
    part: int
    number: str
    claim_id: int
    is_sent: bool
    modifiers: tuple[str, ...]
    drug: str


class BilledServices:
    """What is already billed for some patients and days: one query, then lookups in memory."""

    def __init__(self, practice_id: int, services: Iterable[tuple[int, date]]) -> None:
        keys = set(services)
        rows: Iterable[tuple[Any, ...]] = (
            ServiceLine.objects.filter(
                practice_id=practice_id,
                claim__patient_id__in={patient_id for patient_id, _ in keys},
                date_of_service__in={day for _, day in keys},
                claim__form=Claim.Form.PROFESSIONAL,
            )
            .exclude(claim__status__in=GONE)
            .order_by("claim_id")
            .values_list(
                "claim__patient_id",
                "date_of_service",
                "procedure_code",
                "claim__encounter__provider_id",
                "claim__encounter_id",
                "claim__rank",
                "claim__part",
                "claim__patient_control_number",
                "claim_id",
                "claim__status",
                "modifiers",
                "charge__drug_code",
            )
        )
        self._found: dict[ServiceKey, list[Billed]] = defaultdict(list)
        for patient_id, day, code, provider_id, *rest in rows:
            visit, rank, part, number, claim_id, status, marks, drug = rest
            is_sent = status not in UNSENT
            self._found[patient_id, day, code, provider_id].append(
                Billed(visit, rank, part, number, claim_id, is_sent, tuple(marks), drug or "")
            )

    def add(self, content: AnyClaim, encounter: Encounter, rank: str, part: int) -> None:
        """A claim being drafted in the same run counts for those after it."""
        number = content.patient_control_number
        for key, line in self._lines_of(content, encounter):
            drug = line.drug.code if line.drug else ""
            self._found[key].append(
                Billed(encounter.pk, rank, part, number, 0, False, line.modifiers, drug)
            )

    def duplicates_of(
        self, content: AnyClaim, encounter: Encounter, claim_id: int | None
    ) -> dict[str, str]:
        """By procedure, the other claim that bills it already; `claim_id` is None for a draft."""
        found = {}
        for key, _ in self._lines_of(content, encounter):
            if number := self.other_claim(key, encounter.pk, claim_id):
                found[key[2]] = number
        return found

    def repeats_of(
        self, content: AnyClaim, encounter: Encounter, rank: str, part: int
    ) -> dict[int, str]:
        """By line, the number of an earlier part of the visit that has the very same line.

        The same code alone is no repetition: a visit was divided, not billed twice.
        """
        found = {}
        for key, line in self._lines_of(content, encounter) if part > 1 else ():
            drug = line.drug.code if line.drug else ""
            for other in self._found.get(key, ()):
                is_before = other.part < part and other.rank == rank
                is_same = other.modifiers == line.modifiers and other.drug == drug
                if other.encounter_id == encounter.pk and is_before and is_same:
                    found[line.position] = other.number
        return found

    def _lines_of(
        self, content: AnyClaim, encounter: Encounter
    ) -> list[tuple[ServiceKey, SentLine]]:
        """A facility's lines are no duplicates of what a provider bills for the same visit."""
        if isinstance(content, InstitutionalClaim):
            return []
        who, provider = encounter.patient_id, encounter.provider_id
        return [
            ((who, line.date_of_service, line.procedure_code, provider), line)
            for line in content.lines
        ]

    def other_claim(self, key: ServiceKey, encounter_id: int, claim_id: int | None) -> str:
        """The number of another encounter's claim that bills this already, or empty.

        Of two unsent claims only the younger is the duplicate, or both would be held for ever.
        """
        for other in self._found.get(key, ()):
            is_older = claim_id is None or other.claim_id < claim_id
            if other.encounter_id != encounter_id and (other.is_sent or is_older):
                return other.number
        return ""


def facts_for(
    coverage: Coverage,
    duplicates: dict[str, str],
    today: date,
    codes: CodeFacts,
    served_on: date,
    said: PayerFacts,
    repeats: dict[int, str] | None = None,
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
        repeats=repeats or {},
        codes=codes,
        eligibility=said.eligibility,
        authorization=said.authorization,
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
            line=finding.line,
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
            "encounter__coverage",
            "encounter__patient",
            "encounter__provider",
            "encounter__location",
            "encounter__practice",
            "encounter__stay__attending",
            "encounter__stay__operating",
            "coverage__payer",
            "coverage__plan",
            "follows",
            "payer",
        )
        .get(pk=claim.pk)
    )


@transaction.atomic
def scrub_claim(claim: Claim, *, by: User | None, today: date | None = None) -> list[Finding]:
    """Take over corrected patient, coverage, practice data and files, run the edits, hold or free.

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
    parties = current_parties(row.encounter, row.coverage)
    content = _announce(row, dataclasses.replace(read_content(row.content), **parties))
    billed = BilledServices(row.practice_id, [(row.patient_id, row.date_of_service)])
    duplicates = billed.duplicates_of(content, row.encounter, row.pk)
    repeats = billed.repeats_of(content, row.encounter, row.rank, row.part)
    today = today or timezone.localdate()
    content, by_rules = apply_rules(rules_in_force(row.practice_id), content)
    payer_class = row.coverage.payer.payer_class
    judged = Judged(content, row.encounter, payer_class, row.pk, row.rank, row.part)
    [codes] = code_facts_for(row.practice_id, [judged])
    [said] = payer_facts_for(row.practice_id, [(row.encounter, row.coverage)])
    facts = facts_for(row.coverage, duplicates, today, codes, row.date_of_service, said, repeats)
    scrubbed = scrubbing.scrub(content, facts)
    found = soften([*scrubbed.findings, *by_rules], row.overridden_codes)
    asked = Found(content, row.encounter_id, row.coverage.payer.payer_class, found)
    [findings] = soften_by_coder(row.practice_id, [asked])
    findings = [*findings, *standing_findings(row)]
    _keep_lines(row, content)
    _keep(row, findings)
    scrub_row(row, scrubbed, facts).save()
    row.content = to_json(content)
    if row.was_clean is None:
        row.was_clean = not scrubbing.is_blocked(findings)
    row.save(update_fields=["content", "was_clean"])
    _settle(row, findings, by)
    claim.refresh_from_db(fields=["status", "content", "was_clean", "submitted_at"])
    return findings


def standing_findings(claim: Claim) -> list[Finding]:
    """What no check of the claim alone can see: it stands until the claim is drafted again."""
    rows = claim.findings.filter(code__in=STANDING, resolved_at__isnull=True)
    return [Finding(row.code, row.severity, row.message, fix=row.fix) for row in rows]


def _announce(claim: Claim, content: AnyClaim) -> AnyClaim:
    """With the files as they are now; a void repeats what it takes back, files included."""
    if claim.frequency == Claim.Frequency.VOID:
        return content
    key = Asked(claim.encounter_id, claim.rank, claim.part, claim.parts)
    return with_attachments(content, announced_files(claim.practice_id, [key])[key])


def soften(findings: Iterable[Finding], overridden: Collection[str]) -> list[Finding]:
    """Findings a person overrode only warn."""
    return [
        dataclasses.replace(finding, severity=WARNING) if finding.code in overridden else finding
        for finding in findings
    ]


def _keep_lines(claim: Claim, content: AnyClaim) -> None:
    """Modifiers a rule or a person set stand on the lines as they will be sent."""
    modifiers = {line.position: list(line.modifiers) for line in content.lines}
    changed = []
    for line in claim.lines.all():
        if line.modifiers != modifiers[line.position]:
            line.modifiers = modifiers[line.position]
            changed.append(line)
    ServiceLine.objects.bulk_update(changed, ["modifiers"])


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
