"""What decides causes, read from the database once."""

from denials.models import CauseOverride, Denial
from denials.rules.triage import CODER_QUEUE, Route, Said, Tables
from payers.models import ReasonCode, RemarkCode


def read_tables(practice_id: int, reason: str | None = None) -> Tables:
    """The shipped routing and the practice's overrides in force; only of one `reason` if named."""
    reasons = ReasonCode.objects.all()
    open_rows = CauseOverride.objects.filter(practice_id=practice_id, ended_at=None)
    if reason is not None:
        reasons, open_rows = reasons.filter(code=reason), open_rows.filter(reason=reason)
    return Tables(
        reasons={row.code: route_of(row, row.label) for row in reasons},
        remarks={row.code: route_of(row, row.label) for row in RemarkCode.objects.all()},
        overrides={
            (row.payer_id, row.group, row.reason, row.remark): own_route(row) for row in open_rows
        },
    )


def route_of(row: ReasonCode | RemarkCode, label: str) -> Route:
    return Route(label, row.category, row.owner_queue, row.routes_to_coder)


def own_route(row: CauseOverride) -> Route:
    return Route(row.note, row.category, row.owner_queue, row.owner_queue == CODER_QUEUE)


def said(denial: Denial) -> Said:
    """What the payer said, from the denial itself. Reads the payer when it is not there."""
    return Said(denial.payer_id, denial.payer.name, denial.group, denial.reason, denial.remarks)
