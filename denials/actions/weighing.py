"""What denials that wait are worth per minute, kept with them so that a list can be ordered by it.

The numbers are those of denials.rules.next_best, with the history as the last night learned it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction

from denials.actions.deadlines import chunks
from denials.models import Denial, VerbHistory
from denials.practice_days import practice_today
from denials.rules.next_best import CORRECTED, ROUTE, History, options
from rcm import access
from rcm.models import Practice
from rcm.money import ZERO

# Two years of endings; what a person took longer than this over was not one piece of work.
YEARS = timedelta(days=730)
LONGEST = timedelta(hours=1)

LEARN = """
INSERT INTO denials_verbhistory (practice_id, payer_id, category, verb, ended, paid, median_days,
    minutes, measured, computed_at)
WITH ended AS (
    SELECT d.id, d.payer_id, d.category, d.resolution, d.resolved_at, v.verb, v.at, v.by
    FROM denials_denial d
    JOIN LATERAL (
        SELECT CASE WHEN e.name = 'denial.routed_to_coder' THEN 'route' ELSE 'corrected' END
            AS verb, e.created_at AS at, e.created_by_id AS by
        FROM rcm_event e
        WHERE e.practice_id = %(practice)s AND e.subject_type = 'denial' AND e.subject_id = d.id
            AND e.name IN ('denial.routed_to_coder', 'denial.resubmitted')
        ORDER BY e.id LIMIT 1
    ) v ON true
    WHERE d.practice_id = %(practice)s AND d.state = 'resolved' AND d.denied_on > %(since)s
        AND d.resolution IN ('paid', 'denied_again', 'written_off', 'patient')
)
SELECT %(practice)s, n.payer_id, n.category, n.verb, count(*),
    count(*) FILTER (WHERE n.resolution = 'paid'),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(day FROM n.resolved_at - n.at)::int)
        FILTER (WHERE n.resolution = 'paid'),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY round(extract(epoch FROM n.at - w.at) / 60, 1))
        FILTER (WHERE w.at IS NOT NULL),
    count(w.at), now()
FROM ended n
LEFT JOIN LATERAL (
    SELECT max(e.created_at) AS at FROM rcm_event e
    WHERE e.practice_id = %(practice)s AND e.subject_type = 'denial' AND e.subject_id = n.id
        AND e.name = 'denial.viewed' AND e.created_by_id = n.by AND e.created_at < n.at
        AND e.created_at > n.at - %(longest)s
) w ON true
GROUP BY n.payer_id, n.category, n.verb
"""
# What no verb of ours can move now has no worth. Rows are locked in the order of their ids.
READ = """
SELECT d.id, d.payer_id, d.category, d.coder_task_id IS NULL, d.state IN ('open', 'pended'),
    d.due_on, least(d.amount, coalesce(u.median * l.units, d.amount)), d.worth, d.worth_verb
FROM denials_denial d
LEFT JOIN billing_serviceline l ON l.id = d.service_line_id
LEFT JOIN LATERAL (
    SELECT a.median FROM billing_usualallowed a
    WHERE a.practice_id = d.practice_id AND a.payer_id = d.payer_id
        AND a.procedure_code = l.procedure_code
        AND a.modifiers = array_to_string(
            ARRAY(SELECT m FROM unnest(l.modifiers) m ORDER BY m COLLATE "C"), ' ')
    ORDER BY a.quarter DESC, a.lines DESC LIMIT 1
) u ON true
WHERE d.practice_id = %(practice)s AND d.id = ANY (%(ids)s)
ORDER BY d.id FOR UPDATE OF d
"""
WRITE = """
UPDATE denials_denial d SET worth = n.worth, worth_verb = n.verb
FROM unnest(%(ids)s::bigint[], %(worths)s::numeric[], %(verbs)s::text[]) AS n (id, worth, verb)
WHERE d.id = n.id
"""
MOST = Decimal("99999999.99")
Histories = Mapping[tuple[int, str], Mapping[str, History]]


class Weighed(NamedTuple):
    """Dollars per minute of a denial's best verb; none without a verb known well enough."""

    pk: int
    worth: Decimal
    verb: str


def learn_history(practice: Practice, today: date) -> int:
    """Learn anew how verbs went, by payer and cause; how many rows. Two statements.

    The first verb of a denial counts, whoever or whatever did it after. Minutes are from the last
    view before it to the verb, by the same person.
    """
    VerbHistory.objects.filter(practice=practice).delete()
    with connection.cursor() as db:
        terms: dict[str, Any] = {
            "practice": practice.pk,
            "since": today - YEARS,
            "longest": LONGEST,
        }
        db.execute(LEARN, terms)
        return int(db.rowcount)


def histories_of(practice_id: int) -> Histories:
    """Payer and cause -> verb -> how it went, as last learned. One statement."""
    found: defaultdict[tuple[int, str], dict[str, History]] = defaultdict(dict)
    for row in VerbHistory.objects.filter(practice=practice_id):
        known = History(row.ended, row.paid, row.median_days, row.minutes, row.measured)
        found[row.payer_id, row.category][row.verb] = known
    return found


def weigh(practice: Practice, ids: Collection[int], *, histories: Histories | None = None) -> int:
    """Write what these denials are worth per minute; how many changed.

    Three statements, whatever the number. Callers hold the transaction.
    """
    if not ids:
        return 0
    known = histories_of(practice.pk) if histories is None else histories
    today = practice_today(practice)
    with connection.cursor() as db:
        db.execute(READ, {"practice": practice.pk, "ids": sorted(ids)})
        changed = [
            now
            for row in db.fetchall()
            if (now := weigh_row(row, known, today)) != Weighed(row[0], *row[-2:])
        ]
        if changed:
            pks, worths, verbs = (list(column) for column in zip(*changed, strict=True))
            db.execute(WRITE, {"ids": pks, "worths": worths, "verbs": verbs})
    return len(changed)


def weigh_row(row: tuple[Any, ...], known: Histories, today: date) -> Weighed:
    pk, payer_id, category, may_route, is_ours, due_on, dollars, *_ = row
    if not is_ours:
        return Weighed(pk, ZERO, "")
    verbs = [CORRECTED, ROUTE] if may_route else [CORRECTED]
    history = known.get((payer_id, category), {})
    days = (due_on - today).days
    best = options(category, verbs, dollars=dollars, days_left=days, history=history)[0]
    if best.worth is None:
        return Weighed(pk, ZERO, "")
    return Weighed(pk, min(best.worth, MOST), best.verb)


def weigh_all(practice: Practice) -> dict[str, int]:
    """Once a night: learn the history, then weigh all that wait, a chunk to a transaction.

    Days left change the worth at 30, 14, 7 and 3 days; only rows that change are written. Returns
    how many rows of history, and denials changed.
    """
    with access.acting_in(practice.pk), transaction.atomic():
        learned = learn_history(practice, practice_today(practice))
        waiting = Denial.objects.filter(practice=practice, state__in=Denial.WAITING)
        ids = list(waiting.order_by("pk").values_list("pk", flat=True))
        histories = histories_of(practice.pk)
    changed = 0
    for chunk in chunks(ids):
        with access.acting_in(practice.pk):
            changed += weigh(practice, chunk, histories=histories)
    return {"learned": learned, "changed": changed}
