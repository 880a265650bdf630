"""The practice's own history of what was done with denials like one, and the dollars of it."""

from datetime import date
from decimal import Decimal

from billing.models import UsualAllowed
from denials.models import Denial, VerbHistory
from denials.rules.next_best import CORRECTED, ROUTE, History, Option, options


def history_of(denial: Denial) -> dict[str, History]:
    """Verb -> how it went with denials of its cause at its payer, as the last night learned it.

    One statement.
    """
    rows = VerbHistory.objects.filter(
        practice=denial.practice_id, payer=denial.payer_id, category=denial.category
    )
    return {
        row.verb: History(row.ended, row.paid, row.median_days, row.minutes, row.measured)
        for row in rows
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
        history=history_of(denial),
    )
