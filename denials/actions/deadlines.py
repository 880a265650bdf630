"""Writing the deadlines of denials, watching them, and keeping the day to act by.

Everything here is over many denials at once; each function has a constant number of statements.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from denials.actions.cases import take_case
from denials.deadline_facts import read_facts
from denials.models import Denial, DenialDeadline
from denials.practice_days import practice_today
from denials.rules.deadlines import Deadline, deadlines
from rcm import access, events
from rcm.errors import Refusal
from rcm.models import Practice, User

# Denials whose deadlines are the same, and these.
Alike = Sequence[tuple[Sequence[int], Sequence[Deadline]]]
CHUNK = 1_000
# So many days before the last safe day somebody is told, each step once.
STEPS = (14, 7, 3, 1)
MISSED, DUE_SOON = "denial.deadline_missed", "denial.deadline_near"
FILED = "denial.appeal_filed"
# Their correction was sent and answered before a night had seen it.
SENT_AND_RESOLVED = Q(state=Denial.State.RESOLVED, corrected_claim__submitted_at__isnull=False) & Q(
    Exists(
        DenialDeadline.objects.filter(
            denial=OuterRef("pk"), remedy__in=("corrected_claim", "new_claim"), met_at=None
        )
    )
)
# Somebody on our side still has to act: a correction that is drafted is not sent yet, and what a
# partly favorable decision left can go to the next level.
RUNNING = """
(d.state = ANY (%(waiting)s) OR d.state = 'resubmitted' AND EXISTS (
    SELECT 1 FROM billing_claim k WHERE k.id = d.corrected_claim_id AND k.submitted_at IS NULL)
OR d.state = 'appealed' AND x.remedy LIKE 'appeal%%' AND EXISTS (
    SELECT 1 FROM denials_appealline l JOIN denials_appeal a ON a.id = l.appeal_id
    WHERE l.denial_id = d.id AND a.outcome = 'partly'))
"""
# New terms may open again what had passed; what was told of an old day is told of the new one.
WRITE = """
INSERT INTO denials_denialdeadline (practice_id, denial_id, remedy, starts_on, days, day_kind,
    deadline, last_safe_day, source, confidence)
SELECT d.practice_id, d.id, n.remedy, n.starts_on, n.days, n.day_kind, n.deadline,
    n.last_safe_day, n.source, n.confidence
FROM unnest(%(denial)s::bigint[], %(kind_of_denial)s::int[]) AS k (denial_id, place)
JOIN denials_denial d ON d.id = k.denial_id
JOIN unnest(%(place)s::int[], %(remedy)s::text[], %(starts_on)s::date[], %(days)s::int[],
    %(kind)s::text[], %(deadline)s::date[], %(last_safe_day)s::date[], %(source)s::text[],
    %(confidence)s::text[])
    AS n (place, remedy, starts_on, days, day_kind, deadline, last_safe_day, source, confidence)
    ON n.place = k.place
ON CONFLICT (denial_id, remedy) DO UPDATE SET
    starts_on = EXCLUDED.starts_on, days = EXCLUDED.days, day_kind = EXCLUDED.day_kind,
    deadline = EXCLUDED.deadline, last_safe_day = EXCLUDED.last_safe_day,
    source = EXCLUDED.source, confidence = EXCLUDED.confidence,
    missed_at = CASE WHEN EXCLUDED.last_safe_day < %(today)s
        THEN denials_denialdeadline.missed_at END,
    warned_days = CASE WHEN EXCLUDED.last_safe_day = denials_denialdeadline.last_safe_day
        THEN denials_denialdeadline.warned_days END
WHERE (denials_denialdeadline.deadline, denials_denialdeadline.last_safe_day,
    denials_denialdeadline.starts_on, denials_denialdeadline.days, denials_denialdeadline.day_kind,
    denials_denialdeadline.source, denials_denialdeadline.confidence)
    IS DISTINCT FROM (EXCLUDED.deadline, EXCLUDED.last_safe_day, EXCLUDED.starts_on, EXCLUDED.days,
    EXCLUDED.day_kind, EXCLUDED.source, EXCLUDED.confidence)
"""
# What no longer fits goes, unless somebody used it or let it pass: that stays said.
DROP = """
DELETE FROM denials_denialdeadline x
WHERE x.denial_id = ANY (%(ids)s) AND x.met_at IS NULL AND x.missed_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM unnest(%(denial)s::bigint[], %(kind_of_denial)s::int[]) AS k (denial_id, place)
    JOIN unnest(%(place)s::int[], %(remedy)s::text[]) AS n (place, remedy) ON n.place = k.place
    WHERE k.denial_id = x.denial_id AND n.remedy = x.remedy)
"""
# The soonest of what is still open; where nothing is, the last day there was.
DUE = """
UPDATE denials_denial d SET due_on = n.due_on
FROM (
    SELECT denial_id, coalesce(
        min(last_safe_day) FILTER (WHERE met_at IS NULL AND missed_at IS NULL),
        max(last_safe_day)) AS due_on
    FROM denials_denialdeadline WHERE denial_id = ANY (%(ids)s) GROUP BY denial_id
) n
WHERE d.id = n.denial_id AND d.due_on <> n.due_on
"""
# A corrected claim is used when it is sent, not when it is drafted.
MET = """
UPDATE denials_denialdeadline x SET met_at = k.submitted_at
FROM denials_denial d JOIN billing_claim k ON k.id = d.corrected_claim_id
WHERE x.denial_id = d.id AND x.denial_id = ANY (%(ids)s) AND x.met_at IS NULL
    AND x.remedy IN ('corrected_claim', 'new_claim') AND k.submitted_at IS NOT NULL
RETURNING x.denial_id
"""
MISS = f"""
UPDATE denials_denialdeadline x SET missed_at = now()
FROM denials_denial d JOIN billing_claim c ON c.id = d.claim_id
WHERE x.denial_id = d.id AND x.denial_id = ANY (%(ids)s) AND x.met_at IS NULL
    AND x.missed_at IS NULL AND x.last_safe_day < %(today)s AND {RUNNING}
RETURNING x.denial_id, c.patient_id, x.remedy, x.last_safe_day
"""  # noqa: S608  statements of our own
# Of each denial only the remedy that ends first; one that is told of later ends later.
NEAR = f"""
WITH soonest AS (
    SELECT DISTINCT ON (x.denial_id) x.id, x.denial_id, c.patient_id, x.warned_days,
        (SELECT min(s) FROM unnest(%(steps)s::int[]) s
         WHERE s >= x.last_safe_day - %(today)s) AS step
    FROM denials_denialdeadline x
    JOIN denials_denial d ON d.id = x.denial_id
    JOIN billing_claim c ON c.id = d.claim_id
    WHERE x.denial_id = ANY (%(ids)s) AND x.met_at IS NULL AND x.missed_at IS NULL
        AND x.last_safe_day BETWEEN %(today)s AND %(today)s + %(most)s AND {RUNNING}
    ORDER BY x.denial_id, x.last_safe_day, x.id
)
UPDATE denials_denialdeadline x SET warned_days = soonest.step
FROM soonest
WHERE x.id = soonest.id AND (soonest.warned_days IS NULL OR soonest.warned_days > soonest.step)
RETURNING x.denial_id, soonest.patient_id, x.remedy, x.last_safe_day, soonest.step
"""  # noqa: S608  statements of our own


@transaction.atomic
def write_deadlines(ids: Collection[int], *, today: date) -> int:
    """Write the deadlines of these denials and the day to act by; how many deadlines.

    Safe to repeat; a constant number of statements for at most CHUNK denials. `today` is the
    practice's own day.
    """
    found = [(read.ids, deadlines(read.claim, read.terms)) for read in read_facts(ids)]
    if not found:
        return 0
    told: dict[str, Any] = {**columns(found), "ids": sorted(ids), "today": today}
    with connection.cursor() as db:
        for statement in (WRITE, DROP, DUE):
            db.execute(statement, told)
    return sum(len(alike) * len(each) for alike, each in found)


def write_fresh(found: Alike, *, today: date) -> None:
    """The deadlines of denials just opened, who have none. One statement."""
    with connection.cursor() as db:
        db.execute(WRITE, {**columns(found), "today": today})


def columns(found: Alike) -> dict[str, list[Any]]:
    """One list per column, for unnest(): denials with the place of their kind, deadlines of it."""
    rows = [(place, row) for place, (_, each) in enumerate(found) for row in each]
    told: dict[str, list[Any]] = {
        "denial": [pk for ids, _ in found for pk in ids],
        "kind_of_denial": [place for place, (ids, _) in enumerate(found) for _ in ids],
        "place": [place for place, _ in rows],
    }
    return told | {name: [getattr(row, name) for _, row in rows] for name in Deadline._fields}


def rewrite_deadlines(rows: QuerySet[Denial], *, today: date) -> int:
    """Write the deadlines of all these denials again, a chunk at a time; how many denials.

    For terms that have changed: what is resolved keeps what it was judged by.
    """
    ids = list(
        rows.exclude(state=Denial.State.RESOLVED).order_by("pk").values_list("pk", flat=True)
    )
    for chunk in chunks(ids):
        write_deadlines(chunk, today=today)
    return len(ids)


def chunks(ids: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(ids), CHUNK):
        yield ids[first : first + CHUNK]


def watch_deadlines(practice: Practice, *, today: date | None = None) -> dict[str, int]:
    """Once a night: mark what was used and what has passed, tell of what ends soon.

    A missed remedy is one event; of what ends soon each denial is told of once per step of STEPS.
    All deadlines are written again before: terms, plans, contracts and payers change. Each chunk is
    its own transaction, so that nobody waits for all of them. Safe to repeat. Returns how many:
    denials, and remedies met, missed and near.
    """
    today = today or practice_today(practice)
    with access.acting_in(practice.pk):
        denials = Denial.objects.filter(practice=practice).order_by("pk")
        running = list(denials.exclude(state=Denial.State.RESOLVED).values_list("pk", flat=True))
        answered = list(denials.filter(SENT_AND_RESOLVED).values_list("pk", flat=True))
    found = Counter(denials=len(running), met=0, missed=0, near=0)
    for chunk in (*chunks(running), *chunks(answered)):
        with access.acting_in(practice.pk):
            found.update(watch_chunk(practice, chunk, today=today))
    return dict(found)


def watch_chunk(practice: Practice, ids: list[int], *, today: date) -> dict[str, int]:
    """What watch_deadlines does, for at most CHUNK denials in one transaction."""
    # Locks the denials; those that were resolved keep what they were judged by.
    rows = Denial.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    states = rows.values_list("pk", "state")
    write_deadlines([pk for pk, state in states if state != Denial.State.RESOLVED], today=today)
    told: dict[str, Any] = {
        "ids": ids,
        "today": today,
        "waiting": [str(state) for state in Denial.WAITING],
        "steps": list(STEPS),
        "most": max(STEPS),
    }
    with connection.cursor() as db:
        met = returned(db, MET, told)
        missed = returned(db, MISS, told)
        # The day to act by moves on first: it names what is told of next.
        db.execute(DUE, {"ids": sorted({row[0] for row in (*met, *missed)})})
        near = returned(db, NEAR, told)
    record_all(practice.pk, MISSED, missed)
    record_all(practice.pk, DUE_SOON, near)
    return {"met": len(met), "missed": len(missed), "near": len(near)}


@transaction.atomic
def file_appeal(denial: Denial, *, by: User) -> DenialDeadline:
    """The level of appeal that runs was used, for the denial's case; its deadline.

    The denial stays with us until the payer decides. Raises Refusal 409 when somebody was first, or
    no appeal of it is open.
    """
    case = take_case(denial)
    rows = DenialDeadline.objects.filter(
        denial__in=case, remedy__in=DenialDeadline.APPEALS, met_at=None, missed_at=None
    )
    found = {row.denial_id: row for row in rows.order_by("-last_safe_day", "-pk")}
    if denial.pk not in found:
        raise Refusal("no_open_appeal", "No appeal of this denial is open.", status=409)
    DenialDeadline.objects.filter(pk__in=[row.pk for row in found.values()]).update(
        met_at=timezone.now()
    )
    with connection.cursor() as db:
        db.execute(DUE, {"ids": sorted(found)})
    facts = [(pk, None, {"remedy": row.remedy}) for pk, row in sorted(found.items())]
    events.record_each(FILED, Denial, denial.practice_id, facts, by=by)
    return found[denial.pk]


def returned(db: Any, statement: str, told: dict[str, Any]) -> list[tuple[Any, ...]]:
    db.execute(statement, told)
    return list(db.fetchall())


def record_all(practice_id: int, name: str, rows: list[tuple[Any, ...]]) -> None:
    """One event per row: (denial, patient, remedy, last safe day) and the step where it has one."""
    facts = (
        (
            denial_id,
            patient_id,
            {"remedy": remedy, "last_safe_day": day.isoformat()}
            | ({"days": step[0]} if step else {}),
        )
        for denial_id, patient_id, remedy, day, *step in sorted(rows)
    )
    events.record_each(name, Denial, practice_id, facts, by=None)
