"""The practice's own history of what was done with denials like one, and the dollars of it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from billing.models import UsualAllowed
from denials.models import Denial
from denials.rules.next_best import CORRECTED, ROUTE, History, Option, options

# Two years of endings; what a person took longer than this over was not one piece of work.
YEARS = timedelta(days=730)
LONGEST = timedelta(hours=1)

HISTORY = """
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
        {which}
        AND d.resolution IN ('paid', 'denied_again', 'written_off', 'patient')
)
SELECT n.payer_id, n.category, n.verb, count(*), count(*) FILTER (WHERE n.resolution = 'paid'),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(day FROM n.resolved_at - n.at)::int)
        FILTER (WHERE n.resolution = 'paid'),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY round(extract(epoch FROM n.at - w.at) / 60, 1))
        FILTER (WHERE w.at IS NOT NULL),
    count(w.at)
FROM ended n
LEFT JOIN LATERAL (
    SELECT max(e.created_at) AS at FROM rcm_event e
    WHERE e.practice_id = %(practice)s AND e.subject_type = 'denial' AND e.subject_id = n.id
        AND e.name = 'denial.viewed' AND e.created_by_id = n.by AND e.created_at < n.at
        AND e.created_at > n.at - %(longest)s
) w ON true
GROUP BY n.payer_id, n.category, n.verb
"""
HISTORY_OF_ONE = HISTORY.format(which="AND d.payer_id = %(payer)s AND d.category = %(category)s")
HISTORY_OF_ALL = HISTORY.format(which="")


def terms_of(practice_id: int, today: date) -> dict[str, Any]:
    """What both statements ask with."""
    return {"practice": practice_id, "since": today - YEARS, "longest": LONGEST}


def history_of(denial: Denial, today: date) -> dict[str, History]:
    """Verb -> how it went with denials of the same cause at the same payer. One statement.

    The first verb of a denial counts, whoever or whatever did it after. Minutes are from the last
    view before it to the verb, by the same person.
    """
    terms = terms_of(denial.practice_id, today)
    terms |= {"payer": denial.payer_id, "category": denial.category}
    with connection.cursor() as db:
        db.execute(HISTORY_OF_ONE, terms)
        return {
            verb: History(ended, paid, days, minutes, measured)
            for _, _, verb, ended, paid, days, minutes, measured in db.fetchall()
        }


def dollars_of(denial: Denial) -> Decimal:
    """What the payer usually allows for the line, at most what was denied. One statement.

    The denied amount where nothing is usual.
    """
    line = denial.service_line
    if line is None:
        return denial.amount
    usual = (
        UsualAllowed.objects.filter(
            practice_id=denial.practice_id,
            payer_id=denial.payer_id,
            procedure_code=line.procedure_code,
            modifiers=" ".join(sorted(line.modifiers)),
        )
        .order_by("-quarter", "-lines")
        .values_list("median", flat=True)
        .first()
    )
    return denial.amount if usual is None else min(denial.amount, usual * line.units)


def next_best(denial: Denial, today: date) -> list[Option]:
    """What can be done with an open denial, best first; nothing for any other."""
    if denial.state != Denial.State.OPEN:
        return []
    verbs = [CORRECTED] if denial.coder_task_id else [CORRECTED, ROUTE]
    return options(
        denial.category,
        verbs,
        dollars=dollars_of(denial),
        days_left=(denial.due_on - today).days,
        history=history_of(denial, today),
    )
