"""Which coded visits wait for a person before they are billed; those that wait are looked at again.

A chunk costs the same number of statements whatever its size.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import F, Prefetch, QuerySet
from django.utils import timezone

from billing.actions.institutional_parts import stay_of
from billing.models import ChargeReview
from billing.rules import charge_review as rules
from billing.rules.charge_review import Reason
from coding.actions.pricing import price_open_charges
from coding.models import Charge, Encounter
from rcm import events
from rcm.models import Event, Membership, User

CHUNK = 500
State = ChargeReview.State
# Patient, provider, day.
VisitKey = tuple[int, int, date]


def hold_or_pass(
    practice_id: int, encounters: Sequence[Encounter], *, by: User | None
) -> list[Encounter]:
    """Price what has its price by now, put into review what must wait, and give back the rest."""
    found = find_reasons(practice_id, encounters)
    hold([(encounter, found[encounter.pk]) for encounter in encounters], by=by)
    return [encounter for encounter in encounters if not found[encounter.pk]]


def find_reasons(practice_id: int, encounters: Sequence[Encounter]) -> dict[int, list[Reason]]:
    """Encounter -> why it waits, by the rules. At most five statements."""
    price_open_charges(practice_id, encounters)
    coders = coders_looked_at(practice_id)
    same_day = visits_of_the_day(practice_id, encounters)
    accepted = dict(
        ChargeReview.objects.filter(encounter__in=encounters, state=State.ACCEPTED).values_list(
            "encounter", "decided_at"
        )
    )
    found = {}
    for encounter in encounters:
        said = accepted.get(encounter.pk)
        found[encounter.pk] = rules.review(
            rules.Visit(
                [
                    rules.Line(charge.position, charge.procedure_code, charge.is_frozen)
                    for charge in encounter.charges.all()
                ],
                has_coverage=encounter.coverage_id is not None,
                same_day=str(earlier_visit(encounter, same_day) or ""),
                coder=coders.get(encounter.finalized_by_id or 0, ""),
            ),
            # A yes to an earlier coding of the visit says nothing about this one.
            is_accepted=bool(said and encounter.finalized_at and said >= encounter.finalized_at),
        )
    return found


def coders_looked_at(practice_id: int) -> dict[int, str]:
    """User -> name of those whose next charts are reviewed."""
    rows = Membership.objects.filter(practice_id=practice_id, charts_to_review__gt=0)
    return {row.user_id: str(row.user) for row in rows.select_related("user")}


def visits_of_the_day(
    practice_id: int, encounters: Iterable[Encounter]
) -> Mapping[VisitKey, list[Encounter]]:
    """Coded visits of the same patients on the same days, the first coded first."""
    rows = Encounter.objects.filter(
        practice_id=practice_id,
        patient__in={encounter.patient_id for encounter in encounters},
        date_of_service__in={encounter.date_of_service for encounter in encounters},
        state=Encounter.State.FINALIZED,
    )
    rows = rows.select_related("stay").order_by("finalized_at", "pk")
    found: defaultdict[VisitKey, list[Encounter]] = defaultdict(list)
    for row in rows:
        found[row.patient_id, row.provider_id, row.date_of_service].append(row)
    return found


def earlier_visit(
    encounter: Encounter, visits: Mapping[VisitKey, list[Encounter]]
) -> Encounter | None:
    """The visit of that day that was coded first, None when this one was.

    What a facility bills and what the provider bills for the same visit are two things.
    """
    same_day = visits.get((encounter.patient_id, encounter.provider_id, encounter.date_of_service))
    is_facility = {row.pk: stay_of(row) is not None for row in same_day or ()}
    own = is_facility.get(encounter.pk, False)
    first = next((row for row in same_day or () if is_facility[row.pk] == own), encounter)
    return None if first.pk == encounter.pk else first


def hold(found: Iterable[tuple[Encounter, list[Reason]]], *, by: User | None) -> None:
    """Put visits with reasons into review, or back into it. Two statements."""
    waiting = [(encounter, reasons) for encounter, reasons in found if reasons]
    now = timezone.now()
    ChargeReview.objects.bulk_create(
        [
            ChargeReview(
                practice_id=encounter.practice_id,
                encounter=encounter,
                state=State.WAITING,
                opened_at=now,
                **columns_of(reasons),
            )
            for encounter, reasons in waiting
        ],
        update_conflicts=True,
        unique_fields=["encounter"],
        update_fields=[
            *("state", "reasons", "codes", "note", "opened_at", "decided_at", "decided_by")
        ],
    )
    Event.objects.bulk_create(
        event_of(encounter, "encounter.review_opened", by, codes=codes_of(reasons))
        for encounter, reasons in waiting
    )


def columns_of(reasons: Sequence[Reason]) -> dict[str, list[dict[str, object]] | list[str]]:
    """The reasons as the review stores them."""
    return {"reasons": [reason._asdict() for reason in reasons], "codes": codes_of(reasons)}


def codes_of(reasons: Iterable[Reason]) -> list[str]:
    return sorted({reason.code for reason in reasons})


def event_of(encounter: Encounter, name: str, by: User | None, **data: object) -> Event:
    return Event(
        practice_id=encounter.practice_id,
        name=name,
        subject_type="encounter",
        subject_id=encounter.pk,
        patient_id=encounter.patient_id,
        data=data,
        created_by=by,
    )


def recheck(practice_id: int, *, by: User | None = None) -> int:
    """Look again at everything that waits; how many visits may be billed now.

    What a person has changed elsewhere (a price, a policy, the review of a coder) clears the visits
    that waited for it. One coded anew meanwhile is left to the drafting.
    """
    cleared, after = 0, 0
    while True:
        rows = list(waiting_rows(practice_id).filter(pk__gt=after).order_by("pk")[:CHUNK])
        if not rows:
            break
        after = rows[-1].pk
        cleared += recheck_rows(practice_id, rows, by=by)
    if cleared:
        events.enqueue_on_commit("billing.tasks.draft_ready_claims", practice_id)
    return cleared


def waiting_rows(practice_id: int) -> QuerySet[ChargeReview]:
    """Reviews that wait, with what the rules ask about; another worker's are skipped."""
    charges = Prefetch("encounter__charges", Charge.objects.order_by("position"))
    return (
        ChargeReview.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(practice_id=practice_id, state=State.WAITING)
        .select_related("encounter")
        .prefetch_related(charges)
    )


def recheck_rows(practice_id: int, rows: Sequence[ChargeReview], *, by: User | None) -> int:
    """Store what is found now; visits without a reason, or back with the coder, wait no longer."""
    coded = [row for row in rows if row.encounter.state == Encounter.State.FINALIZED]
    found = find_reasons(practice_id, [row.encounter for row in coded])
    now = timezone.now()
    changed = []
    for row in rows:
        reasons = found.get(row.encounter_id, [])
        told = [reason._asdict() for reason in reasons]
        if reasons and told == row.reasons:
            continue
        changed.append(row)
        if reasons:
            row.reasons, row.codes = told, codes_of(reasons)
        else:
            row.state = State.CLEARED if row in coded else State.RETURNED
            row.decided_at, row.decided_by = now, by
    ChargeReview.objects.bulk_update(
        changed, ["state", "reasons", "codes", "decided_at", "decided_by"]
    )
    cleared = [row.encounter for row in changed if row.state == State.CLEARED]
    Event.objects.bulk_create(
        event_of(encounter, "encounter.review_cleared", by) for encounter in cleared
    )
    return len(cleared)


def count_chart(practice_id: int, coder: User | None, *, by: User | None) -> None:
    """One chart fewer of this coder is to be looked at; after the last one the others may go."""
    looked_at = Membership.objects.filter(practice_id=practice_id, user=coder)
    looked_at.filter(charts_to_review__gt=0).update(charts_to_review=F("charts_to_review") - 1)
    if not looked_at.filter(charts_to_review__gt=0).exists():
        recheck(practice_id, by=by)
