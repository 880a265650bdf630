"""Drafting claims from finalized encounters, one or five hundred at a time.

A chunk costs the same number of statements whatever its size.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone

from billing.actions import charge_reviews
from billing.actions.charge_moves import post_charges
from billing.actions.claim_parts import lines_of, parties_of
from billing.actions.claim_scrubs import BilledServices, facts_for, finding_rows
from billing.models import ChargeReview, Claim, ClaimFinding, ServiceLine
from billing.rules import scrubbing
from billing.rules.claim_content import to_json
from billing.rules.findings import Finding
from coding.models import Charge, Encounter
from payers.models import Coverage
from rcm.models import Event, User
from rcm.money import from_cents
from rcm.x12 import claim_837p as x12

CHUNK = 500


@dataclass(slots=True)
class Draft:
    """One claim on its way into the database."""

    encounter: Encounter
    coverage: Coverage
    charges: Sequence[Charge]
    content: x12.Claim
    findings: list[Finding]
    status: str = Claim.Status.DRAFT
    was_clean: bool | None = None
    replaces: Claim | None = None


def chart_queryset() -> QuerySet[Encounter]:
    """Encounters with everything a claim is made of."""
    return Encounter.objects.select_related(
        "practice", "patient", "coverage__payer", "coverage__plan", "provider", "location"
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


def compose_draft(
    encounter: Encounter,
    number: str,
    *,
    frequency: str = "1",
    payer_number: str = "",
    replaces: Claim | None = None,
) -> Draft:
    """The draft of one encounter; it must have a coverage and come from chart_queryset."""
    coverage = encounter.coverage
    assert coverage is not None  # noqa: S101  # callers select encounters that have one
    charges = list(encounter.charges.all())
    lines = lines_of(encounter, charges, number)
    content = x12.Claim(
        patient_control_number=number,
        amount_billed=sum(line.amount_billed for line in lines),
        frequency=frequency,
        diagnoses=tuple(diagnosis.code for diagnosis in encounter.diagnoses.all()),
        lines=lines,
        payer_claim_control_number=payer_number,
        **parties_of(encounter, coverage),
    )
    return Draft(encounter, coverage, charges, content, [], replaces=replaces)


def judge_drafts(practice_id: int, drafts: Sequence[Draft], today: date) -> None:
    """Run the edits on every draft and set its status. One statement."""
    billed = BilledServices(
        practice_id,
        [(draft.encounter.patient_id, draft.encounter.date_of_service) for draft in drafts],
    )
    for draft in drafts:
        encounter = draft.encounter
        duplicates = {}
        for line in draft.content.lines:
            key = (
                encounter.patient_id,
                line.date_of_service,
                line.procedure_code,
                encounter.provider_id,
            )
            if number := billed.other_claim(key, encounter.pk, None):
                duplicates[line.procedure_code] = number
            billed.add(key, encounter.pk, draft.content.patient_control_number)
        draft.findings = scrubbing.scrub(
            draft.content, facts_for(draft.coverage, duplicates, today, encounter.date_of_service)
        )
        draft.was_clean = not scrubbing.is_blocked(draft.findings)
        draft.status = Claim.Status.READY if draft.was_clean else Claim.Status.HELD


def write_drafts(drafts: Sequence[Draft], *, by: User | None, today: date) -> list[Claim]:
    """Claims, lines, charge moves (revenue → receivable), findings and events. Five statements."""
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
            frequency=draft.content.frequency,
            replaces=draft.replaces,
            patient_control_number=draft.content.patient_control_number,
            date_of_service=draft.encounter.date_of_service,
            amount_billed=from_cents(draft.content.amount_billed),
            content=to_json(draft.content),
            was_clean=draft.was_clean,
            created_at=now,
        )
        for draft in drafts
    )
    lines = ServiceLine.objects.bulk_create(
        line
        for claim, draft in zip(claims, drafts, strict=True)
        for line in _line_rows(claim, draft)
    )
    post_charges(lines, ranks={claim.pk: claim.rank for claim in claims}, by=by, today=today)
    findings = [
        row
        for claim, draft in zip(claims, drafts, strict=True)
        for row in finding_rows(claim, draft.findings)
    ]
    ClaimFinding.objects.bulk_create(findings)
    Event.objects.bulk_create(
        Event(
            practice_id=claim.practice_id,
            name="claim.drafted",
            subject_type="claim",
            subject_id=claim.pk,
            patient_id=claim.patient_id,
            data={"status": claim.status, "amount": str(claim.amount_billed)},
            created_by=by,
        )
        for claim in claims
    )
    return claims


def _line_rows(claim: Claim, draft: Draft) -> list[ServiceLine]:
    return [
        ServiceLine(
            practice_id=claim.practice_id,
            claim=claim,
            charge=charge,
            position=line.position,
            line_control_number=line.line_control_number,
            procedure_code=line.procedure_code,
            label=charge.label,
            modifiers=list(line.modifiers),
            units=line.units,
            pointers=list(line.pointers),
            date_of_service=line.date_of_service,
            amount_billed=from_cents(line.amount_billed),
        )
        for line, charge in zip(draft.content.lines, draft.charges, strict=True)
    ]


def ready_to_bill(practice_id: int) -> QuerySet[Encounter]:
    """Coded encounters without a claim of their own that wait for nobody: billing's first queue."""
    live = Claim.objects.filter(encounter=OuterRef("pk")).exclude(status=Claim.Status.VOIDED)
    waiting = ChargeReview.objects.filter(
        encounter=OuterRef("pk"), state=ChargeReview.State.WAITING
    )
    return Encounter.objects.filter(
        ~Exists(live), ~Exists(waiting), practice_id=practice_id, state=Encounter.State.FINALIZED
    ).order_by("pk")


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
    encounters = list(chart_queryset().filter(pk__in=locked).order_by("pk"))
    clean = charge_reviews.hold_or_pass(practice_id, encounters, by=by)
    draft_encounters(practice_id, clean, by=by, today=today)
    return len(encounters)


def draft_encounters(
    practice_id: int, encounters: Sequence[Encounter], *, by: User | None, today: date
) -> list[Claim]:
    """Draft and scrub these; they come from chart_queryset and have a coverage."""
    if not encounters:
        return []
    numbers = next_claim_numbers(encounters[0].practice.initials, len(encounters))
    drafts = [
        compose_draft(encounter, number)
        for encounter, number in zip(encounters, numbers, strict=True)
    ]
    judge_drafts(practice_id, drafts, today)
    return write_drafts(drafts, by=by, today=today)
