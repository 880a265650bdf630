"""Queries to providers: ask, remind, withdraw, answer, and what waits too long.

While a query waits its chart is on hold; when the last one of the chart is settled the chart goes
back to the queue, first to who asked (coding.actions.encounters.next_encounter).
"""

from dataclasses import asdict
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from coding.actions import encounters
from coding.models import Document, Encounter, ProviderQuery, QueryTemplate
from coding.rules.query_answers import AddendumFacts, check_answer, write_addendum
from coding.rules.query_quotes import LONGEST_QUOTE, Page, find_indicators
from coding.rules.query_wording import Fault, QueryDraft, check_wording
from rcm import events
from rcm.business_days import add_business_days
from rcm.errors import Refusal
from rcm.models import Provider, User

DUE_BUSINESS_DAYS = 3
# A sent query can be taken back as if it had not been sent.
UNDO = timedelta(minutes=5)
BETWEEN_REMINDERS = timedelta(hours=20)
State = ProviderQuery.State


def pages_of(encounter: Encounter) -> list[Page]:
    """The documents a query may quote, in their order."""
    rows = encounter.documents.current().order_by("pk").values_list("pk", "title", "text")
    return [Page(*row) for row in rows]


def check_draft(draft: QueryDraft, pages: list[Page]) -> list[Fault]:
    """The refusals of a draft on its chart: wording, then quotes that are in no document."""
    faults = check_wording(draft, "\n".join(page.text for page in pages))
    _, missing = find_indicators(draft.quotes, pages)
    faults += [
        Fault(
            "quote_not_found",
            "quotes",
            "stands in no document of this chart.",
            "Quote its words as they are.",
            words[:LONGEST_QUOTE],
            0,
            len(words),
        )
        for words in missing
    ]
    return faults


@transaction.atomic
def ask_query(
    encounter: Encounter,
    draft: QueryDraft,
    *,
    by: User,
    provider: Provider | None = None,
    template: QueryTemplate | None = None,
    due_on: date | None = None,
    version: int | None = None,
) -> ProviderQuery:
    """Ask the provider of the visit, or another one of the practice, and hold the chart.

    Raises Refusal 422 "wording_refused" (`data["faults"]`), "due_past" or "provider_without_login",
    409 or 423 as `encounters.take`. A chart that waits for another query takes a further one.
    """
    pages = pages_of(encounter)
    if faults := check_draft(draft, pages):
        fields = {fault.field: fault.message for fault in reversed(faults)}
        raise Refusal("wording_refused", faults[0].message, fields=fields, faults=faults)
    today = timezone.localdate()
    due_on = due_on or add_business_days(today, DUE_BUSINESS_DAYS)
    if due_on <= today:
        message = "The day it is due must be after today."
        raise Refusal("due_past", message, fields={"due_on": message})
    asked = provider or encounter.provider
    if asked.user_id is None:
        message = f"{asked.address_name} has no login, so that nobody could answer."
        raise Refusal("provider_without_login", message, fields={"provider": message})
    hold_for_query(encounter, asked, by=by, version=version)
    indicators, _ = find_indicators(draft.quotes, pages)
    query = ProviderQuery.objects.create(
        practice_id=encounter.practice_id,
        encounter=encounter,
        provider=asked,
        template=template,
        kind=draft.kind,
        purpose=draft.purpose,
        title=draft.title.strip(),
        question=draft.question.strip(),
        options=list(draft.options),
        indicators=[asdict(indicator) for indicator in indicators],
        asked_by=by,
        asked_at=timezone.now(),
        due_on=due_on,
    )
    note("asked", query, by=by, provider=asked.pk)
    return query


def note(verb: str, query: ProviderQuery, *, by: User | None, **data: int) -> None:
    """One event of a query; it holds ids only."""
    patient_id = query.encounter.patient_id
    events.record(f"provider_query.{verb}", query, by=by, patient_id=patient_id, **data)


def hold_for_query(
    encounter: Encounter, provider: Provider, *, by: User, version: int | None
) -> None:
    """Out of the coder's hands until the answer. One hold whatever the number of queries."""
    row = Encounter.objects.select_for_update(of=("self",)).get(pk=encounter.pk)
    waiting = list(
        ProviderQuery.objects.filter(encounter=row, state=State.OPEN).select_related("provider")
    )
    is_first = row.state != Encounter.State.HELD or not waiting
    if is_first:
        encounters.take(encounter, by=by, version=version)
    names = dict.fromkeys([*(query.provider.address_name for query in waiting)])
    names[provider.address_name] = None
    encounters.put_down(
        encounter,
        state=Encounter.State.HELD,
        hold_reason=f"Query to {', '.join(names)}"[:200],
        hold_until=None,
    )
    if is_first:
        events.record("encounter.held", encounter, by=by, patient_id=encounter.patient_id)


@transaction.atomic
def remind(query: ProviderQuery, *, by: User | None) -> None:
    """Put it on top of the provider's inbox. Raises Refusal 409: settled, or reminded today."""
    row = waiting_row(query)
    now = timezone.now()
    if row.reminded_at and row.reminded_at > now - BETWEEN_REMINDERS:
        raise Refusal(
            "reminded_already",
            f"{row.provider.address_name} was reminded less than a day ago.",
            status=409,
        )
    row.reminded_at = now
    row.save(update_fields=["reminded_at"])
    note("reminded", row, by=by)
    query.refresh_from_db()


def waiting_row(query: ProviderQuery) -> ProviderQuery:
    """The chart and the query, locked in this order. Raises Refusal 409 when it is settled."""
    Encounter.objects.select_for_update(of=("self",)).get(pk=query.encounter_id)
    rows = ProviderQuery.objects.select_related("encounter", "provider", "asked_by")
    row = rows.select_for_update(of=("self",)).get(pk=query.pk)
    if row.state != State.OPEN:
        word = row.get_state_display().lower()
        raise Refusal("query_settled", f"This query is {word}. Nothing was changed.", status=409)
    return row


@transaction.atomic
def withdraw(query: ProviderQuery, *, by: User) -> bool:
    """Take the question back; True when that undid the sending.

    Within five minutes of sending, who asked gets the chart back into their hands, unless another
    query of it waits. Raises Refusal 409 when it is settled.
    """
    row = waiting_row(query)
    is_undo = row.asked_by_id == by.pk and timezone.now() - row.asked_at <= UNDO
    settle(row, State.WITHDRAWN)
    note("withdrawn", row, by=by)
    if return_chart(row.encounter, by=by) and is_undo:
        encounters.take(row.encounter, by=by)
    query.refresh_from_db()
    return is_undo


def settle(query: ProviderQuery, state: str, **answer: object) -> None:
    answer |= {"state": state, "settled_at": timezone.now()}
    for name, value in answer.items():
        setattr(query, name, value)
    query.save(update_fields=list(answer))


def return_chart(encounter: Encounter, *, by: User | None) -> bool:
    """Off hold when nothing of it waits any more; was it?"""
    if encounter.state != Encounter.State.HELD:
        return False
    if encounter.queries.filter(state=State.OPEN).exists():
        return False
    encounters.release(encounter)
    events.record("encounter.released", encounter, by=by, patient_id=encounter.patient_id)
    return True


@transaction.atomic
def answer_query(query: ProviderQuery, *, option: str, text: str, by: User) -> ProviderQuery:
    """Sign the answer as an addendum of the chart; the note it is about stays as it is.

    Raises Refusal 403 when `by` is not the provider asked, 409 when it is settled, 422 when the
    answer is not whole.
    """
    row = waiting_row(query)
    if row.provider.user_id != by.pk:
        raise Refusal("not_asked", "Only the provider who was asked can answer.", status=403)
    if wrong := check_answer(row.kind, row.options, option, text):
        field = "text" if option or row.kind == "open" else "option"
        raise Refusal("answer_not_whole", wrong, fields={field: wrong})
    addendum = sign_addendum(row, option, text)
    settle(
        row,
        State.ANSWERED,
        answer_option=option,
        answer_text=text.strip(),
        answered_by=by,
        addendum=addendum,
    )
    note("answered", row, by=by, document=addendum.pk)
    # Whoever loaded the chart before must look at it again.
    Encounter.objects.filter(pk=row.encounter_id).update(version=F("version") + 1)
    return_chart(row.encounter, by=None)
    return row


def sign_addendum(query: ProviderQuery, option: str, text: str) -> Document:
    """The answer as a document of the visit, signed now by the provider."""
    encounter, now = query.encounter, timezone.now()
    facts = AddendumFacts(
        encounter_number=encounter.number,
        served_on=f"{encounter.date_of_service:%m/%d/%Y}",
        question=query.question,
        quotes=[(each["quote"], each["title"]) for each in query.indicators],
        option=option,
        text=text,
        signature=query.provider.signature,
        signed_at=f"{timezone.localtime(now):%m/%d/%Y %H:%M}",
    )
    events.notify("encounter.documents_changed", encounter.practice_id, encounter.pk)
    return Document.objects.create(
        practice_id=query.practice_id,
        encounter=encounter,
        kind=Document.Kind.ADDENDUM,
        title=f"Addendum: {query.title}"[:120],
        text=write_addendum(facts),
        signed_by=query.provider.signature[:80],
        signed_at=now,
    )
