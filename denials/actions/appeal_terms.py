"""A payer's own windows for corrections and appeals: entered and ended by managers."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction

from denials.models import AppealLevel, AppealTerms
from denials.rules.deadlines import AppealStep
from payers.models import Payer, Plan
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

OVERLAPS = "Other terms of this payer and plan hold on some of these days. End them first."
# The deadlines of the payer's denials follow after the commit; the night finds what is left behind.
REWRITE = "denials.tasks.rewrite_deadlines"


@transaction.atomic
def add_terms(
    payer: Payer,
    *,
    plan: Plan | None,
    starts_on: date,
    ends_on: date | None,
    corrected_claim_days: int | None,
    steps: Iterable[AppealStep],
    note: str = "",
    by: User | None,
) -> AppealTerms:
    """New terms of a payer, or of one of its plans, with the windows of its levels.

    Raises Refusal for a plan of somebody else, an end before the start, days other terms hold on,
    and terms that say nothing.
    """
    steps = list(steps)
    if plan is not None and plan.payer_id != payer.pk:
        message = f"This is no plan of {payer}."
        raise Refusal("other_plan", message, fields={"plan": message})
    if corrected_claim_days is None and not steps:
        message = "Give the days of a correction or of a level of appeal."
        raise Refusal("terms_empty", message, fields={"corrected_claim_days": message})
    refuse_end(starts_on, ends_on)
    row = AppealTerms(
        practice_id=payer.practice_id,
        payer=payer,
        plan=plan,
        starts_on=starts_on,
        ends_on=ends_on,
        corrected_claim_days=corrected_claim_days,
        note=note.strip()[:200],
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "appeal_terms_one_a_day" not in str(error):
            raise
        raise Refusal("terms_overlap", OVERLAPS, fields={"starts_on": OVERLAPS}) from error
    AppealLevel.objects.bulk_create(
        AppealLevel(practice_id=payer.practice_id, terms=row, **step._asdict()) for step in steps
    )
    events.record("appeal_terms.added", row, by=by, payer=payer.pk)
    events.enqueue_on_commit(REWRITE, payer.practice_id, payer.pk)
    return row


@transaction.atomic
def end_terms(row: AppealTerms, *, ends_on: date, by: User | None) -> None:
    """The last day on which the terms hold; denials of later days follow what holds then.

    Raises Refusal for a day before they begin, and 409 when they have ended already.
    """
    locked = AppealTerms.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.ends_on is not None and locked.ends_on <= ends_on:
        message = f"These terms end on {locked.ends_on:%m/%d/%Y} already."
        raise Refusal("terms_ended", message, fields={"ends_on": message}, status=409)
    refuse_end(locked.starts_on, ends_on)
    locked.ends_on = ends_on
    locked.save(update_fields=["ends_on"])
    events.record("appeal_terms.ended", locked, by=by, ends_on=ends_on.isoformat())
    events.enqueue_on_commit(REWRITE, locked.practice_id, locked.payer_id)


def refuse_end(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        message = "It ends before it starts."
        raise Refusal("ends_before_start", message, fields={"ends_on": message})
