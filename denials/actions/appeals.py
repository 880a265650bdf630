"""An appeal until it is with the payer: opened, written, complete, sent, and sending undone."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from billing.rules.page_images import PDF
from coding.models import Document
from denials.actions.appeal_requirements import asked_by
from denials.actions.appeal_states import (
    hold_appeal,
    meet_level,
    move,
    now_and_today,
    release_lines,
    reopen_level,
    set_lines,
)
from denials.actions.cases import require_state, take_case
from denials.appeal_checklist import denials_of, read_packet
from denials.appeal_facts import appeals_of, opening_of, read_case
from denials.appeal_packet import make_packet
from denials.models import (
    Appeal,
    AppealDocument,
    AppealFile,
    AppealItem,
    AppealLine,
    AppealTemplate,
    Denial,
)
from denials.models.appeal_files import PACKET
from denials.rules import appeal_letters as letters
from denials.rules import appeals as rules
from rcm import events, pdf
from rcm.errors import Refusal
from rcm.models import User

MOST_SIGNS = 20_000


@dataclass(frozen=True, slots=True)
class Sending:
    """How an appeal left: the way, its number there, and when to ask for the decision."""

    how: str
    reference: str = ""
    follow_up_on: date | None = None


@transaction.atomic
def open_appeal(denial: Denial, *, by: User, now: datetime | None = None) -> Appeal:
    """The draft of the open level for the denial's case; the one there is when it was opened.

    Raises Refusal 409 when somebody works the denial, 422 `no_open_level` with the reason.
    """
    case = take_case(denial, Denial.State.OPEN, Denial.State.PENDED)
    return draft(case, by=by, now=now)


def draft(case: Sequence[Denial], *, by: User, now: datetime | None = None) -> Appeal:
    """A draft for these locked lines of one case, its letter and checklist begun."""
    now, today = now_and_today(case[0].practice, now)
    before = appeals_of(case)
    living = next((row for row in before if row.state in rules.UNSENT), None)
    if living is not None:
        return living
    found = opening_of(case[0], today)
    if found.window is None:
        raise Refusal(
            "no_open_level", f"This cannot be appealed. {found.reason}.".replace("..", ".")
        )
    level = found.window.level
    if any(row.level == level for row in before):
        raise Refusal("level_used", "This level was used already.", status=409)
    appeal = write_draft(case, found.window, before[0] if before else None, by, now, today)
    events.record(
        "appeal.opened",
        appeal,
        by=by,
        patient_id=appeal.claim.patient_id,
        level=level,
        denials=[row.pk for row in case],
    )
    return appeal


def write_draft(
    case: Sequence[Denial],
    window: rules.LevelWindow,
    follows: Appeal | None,
    by: User,
    now: datetime,
    today: date,
) -> Appeal:
    first = case[0]
    kind = rules.kind_of(first.category, first.reason)
    template = own_template(first, window.level)
    facts = read_case(case, window.level, follows, now=now, today=today)
    body = template.body if template else letters.built_in(kind)
    built_in = f"{rules.KINDS[kind]}, version {letters.BUILT_IN_VERSION} (built in)"
    appeal = Appeal.objects.create(
        practice_id=first.practice_id,
        claim_id=first.claim_id,
        remitted_claim_id=first.remitted_claim_id,
        payer_id=first.payer_id,
        group=first.group,
        reason=first.reason,
        category=first.category,
        level=window.level,
        kind=kind,
        amount=facts.amount,
        deadline=window.deadline,
        last_safe_day=window.last_safe_day,
        follows=follows,
        template=template,
        template_name=str(template) if template else built_in,
        body=letters.begin(body, facts.letter),
        opened_by=by,
    )
    owned = {"practice_id": first.practice_id, "appeal": appeal}
    AppealLine.objects.bulk_create(AppealLine(**owned, denial=row) for row in case)
    required = rules.required_items(
        kind,
        window.level,
        template.required if template else (),
        asked_by(first.payer_id, window.level),
    )
    AppealItem.objects.bulk_create(
        AppealItem(**owned, kind=item, is_required=item in required) for item in rules.ITEMS
    )
    pages = Document.objects.current().filter(encounter_id=first.claim.encounter_id)
    AppealDocument.objects.bulk_create(
        AppealDocument(**owned, document=page) for page in pages.order_by("pk")
    )
    return appeal


def own_template(denial: Denial, level: int) -> AppealTemplate | None:
    """The practice's wording that fits best; None: ours."""
    rows = AppealTemplate.objects.filter(practice_id=denial.practice_id, retired_at=None)
    found = {row.pk: row for row in rows}
    best = letters.best_template(
        [
            letters.TemplateKey(row.pk, row.payer_id, row.payer_class, row.category, row.level)
            for row in found.values()
        ],
        payer_id=denial.payer_id,
        payer_class=denial.payer.payer_class,
        category=denial.category,
        level=level,
    )
    return found[best.id] if best else None


@transaction.atomic
def write_letter(appeal: Appeal, *, body: str, version: int, by: User) -> Appeal:
    """Save the letter; a complete appeal is a draft again.

    Raises Refusal 409 when it was sent or somebody saved in between, 422 for an unknown field.
    """
    locked = hold_appeal(appeal, *rules.UNSENT)
    if version != locked.version:
        raise Refusal(
            "letter_changed",
            "Somebody saved this letter in between. Load it again; your words are below.",
            status=409,
        )
    locked.body = check_body(body)
    locked.version += 1
    locked.state = Appeal.State.DRAFT
    locked.save(update_fields=["body", "version", "state"])
    events.record("appeal.letter_saved", locked, by=by, version=locked.version)
    return locked


def check_body(body: str) -> str:
    """The letter as it is kept. Raises Refusal 422."""
    text = body.replace("\r\n", "\n").strip()
    if not text:
        raise Refusal("letter_empty", "The letter is empty.", fields={"body": "Write a letter."})
    if len(text) > MOST_SIGNS:
        message = f"The letter is longer than {MOST_SIGNS:,} signs."
        raise Refusal("letter_too_long", message, fields={"body": message})
    if unknown := letters.unknown_fields(text):
        names = ", ".join(f"{{{name}}}" for name in unknown)
        message = f"There is no field {names}. Choose from the list beside the letter."
        raise Refusal("unknown_field", message, fields={"body": message})
    return text


@transaction.atomic
def make_ready(appeal: Appeal, *, by: User, now: datetime | None = None) -> Appeal:
    """The packet is complete. Raises Refusal 422 `packet_incomplete` with what is missing."""
    locked = hold_appeal(appeal, rules.DRAFT)
    require_complete(read_packet(locked, now=now or timezone.now()).missing)
    return move(locked, rules.READY, "appeal.completed", by=by)


def require_complete(missing: list[str]) -> None:
    if missing:
        raise Refusal(
            "packet_incomplete",
            f"Missing: {', '.join(missing)}. A manager can say that it is not available.",
            missing=missing,
        )


@transaction.atomic
def submit(appeal: Appeal, sending: Sending, *, by: User, now: datetime | None = None) -> Appeal:
    """The packet has left: its level is used, its denials are appealed and stay with the payer.

    The packet is kept as it was sent. Raises Refusal 409 when it is not ready or its denials are
    worked otherwise, 422 when something is missing or the day to ask is not after today.
    """
    now, today = now_and_today(appeal.practice, now)
    locked = hold_appeal(appeal, rules.READY)
    packet = read_packet(locked, now=now)
    require_complete(packet.missing)
    payer_class = locked.payer.payer_class
    ask_on = sending.follow_up_on or rules.decision_due(payer_class, locked.level, today)
    if ask_on <= today:
        raise Refusal(
            "date_passed", "Choose a day after today.", fields={"follow_up_on": "In the past."}
        )
    lines = hold_lines(locked)
    keep_packet(locked, make_packet(packet, now=now), by=by)
    locked.sent_letter = packet.letter.text
    locked.submitted_at, locked.submitted_by = now, by
    locked.submitted_how, locked.reference = sending.how, sending.reference.strip()[:60]
    locked.follow_up_on = ask_on
    locked.save(
        update_fields=[
            *("sent_letter", "submitted_at", "submitted_by", "submitted_how", "reference"),
            "follow_up_on",
        ]
    )
    set_lines(lines, Denial.State.APPEALED, "denial.appealed", by=by, appeal=locked.pk)
    meet_level(locked, at=now, today=today)
    return move(locked, rules.SUBMITTED, "appeal.submitted", by=by, how=sending.how)


def hold_lines(appeal: Appeal) -> list[Denial]:
    """The denied lines, locked. Raises Refusal 409 when one cannot be appealed any more."""
    rows = Denial.objects.select_for_update(of=("self",)).filter(appeal_lines__appeal=appeal)
    found = list(rows.order_by("pk"))
    for row in found:
        # After a partly favorable decision the lines are with the payer still.
        require_state(row, Denial.State.OPEN, Denial.State.PENDED, Denial.State.APPEALED)
    return found


def keep_packet(appeal: Appeal, content: bytes, *, by: User) -> None:
    AppealFile.objects.create(
        practice_id=appeal.practice_id,
        appeal=appeal,
        item=PACKET,
        name=f"appeal-{appeal.claim.patient_control_number}-{appeal.level}.pdf",
        content_type=PDF,
        content=content,
        size=len(content),
        pages=pdf.count_pages(content),
        sha256=hashlib.sha256(content).hexdigest(),
        added_by=by,
    )


@transaction.atomic
def undo_submission(appeal: Appeal, *, by: User, now: datetime | None = None) -> Appeal:
    """It did not leave: the appeal is ready again, its denials are open, its level too."""
    _, today = now_and_today(appeal.practice, now)
    locked = hold_appeal(appeal, rules.SUBMITTED)
    AppealFile.objects.filter(appeal=locked, item=PACKET).delete()
    move(locked, rules.READY, "appeal.submission_undone", by=by)
    locked.submitted_at, locked.submitted_by, locked.follow_up_on = None, None, None
    locked.submitted_how, locked.reference, locked.sent_letter = "", "", ""
    locked.save(
        update_fields=[
            *("submitted_at", "submitted_by", "follow_up_on", "submitted_how", "reference"),
            "sent_letter",
        ]
    )
    release_lines(locked, by=by)
    reopen_level(locked, today=today)
    return locked


@transaction.atomic
def open_next(appeal: Appeal, *, by: User, now: datetime | None = None) -> Appeal:
    """The draft of the level after a decision that did not give everything.

    Raises Refusal 409 for another appeal, 422 when no further level is open.
    """
    locked = hold_appeal(appeal, rules.DECIDED)
    if locked.outcome not in rules.OPENS_NEXT:
        raise Refusal("nothing_to_appeal", "This decision leaves nothing to appeal.", status=409)
    lines = hold_lines(locked)
    by_pk = {row.pk: row for row in denials_of(locked)}
    return draft([by_pk[row.pk] for row in lines], by=by, now=now)
