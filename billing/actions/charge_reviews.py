"""Which coded visits wait for a person before they are billed; those that wait are looked at again.

A chunk costs the same number of statements whatever its size.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import F, Prefetch, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from billing.actions.institutional_parts import stay_of
from billing.authorizations import VisitAuthorizations
from billing.models import ChargeReview
from billing.rules import charge_review as rules
from billing.rules.charge_review import Reason
from coding.actions.pricing import price_open_charges
from coding.models import Charge, Encounter
from payers.actions.eligibility import known_on, latest_answers
from payers.models import Coverage
from payers.rules.eligibility import judge_visit
from rcm import events
from rcm.models import Membership, User

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
    """Encounter -> why it waits, by the rules. At most twelve statements."""
    price_open_charges(practice_id, encounters)
    authorizations = VisitAuthorizations(practice_id, encounters)
    name_authorizations(encounters, authorizations)
    coders = coders_looked_at(practice_id)
    same_day = visits_of_the_day(practice_id, encounters)
    eligibility = eligibility_of(practice_id, encounters)
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
                    rules.Line(charge.position, charge.price_code, charge.is_frozen)
                    for charge in encounter.charges.all()
                ],
                has_coverage=encounter.coverage_id is not None,
                same_day=str(earlier_visit(encounter, same_day) or ""),
                coder=coders.get(encounter.finalized_by_id or 0, ""),
                gaps=authorizations.gaps_of(encounter),
                eligibility=eligibility.get(encounter.pk),
            ),
            # A yes to an earlier coding of the visit says nothing about this one.
            is_accepted=bool(said and encounter.finalized_at and said >= encounter.finalized_at),
        )
    return found


def name_authorizations(
    encounters: Iterable[Encounter], authorizations: VisitAuthorizations
) -> None:
    """Visits that need an authorization and name none take the only one that covers them."""
    named = []
    for encounter in encounters:
        if number := authorizations.name_for(encounter):
            encounter.authorization_number = number
            named.append(encounter)
    Encounter.objects.bulk_update(named, ["authorization_number"])
    record_visits("encounter.authorization_named", [(visit, {}) for visit in named], by=None)


def eligibility_of(
    practice_id: int, encounters: Sequence[Encounter]
) -> dict[int, tuple[str, str] | None]:
    """Encounter -> what its policy's eligibility has against it. Two statements."""
    ids = {encounter.coverage_id for encounter in encounters if encounter.coverage_id}
    rows = Coverage.objects.filter(practice_id=practice_id, pk__in=ids)
    coverages = {row.pk: row for row in rows.select_related("patient", "payer")}
    answers = latest_answers(practice_id, coverages)
    return {
        encounter.pk: judge_visit(
            known_on(answers.get(coverage.pk, []), encounter.date_of_service),
            is_required=coverage.payer.requires_eligibility,
        )
        for encounter in encounters
        if (coverage := coverages.get(encounter.coverage_id or 0))
    }


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
    opened = [(visit, {"codes": codes_of(reasons)}) for visit, reasons in waiting]
    record_visits("encounter.review_opened", opened, by=by)


def columns_of(reasons: Sequence[Reason]) -> dict[str, list[dict[str, object]] | list[str]]:
    """The reasons as the review stores them."""
    return {"reasons": [reason._asdict() for reason in reasons], "codes": codes_of(reasons)}


def codes_of(reasons: Iterable[Reason]) -> list[str]:
    return sorted({reason.code for reason in reasons})


def record_visits(
    name: str, told: Sequence[tuple[Encounter, Mapping[str, Any]]], *, by: User | None
) -> None:
    """One event per visit of one practice, in one statement."""
    if told:
        facts = [(visit.pk, visit.patient_id, data) for visit, data in told]
        events.record_each(name, Encounter, told[0][0].practice_id, facts, by=by)


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
        .select_related("encounter__coverage__payer")
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
    record_visits("encounter.review_cleared", [(visit, {}) for visit in cleared], by=by)
    return len(cleared)


def count_charts(practice_id: int, coder: int | None, count: int, *, by: User | None) -> None:
    """So many charts fewer of this coder are to be looked at; after the last the others may go."""
    looked_at = Membership.objects.filter(practice_id=practice_id, user=coder)
    left = Greatest(F("charts_to_review") - count, 0)
    looked_at.filter(charts_to_review__gt=0).update(charts_to_review=left)
    if not looked_at.filter(charts_to_review__gt=0).exists():
        recheck(practice_id, by=by)
