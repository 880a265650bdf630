"""The denials of one remittance by statements over all of them: staged, judged, then written once.

Denials of one code are judged together, those of one code and day have their deadlines together.
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from billing.models import Remittance
from billing.rules.posting import REVERSAL, WITHOUT_PAYMENT
from billing.staging import StagedTable
from coding.actions import tasks as coder_tasks
from denials.actions.deadlines import Alike, write_fresh
from denials.actions.routing import ROUTED, reason_words
from denials.actions.weighing import histories_of, weigh
from denials.deadline_facts import read_fresh
from denials.models import Denial
from denials.practice_days import practice_today
from denials.rules.deadlines import deadlines
from denials.rules.triage import CODER_QUEUE, Said, Tables, triage
from rcm import events

STAGED = StagedTable(
    "denial",
    {
        "id": "bigint",
        "claim_id": "bigint",
        "service_line_id": "bigint",
        "remitted_claim_id": "bigint",
        "remitted_line_id": "bigint",
        "adjustment_id": "bigint",
        "payer_id": "bigint",
        "group": "text",
        "reason": "text",
        "remarks": "text[]",
        "amount": "numeric",
        "denied_on": "date",
        "category": "text",
        "owner_queue": "text",
        "why": "text",
        "team": "text",
        "due_on": "date",
        "task_id": "bigint",
    },
)
# One denial from all denied adjustments of a line, or of a claim denied as a whole; the largest
# names its reason. Remarks of the claim count where the line has none.
STAGE = """
INSERT INTO staged_denial (id, claim_id, service_line_id, remitted_claim_id, remitted_line_id,
    adjustment_id, payer_id, "group", reason, remarks, amount, denied_on, team)
SELECT nextval('denials_denial_id_seq'), n.*, %(denied_on)s, ''
FROM (
    SELECT s.claim_id, s.service_line_id, s.remitted_claim_id, s.remitted_line_id, s.id,
        s.payer_id, s."group", s.reason, s.remarks, s.total
    FROM (
        SELECT DISTINCT ON (a.remitted_claim_id, a.remitted_line_id) a.id, a.remitted_claim_id,
            a.remitted_line_id, a."group", a.reason, r.claim_id, c.payer_id, l.service_line_id,
            CASE WHEN l.remarks <> '{}' THEN l.remarks ELSE r.remarks END AS remarks,
            sum(a.amount) OVER (PARTITION BY a.remitted_claim_id, a.remitted_line_id) AS total
        FROM billing_adjustment a
        JOIN billing_remittedclaim r ON r.id = a.remitted_claim_id
        JOIN billing_claim c ON c.id = r.claim_id
        JOIN unnest(%(payers)s::bigint[], %(groups)s::text[], %(reasons)s::text[])
            AS k (payer_id, "group", reason)
            ON k.payer_id = c.payer_id AND k."group" = a."group" AND k.reason = a.reason
        LEFT JOIN billing_remittedline l ON l.id = a.remitted_line_id
        WHERE a.practice_id = %(practice)s AND a.remittance_id = %(remittance)s
            AND r.state = 'posted' AND r.status_code <> ALL (%(no_answers)s)
            AND a.id <> ALL (%(moved)s::bigint[])
        ORDER BY a.remitted_claim_id, a.remitted_line_id, a.amount DESC, a.position
    ) s
    WHERE s.total > 0 AND NOT EXISTS (
        SELECT 1 FROM denials_denial d WHERE d.remitted_claim_id = s.remitted_claim_id
            AND d.remitted_line_id IS NOT DISTINCT FROM s.remitted_line_id)
    ORDER BY s.remitted_claim_id, s.remitted_line_id
) n
"""
SAID = """
SELECT DISTINCT s.payer_id, p.name, s."group", s.reason, s.remarks
FROM staged_denial s JOIN payers_payer p ON p.id = s.payer_id
"""
# The remarks as text: arrays of arrays have one length.
JUDGE = """
UPDATE staged_denial s SET category = n.category, owner_queue = n.owner_queue, why = n.why
FROM unnest(%(payers)s::bigint[], %(groups)s::text[], %(reasons)s::text[], %(remarks)s::text[],
    %(categories)s::text[], %(queues)s::text[], %(whys)s::text[])
    AS n (payer_id, "group", reason, remarks, category, owner_queue, why)
WHERE n.payer_id = s.payer_id AND n."group" = s."group" AND n.reason = s.reason
    AND n.remarks = array_to_string(s.remarks, ' ')
"""
# A posting rule names the team.
OWN = """
UPDATE staged_denial s SET team = n.team, owner_queue = n.team
FROM unnest(%(adjustments)s::bigint[], %(teams)s::text[]) AS n (adjustment_id, team)
WHERE n.adjustment_id = s.adjustment_id
"""
DUE = """
UPDATE staged_denial s SET due_on = n.due_on
FROM unnest(%(ids)s::bigint[], %(days)s::date[]) AS n (id, due_on)
WHERE n.id = s.id
"""
FOR_CODER = """
SELECT s.id, s.claim_id, s.remitted_claim_id, s."group", s.reason, s.category, s.remarks, s.amount,
    l.position, l.procedure_code, c.encounter_id, c.patient_id
FROM staged_denial s
JOIN billing_claim c ON c.id = s.claim_id
LEFT JOIN billing_serviceline l ON l.id = s.service_line_id
WHERE s.owner_queue = %s
ORDER BY s.remitted_claim_id, s."group", s.reason, s.category, s.id
"""
ASK = """
UPDATE staged_denial s SET task_id = n.task_id
FROM unnest(%(ids)s::bigint[], %(tasks)s::bigint[]) AS n (id, task_id)
WHERE n.id = s.id
"""
WRITE = """
INSERT INTO denials_denial (id, practice_id, claim_id, service_line_id, remitted_claim_id,
    remitted_line_id, payer_id, "group", reason, remarks, amount, category, owner_queue, why, team,
    state, denied_on, due_on, pend_reason, coder_task_id, resolution, resolution_note)
SELECT s.id, %(practice)s, s.claim_id, s.service_line_id, s.remitted_claim_id,
    s.remitted_line_id, s.payer_id, s."group", s.reason, s.remarks, s.amount, s.category,
    s.owner_queue, s.why, s.team,
    CASE WHEN s.task_id IS NULL THEN 'open' ELSE 'with_coder' END,
    s.denied_on, s.due_on, '', s.task_id, '', ''
FROM staged_denial s ORDER BY s.id
"""


class Asked(NamedTuple):
    """A denial on its way to the coder."""

    pk: int
    claim_id: int
    remitted_claim_id: int
    group: str
    reason: str
    category: str
    remarks: list[str]
    amount: Decimal
    position: int | None
    procedure_code: str | None
    encounter_id: int
    patient_id: int

    @property
    def case(self) -> tuple[int, str, str, str]:
        """Lines of one answer denied with one code for one cause are one question."""
        return self.remitted_claim_id, self.group, self.reason, self.category


def stage(
    remittance: Remittance, denied: Sequence[tuple[int, str, str]], moved: Collection[int]
) -> int:
    """Put what is denied and not opened yet into staged_denial; how many."""
    payers, groups, reasons = zip(*denied, strict=True)
    with connection.cursor() as db:
        STAGED.open(db)
        STAGED.fill(db, [])
        names: dict[str, Any] = {
            "practice": remittance.practice_id,
            "remittance": remittance.pk,
            "denied_on": remittance.paid_on,
            "payers": list(payers),
            "groups": list(groups),
            "reasons": list(reasons),
            "no_answers": [REVERSAL, *WITHOUT_PAYMENT],
            "moved": list(moved),
        }
        db.execute(STAGE, names)
        count = int(db.rowcount)
        db.execute("ANALYZE staged_denial")
        return count


def write(remittance: Remittance, causes: Tables, teams: Mapping[int, str]) -> int:
    """Judge what is staged and write it with its deadlines and the questions to the coder.

    The number of statements does not depend on the number of denials, which is returned.
    """
    today = practice_today(remittance.practice)
    with connection.cursor() as db:
        judge(db, causes, teams)
        found = [(read.ids, deadlines(read.claim, read.terms)) for read in read_fresh()]
        note_days(db, found)
        routed = ask_coder(db, remittance.practice_id)
        db.execute(WRITE, {"practice": remittance.practice_id})
        created = int(db.rowcount)
    write_fresh(found, today=today)
    events.record_each(ROUTED, Denial, remittance.practice_id, routed, by=None)
    if known := histories_of(remittance.practice_id):
        fresh = [pk for ids, _ in found for pk in ids]
        weigh(remittance.practice, fresh, histories=known)
    return created


def judge(db: CursorWrapper, causes: Tables, teams: Mapping[int, str]) -> None:
    """Cause, owner and why, for each code once."""
    db.execute(SAID)
    said = [Said(*row) for row in db.fetchall()]
    found = [triage(each, causes) for each in said]
    names: dict[str, Any] = {
        "payers": [each.payer_id for each in said],
        "groups": [each.group for each in said],
        "reasons": [each.reason for each in said],
        "remarks": [" ".join(each.remarks) for each in said],
        "categories": [each.category for each in found],
        "queues": [each.owner_queue for each in found],
        "whys": [each.why for each in found],
    }
    db.execute(JUDGE, names)
    if teams:
        db.execute(OWN, {"adjustments": list(teams), "teams": list(teams.values())})


def note_days(db: CursorWrapper, found: Alike) -> None:
    """The day to act by: the soonest deadline."""
    days = [(pk, min(d.last_safe_day for d in each)) for ids, each in found for pk in ids]
    db.execute(DUE, {"ids": [pk for pk, _ in days], "days": [day for _, day in days]})


def ask_coder(db: CursorWrapper, practice_id: int) -> list[events.Fact]:
    """A task per case of the coder's; what is told of each denial when it is written."""
    db.execute(FOR_CODER, [CODER_QUEUE])
    rows = [Asked(*row) for row in db.fetchall()]
    cases = [list(case) for _, case in groupby(rows, key=lambda row: row.case)]
    if not cases:
        return []
    wanted = [fresh_task(case) for case in sorted(cases, key=lambda case: case[0].pk)]
    tasks = coder_tasks.open_fresh(practice_id, wanted)
    asked = [(row.pk, tasks[source_of(case)]) for case in cases for row in case]
    asked.sort()
    db.execute(ASK, {"ids": [pk for pk, _ in asked], "tasks": [task for _, task in asked]})
    return [(pk, None, {"task": task}) for pk, task in asked]


def source_of(case: Sequence[Asked]) -> str:
    return f"denial:{case[0].pk}"


def fresh_task(case: Sequence[Asked]) -> coder_tasks.FreshTask:
    first = case[0]
    line = None
    if first.position is not None:
        line = (first.position, first.procedure_code or "")
    reason = reason_words(
        f"{first.group}-{first.reason}", first.remarks, line, [row.amount for row in case]
    )
    return coder_tasks.FreshTask(first.encounter_id, first.patient_id, source_of(case), reason)
