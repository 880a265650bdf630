"""Drafting claims from finalized encounters, one or five hundred at a time.

A chunk costs the same number of statements whatever its size.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone

from billing.actions import charge_reviews
from billing.actions.charge_moves import Share, move_shares, post_charges
from billing.actions.claim_parts import lines_of, parties_of
from billing.actions.claim_scrubs import BilledServices, facts_for, finding_rows
from billing.actions.code_facts import Judged, code_facts_for
from billing.actions.coder_overrides import Found, soften_by_coder
from billing.actions.institutional_parts import compose_institutional, stay_of
from billing.actions.kept_scrubs import scrub_row
from billing.actions.payer_facts import payer_facts_for
from billing.claim_attachments import Asked, announced_files
from billing.claim_rules import rules_in_force
from billing.models import ChargeReview, Claim, ClaimFinding, ClaimScrub, ServiceLine
from billing.rules import scrubbing
from billing.rules.claim_content import AnyClaim, to_json, with_attachments
from billing.rules.findings import ClaimFacts, Finding, Scrubbed
from billing.rules.practice_rules import apply_rules
from billing.rules.splitting import split
from billing.staging import collector_paused
from coding.models import Charge, Encounter, EncounterDiagnosis, FacilityStay
from payers.models import Coverage
from rcm import events
from rcm.models import User
from rcm.money import from_cents
from rcm.x12 import claim_837p as x12
from rcm.x12.claim_837i import InstitutionalClaim, RevenueLine

CHUNK = 500


@dataclass(slots=True)
class Draft:
    """One claim on its way into the database.

    `charges` are what its lines come from: the chart's, or those of the claim an earlier payer
    decided. With a `share` the claim takes that over instead of charging anew; a void charges
    nothing. A visit too large for one claim has a draft for each of its `parts`.
    """

    encounter: Encounter
    coverage: Coverage
    charges: Sequence[Charge | ServiceLine]
    content: AnyClaim
    findings: list[Finding]
    scrubbed: Scrubbed | None = None
    facts: ClaimFacts | None = None
    status: str = Claim.Status.DRAFT
    was_clean: bool | None = None
    replaces: Claim | None = None
    share: Share | None = None
    part: int = 1
    parts: int = 1


def chart_queryset() -> QuerySet[Encounter]:
    """Encounters with everything a claim is made of."""
    return Encounter.objects.select_related(
        "practice",
        "patient",
        "coverage__payer",
        "coverage__plan",
        "provider",
        "location",
        "stay__attending",
        "stay__operating",
    ).prefetch_related(
        Prefetch("charges", Charge.objects.order_by("position")),
        "diagnoses",
        "coverage__payer__contracts",
    )


def next_claim_numbers(practice_initials: str, count: int) -> list[str]:
    """Numbers no claim has had or will have: the practice's initials and a sequence."""
    letters = "".join(letter for letter in practice_initials.upper() if letter.isalnum())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('billing_claim_number') FROM generate_series(1, %s)", [count]
        )
        return [f"{letters}{number}" for (number,) in cursor.fetchall()]


def compose_drafts(encounter: Encounter, number: str) -> list[Draft]:
    """The drafts of one encounter, several when it is too large for one claim, in order.

    What is too large and cannot be split stays whole: the check "unsplit" holds it and says why.
    """
    whole = compose_draft(encounter, number)
    try:
        contents = split(whole.content)
    except ValueError:
        return [whole]
    left = iter(whole.charges)
    return [
        replace(
            whole,
            content=content,
            charges=list(islice(left, len(content.lines))),
            part=part,
            parts=len(contents),
        )
        for part, content in enumerate(contents, 1)
    ]


def compose_draft(encounter: Encounter, number: str) -> Draft:
    """One draft of a whole encounter, whatever its size.

    It must have a coverage and come from chart_queryset. The visit of a facility becomes an
    institutional claim, any other a professional one.
    """
    coverage = encounter.coverage
    assert coverage is not None  # noqa: S101  # callers select encounters that have one
    charges, diagnoses = list(encounter.charges.all()), list(encounter.diagnoses.all())
    parts = (encounter, stay_of(encounter), coverage, diagnoses, charges, number)
    return Draft(encounter, coverage, charges, compose_content(*parts), [])


def compose_content(
    encounter: Encounter,
    stay: FacilityStay | None,
    coverage: Coverage,
    diagnoses: Sequence[EncounterDiagnosis],
    charges: Sequence[Charge],
    number: str,
) -> AnyClaim:
    """The claim of one visit from its rows, both in their order; a charge not priced bills zero."""
    if stay is not None:
        return compose_institutional(encounter, stay, coverage, diagnoses, charges, number)
    lines = lines_of(encounter, charges, number)
    return x12.Claim(
        patient_control_number=number,
        amount_billed=sum(line.amount_billed for line in lines),
        frequency=Claim.Frequency.ORIGINAL.value,
        diagnoses=tuple(diagnosis.code for diagnosis in diagnoses),
        lines=lines,
        **parties_of(encounter, coverage),
    )


def announce_files(practice_id: int, drafts: Sequence[Draft]) -> None:
    """Let each draft announce the files kept for its visit, payer and part (PWK); one statement.

    A void repeats what it takes back, files included.
    """
    asked = [
        Asked(draft.encounter.pk, draft.coverage.rank, draft.part, draft.parts) for draft in drafts
    ]
    files = announced_files(practice_id, asked)
    for draft, key in zip(drafts, asked, strict=True):
        if frequency_of(draft.content) != Claim.Frequency.VOID:
            draft.content = with_attachments(draft.content, files[key])


def judge_drafts(practice_id: int, drafts: Sequence[Draft], today: date) -> None:
    """Announce the files, apply the practice's rules, run the checks and set each draft's status.

    The number of statements does not depend on the number of drafts.
    """
    announce_files(practice_id, drafts)
    rules = rules_in_force(practice_id)
    for draft in drafts:
        draft.content, draft.findings = apply_rules(rules, draft.content)
    billed = BilledServices(
        practice_id,
        [(draft.encounter.patient_id, draft.encounter.date_of_service) for draft in drafts],
    )
    codes = code_facts_for(
        practice_id,
        [
            Judged(
                draft.content,
                draft.encounter,
                draft.coverage.payer.payer_class,
                rank=draft.coverage.rank,
                part=draft.part,
            )
            for draft in drafts
        ],
    )
    payers = payer_facts_for(practice_id, [(draft.encounter, draft.coverage) for draft in drafts])
    works = []
    for draft, known, said in zip(drafts, codes, payers, strict=True):
        place = (draft.content, draft.encounter, draft.coverage.rank, draft.part)
        duplicates = billed.duplicates_of(draft.content, draft.encounter, None)
        repeats = billed.repeats_of(*place)
        billed.add(*place)
        served_on = draft.encounter.date_of_service
        draft.facts = facts_for(draft.coverage, duplicates, today, known, served_on, said, repeats)
        works.append((draft.content, draft.facts))
    for draft, scrubbed in zip(drafts, scrubbing.scrub_many(works), strict=True):
        draft.scrubbed = scrubbed
        draft.findings = [*scrubbed.findings, *draft.findings]
    settle_status(practice_id, drafts)


def settle_status(practice_id: int, drafts: Sequence[Draft]) -> None:
    """Ready or held, by the findings and by what coders let stand on the chart."""
    found = [
        Found(draft.content, draft.encounter.pk, draft.coverage.payer.payer_class, draft.findings)
        for draft in drafts
    ]
    for draft, findings in zip(drafts, soften_by_coder(practice_id, found), strict=True):
        draft.findings = findings
        draft.was_clean = not scrubbing.is_blocked(findings)
        draft.status = Claim.Status.READY if draft.was_clean else Claim.Status.HELD


def write_drafts(drafts: Sequence[Draft], *, by: User | None, today: date) -> list[Claim]:
    """Claims, lines, charge moves (revenue → receivable), findings, checks and events.

    Six statements.
    """
    now = timezone.now()
    claims = Claim.objects.bulk_create(
        Claim(
            practice_id=draft.encounter.practice_id,
            encounter=draft.encounter,
            patient_id=draft.encounter.patient_id,
            coverage=draft.coverage,
            payer_id=draft.coverage.payer_id,
            rank=draft.coverage.rank,
            status=draft.status,
            frequency=frequency_of(draft.content),
            form=form_of(draft.content),
            replaces=draft.replaces,
            follows_id=draft.share.claim_id if draft.share else None,
            part=draft.part,
            parts=draft.parts,
            patient_control_number=draft.content.patient_control_number,
            date_of_service=draft.encounter.date_of_service,
            amount_billed=from_cents(draft.content.amount_billed),
            content=to_json(draft.content),
            was_clean=draft.was_clean,
            created_at=now,
        )
        for draft in drafts
    )
    ServiceLine.objects.bulk_create(
        line
        for claim, draft in zip(claims, drafts, strict=True)
        for line in _line_rows(claim, draft)
    )
    _post_money(list(zip(claims, drafts, strict=True)), by=by, today=today)
    _write_answers(claims, drafts)
    drafted = (
        (each.pk, each.patient_id, {"status": each.status, "amount": str(each.amount_billed)})
        for each in claims
    )
    if claims:
        events.record_each("claim.drafted", Claim, claims[0].practice_id, drafted, by=by)
    return claims


def _post_money(pairs: Sequence[tuple[Claim, Draft]], *, by: User | None, today: date) -> None:
    """A first claim charges, one to a later payer takes over a share, a void moves nothing."""
    ranks = {
        claim.pk: claim.rank
        for claim, draft in pairs
        if draft.share is None and claim.frequency != Claim.Frequency.VOID
    }
    post_charges(ranks, by=by, today=today)
    shares = [(claim, draft.share) for claim, draft in pairs if draft.share is not None]
    if shares:
        move_shares(shares, by=by, today=today)


def _write_answers(claims: Sequence[Claim], drafts: Sequence[Draft]) -> None:
    """What the checks found, and what they checked."""
    findings = [
        row
        for claim, draft in zip(claims, drafts, strict=True)
        for row in finding_rows(claim, draft.findings)
    ]
    ClaimFinding.objects.bulk_create(findings)
    ClaimScrub.objects.bulk_create(
        scrub_row(claim, draft.scrubbed, draft.facts)
        for claim, draft in zip(claims, drafts, strict=True)
        if draft.scrubbed is not None and draft.facts is not None
    )


def form_of(content: AnyClaim) -> str:
    is_institutional = isinstance(content, InstitutionalClaim)
    return Claim.Form.INSTITUTIONAL if is_institutional else Claim.Form.PROFESSIONAL


def frequency_of(content: AnyClaim) -> str:
    """7 and 8 replace and void; the interim frequencies of a bill type are originals to us."""
    corrected = (Claim.Frequency.REPLACEMENT.value, Claim.Frequency.VOID.value)
    return content.frequency if content.frequency in corrected else Claim.Frequency.ORIGINAL


def _line_rows(claim: Claim, draft: Draft) -> list[ServiceLine]:
    lines: Sequence[x12.ServiceLine | RevenueLine] = draft.content.lines
    return [
        ServiceLine(
            practice_id=claim.practice_id,
            claim=claim,
            charge_id=charge.charge_id if isinstance(charge, ServiceLine) else charge.pk,
            position=line.position,
            line_control_number=line.line_control_number,
            procedure_code=line.procedure_code,
            revenue_code=charge.revenue_code,
            label=charge.label,
            modifiers=list(line.modifiers),
            units=line.units,
            pointers=list(line.pointers) if isinstance(line, x12.ServiceLine) else [],
            date_of_service=line.date_of_service or draft.encounter.date_of_service,
            amount_billed=from_cents(line.amount_billed),
        )
        for line, charge in zip(lines, draft.charges, strict=True)
    ]


def ready_to_bill(practice_id: int) -> QuerySet[Encounter]:
    """Coded encounters without a living claim that wait for nobody, the first made first."""
    waiting = ChargeReview.objects.filter(
        encounter=OuterRef("pk"), state=ChargeReview.State.WAITING
    )
    left = Encounter.objects.filter(~Exists(waiting), unbilled__practice_id=practice_id)
    return left.order_by("unbilled__encounter_id")


@transaction.atomic
def draft_chunk(practice_id: int, *, by: User | None, today: date) -> int:
    """Draft and scrub up to 500 encounters, or put them into charge review; how many.

    Those another worker holds are skipped.
    """
    locked = list(
        ready_to_bill(practice_id)
        .select_for_update(of=("self",), skip_locked=True)
        .values_list("pk", flat=True)[:CHUNK]
    )
    if not locked:
        return 0
    with collector_paused():
        encounters = list(chart_queryset().filter(pk__in=locked).order_by("pk"))
        clean = charge_reviews.hold_or_pass(practice_id, encounters, by=by)
        draft_encounters(practice_id, clean, by=by, today=today)
    return len(locked)


def draft_encounters(
    practice_id: int, encounters: Sequence[Encounter], *, by: User | None, today: date
) -> list[Claim]:
    """Draft and scrub these; they come from chart_queryset and have a coverage.

    The claims are in the order of their visits and parts.
    """
    if not encounters:
        return []
    numbers = next_claim_numbers(encounters[0].practice.initials, len(encounters))
    drafts = [
        draft
        for encounter, number in zip(encounters, numbers, strict=True)
        for draft in compose_drafts(encounter, number)
    ]
    judge_drafts(practice_id, drafts, today)
    return write_drafts(drafts, by=by, today=today)
