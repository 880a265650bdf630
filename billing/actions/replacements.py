"""Replacing claims, one or many, and taking back replacements that were not sent.

A set costs the same number of statements whatever its size; only parts of divided visits ask for
their other parts one by one. A claim that follows another (docs/secondary-claims.md) has its share
to give back first: billing.actions.claims.replace_claim does that.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from billing.actions.charge_moves import restore_charges, reverse_charges
from billing.actions.claim_drafts import (
    Draft,
    chart_queryset,
    judge_drafts,
    next_claim_numbers,
    write_drafts,
)
from billing.actions.claim_status import advance_claims
from billing.actions.visit_parts import compose_part
from billing.models import Claim, ClaimFinding
from billing.prior_decisions import unprocessable_of
from billing.rules.claim_content import with_frequency
from billing.rules.replacing import Answer, Replaceable, may_replace
from coding.models import Encounter
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

# Drafted and not on its way: nobody but us has seen it.
TAKEN_BACK_FROM = (Claim.Status.DRAFT, Claim.Status.HELD, Claim.Status.READY)
RESTORE = """
UPDATE billing_claim
SET status = CASE WHEN adjudicated_at IS NULL THEN 'accepted' ELSE 'adjudicated' END
WHERE practice_id = %s AND id = ANY (%s) AND status = 'closed' RETURNING id
"""


class Replaced(NamedTuple):
    """Id of the claim replaced -> its replacement, and -> why it was not."""

    made: Mapping[int, Claim]
    refused: Mapping[int, Refusal]


def answers_for(practice_id: int, claims: Collection[Claim]) -> dict[int, Answer]:
    """Claim id -> may it be replaced? The claims come with their payers. Two statements."""
    ids = [claim.pk for claim in claims]
    living = Claim.objects.filter(replaces__in=ids).exclude(status=Claim.Status.VOIDED)
    replaced = set(living.values_list("replaces_id", flat=True))
    asked = [claim.pk for claim in claims if not claim.payer.takes_replacement_claims]
    unprocessable = unprocessable_of(practice_id, asked) if asked else frozenset()
    return {
        claim.pk: may_replace(
            Replaceable(
                claim=str(claim),
                status=claim.status,
                status_label=claim.get_status_display(),
                payer=str(claim.payer),
                takes_replacements=claim.payer.takes_replacement_claims,
                payer_number=claim.payer_claim_control_number,
                is_replaced=claim.pk in replaced,
                is_unprocessable=claim.pk in unprocessable,
            )
        )
        for claim in claims
    }


@transaction.atomic
def replace_claims(
    practice_id: int, claim_ids: Collection[int], *, by: User | None, today: date | None = None
) -> Replaced:
    """A replacement of each claim that may have one, from its chart as it is coded now.

    The originals close and their charge moves are swapped back (receivable → revenue), those of the
    replacements are posted. What is refused stays as it was. None of them follows another claim.
    """
    today = today or timezone.localdate()
    rows = list(
        Claim.objects.select_for_update(of=("self",))
        .filter(practice_id=practice_id, pk__in=claim_ids, follows=None)
        .select_related("payer")
        .order_by("pk")
    )
    refused: dict[int, Refusal] = {}
    wanted: list[tuple[Claim, str]] = []
    answers = answers_for(practice_id, rows)
    for row in rows:
        answer = answers[row.pk]
        if answer.frequency:
            wanted.append((row, answer.frequency))
        else:
            refused[row.pk] = Refusal(answer.code, answer.why, status=answer.status)
    drafts = compose(wanted, refused)
    taken = [row for row, _ in wanted if row.pk in drafts]
    if not taken:
        return Replaced({}, refused)
    ids = [row.pk for row in taken]
    advance_claims(practice_id, ids, Claim.Status.CLOSED, by=by)
    reverse_charges(taken, by=by, today=today)
    ready = [drafts[pk] for pk in ids]
    judge_drafts(practice_id, ready, today)
    made = dict(zip(ids, write_drafts(ready, by=by, today=today), strict=True))
    facts: list[events.Fact] = [
        (pk, claim.patient_id, {"replacement": claim.pk}) for pk, claim in made.items()
    ]
    events.record_each("claim.replaced", Claim, practice_id, facts, by=by)
    return Replaced(made, refused)


def compose(wanted: Sequence[tuple[Claim, str]], refused: dict[int, Refusal]) -> dict[int, Draft]:
    """Claim id -> its draft; why there is none goes to `refused`."""
    if not wanted:
        return {}
    rows = [row for row, _ in wanted]
    charts = {
        chart.pk: chart
        for chart in chart_queryset().filter(pk__in={row.encounter_id for row in rows})
    }
    practice = charts[rows[0].encounter_id].practice
    numbers = next_claim_numbers(practice.initials, len(wanted))
    links = last_versions(rows)
    drafts: dict[int, Draft] = {}
    for (row, frequency), number in zip(wanted, numbers, strict=True):
        chart = charts[row.encounter_id]
        try:
            require_billable(chart)
            draft = compose_part(row, chart, number)
        except Refusal as refusal:
            refused[row.pk] = refusal
            continue
        draft.replaces = links[row.pk]
        if frequency != Claim.Frequency.ORIGINAL:
            payer_number = row.payer_claim_control_number
            draft.content = with_frequency(draft.content, frequency, payer_number)
        drafts[row.pk] = draft
    return drafts


def require_billable(chart: Encounter) -> None:
    """Raises Refusal for a chart that is not coded or has no coverage."""
    if chart.state != Encounter.State.FINALIZED:
        raise Refusal("not_coded", f"Encounter {chart} is not coded yet.")
    if chart.coverage is None:
        raise Refusal("no_coverage", f"Encounter {chart} has no coverage: there is nobody to bill.")


def last_versions(claims: Collection[Claim]) -> dict[int, Claim]:
    """Claim id -> the end of its chain of versions; itself without one. One statement per step.

    A replacement that was taken back stays in the chain: the next one replaces it.
    """
    ends = {claim.pk: claim for claim in claims}
    while True:
        later = Claim.objects.filter(replaces__in=[claim.pk for claim in ends.values()])
        by_earlier = {claim.replaces_id: claim for claim in later.defer("content")}
        if not by_earlier:
            return ends
        ends = {pk: by_earlier.get(claim.pk, claim) for pk, claim in ends.items()}


@transaction.atomic
def withdraw_replacements(
    practice_id: int, claim_ids: Collection[int], *, by: User | None, today: date | None = None
) -> list[int]:
    """Take unsent replacements back: they are voided and what they replaced stands again.

    Ledger: the replacement's charge moves are swapped back and the original's posted again. Returns
    the ids taken back; one that was sent, or replaced in its turn, is left alone.
    """
    today = today or timezone.localdate()
    found = Claim.objects.filter(
        practice_id=practice_id, pk__in=claim_ids, replaces__isnull=False, replaced_by=None
    ).exclude(frequency=Claim.Frequency.VOID)
    rows = list(
        Claim.objects.select_for_update(of=("self",))
        .filter(pk__in=found.values("pk"), status__in=TAKEN_BACK_FROM, follows=None)
        .order_by("pk")
    )
    standing = first_standing(rows)
    ids = [row.pk for row in rows if row.pk in standing]
    moved = set(
        advance_claims(practice_id, ids, Claim.Status.VOIDED, by=by, sources=TAKEN_BACK_FROM)
    )
    taken = [row for row in rows if row.pk in moved]
    now = timezone.now()
    open_findings = ClaimFinding.objects.filter(claim__in=moved, resolved_at__isnull=True)
    open_findings.update(resolved_at=now)
    reverse_charges(taken, by=by, today=today)
    originals = [standing[row.pk].pk for row in taken]
    with connection.cursor() as db:
        db.execute(RESTORE, [practice_id, originals])
    restore_charges(practice_id, originals, by=by, today=today)
    facts: list[events.Fact] = [
        (standing[row.pk].pk, row.patient_id, {"replacement": row.pk}) for row in taken
    ]
    events.record_each("claim.replacement_withdrawn", Claim, practice_id, facts, by=by)
    return sorted(moved)


def first_standing(claims: Collection[Claim]) -> dict[int, Claim]:
    """Replacement id -> the closed claim it stands for, over voided versions between. Locked."""
    found: dict[int, Claim] = {}
    above = {claim.pk: claim.replaces_id for claim in claims if claim.replaces_id is not None}
    while above:
        rows = Claim.objects.select_for_update(of=("self",)).filter(pk__in=list(above.values()))
        earlier = {claim.pk: claim for claim in rows.order_by("pk")}
        left = {}
        for pk, earlier_id in above.items():
            before = earlier[earlier_id]
            if before.status == Claim.Status.VOIDED and before.replaces_id is not None:
                left[pk] = before.replaces_id
            elif before.status == Claim.Status.CLOSED:
                found[pk] = before
        above = left
    return found
