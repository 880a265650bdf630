"""What the page of acknowledgments shows: rejections, silence, answers that fit nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from billing.models import AnswerClock, AnswerError, FileProblem, Rejection
from billing.rejection_list import groups_of, open_work
from billing.rules.answer_clocks import BOUNDS, CLAIMS, FORM, PAYMENT
from billing.silence import silent_claims, silent_forms, silent_payers, stuck_batches
from rcm.models import Practice

SHOWN = 200
# Problems of files that bring answers.
PROBLEMS = (
    "unknown_interchange",
    "unknown_group",
    "unknown_claim",
    "unknown_batch",
    "totals_differ",
)
LABELS = {"rejected": "Rejected", "silent": "Silent", "files": "Files with errors"}


def tabs(counts: Mapping[str, int], current: str) -> list[dict[str, Any]]:
    """The three views of the page; the last has no count: it is history, not work."""
    return [
        {
            "label": label,
            "url": f"?view={key}",
            "count": counts.get(key),
            "is_current": key == current,
        }
        for key, label in LABELS.items()
    ]


def rejections_shown(waiting: QuerySet[Rejection], owner: str, now: datetime) -> dict[str, Any]:
    """Groups by reason, overdue first; of one owner, or of nobody ("none")."""
    rows = waiting
    if owner == "none":
        rows = rows.filter(owner__isnull=True)
    elif owner.isascii() and owner.isdigit():
        rows = rows.filter(owner_id=int(owner[:18]))
    groups = groups_of(rows, now=now, limit=SHOWN)
    return {
        "groups": groups,
        "total": sum(group.total for group in groups),
        "claims": [row.claim_id for group in groups for row, _ in group.rows],
    }


def silence_shown(practice: Practice, now: datetime) -> dict[str, Any]:
    """Who is silent for longer than usual, in four lists of rows for one table."""
    clocks = {
        (clock.payer_id, clock.step): clock.expected_within
        for clock in AnswerClock.objects.filter(practice=practice)
    }

    def usual(payer_id: int | None, step: str) -> str:
        return words_of(clocks.get((payer_id or 0, step), BOUNDS[step].default))

    forms = silent_forms(practice.pk, now)
    claims = silent_claims(practice.pk, now)
    return {
        "stuck": stuck_batches(practice.pk),
        "forms": [
            (row, words_of(now - row.sent_at), usual(row.payer_id, FORM))
            for row in forms
            if row.sent_at
        ],
        "silent_claims": [
            (row, words_of(now - row.batch.sent_at), usual(row.batch.payer_id, CLAIMS))
            for row in claims
            if row.batch.sent_at
        ],
        "payers": [
            (row, words_of(now - row.since), usual(row.payer_pk, PAYMENT))
            for row in silent_payers(practice.pk, now)
        ],
    }


def words_of(time: timedelta) -> str:
    """A length of time as people say it: "40 min", "26 h", "9 days"."""
    minutes = int(time.total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 72 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} days"


def errors_shown(practice: Practice) -> dict[str, Any]:
    """The newest answers that fit nothing of ours, and the newest places a 999 found wrong."""
    problems = FileProblem.objects.filter(practice=practice, code__in=PROBLEMS)
    errors = AnswerError.objects.filter(practice=practice)
    return {
        "problems": problems.select_related("file").defer("file__content").order_by("-pk")[:50],
        "errors": errors.select_related("claim", "answer__batch").order_by("-pk")[:50],
    }


def waiting_of(practice: Practice) -> QuerySet[Rejection]:
    """Open rejections of the practice."""
    return open_work(Rejection.objects.filter(practice=practice))
