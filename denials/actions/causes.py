"""What a code means to a practice, and the cause of one denial set by hand."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from denials import cause_tables
from denials.actions import verbs
from denials.actions.cases import take_for
from denials.actions.routing import record_each, route_all
from denials.actions.weighing import weigh
from denials.models import CauseOverride, Denial
from denials.rules.triage import CAUSES, CODER_QUEUE, QUEUES, UNKNOWN, Triage, triage
from payers.models import Payer
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User


@transaction.atomic
def set_cause(
    practice: Practice, *, by: User, payer: Payer | None, reason: str, **terms: Any
) -> tuple[CauseOverride, int]:
    """From now on `reason` has this cause; the override, and how many open denials it moved.

    `terms`: group, remark, category, owner_queue, note. What was in force for the
    same payer, group, reason and remark ends. Raises Refusal 409 when somebody was first.
    """
    require_known(terms["category"], terms["owner_queue"])
    same = CauseOverride.objects.select_for_update(of=("self",)).filter(
        practice=practice,
        payer=payer,
        group=terms["group"],
        reason=reason,
        remark=terms["remark"],
        ended_at=None,
    )
    for old in same:
        end(old, by)
    try:
        with transaction.atomic():
            row = CauseOverride.objects.create(
                practice=practice, payer=payer, reason=reason, created_by=by, **terms
            )
    except IntegrityError as error:
        if "cause_override_once" not in str(error):
            raise
        raise Refusal(
            "cause_set_already", "Somebody was first: this code has a cause now.", status=409
        ) from error
    count = decide_anew(row, by=by)
    events.record("cause_override.set", row, by=by, denials=count)
    return row, count


@transaction.atomic
def end_cause(override: CauseOverride, *, by: User) -> int:
    """The shipped table decides again; how many open denials that moved. Refusal 409 if ended."""
    locked = CauseOverride.objects.select_for_update(of=("self",)).get(pk=override.pk)
    if locked.ended_at is not None:
        raise Refusal("cause_ended", f"Somebody was first: {locked} is ended.", status=409)
    end(locked, by)
    count = decide_anew(locked, by=by)
    events.record("cause_override.ended", locked, by=by, denials=count)
    return count


def end(override: CauseOverride, by: User) -> None:
    override.ended_at = timezone.now()
    override.ended_by = by
    override.save(update_fields=["ended_at", "ended_by"])


def require_known(category: str, owner_queue: str) -> None:
    """Raises Refusal for a cause or queue nobody can choose."""
    if category not in CAUSES or category == UNKNOWN:
        message = "Choose a cause of the list."
        raise Refusal("cause_unknown", message, fields={"category": message})
    if owner_queue not in QUEUES:
        message = "Choose a queue of the list."
        raise Refusal("queue_unknown", message, fields={"owner_queue": message})


def decide_anew(override: CauseOverride, *, by: User) -> int:
    """Decide the open denials of its reason that nobody has touched; how many it moved.

    Moved is to another cause or queue; where only the sentence is another one, nobody is told.
    Three statements, and a constant number per thousand that go to the coder.
    """
    untouched = Denial.objects.select_for_update(of=("self",)).filter(
        practice_id=override.practice_id,
        reason=override.reason,
        state=Denial.State.OPEN,
        assigned_to=None,
        coder_task=None,
        corrected_claim=None,
        cause_set_by=None,
    )
    if override.payer_id is not None:
        untouched = untouched.filter(payer_id=override.payer_id)
    tables = cause_tables.read_tables(override.practice_id, override.reason)
    moved, written = [], []
    for denial in untouched.select_related("payer").order_by("pk"):
        found = triage(cause_tables.said(denial), tables)
        category, owner_queue, why = denial.category, denial.owner_queue, denial.why
        apply(denial, found)
        if (category, owner_queue) != (denial.category, denial.owner_queue):
            moved.append((denial, {"before": category, "after": denial.category}))
        if (category, owner_queue, why) != (denial.category, denial.owner_queue, denial.why):
            written.append(denial)
    write_causes(written)
    facts = [(denial, data | {"override": override.pk}) for denial, data in moved]
    record_each("denial.cause_decided", facts, by=by)
    route_all(written, by=by)
    return len(moved)


def apply(denial: Denial, found: Triage) -> None:
    """A team that a posting rule named keeps the denial."""
    denial.category = found.category
    denial.owner_queue = denial.team or found.owner_queue
    denial.why = found.why


def write_causes(denials: Iterable[Denial]) -> None:
    """All of them in one statement."""
    rows = [(row.pk, row.category, row.owner_queue, row.why) for row in denials]
    if not rows:
        return
    with connection.cursor() as db:
        db.execute(
            """
            UPDATE denials_denial d
            SET category = f.category, owner_queue = f.owner_queue, why = f.why
            FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[])
                AS f(id, category, owner_queue, why)
            WHERE d.id = f.id
            """,
            [list(column) for column in zip(*rows, strict=True)],
        )


@transaction.atomic
def recategorize(
    denial: Denial, *, category: str, owner_queue: str, reason: str, by: User
) -> list[Denial]:
    """Set the cause of the denial's case by hand; to the coder opens the coder's task.

    No override moves it again. Raises Refusal without a reason, for a cause or queue not in the
    list, and 409 when the coder has answered it already and would be asked again.
    """
    require_known(category, owner_queue)
    if not reason.strip():
        message = "Say why the cause is another one."
        raise Refusal("reason_missing", message, fields={"reason": message})
    case = take_for(denial, "recategorize", by=by, for_coder=owner_queue == CODER_QUEUE)
    verbs.recategorize([case], by=by, category=category, owner_queue=owner_queue, reason=reason)
    weigh(denial.practice, [row.pk for row in case.rows])
    return case.rows
