"""What the batch pages show: each batch as a strip of steps, and what its claims were answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from billing.models import Batch
from billing.silence import without_form

# One rejection of a sending makes its claim rejected (index of batch_id).
ANSWERS = """
SELECT batch_id, count(*) FILTER (WHERE is_accepted AND NOT is_rejected),
       count(*) FILTER (WHERE is_rejected)
FROM (
    SELECT batch_id, claim_id, bool_or(verdict = 'rejected') AS is_rejected,
           bool_or(verdict = 'accepted') AS is_accepted
    FROM billing_claimacknowledgment
    WHERE batch_id = ANY(%(batches)s) AND practice_id = %(practice)s
    GROUP BY batch_id, claim_id
) claims
GROUP BY batch_id
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One station of a batch: `tone` green done, red refused, amber waiting, gray not yet."""

    label: str
    value: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One batch with its steps."""

    batch: Batch
    steps: list[Step]
    accepted: int
    rejected: int
    is_silent: bool
    sends_in: str

    @property
    def can_pull_back(self) -> bool:
        return self.batch.state == Batch.State.QUEUED and not self.batch.was_unknown

    @property
    def is_unknown(self) -> bool:
        return self.batch.state == Batch.State.UNKNOWN


def answer_counts(practice_id: int, batches: Iterable[Batch]) -> dict[int, tuple[int, int]]:
    """Batch id -> claims accepted and rejected by 277CA. One statement."""
    ids = [batch.pk for batch in batches]
    with connection.cursor() as cursor:
        cursor.execute(ANSWERS, {"practice": practice_id, "batches": ids})
        return {batch: (accepted, rejected) for batch, accepted, rejected in cursor.fetchall()}


def strips_of(practice_id: int, batches: Iterable[Batch], now: datetime) -> list[Strip]:
    """The batches as strips, judged at `now`."""
    rows = list(batches)
    counts = answer_counts(practice_id, rows)
    mine = Batch.objects.filter(pk__in=[batch.pk for batch in rows])
    silent = set(without_form(mine, now).values_list("pk", flat=True))
    return [
        _strip(batch, *counts.get(batch.pk, (0, 0)), now, is_silent=batch.pk in silent)
        for batch in rows
    ]


def _strip(batch: Batch, accepted: int, rejected: int, now: datetime, *, is_silent: bool) -> Strip:
    steps = [
        _sent_step(batch),
        _code_step("TA1", batch.interchange_code),
        _code_step("999", batch.group_code),
        _claims_step(accepted, rejected, batch.claims_count),
    ]
    return Strip(batch, steps, accepted, rejected, is_silent, _sends_in(batch, now))


def _sends_in(batch: Batch, now: datetime) -> str:
    """What is left of the outbox time, as "4:12"; empty unless the batch waits there."""
    if batch.state != Batch.State.QUEUED:
        return ""
    left = max(0, int((batch.send_after - now).total_seconds()))
    return f"{left // 60}:{left % 60:02d}" if left else "now"


def _sent_step(batch: Batch) -> Step:
    found: dict[str, tuple[str, str, str]] = {
        Batch.State.QUEUED: ("waiting", "amber", "clock"),
        Batch.State.SENDING: ("sending", "blue", "send"),
        Batch.State.UNKNOWN: ("unknown", "amber", "triangle-alert"),
        Batch.State.FAILED: ("not sent", "red", "circle-x"),
        Batch.State.PULLED_BACK: ("pulled back", "gray", "undo-2"),
    }
    value, tone, icon = found.get(batch.state, ("sent", "green", "check"))
    return Step("File", value, tone, icon)


def _code_step(label: str, code: str) -> Step:
    if not code:
        return Step(label, "–", "gray", "clock")
    if code in ("A", "E"):
        return Step(label, "accepted" if code == "A" else "with notes", "green", "check")
    return Step(label, "partly" if code == "P" else "rejected", "red", "circle-x")


def _claims_step(accepted: int, rejected: int, total: int) -> Step:
    if not (accepted or rejected):
        return Step("277CA", "–", "gray", "clock")
    if rejected:
        return Step("277CA", f"{accepted} ok, {rejected} rejected", "red", "circle-x")
    tone, icon = ("green", "check") if accepted >= total else ("amber", "clock")
    return Step("277CA", f"{accepted} of {total}", tone, icon)


def facts_of(strip: Strip) -> list[tuple[str, Any]]:
    """Label and value for the side of the batch page."""
    batch = strip.batch
    return [
        ("Payer", batch.payer.name),
        ("Channel", batch.channel.name),
        ("Payer id there", batch.payer_identifier or batch.payer.payer_id),
        ("Usage", "Test" if batch.channel.is_test else "Production"),
        ("Interchange", f"{batch.interchange_control_number:09d}"),
        ("Group", batch.group_control_number),
        ("Attempts", batch.attempts),
        ("Queued by", str(batch.created_by) if batch.created_by else "System"),
    ]
