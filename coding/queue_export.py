"""The coder queue as a file."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from coding.queue_page import Row, list_rows, rows_of
from coding.work_order import Charts
from rcm import access

HEAD = (
    *("Chart", "Flag", "Priority", "Date of service", "Patient", "MRN", "Provider", "Visit"),
    *("Specialty", "Payer class", "Note", "Days since service", "Owner", "State", "Waits for"),
    "Back on",
)
AT_ONCE = 2_000


def export_rows(practice_id: int, charts: Charts, today: date) -> Iterator[list[Any]]:
    """Every chart of the list, in a transaction of its own, a few thousand in memory at a time."""
    with access.acting_in(practice_id):
        found = list_rows(charts).iterator(chunk_size=AT_ONCE)
        while chunk := list(islice(found, AT_ONCE)):
            yield from map(cells_of, rows_of(chunk, today))


def cells_of(row: Row) -> list[Any]:
    chart = row.chart
    payer = chart.coverage.payer.get_payer_class_display() if chart.coverage else ""
    return [
        *(chart.number, row.flag[1] if row.flag else "", chart.priority, chart.date_of_service),
        *(chart.patient, chart.patient.mrn, chart.provider, chart.visit_type, chart.specialty),
        *(payer, row.note[1], row.lag, chart.owner or "", chart.get_state_display()),
        *(chart.hold_reason, chart.hold_until or ""),
    ]
