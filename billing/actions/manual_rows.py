"""Rows of a paper EOB: claims, their lines, and what the payer kept back.

A claim is in one person's hands for ten minutes after each change to it; a line's `version` catches
what the lock does not: the same person in two windows, or a row that was left for longer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from billing.actions.manual_batches import is_held_by_other, take_open
from billing.manual_facts import entry_of, fill_line
from billing.models import Claim, ManualBatch, ManualClaim, ManualLine, ManualProviderAdjustment
from billing.rules.manual_entry import LineEntry, read_line, signed_billed
from rcm import events
from rcm.errors import Refusal
from rcm.models import User
from rcm.money import to_cents

LOCK = timedelta(minutes=10)
# CLP02 of a claim paid as what it was sent as.
STATUS_BY_RANK = {"P": "1", "S": "2", "T": "3"}
MOST_CLAIMS = 200


@dataclass(frozen=True, slots=True)
class KeyedLine:
    """The line as stored now. `is_saved` False: somebody changed it meanwhile; `typed` is kept."""

    line: ManualLine
    entry: LineEntry
    typed: LineEntry
    is_saved: bool


@transaction.atomic
def add_claim(batch: ManualBatch, claim: Claim, *, is_again: bool = False, by: User) -> ManualClaim:
    """Put a claim of ours below the others, its lines empty; it is in this person's hands.

    Raises Refusal: 422 never sent or one too many, 409 in the batch already and not `is_again`.
    """
    locked = take_open(batch)
    if claim.practice_id != locked.practice_id or claim.submitted_at is None:
        raise _claim_refusal("claim_not_sent", f"Claim {claim} was never sent to a payer.")
    known = locked.claims.filter(claim=claim).first()
    if known is not None and not is_again:
        message = f"Claim {claim} is in this batch already, as number {known.position}."
        raise _claim_refusal("claim_twice", message, status=409)
    if locked.claims.count() >= MOST_CLAIMS:
        raise _claim_refusal("batch_full", f"A batch holds {MOST_CLAIMS} claims at most.")
    last = locked.claims.aggregate(last=Max("position"))["last"] or 0
    row = ManualClaim.objects.create(
        practice_id=locked.practice_id,
        batch=locked,
        position=last + 1,
        claim=claim,
        status_code=STATUS_BY_RANK[claim.rank],
        payer_claim_control_number=claim.payer_claim_control_number,
        is_repeat=known is not None,
        locked_by=by,
        locked_until=timezone.now() + LOCK,
    )
    ManualLine.objects.bulk_create(
        ManualLine(
            practice_id=locked.practice_id,
            manual_claim=row,
            service_line=line,
            position=line.position,
        )
        for line in claim.lines.order_by("position")
    )
    events.record(
        "manual_claim.added",
        row,
        by=by,
        patient_id=claim.patient_id,
        batch=locked.pk,
        claim=claim.pk,
    )
    return row


def _claim_refusal(code: str, message: str, *, status: int = 422) -> Refusal:
    return Refusal(code, message, status=status, fields={"claim": message})


def take_claim(row: ManualClaim, *, by: User) -> ManualClaim:
    """The claim in this person's hands for ten minutes, its batch locked for this transaction.

    Raises Refusal: 409 the batch is closed or the claim removed, 423 somebody else keys it.
    """
    take_open(row.batch)
    rows = ManualClaim.objects.select_for_update(of=("self",)).select_related("claim", "locked_by")
    locked = rows.filter(pk=row.pk).first()
    if locked is None:
        raise Refusal("claim_removed", "Somebody removed this claim from the batch.", status=409)
    if is_held_by_other(locked, by, timezone.now()):
        until = timezone.localtime(locked.locked_until).strftime("%H:%M")
        message = f"{locked.locked_by} is keying claim {locked} (until {until} at least)."
        raise Refusal("claim_locked", message, status=423)
    locked.locked_by, locked.locked_until = by, timezone.now() + LOCK
    locked.save(update_fields=["locked_by", "locked_until"])
    return locked


@transaction.atomic
def lock_claim(row: ManualClaim, *, by: User) -> None:
    """Say that this person keys the claim now. Raises what take_claim raises."""
    take_claim(row, by=by)


@transaction.atomic
def save_claim(
    row: ManualClaim, *, status_code: str, payer_claim_control_number: str, version: int, by: User
) -> ManualClaim:
    """Status and the payer's number. A claim becomes one taken back (22), or stops being one, only
    while none of its lines is keyed: its amounts change their sign.

    Raises what take_claim raises, and Refusal 409 when somebody saved it after `version`.
    """
    locked = take_claim(row, by=by)
    if version != locked.version:
        message = f"Claim {locked} has status {locked.status_code} now. Nothing was changed."
        raise Refusal("changed_meanwhile", message, status=409)
    is_turned = "22" in {status_code, locked.status_code} and status_code != locked.status_code
    if is_turned and locked.lines.exclude(amount_paid=None).exists():
        message = "Empty the lines first: on a claim taken back all amounts are negative."
        raise Refusal("lines_keyed", message, fields={"status_code": message})
    before = locked.status_code
    locked.status_code = status_code
    locked.payer_claim_control_number = payer_claim_control_number.strip()[:50]
    locked.version += 1
    locked.save(update_fields=["status_code", "payer_claim_control_number", "version"])
    events.record(
        "manual_claim.changed", locked, by=by, patient_id=locked.claim.patient_id, before=before
    )
    return locked


@transaction.atomic
def remove_claim(row: ManualClaim, *, by: User) -> None:
    """Take a claim and what was keyed for it out of the batch. Raises what take_claim raises."""
    locked = take_claim(row, by=by)
    events.record(
        "manual_claim.removed",
        locked,
        by=by,
        patient_id=locked.claim.patient_id,
        batch=locked.batch_id,
        claim=locked.claim_id,
    )
    locked.lines.all().delete()
    locked.delete()


@transaction.atomic
def save_line(line: ManualLine, cells: Mapping[str, str], *, version: int, by: User) -> KeyedLine:
    """Keep a row as it was typed (billing.rules.manual_entry.read_line).

    When somebody saved the line after `version`, nothing is written and both versions are returned.
    Raises what take_claim raises, and Refusal 422 with the message of each cell.
    """
    row = take_claim(line.manual_claim, by=by)
    stored = ManualLine.objects.select_related("service_line").get(pk=line.pk)
    stored.manual_claim = row
    billed = signed_billed(to_cents(stored.service_line.amount_billed), row.status_code)
    typed, errors = read_line(cells, billed)
    if typed is None:
        raise Refusal("cells_wrong", " ".join(dict.fromkeys(errors.values())), fields=errors)
    before = entry_of(stored, row.status_code)
    if typed == before:
        return KeyedLine(stored, before, typed, is_saved=True)
    if version != stored.version:
        return KeyedLine(stored, before, typed, is_saved=False)
    fill_line(stored, typed)
    stored.version += 1
    stored.save(
        update_fields=[
            *("amount_paid", "amount_allowed", "adjustments", "is_left_out", "reason", "version")
        ]
    )
    events.record(
        "manual_line.keyed",
        stored,
        by=by,
        patient_id=row.claim.patient_id,
        batch=row.batch_id,
        before=figures_of(before),
        after=figures_of(typed),
    )
    return KeyedLine(stored, typed, typed, is_saved=True)


def figures_of(entry: LineEntry) -> dict[str, str]:
    """What the audit log keeps of a line: amounts, never a person's words."""
    return {name: text for name, text in entry.cells().items() if text and name != "reason"}


@transaction.atomic
def add_provider_adjustment(
    batch: ManualBatch, *, code: str, reference: str, amount: Decimal, by: User
) -> ManualProviderAdjustment:
    """What the payer kept back (positive) or added (negative) outside of claims.

    Raises Refusal: 409 the batch is closed, 422 no code of two characters or an amount of 0.00.
    """
    locked = take_open(batch)
    code = code.strip().upper()
    if len(code) != 2 or not code.isascii() or not code.isalnum():
        message = "The code has two characters, such as WO."
        raise Refusal("code_wrong", message, fields={"code": message})
    if not amount:
        message = "An adjustment of 0.00 changes nothing."
        raise Refusal("amount_zero", message, fields={"amount": message})
    last = locked.provider_adjustments.aggregate(last=Max("position"))["last"] or 0
    row = ManualProviderAdjustment.objects.create(
        practice_id=locked.practice_id,
        batch=locked,
        position=last + 1,
        code=code,
        reference=reference.strip()[:50],
        amount=amount,
    )
    events.record(
        "manual_provider_adjustment.added", row, by=by, batch=locked.pk, amount=str(amount)
    )
    return row


@transaction.atomic
def remove_provider_adjustment(row: ManualProviderAdjustment, *, by: User) -> None:
    """Take it out of an open batch. Raises Refusal 409 when the batch is closed."""
    take_open(row.batch)
    events.record(
        "manual_provider_adjustment.removed",
        row,
        by=by,
        batch=row.batch_id,
        code=row.code,
        amount=str(row.amount),
    )
    row.delete()
