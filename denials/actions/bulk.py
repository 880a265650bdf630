"""One verb for many denials: planned first, then done a chunk at a time, each by itself.

A chunk is one transaction with a constant number of statements; nothing is decided here that a
single verb would not decide (denials.rules.verbs). docs/denials.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from denials.actions import verbs
from denials.actions.causes import require_known
from denials.actions.denials import check_until
from denials.actions.write_offs import check_reason
from denials.models import Denial, DenialBulk, DenialBulkItem, WriteOffLine
from denials.rules.bulk import DONE, OUTCOMES, REFUSED, REQUESTED, Planned, summarize
from denials.rules.triage import CODER_QUEUE
from denials.rules.verbs import BY_LINE, Verdict
from denials.rules.write_offs import is_above
from denials.verb_facts import Case, gather, judge, snapshot
from rcm import access, events
from rcm.errors import Refusal
from rcm.models import Practice, User

CHUNK = 500
# What a person waits for; more is done by a worker, in view.
AT_ONCE = 300
MOST = 10_000
State = DenialBulk.State
Outcome = DenialBulkItem.Outcome
CHANGED_MEANWHILE = "Somebody changed it since the list was made."


def check_values(practice: Practice, verb: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the verb needs, ready for JSON. Raises Refusal as the single verb does."""
    if verb not in OUTCOMES:
        raise Refusal("verb_unknown", "Choose what to do.")
    if verb == "pend":
        until = values.get("until")
        if not isinstance(until, date):
            raise Refusal("date_missing", "Choose a day.", fields={"until": "Required."})
        check_until(until, practice)
        return {"until": until.isoformat(), "reason": str(values.get("reason", ""))[:200]}
    if verb == "write-off":
        reason, note = str(values.get("reason", "")), str(values.get("note", ""))
        check_reason(reason, note)
        return {"reason": reason, "note": note.strip()[:300]}
    if verb == "assign":
        person = values.get("person")
        to = verbs.worker(person, practice.pk) if person else None
        return {"person": to.pk if to else None}
    if verb == "recategorize":
        require_known(values.get("category", ""), values.get("owner_queue", ""))
        said = str(values.get("reason", "")).strip()[:300]
        if not said:
            message = "Say why the cause is another one."
            raise Refusal("reason_missing", message, fields={"reason": message})
        return {
            "category": values["category"],
            "owner_queue": values["owner_queue"],
            "reason": said,
        }
    return {}


def arguments(practice_id: int, verb: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The stored values as the act takes them."""
    if verb == "pend":
        return {"until": date.fromisoformat(values["until"]), "reason": values["reason"]}
    if verb == "assign":
        person = values["person"]
        return {"to": verbs.worker(person, practice_id) if person else None}
    return dict(values)


def in_order(practice: Practice, ids: Sequence[int]) -> list[list[int]]:
    """The denials in chunks; those of one claim are in one. One statement."""
    rows = Denial.objects.filter(practice=practice, pk__in=ids)
    return cut(rows.order_by("claim_id", "pk").values_list("pk", "claim_id"))


def cut(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The ids of (id, claim) in lists of about CHUNK; those of one claim come together."""
    chunks: list[list[int]] = []
    last = None
    for pk, claim_id in pairs:
        if not chunks or (len(chunks[-1]) >= CHUNK and claim_id != last):
            chunks.append([])
        chunks[-1].append(pk)
        last = claim_id
    return chunks


@transaction.atomic
def plan(
    practice: Practice,
    verb: str,
    ids: Sequence[int],
    values: Mapping[str, Any],
    *,
    by: User,
    query: str = "",
) -> DenialBulk:
    """The list of what would happen, kept with what it was made from; nothing else is written.

    Raises Refusal for values the verb cannot take, and without a denial of this practice.
    """
    stored = check_values(practice, verb, values)
    planned: list[Planned] = []
    seen: dict[int, int] = {}
    for chunk in in_order(practice, ids[:MOST]):
        judged, prints = plan_chunk(practice, verb, chunk, stored, by=by)
        planned += judged
        seen |= prints
    if not planned:
        raise Refusal("nothing_chosen", "Choose at least one denial.")
    return DenialBulk.objects.create(
        practice=practice,
        verb=verb,
        values=stored,
        denial_ids=list(seen),
        seen=list(seen.values()),
        plan=summarize(verb, planned),
        query=query[:500],
        made_by=by,
    )


def plan_chunk(
    practice: Practice, verb: str, ids: Sequence[int], values: Mapping[str, Any], *, by: User
) -> tuple[list[Planned], dict[int, int]]:
    """Each case with its verdict, and the prints by the case's first denial."""
    cases = gather(practice, ids, verb=verb, by=by)
    planned = [
        Planned(
            case.first.pk,
            case.first.claim.patient_control_number,
            case.amount,
            outcome_of(verb, case, answer),
            "" if answer.is_allowed else answer.why,
        )
        for case, answer in judge(cases, verb, for_coder=is_for_coder(values))
    ]
    return planned, {case.first.pk: case.seen for case in cases}


def is_for_coder(values: Mapping[str, Any]) -> bool:
    return values.get("owner_queue") == CODER_QUEUE


def outcome_of(verb: str, case: Case, answer: Verdict) -> str:
    if not answer.is_allowed:
        return REFUSED
    is_asked = verb == "write-off" and is_above(case.amount, case.facts.limit)
    return REQUESTED if is_asked else DONE


@transaction.atomic
def confirm(bulk: DenialBulk, *, by: User) -> bool:
    """Begin; False when it was begun before: a button pressed twice.

    Raises Refusal 403 for another person than the one who made the list.
    """
    locked = DenialBulk.objects.select_for_update(of=("self",)).get(pk=bulk.pk)
    if locked.made_by_id != by.pk:
        raise Refusal("not_your_list", f"{locked.made_by} made this list.", status=403)
    if locked.state != State.PLANNED:
        return False
    locked.state, locked.confirmed_at = State.RUNNING, timezone.now()
    locked.save(update_fields=["state", "confirmed_at"])
    return True


def run(bulk: DenialBulk) -> Iterator[int]:
    """Do what is left of it, a chunk in one transaction; after each how many are through.

    Safe to repeat: what has an outcome is passed over. Outside a transaction each chunk is
    committed by itself.
    """
    practice_id = bulk.practice_id
    with access.acting_in(practice_id):
        practice = Practice.objects.get(pk=practice_id)
        told = set(bulk.items.values_list("denial_id", flat=True))
        waiting = [pk for pk in bulk.denial_ids if pk not in told]
        chunks = in_order(practice, waiting)
    through = len(told)
    for chunk in chunks:
        with access.acting_in(practice_id):
            work_chunk(bulk, practice, chunk)
        through += len(chunk)
        yield through
    with access.acting_in(practice_id):
        finish(bulk)


def work_chunk(bulk: DenialBulk, practice: Practice, ids: Sequence[int]) -> None:
    """The verb on those of these denials that are as the person saw them and may be worked."""
    by, seen = bulk.made_by, dict(zip(bulk.denial_ids, bulk.seen, strict=True))
    cases = gather(practice, ids, verb=bulk.verb, by=by, is_locked=True)
    try:
        require_worker(by, practice.pk)
        values = arguments(practice.pk, bulk.verb, bulk.values)
    except Refusal as refusal:
        # Somebody's role changed while it waited: nothing of it is done, and it says so.
        write_items(bulk, [], [(case, refusal.message) for case in cases], {})
        return
    same = [case for case in cases if seen.get(case.first.pk) == case.seen]
    left = [(case, CHANGED_MEANWHILE) for case in cases if seen.get(case.first.pk) != case.seen]
    judged = judge(same, bulk.verb, for_coder=is_for_coder(bulk.values))
    left += [(case, answer.why) for case, answer in judged if not answer.is_allowed]
    taken = [case for case, answer in judged if answer.is_allowed]
    before = {row.pk: snapshot(row) for case in taken for row in case.rows}
    act = verbs.ACTS[bulk.verb]
    refused = act(taken, by=by, **values) if taken else {}
    left += [(taken[at], refusal.message) for at, refusal in refused.items()]
    done = [case for at, case in enumerate(taken) if at not in refused]
    write_items(bulk, done, left, before)


def require_worker(by: User, practice_id: int) -> None:
    membership = access.membership_of(by, practice_id)
    if membership is None or "denials.work" not in access.CAPABILITIES[membership.role]:
        raise Refusal("not_allowed", f"{by} may not work on denials any more.", status=403)


def write_items(
    bulk: DenialBulk,
    done: Sequence[Case],
    left: Sequence[tuple[Case, str]],
    before: Mapping[int, dict[str, Any]],
) -> None:
    """What became of each denial. Three statements."""
    ids = [row.pk for case in done for row in case.rows]
    after = {row.pk: snapshot(row) for row in Denial.objects.filter(pk__in=ids)}
    lines = WriteOffLine.objects.filter(denial__in=ids, is_open=True)
    asked = set(lines.values_list("denial_id", flat=True)) if bulk.verb == "write-off" else set()
    items = [
        item(bulk, row, Outcome.REQUESTED if row.pk in asked else Outcome.DONE, "", before, after)
        for case in done
        for row in case.rows
    ]
    items += [
        item(bulk, row, Outcome.LEFT, why, before, after)
        for case, why in left
        for row in (case.rows if bulk.verb not in BY_LINE else case.rows[:1])
    ]
    # A line that is another case by now may have been told by its own.
    DenialBulkItem.objects.bulk_create(items, ignore_conflicts=True)


def item(
    bulk: DenialBulk,
    row: Denial,
    outcome: str,
    why: str,
    before: Mapping[int, Any],
    after: Mapping[int, Any],
) -> DenialBulkItem:
    is_done = outcome != Outcome.LEFT
    return DenialBulkItem(
        practice_id=bulk.practice_id,
        bulk=bulk,
        denial=row,
        outcome=outcome,
        why=why[:300],
        amount=row.amount,
        before=before[row.pk] if is_done else {},
        after=after[row.pk] if is_done else {},
    )


def finish(bulk: DenialBulk) -> None:
    """It is done: one event of the practice says what."""
    locked = DenialBulk.objects.select_for_update(of=("self",)).get(pk=bulk.pk)
    if locked.state != State.RUNNING:
        return
    locked.state, locked.finished_at = State.DONE, timezone.now()
    locked.save(update_fields=["state", "finished_at"])
    counts = {name: count for name, (count, _) in result_of(locked).items()}
    events.record(
        "practice.denials_worked",
        bulk.practice,
        by=bulk.made_by,
        bulk=bulk.pk,
        verb=bulk.verb,
        **counts,
    )
    bulk.refresh_from_db()


def result_of(bulk: DenialBulk) -> dict[str, tuple[int, Decimal]]:
    """Outcome -> denials and dollars. One statement."""
    rows = bulk.items.order_by().values_list("outcome").annotate(Count("pk"), Sum("amount"))
    return {outcome: (count, amount) for outcome, count, amount in rows}
