"""What the pages of appeals show: lists, one appeal, and how often payers give in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from coding.models import Document
from denials.appeal_checklist import read_packet
from denials.models import Appeal
from denials.models.appeal_files import PACKET
from denials.practice_days import practice_today
from denials.rules import appeals as rules
from denials.rules.appeal_letters import FIELDS, fields_in
from denials.rules.appeals import Rate
from denials.rules.triage import CAUSES
from rcm.models import Event

# Key, label, and which appeals: the first tab is what somebody acts on today.
TABS: dict[str, tuple[str, Q]] = {
    "draft": ("Drafts", Q(state=rules.DRAFT)),
    "ready": ("Ready to send", Q(state=rules.READY)),
    "submitted": ("With the payer", Q(state=rules.SUBMITTED)),
    "payment": ("Awaiting payment", Q(state=rules.DECIDED, follow_up_on__isnull=False)),
    "decided": ("Decided", Q(state=rules.DECIDED)),
}
FILTERS = ("q", "payer", "category", "level")
CSV_HEAD = (
    *("Claim", "Payer", "Code", "Cause", "Level", "State", "Outcome", "Amount", "Won"),
    *("Last safe day", "Submitted", "How", "Reference", "Ask again", "Decided"),
)
RATES = """
SELECT a.category, p.short_name, p.id, count(*),
    count(*) FILTER (WHERE a.outcome = ANY (%(won)s)),
    percentile_disc(0.5) WITHIN GROUP (
        ORDER BY a.decided_on - (a.submitted_at AT TIME ZONE %(zone)s)::date)
FROM denials_appeal a JOIN payers_payer p ON p.id = a.payer_id
WHERE a.practice_id = %(practice)s AND a.outcome = ANY (%(decided)s)
GROUP BY a.category, p.short_name, p.id
ORDER BY count(*) DESC, a.category, p.short_name, p.id
"""


@dataclass(frozen=True)
class RateRow:
    """How appeals of one cause ended at one payer."""

    category: str
    cause: str
    payer: str
    payer_id: int
    rate: Rate


@dataclass(frozen=True)
class AppealRow:
    """An appeal in a list: the day to act by, how many days are left, how long it is away."""

    row: Appeal
    due_on: date | None
    days_left: int | None
    days_out: int | None


def filter_appeals(rows: QuerySet[Appeal], filters: Mapping[str, Any]) -> QuerySet[Appeal]:
    """Appeals of a claim, patient, payer, cause or level."""
    if query := (filters.get("q") or "").strip():
        rows = rows.filter(
            Q(claim__patient_control_number__istartswith=query)
            | Q(claim__patient__last_name__istartswith=query)
            | Q(reference__istartswith=query)
        )
    if payer := filters.get("payer"):
        rows = rows.filter(payer__payer_id=payer)
    if category := filters.get("category"):
        rows = rows.filter(category=category)
    level = filters.get("level") or ""
    if level.isascii() and level.isdecimal() and len(level) == 1:
        rows = rows.filter(level=int(level))
    return rows


def ordered(rows: QuerySet[Appeal], tab: str) -> QuerySet[Appeal]:
    """Those of a tab, the first to act on first; decided ones newest first."""
    found = rows.filter(TABS[tab][1]).select_related("claim__patient", "payer", "submitted_by")
    if tab == "decided":
        return found.order_by("-decided_on", "-pk")
    return found.order_by(
        "follow_up_on" if tab in ("submitted", "payment") else "last_safe_day", "pk"
    )


def show(rows: Iterable[Appeal], today: date) -> list[AppealRow]:
    return [appeal_row(row, today) for row in rows]


def appeal_row(row: Appeal, today: date) -> AppealRow:
    due_on = row.last_safe_day if row.state in rules.UNSENT else row.follow_up_on
    sent_on = timezone.localdate(row.submitted_at) if row.submitted_at else None
    until = row.decided_on or today
    return AppealRow(
        row,
        due_on,
        (due_on - today).days if due_on else None,
        (until - sent_on).days if sent_on else None,
    )


def csv_rows(rows: Iterable[Appeal]) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            *(row.claim.patient_control_number, row.payer.name, row.code),
            *(CAUSES.get(row.category, row.category), row.level_label),
            *(row.get_state_display(), row.get_outcome_display(), row.amount, row.amount_won),
            *(row.last_safe_day, timezone.localdate(row.submitted_at) if row.submitted_at else ""),
            *(row.get_submitted_how_display(), row.reference, row.follow_up_on, row.decided_on),
        ]


def rates(practice_id: int) -> list[RateRow]:
    """Of every cause and payer with a decision, the most decided first. One statement.

    Won means all or a part. Withdrawn appeals are not counted; days run from sending to notice.
    """
    given: dict[str, Any] = {
        "practice": practice_id,
        "won": sorted(rules.PAYS),
        "decided": sorted(rules.OF_PAYER),
        "zone": settings.TIME_ZONE,
    }
    with connection.cursor() as db:
        db.execute(RATES, given)
        return [
            RateRow(category, CAUSES.get(category, category), payer, payer_id, Rate(won, n, days))
            for category, payer, payer_id, n, won, days in db.fetchall()
        ]


def rate_of(practice_id: int, category: str, payer_id: int) -> Rate:
    """How appeals of this cause ended at this payer."""
    found = {(row.category, row.payer_id): row.rate for row in rates(practice_id)}
    return found.get((category, payer_id), Rate(0, 0, None))


def appeal_detail(appeal: Appeal, *, now: datetime) -> dict[str, Any]:
    """The appeal with letter, checklist, chart pages, files and log, as its page shows them."""
    today = practice_today(appeal.practice, now=now)
    packet = read_packet(appeal, now=now)
    chosen = {row.pk for row in packet.documents}
    pages = Document.objects.current().filter(encounter_id=appeal.claim.encounter_id)
    return {
        "appeal": appeal,
        "shown": appeal_row(appeal, today),
        "packet": packet,
        "is_unsent": appeal.state in rules.UNSENT,
        "opens_next": appeal.outcome in rules.OPENS_NEXT and not has_next(appeal),
        "letter_facts": [
            (name, label, packet.case.letter.get(name, "")) for name, label in FIELDS.items()
        ],
        "used_fields": fields_in(appeal.body),
        "pages": [(page, page.pk in chosen) for page in pages.order_by("pk")],
        "sent_packet": appeal.files.filter(item=PACKET).defer("content").first(),
        "entries": appeal.entries.select_related("made_by").order_by("-pk"),
        "denials": packet.case.denials,
        "warning": rules.minimum_warning(
            appeal.payer.payer_class, appeal.level, appeal.amount, today
        ),
        "rate": rate_of(appeal.practice_id, appeal.category, appeal.payer_id),
        "cause": CAUSES.get(appeal.category, appeal.category),
        "history": history(appeal),
        "today": today,
    }


def has_next(appeal: Appeal) -> bool:
    return appeal.followed_by.exclude(outcome=rules.WITHDRAWN).exists()


# What the history of an appeal calls its events.
STEPS = {
    "appeal.opened": "Opened",
    "appeal.completed": "Complete",
    "appeal.submitted": "Sent",
    "appeal.submission_undone": "Sending undone",
    "appeal.decided": "Decided",
    "appeal.decision_undone": "Decision undone",
}


def history(appeal: Appeal) -> list[dict[str, Any]]:
    """Who brought it where, the newest first."""
    rows = Event.objects.filter(
        practice_id=appeal.practice_id,
        subject_type="appeal",
        subject_id=appeal.pk,
        name__in=list(STEPS),
    ).select_related("created_by")
    return [
        {"text": STEPS[row.name], "who": row.created_by, "when": row.created_at}
        for row in rows.order_by("-pk")
    ]
