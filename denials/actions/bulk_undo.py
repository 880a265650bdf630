"""Taking back what one verb did to many denials, as far as nobody has gone on since."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from billing import ledger
from billing.actions.replacements import withdraw_replacements
from billing.models import Account, Claim
from coding.actions import tasks as coder_tasks
from coding.models import CoderTask
from denials.actions.bulk import cut
from denials.actions.routing import record_each
from denials.actions.write_offs import take_back_rows
from denials.models import Denial, DenialBulk, DenialBulkItem, WriteOffLine, WriteOffRequest
from denials.verb_facts import snapshot
from rcm import access, events
from rcm.errors import Refusal
from rcm.models import User

UNDO_HOURS = timedelta(hours=24)
State = DenialBulk.State
Item = DenialBulkItem
WENT_ON = "Somebody went on with it since."
RESTORED = (
    *("state", "category", "owner_queue", "why", "cause_set_by_id", "pended_until"),
    *("pend_reason", "assigned_to_id", "coder_task_id", "corrected_claim_id"),
    *("resolution", "resolution_note"),
)


def may_undo(bulk: DenialBulk) -> bool:
    """Done, and not longer ago than a day?"""
    finished = bulk.finished_at
    return (
        bulk.state == State.DONE
        and finished is not None
        and (timezone.now() - finished <= UNDO_HOURS)
    )


@transaction.atomic
def begin_undo(bulk: DenialBulk, *, by: User) -> bool:
    """Begin to take it back; False when somebody did before.

    Raises Refusal 409 when it is not done yet or was done more than a day ago.
    """
    locked = DenialBulk.objects.select_for_update(of=("self",)).get(pk=bulk.pk)
    if locked.state in (State.UNDOING, State.UNDONE):
        return False
    if not may_undo(locked):
        message = "It can be undone for 24 hours after it was done."
        raise Refusal("undo_over", message, status=409)
    locked.state, locked.undone_by, locked.undone_at = State.UNDOING, by, timezone.now()
    locked.save(update_fields=["state", "undone_by", "undone_at"])
    return True


def undo(bulk: DenialBulk) -> Iterator[int]:
    """Take back what is left of it, a chunk in one transaction; after each how many are through.

    Safe to repeat.
    """
    practice_id = bulk.practice_id
    with access.acting_in(practice_id):
        waiting = bulk.items.exclude(outcome=Item.Outcome.LEFT).filter(undo="")
        pairs = waiting.order_by("denial__claim_id", "denial_id")
        chunks = cut(pairs.values_list("pk", "denial__claim_id"))
    through = 0
    for chunk in chunks:
        with access.acting_in(practice_id):
            undo_chunk(bulk, chunk)
        through += len(chunk)
        yield through
    with access.acting_in(practice_id):
        finish_undo(bulk)


def undo_chunk(bulk: DenialBulk, item_ids: Collection[int]) -> None:
    """Those of these items nobody has touched since. A constant number of statements."""
    items = {
        each.denial_id: each for each in Item.objects.filter(pk__in=item_ids).order_by("denial_id")
    }
    rows = list(
        Denial.objects.select_for_update(of=("self",))
        .filter(pk__in=items)
        .select_related("claim")
        .defer("claim__content")
        .order_by("pk")
    )
    kept = {row.pk: WENT_ON for row in rows if snapshot(row) != items[row.pk].after}
    fresh = [row for row in rows if row.pk not in kept]
    kept |= UNDOES[bulk.verb](bulk, fresh, items)
    taken = [row for row in fresh if row.pk not in kept]
    restore(taken, items, by=bulk.undone_by)
    for row in rows:
        each = items[row.pk]
        each.undo = Item.Undo.KEPT if row.pk in kept else Item.Undo.UNDONE
        each.undo_why = kept.get(row.pk, "")
    Item.objects.bulk_update(items.values(), ["undo", "undo_why"])


def restore(rows: Sequence[Denial], items: dict[int, Item], *, by: User | None) -> None:
    """The fields as they were before. Two statements."""
    for row in rows:
        before = items[row.pk].before
        for name in RESTORED:
            setattr(row, name, before[name])
        if before["pended_until"]:
            row.pended_until = date.fromisoformat(before["pended_until"])
        row.resolved_at = row.resolved_by = None
    names = [name.removesuffix("_id") for name in RESTORED]
    Denial.objects.bulk_update(rows, [*names, "resolved_at", "resolved_by"])
    facts: list[tuple[Denial, dict[str, Any]]] = [
        (row, {"bulk": items[row.pk].bulk_id}) for row in rows
    ]
    record_each("denial.restored", facts, by=by)


Kept = dict[int, str]


def nothing_more(bulk: DenialBulk, rows: Sequence[Denial], items: dict[int, Item]) -> Kept:
    """Only the denial itself was changed."""
    return {}


def withdraw_tasks(bulk: DenialBulk, rows: Sequence[Denial], items: dict[int, Item]) -> Kept:
    """The coder need not answer; what is answered stays."""
    asked = {
        row.coder_task_id
        for row in rows
        if row.coder_task_id and row.coder_task_id != items[row.pk].before["coder_task_id"]
    }
    ours = {row.pk for row in rows}
    others = Denial.objects.filter(coder_task=OuterRef("pk")).exclude(pk__in=ours)
    waiting = CoderTask.objects.filter(pk__in=asked, state=CoderTask.State.OPEN)
    closed = coder_tasks.close_tasks(waiting.exclude(Exists(others)), by=bulk.undone_by)
    return {
        row.pk: "The coder has answered."
        for row in rows
        if row.coder_task_id in asked and row.coder_task_id not in closed
    }


def withdraw_corrections(bulk: DenialBulk, rows: Sequence[Denial], items: dict[int, Item]) -> Kept:
    """Corrected claims that were not sent are taken back."""
    made = {row.corrected_claim_id for row in rows if row.corrected_claim_id}
    before = Denial.objects.filter(corrected_claim__in=made).exclude(pk__in=[r.pk for r in rows])
    shared = set(before.values_list("corrected_claim_id", flat=True))
    # One that was there before this bulk is not its to take back.
    fresh = Claim.objects.filter(pk__in=made - shared, created_at__gte=bulk.confirmed_at)
    ids = list(fresh.values_list("pk", flat=True))
    taken = set(withdraw_replacements(bulk.practice_id, ids, by=bulk.undone_by))
    stood = made - set(ids)
    found: Kept = {}
    for row in rows:
        if row.corrected_claim_id in taken or row.corrected_claim_id in stood - shared:
            continue
        is_shared = row.corrected_claim_id in shared
        found[row.pk] = (
            "Another denial waits for the same corrected claim."
            if is_shared
            else "The corrected claim is on its way."
        )
    return found


def move_back(bulk: DenialBulk, rows: Sequence[Denial], items: dict[int, Item]) -> Kept:
    """The money moves back; of the patient's only what the patient still owes."""
    owed = ledger.claim_balances(bulk.practice_id, {row.claim_id for row in rows})
    kept: Kept = {}
    moved = []
    for row in rows:
        left = owed[row.claim_id].get(Account.PATIENT_RECEIVABLE, 0)
        if row.claim.status == Claim.Status.CLOSED:
            kept[row.pk] = "The claim was replaced since."
        elif row.resolution == Denial.Resolution.PATIENT and left < row.amount:
            kept[row.pk] = "The patient has paid it, or part of it."
        else:
            if row.resolution == Denial.Resolution.PATIENT:
                owed[row.claim_id][Account.PATIENT_RECEIVABLE] = left - row.amount
            moved.append(row)
    if moved and bulk.undone_by is not None:
        take_back_rows(moved, by=bulk.undone_by)
    return kept


def unwrite(bulk: DenialBulk, rows: Sequence[Denial], items: dict[int, Item]) -> Kept:
    """Written off: the money moves back. Asked for: withdrawn, unless it is decided."""
    asked = [row for row in rows if items[row.pk].outcome == Item.Outcome.REQUESTED]
    done = [row for row in rows if items[row.pk].outcome == Item.Outcome.DONE]
    kept = move_back(bulk, done, items) if done else {}
    if not asked:
        return kept
    lines = WriteOffLine.objects.filter(denial__in=asked, is_open=True)
    requests = list(
        WriteOffRequest.objects.select_for_update(of=("self",))
        .filter(pk__in=lines.values("request"), requested_by=bulk.made_by)
        .order_by("pk")
    )
    waiting = set(lines.filter(request__in=requests).values_list("denial_id", flat=True))
    WriteOffRequest.objects.filter(pk__in=[each.pk for each in requests]).update(state="withdrawn")
    WriteOffLine.objects.filter(request__in=requests).update(is_open=False)
    facts: list[events.Fact] = [(each.pk, None, {}) for each in requests]
    events.record_each(
        "write_off.withdrawn", WriteOffRequest, bulk.practice_id, facts, by=bulk.undone_by
    )
    return kept | {row.pk: "It was decided already." for row in asked if row.pk not in waiting}


UNDOES = {
    "corrected": withdraw_corrections,
    "route": withdraw_tasks,
    "bill-patient": move_back,
    "write-off": unwrite,
    "pend": nothing_more,
    "assign": nothing_more,
    "recategorize": withdraw_tasks,
}


def finish_undo(bulk: DenialBulk) -> None:
    """It is taken back: one event of the practice says how much of it."""
    locked = DenialBulk.objects.select_for_update(of=("self",)).get(pk=bulk.pk)
    if locked.state != State.UNDOING:
        return
    locked.state = State.UNDONE
    locked.save(update_fields=["state"])
    undone = locked.items.filter(undo=Item.Undo.UNDONE).count()
    kept = locked.items.filter(undo=Item.Undo.KEPT).count()
    events.record(
        "practice.denials_restored",
        bulk.practice,
        by=locked.undone_by,
        bulk=bulk.pk,
        undone=undone,
        kept=kept,
    )
    bulk.refresh_from_db()
