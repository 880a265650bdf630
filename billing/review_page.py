"""What charge review shows: the visits that wait, by reason, and one of them to work on."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, F, Func, Prefetch, Q, QuerySet
from django.utils import timezone

from billing.actions.charge_reviews import earlier_visit, visits_of_the_day
from billing.forms_charges import authorizations_of
from billing.inquiry_pages import latest_of, show
from billing.models import ChargeReview
from billing.rules import charge_review as rules
from coding.models import Charge, Encounter
from payers.actions.coverages import coverages_on
from rcm.money import ZERO

FILTERS = ("reason", "q", "owner")


def with_visits(reviews: QuerySet[ChargeReview]) -> QuerySet[ChargeReview]:
    """With what a row and the pane show of each visit."""
    charges = Prefetch("encounter__charges", Charge.objects.order_by("position"))
    rows = reviews.select_related(
        "encounter__patient", "encounter__provider", "encounter__coverage", "work_owner__owner"
    )
    return rows.prefetch_related(charges, "encounter__diagnoses")


def waiting(reviews: QuerySet[ChargeReview]) -> QuerySet[ChargeReview]:
    """What waits for a person, the oldest first."""
    rows = reviews.filter(state=ChargeReview.State.WAITING)
    return with_visits(rows).order_by("opened_at", "pk")


def filtered(rows: QuerySet[ChargeReview], query: Mapping[str, Any]) -> QuerySet[ChargeReview]:
    """What the address asks for."""
    if code := query.get("reason"):
        rows = rows.filter(codes__contains=[code])
    if text := str(query.get("q") or "").strip():
        rows = rows.filter(
            Q(encounter__number__iexact=text) | Q(encounter__patient__last_name__istartswith=text)
        )
    owner = str(query.get("owner") or "")
    if owner == "none":
        rows = rows.filter(work_owner__isnull=True)
    elif owner.isascii() and owner.isdigit():
        rows = rows.filter(work_owner__owner=int(owner[:18]))
    return rows


def only_judged(rows: QuerySet[ChargeReview]) -> QuerySet[ChargeReview]:
    """Those whose reasons a person's word settles."""
    return rows.filter(codes__contained_by=sorted(rules.JUDGED))


def tabs(reviews: QuerySet[ChargeReview], query: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One tab per reason, in the order of the rules; a visit may stand under several."""
    open_ones = reviews.filter(state=ChargeReview.State.WAITING).order_by()
    each = Func(F("codes"), function="unnest", output_field=CharField())
    counts = dict(open_ones.annotate(code=each).values_list("code").annotate(Count("pk")))
    chosen = query.get("reason", "")
    found = [("", "All", open_ones.count())]
    found += [(code, label, counts.get(code, 0)) for code, label in rules.LABELS.items()]
    return [
        {
            "label": label,
            "url": f"?reason={code}" if code else "?",
            "count": count,
            "is_current": code == chosen,
        }
        for code, label, count in found
    ]


def row_of(review: ChargeReview, today: date) -> dict[str, Any]:
    """One visit as the list shows it. `amount` is None while a line has no price."""
    visit = review.encounter
    charges = list(visit.charges.all())
    amounts = [charge.amount_billed for charge in charges]
    coded_on = timezone.localdate(visit.finalized_at) if visit.finalized_at else today
    return {
        "review": review,
        "visit": visit,
        "codes": ", ".join("-".join([c.procedure_code, *c.modifiers]) for c in charges),
        "units": sum((charge.units for charge in charges), Decimal(0)),
        "amount": None if None in amounts else sum(filter(None, amounts), ZERO),
        "labels": [rules.LABELS.get(code, code) for code in review.codes],
        "days": (today - coded_on).days,
        "owner": review.work_owner.owner if hasattr(review, "work_owner") else None,
    }


def detail_of(review: ChargeReview, today: date, *, can_work: bool) -> dict[str, Any]:
    """One visit to work on: its reasons, its lines, and what can be done about each."""
    visit = review.encounter
    charges = list(visit.charges.all())
    is_waiting = review.state == ChargeReview.State.WAITING
    return row_of(review, today) | {
        "lines": charges,
        "diagnoses": list(visit.diagnoses.all()),
        "unpriced": [charge for charge in charges if charge.amount_billed is None],
        "policies": list(coverages_on(visit.patient, visit.date_of_service)),
        "needs_policy": visit.coverage_id is None or is_stopped_by_payer(review),
        "eligibility": show(asked) if (asked := latest_of(visit.coverage)) else None,
        "other_visit": other_visit(review),
        "authorizations": list(authorizations_of(visit)) if needs_authorization(review) else [],
        "needs_authorization": needs_authorization(review),
        "blocked": sorted(set(review.codes) - rules.JUDGED),
        "is_waiting": is_waiting,
        "can_work": can_work and is_waiting,
    }


def needs_authorization(review: ChargeReview) -> bool:
    """Does it wait for what its payer has not authorized?"""
    return bool({rules.AUTHORIZATION_MISSING, rules.AUTHORIZATION_USED_UP} & set(review.codes))


def is_stopped_by_payer(review: ChargeReview) -> bool:
    """The payer says the chosen policy does not pay: another one may."""
    return bool({rules.ELIGIBILITY_INACTIVE, rules.ELIGIBILITY_MISMATCH} & set(review.codes))


def other_visit(review: ChargeReview) -> Encounter | None:
    """The visit of that day that was coded first, when it is why this one waits."""
    if rules.DUPLICATE_VISIT not in review.codes:
        return None
    visit = review.encounter
    return earlier_visit(visit, visits_of_the_day(visit.practice_id, [visit]))
