"""A claim's life on our side: drafted from a chart, scrubbed, voided, replaced."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from billing.actions.charge_moves import reverse_charges
from billing.actions.claim_drafts import (
    Draft,
    announce_files,
    chart_queryset,
    compose_drafts,
    draft_chunk,
    judge_drafts,
    next_claim_numbers,
    write_drafts,
)
from billing.actions.claim_scrubs import lock_claim, scrub_claim
from billing.actions.claim_status import advance, record_for_claim
from billing.actions.replacements import (
    answers_for,
    last_versions,
    replace_claims,
    require_billable,
)
from billing.actions.secondary_claims import recompose
from billing.actions.visit_parts import compose_part, unsent_together
from billing.models import Claim, ClaimFinding
from billing.rules.claim_content import read_content, renumber, with_frequency
from billing.rules.findings import BLOCKING
from billing.rules.splitting import NOT_DRAFTED, PARTS_CHANGED
from billing.rules.transitions import UNSENT
from coding.models import Encounter
from rcm.errors import Refusal
from rcm.models import User

__all__ = [
    "advance",
    "draft_claim",
    "draft_ready_claims",
    "is_replaceable",
    "redraft_claim",
    "replace_claim",
    "scrub_claim",
    "void_claim",
]


@transaction.atomic
def draft_claim(encounter: Encounter, *, by: User | None, today: date | None = None) -> Claim:
    """A claim in draft from a coded encounter; its charges move revenue → receivable.

    Of a visit too large for one claim, the first part. Raises Refusal when the encounter is not
    coded, has no coverage, or is billed already.
    """
    Encounter.objects.select_for_update(of=("self",)).get(pk=encounter.pk)
    chart = chart_queryset().get(pk=encounter.pk)
    require_unbilled(chart)
    [number] = next_claim_numbers(chart.practice.initials, 1)
    today = today or timezone.localdate()
    drafts = compose_drafts(chart, number)
    announce_files(chart.practice_id, drafts)
    return write_drafts(drafts, by=by, today=today)[0]


def require_unbilled(chart: Encounter) -> None:
    """Raises Refusal when a chart is not coded, has no coverage, or has a claim already."""
    require_billable(chart)
    if Claim.objects.filter(encounter=chart).exclude(status=Claim.Status.VOIDED).exists():
        raise Refusal("already_billed", f"Encounter {chart} has a claim already.", status=409)


# Somebody sent the claim or reopened its chart while the sweep came by: there is nothing to do.
OVERTAKEN = frozenset({"claim_sent", "claim_moved_on", "not_coded"})


def draft_ready_claims(
    practice_id: int, *, by: User | None = None, today: date | None = None
) -> int:
    """Draft and scrub every coded encounter without a claim, or put it into charge review.

    Unsent claims whose chart was coded anew are drafted again. Returns how many visits were decided
    on. Safe to repeat.
    """
    today = today or timezone.localdate()
    count = redraft_stale_claims(practice_id, by=by, today=today)
    while drafted := draft_chunk(practice_id, by=by, today=today):
        count += drafted
    return count


def redraft_stale_claims(practice_id: int, *, by: User | None, today: date) -> int:
    """Unsent claims older than their chart's last coding, drafted again; how many.

    A claim that cannot be drafted again is held with the reason as its finding, among them a part
    whose chart no longer fits the parts that were sent.
    """
    # A void repeats what it takes back, whatever the chart says by now.
    stale = Claim.objects.exclude(frequency=Claim.Frequency.VOID).filter(
        practice_id=practice_id,
        status__in=UNSENT,
        follows__isnull=True,
        encounter__state=Encounter.State.FINALIZED,
        encounter__finalized_at__gt=F("created_at"),
    )
    done: set[int] = set()
    for claim in stale.order_by("pk"):
        if claim.pk in done:
            continue
        try:
            taken_back, _ = _redraft(claim, by=by, today=today)
            done.update(each.pk for each in taken_back)
        except Refusal as refusal:
            if refusal.code not in OVERTAKEN:
                _hold_stale(claim, refusal, by=by)
    return len(done)


@transaction.atomic
def _hold_stale(claim: Claim, refusal: Refusal, *, by: User | None) -> None:
    """Keep a claim that its chart has left behind from being sent; once."""
    code = PARTS_CHANGED if refusal.code == PARTS_CHANGED else NOT_DRAFTED
    row = lock_claim(claim)
    # Its locks were given back with what was refused: it may have been sent meanwhile.
    is_told = row.findings.filter(code=code, resolved_at__isnull=True).exists()
    if is_told or row.status not in UNSENT:
        return
    ClaimFinding.objects.create(
        practice_id=row.practice_id,
        claim=row,
        code=code,
        severity=BLOCKING,
        message=refusal.message[:300],
        fix="Send the chart back to the coder.",
    )
    if row.status != Claim.Status.HELD:
        advance(row, Claim.Status.HELD, by=by, code=code)


@transaction.atomic
def redraft_claim(claim: Claim, *, by: User | None, today: date | None = None) -> Claim:
    """Void an unsent claim and draft its successor from the chart as it is coded now.

    The parts of a visit are drafted again together while none was sent; given back is the one of
    the same number, else the last. When the payer has another part, this one alone is drafted.
    Ledger: the old charge moves are swapped back, the new ones posted. A corrected replacement
    keeps its frequency and the payer's number. Raises Refusal 409 for a claim that was sent, and
    when lines would move to or from a part that was.
    """
    _, drafted = _redraft(claim, by=by, today=today or timezone.localdate())
    return next((each for each in drafted if each.part == claim.part), drafted[-1])


@transaction.atomic
def _redraft(
    claim: Claim, *, by: User | None, today: date
) -> tuple[Sequence[Claim], Sequence[Claim]]:
    """The claims taken back, and their successors. The visit is locked first: its parts are one."""
    Encounter.objects.select_for_update(of=("self",)).get(pk=claim.encounter_id)
    row = lock_claim(claim)
    if row.status not in UNSENT:
        raise Refusal("claim_sent", f"Claim {row} was sent already.", status=409)
    if row.frequency == Claim.Frequency.VOID:
        raise Refusal("is_void", f"Claim {row} repeats what it takes back.", status=409)
    together = unsent_together(row)
    for each in together:
        advance(each, Claim.Status.VOIDED, by=by)
        each.findings.filter(resolved_at__isnull=True).update(resolved_at=timezone.now())
        reverse_charges([each], by=by, today=today)
    if row.replaces_id or row.follows_id or row.parts != len(together):
        payer_number = read_content(row.content).payer_claim_control_number
        # A version of a claim stays one: its successor replaces what it would have replaced.
        replaces = row if row.replaces_id else None
        drafts = [_successor(row, row.frequency, payer_number, replaces)]
    else:
        drafts = compose_drafts(*_chart_and_number(row))
    return together, _write_judged(drafts, by=by, today=today)


def _successor(row: Claim, frequency: str, payer_number: str, replaces: Claim | None) -> Draft:
    """From the chart, or for a claim that follows another from what earlier payers decided."""
    if row.follows is not None:
        return recompose(row, frequency=frequency, payer_number=payer_number, replaces=replaces)
    draft = compose_part(row, *_chart_and_number(row))
    draft.replaces = replaces
    if frequency != Claim.Frequency.ORIGINAL:
        draft.content = with_frequency(draft.content, frequency, payer_number)
    return draft


def _chart_and_number(row: Claim) -> tuple[Encounter, str]:
    """The chart of a claim, coded and covered, and a number for what is drafted from it."""
    chart = chart_queryset().get(pk=row.encounter_id)
    require_billable(chart)
    [number] = next_claim_numbers(chart.practice.initials, 1)
    return chart, number


def _write_judged(drafts: Sequence[Draft], *, by: User | None, today: date) -> list[Claim]:
    judge_drafts(drafts[0].encounter.practice_id, drafts, today)
    return write_drafts(drafts, by=by, today=today)


@transaction.atomic
def replace_claim(claim: Claim, *, by: User | None, today: date | None = None) -> Claim:
    """A frequency-7 claim from the chart as it is coded now; the original closes.

    A payer that takes no replacements (Medicare Part B) gets a new original instead, and only for a
    claim it called unprocessable (remark MA130; CMS Claims Processing Manual 1 §80.3.2).

    Ledger: the original's charge moves are swapped back (receivable → revenue), the replacement's
    posted (revenue → receivable). Payments of the original stay until the payer reverses them.
    Of a visit in parts, its part alone is replaced. Raises Refusal when the payer has not numbered
    the original, takes no replacements, the chart is not coded or divides otherwise by now, or
    somebody replaced it first.
    """
    row = lock_claim(claim)
    if row.follows_id is None:
        done = replace_claims(row.practice_id, [row.pk], by=by, today=today)
        if refusal := done.refused.get(row.pk):
            raise refusal
        replacement = done.made[row.pk]
    else:
        replacement = _replace_follower(row, by=by, today=today or timezone.localdate())
    claim.refresh_from_db(fields=["status"])
    return replacement


def _replace_follower(row: Claim, *, by: User | None, today: date) -> Claim:
    """The same for a locked claim that follows another: its share goes back and is taken anew."""
    frequency = _require_replaceable(row)
    advance(row, Claim.Status.CLOSED, by=by)
    reverse_charges([row], by=by, today=today)
    payer_number = row.payer_claim_control_number if frequency != "1" else ""
    draft = _successor(row, frequency, payer_number, row)
    [replacement] = _write_judged([draft], by=by, today=today)
    record_for_claim("claim.replaced", row, by=by, replacement=replacement.pk)
    return replacement


@transaction.atomic
def void_claim(claim: Claim, *, by: User, reason: str, today: date | None = None) -> Claim:
    """A frequency-8 claim that takes the original back at the payer; the original closes.

    Ledger: the original's charge moves are swapped back; the void itself charges nothing. Payments
    stay until the payer reverses them. Raises Refusal as replace_claim does, and without a reason.
    """
    if not reason.strip():
        raise Refusal(
            "reason_missing", "Say why the claim is voided.", fields={"reason": "Say why."}
        )
    row = lock_claim(claim)
    if _require_replaceable(row) != Claim.Frequency.REPLACEMENT:
        raise Refusal(
            "no_voids", f"{row.payer} takes no void claims. Send the money back as a refund."
        )
    today = today or timezone.localdate()
    chart = chart_queryset().get(pk=row.encounter_id)
    [number] = next_claim_numbers(chart.practice.initials, 1)
    advance(row, Claim.Status.CLOSED, by=by)
    reverse_charges([row], by=by, today=today)
    lines = list(row.lines.order_by("position"))
    content = renumber(read_content(row.content), number)
    void = with_frequency(content, Claim.Frequency.VOID, row.payer_claim_control_number)
    last = last_versions([row])[row.pk]
    draft = Draft(
        chart, row.coverage, lines, void, [], replaces=last, part=row.part, parts=row.parts
    )
    [voiding] = _write_judged([draft], by=by, today=today)
    record_for_claim("claim.void_drafted", row, by=by, void=voiding.pk, reason=reason.strip()[:200])
    return voiding


def is_replaceable(claim: Claim) -> bool:
    """May a person send it corrected or void it? For a page; the action asks again."""
    found = answers_for(claim.practice_id, [claim])[claim.pk].frequency
    return found == Claim.Frequency.REPLACEMENT


def _require_replaceable(claim: Claim) -> str:
    """The frequency its correction takes. Raises Refusal."""
    answer = answers_for(claim.practice_id, [claim])[claim.pk]
    if not answer.frequency:
        raise Refusal(answer.code, answer.why, status=answer.status)
    return answer.frequency
