"""Denials sent to the coder: one task for all lines denied for the same cause."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from coding.actions import tasks as coder_tasks
from coding.models import CoderTask
from denials.models import Denial
from denials.rules.triage import CODER_QUEUE
from rcm import events
from rcm.models import User

CHUNK = 1000
ROUTED = "denial.routed_to_coder"


def chunked(rows: Iterable[Denial]) -> Iterator[list[Denial]]:
    """The rows in lists of about CHUNK; rows of one answer of the payer must come together."""
    chunk: list[Denial] = []
    for row in rows:
        # The lines of one claim stay together: they may be one question to the coder.
        is_full = len(chunk) >= CHUNK and chunk[-1].remitted_claim_id != row.remitted_claim_id
        if is_full:
            yield chunk
            chunk = []
        chunk.append(row)
    if chunk:
        yield chunk


def route_all(denials: Iterable[Denial], *, by: User | None) -> None:
    """Send those that are open and the coder's to the coder, a chunk at a time; cases stay whole.

    As route_waiting, for any number of denials.
    """
    for chunk in chunked(sorted(denials, key=lambda row: (row.remitted_claim_id, row.pk))):
        route_waiting([row.pk for row in chunk], by=by)


def route_waiting(ids: Collection[int], *, by: User | None) -> int:
    """Send those of `ids` that are open and the coder's to the coder; how many lines.

    A denial the coder has answered stays. Callers hold the transaction. The
    number of statements does not depend on the number of lines.
    """
    rows = Denial.objects.select_for_update(of=("self",)).filter(
        pk__in=ids, state=Denial.State.OPEN, owner_queue=CODER_QUEUE, coder_task=None
    )
    found = list(rows.select_related("claim__encounter", "service_line").order_by("pk"))
    open_tasks(found, by=by)
    return len(found)


def open_tasks(denials: Iterable[Denial], *, by: User | None) -> list[CoderTask]:
    """A task per case of these locked denials of one practice; they wait for the answer."""
    cases = [list(rows) for _, rows in groupby(sorted(denials, key=in_cases), key=case_of)]
    return open_case_tasks(cases, by=by)


def open_case_tasks(cases: Sequence[list[Denial]], *, by: User | None) -> list[CoderTask]:
    """A task for each list of locked denials, all of one practice."""
    wanted = [
        coder_tasks.NewTask(rows[0].claim.encounter, f"denial:{rows[0].pk}", task_reason(rows))
        for rows in cases
    ]
    tasks = coder_tasks.open_tasks(wanted, by=by)
    routed = []
    for rows, each in zip(cases, wanted, strict=True):
        for denial in rows:
            denial.coder_task = tasks[each.source]
            denial.state = Denial.State.WITH_CODER
            routed.append(denial)
    Denial.objects.bulk_update(routed, ["coder_task", "state"])
    record_each(
        ROUTED,
        [(denial, {"task": denial.coder_task_id}) for denial in routed],
        by=by,
    )
    return [tasks[each.source] for each in wanted]


def case_of(denial: Denial) -> tuple[str, str]:
    """Lines of one case that have the same cause: remarks may tell them apart."""
    return denial.case, denial.category


def in_cases(denial: Denial) -> tuple[tuple[str, str], int]:
    return case_of(denial), denial.pk


def task_reason(case: list[Denial]) -> str:
    """What the coder reads first of a case."""
    first = case[0]
    line = first.service_line
    named = (line.position, line.procedure_code) if line else None
    return reason_words(first.code, first.remarks, named, [denial.amount for denial in case])


def reason_words(
    code: str, remarks: Sequence[str], line: tuple[int, str] | None, amounts: Sequence[Decimal]
) -> str:
    """Code, line (position and procedure; None: the whole claim) and the amount of all lines."""
    where = f"line {line[0]} ({line[1]})" if line else "the whole claim"
    more = len(amounts) - 1
    also = f" and {more} more line{'s' if more > 1 else ''}" if more else ""
    said = f" with {', '.join(remarks)}" if remarks else ""
    return f"{code}{said} on {where}{also}, ${sum(amounts, Decimal(0)):,.2f}"


def record_each(
    name: str, told: Sequence[tuple[Denial, dict[str, Any]]], *, by: User | None
) -> None:
    """One event per denial of one practice, in one statement."""
    if told:
        facts = [(denial.pk, None, data) for denial, data in told]
        events.record_each(name, Denial, told[0][0].practice_id, facts, by=by)
