"""The priority of open charts, kept by statements over whole practices (coding.rules.priority)."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from coding.actions.chart_events import record_many
from coding.actions.chart_locks import in_one_order
from coding.models import Encounter
from coding.rules.priority import (
    DOLLARS_A_POINT,
    LAST_DAYS,
    MOST,
    MOST_FOR_DAYS,
    MOST_FOR_VALUE,
    POINTS_A_LAST_DAY,
    POINTS_FOR_LAST_DAYS,
    POINTS_FOR_RETURNED,
    POINTS_FOR_URGENT,
    TARGET_DAYS,
)
from coding.work_order import OPEN_STATES
from rcm import access
from rcm.models import Practice, User

YEAR = timedelta(days=365)
# Charts ranked in one transaction.
CHUNK = 2_000
RANKED = (*OPEN_STATES, Encounter.State.HELD)
# A line without a price is worth nothing yet, a visit without lines counts as one of 0.00.
VALUES = """
WITH billed AS (
    SELECT e.visit_type, e.specialty,
        round(coalesce(sum(c.amount), 0) / count(*), 2) AS amount
    FROM coding_encounter e
    LEFT JOIN LATERAL (
        SELECT sum(amount_billed) AS amount FROM coding_charge WHERE encounter_id = e.id
    ) c ON true
    WHERE e.practice_id = %(practice)s AND e.state = 'finalized' AND e.finalized_at >= %(since)s
    GROUP BY e.visit_type, e.specialty
), gone AS (
    DELETE FROM coding_visitvalue v
    WHERE v.practice_id = %(practice)s AND NOT EXISTS (
        SELECT 1 FROM billed b WHERE (b.visit_type, b.specialty) = (v.visit_type, v.specialty)
    )
)
INSERT INTO coding_visitvalue (practice_id, visit_type, specialty, amount)
SELECT %(practice)s, visit_type, specialty, amount FROM billed
ON CONFLICT (practice_id, visit_type, specialty) DO UPDATE SET amount = EXCLUDED.amount
WHERE coding_visitvalue.amount <> EXCLUDED.amount
"""
# The limit as payers.rules.filing has it: of contracts in force the last that speaks, those for all
# plans before the plan's own; else the plan in force; else the payer. A returned chart was filed in
# time already, its correction has a limit of its own.
LIMIT = """
coalesce(
    (SELECT k.{days} FROM payers_payercontract k
     WHERE k.payer_id = y.id AND (k.plan_id IS NULL OR k.plan_id = p.plan_id)
       AND k.{days} IS NOT NULL AND k.starts_on <= e.date_of_service
       AND (k.ends_on IS NULL OR e.date_of_service <= k.ends_on)
     ORDER BY k.plan_id IS NOT NULL DESC, k.id DESC LIMIT 1),
    CASE WHEN l.starts_on <= e.date_of_service
        AND (l.ends_on IS NULL OR e.date_of_service <= l.ends_on) THEN l.{days} END,
    y.{days}
)
"""
RANKED_CHARTS = f"""
WITH chart AS (
    SELECT e.id, e.priority, e.is_urgent, e.state = 'returned' AS is_returned,
        %(today)s - e.date_of_service AS age, coalesce(v.amount, 0) AS worth,
        e.date_of_service - %(today)s + CASE WHEN e.state = 'returned'
            THEN {LIMIT.format(days="corrected_claim_days")}
            ELSE {LIMIT.format(days="timely_filing_days")} END AS days_left
    FROM coding_encounter e
    LEFT JOIN coding_visitvalue v ON v.practice_id = e.practice_id
        AND v.visit_type = e.visit_type AND v.specialty = e.specialty
    LEFT JOIN payers_coverage p ON p.id = e.coverage_id
    LEFT JOIN payers_payer y ON y.id = p.payer_id
    LEFT JOIN payers_plan l ON l.id = p.plan_id
    WHERE e.practice_id = %(practice)s AND e.state = ANY (%(states)s)
        AND (%(ids)s::bigint[] IS NULL OR e.id = ANY (%(ids)s))
    {{lock}}
), ranked AS (
    SELECT id, priority, least({MOST},
        least(greatest(age - {TARGET_DAYS}, 0), {MOST_FOR_DAYS})
        + least(floor(worth / {DOLLARS_A_POINT}), {MOST_FOR_VALUE})
        + CASE WHEN is_returned THEN {POINTS_FOR_RETURNED} ELSE 0 END
        + CASE WHEN is_urgent THEN {POINTS_FOR_URGENT} ELSE 0 END
        + CASE WHEN days_left <= {LAST_DAYS} THEN {POINTS_FOR_LAST_DAYS}
            + ({LAST_DAYS} - greatest(days_left, 0)) * {POINTS_A_LAST_DAY} ELSE 0 END
    ) AS points
    FROM chart
)
"""  # noqa: S608  numbers of our own
# Charts whose number is another one now; locks nothing.
STALE = f"""
{RANKED_CHARTS.format(lock="")}
SELECT id FROM ranked WHERE priority <> points ORDER BY id
"""  # noqa: S608  statements of our own
# Locked in one order, so that two who rank at the same time wait for each other.
PRIORITIES = f"""
{RANKED_CHARTS.format(lock="ORDER BY e.id FOR UPDATE OF e")}
UPDATE coding_encounter SET priority = ranked.points
FROM ranked
WHERE coding_encounter.id = ranked.id AND ranked.priority <> ranked.points
"""  # noqa: S608  statements of our own


def rank_charts(practice_id: int, *, today: date | None = None) -> int:
    """Learn what visits are worth, then rank all open and held charts; how many changed.

    Opens the practice itself: each CHUNK of charts is a transaction of its own and locks only
    charts whose number changes, so that nobody who asks for the next chart waits long. Two
    statements, and one for each chunk.
    """
    with access.acting_in(practice_id):
        learn_values(practice_id, today=today)
        with connection.cursor() as db:
            db.execute(STALE, ranking_values(practice_id, None, today))
            stale = [pk for (pk,) in db.fetchall()]
    changed = 0
    for first in range(0, len(stale), CHUNK):
        with access.acting_in(practice_id):
            changed += set_priorities(practice_id, stale[first : first + CHUNK], today=today)
    return changed


def learn_values(practice_id: int, *, today: date | None = None) -> None:
    """What visits of each kind billed on average in the year before `today`. One statement."""
    since = (today or timezone.localdate()) - YEAR
    with connection.cursor() as db:
        db.execute(VALUES, {"practice": practice_id, "since": since})


def ranking_values(
    practice_id: int, ids: Collection[int] | None, today: date | None
) -> dict[str, Any]:
    """What STALE and PRIORITIES ask for; `ids` None ranks all open and held charts."""
    return {
        "practice": practice_id,
        "states": list(RANKED),
        "ids": None if ids is None else list(ids),
        "today": today or timezone.localdate(),
    }


def set_priorities(practice_id: int, ids: Collection[int], *, today: date | None = None) -> int:
    """Rank these open or held charts; how many changed. One statement.

    Called for charts that are new or came back, and daily for those another day changes.
    """
    with connection.cursor() as db:
        db.execute(PRIORITIES, ranking_values(practice_id, ids, today))
        return int(db.rowcount)


@transaction.atomic
def mark_urgent(
    practice: Practice, ids: Collection[int], *, urgent: bool = True, by: User | None
) -> int:
    """A lead calls open or held charts urgent, or no longer; how many changed. Four statements."""
    rows = Encounter.objects.filter(practice=practice, pk__in=ids, state__in=RANKED)
    changed = in_one_order(rows.exclude(is_urgent=urgent))
    found = dict(changed.values_list("pk", "patient_id"))
    Encounter.objects.filter(pk__in=found).update(is_urgent=urgent)
    set_priorities(practice.pk, found)
    record_many(practice.pk, "encounter.urgency_set", found, by=by, urgent=urgent)
    return len(found)
