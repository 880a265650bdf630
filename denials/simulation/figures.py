"""The figures of the year, month by month: the product's own KPIs over all of its practices."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from billing import ledger
from billing.balance_check import differences
from billing.kpis import CLEAN_CLAIM_RATE, DAYS_IN_AR, NET_COLLECTION_RATE, scrubbed_claims
from billing.models import Account, Posting
from denials.follow_up_gaps import count_gaps as count_follow_up_gaps
from denials.gaps import count_gaps
from denials.kpis import INITIAL_DENIAL_RATE
from denials.models import Denial
from denials.simulation.cast import Clinic, walk
from rcm.kpi import Definition, Figure, Period
from rcm.money import ZERO

RATES = (CLEAN_CLAIM_RATE, INITIAL_DENIAL_RATE, NET_COLLECTION_RATE)
PLACES = {"percent": Decimal("0.0001"), "days": Decimal("0.1")}


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month of the year, from 1."""

    number: int
    period: Period


def months_from(first: date, count: int) -> list[Month]:
    """So many whole months, the one of `first` being the first."""
    found = []
    for at in range(count):
        year, month = divmod(first.year * 12 + first.month - 1 + at, 12)
        start = date(year, month + 1, 1)
        following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
        found.append(Month(at + 1, Period(start, following - timedelta(days=1))))
    return found


def table(clinics: Sequence[Clinic], months: Sequence[Month]) -> list[dict[str, Any]]:
    """One object for each month; rates are parts of 1 and None where nothing was to be counted."""
    return [describe(clinics, month) for month in months]


def describe(clinics: Sequence[Clinic], month: Month) -> dict[str, Any]:
    figures = {each.key: measure(clinics, each, month.period) for each in (*RATES, DAYS_IN_AR)}
    rates = {each.key: shown(each, figures[each.key]) for each in (*RATES, DAYS_IN_AR)}
    return {
        "month": month.number,
        "begins_on": month.period.start.isoformat(),
        "clean_claim_rate": clean_rate(clinics, month.period),
        "scrub_clean_rate": rates.pop(CLEAN_CLAIM_RATE.key),
        **rates,
        "claims_answered": int(figures[INITIAL_DENIAL_RATE.key].denominator),
        "claims_denied": int(figures[INITIAL_DENIAL_RATE.key].numerator),
        "write_offs": write_offs(clinics, month.period),
    }


def measure(clinics: Sequence[Clinic], definition: Definition, period: Period) -> Figure:
    """Numerators and denominators of all practices added up."""
    parts = [definition.compute(clinic.practice.pk, period) for clinic in walk(clinics)]
    return Figure(
        sum((part.numerator for part in parts), Decimal(0)),
        sum((part.denominator for part in parts), Decimal(0)),
    )


def clean_rate(clinics: Sequence[Clinic], period: Period) -> str | None:
    """Of original claims first sent in the month, those nobody touched at any gate.

    They passed the first scrub, no payer rejected them, and the first answer denied no line. The
    product's own rate knows the first two gates only, because its claims are not answered yet.
    """
    clean = sent = 0
    for clinic in walk(clinics):
        claims = scrubbed_claims(clinic.practice.pk, period)
        denied = Denial.objects.filter(claim=OuterRef("pk"))
        sent += claims.count()
        clean += (
            claims.filter(~Exists(denied), was_clean=True)
            .exclude(acknowledgments__action="U")
            .distinct()
            .count()
        )
    figure = Figure(Decimal(clean), Decimal(sent))
    return shown(CLEAN_CLAIM_RATE, figure)


def shown(definition: Definition, figure: Figure) -> str | None:
    if not figure.denominator:
        return None
    value = figure.numerator / figure.denominator
    return str(value.quantize(PLACES[definition.unit], ROUND_HALF_UP))


def write_offs(clinics: Sequence[Clinic], period: Period) -> dict[str, str]:
    """Cause -> dollars given up in the month, less those that came back in it; by the ledger."""
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for clinic in walk(clinics):
        rows = Posting.objects.filter(
            Q(source=Account.WRITE_OFF) | Q(destination=Account.WRITE_OFF),
            practice=clinic.practice,
            origin__startswith="denial:",
            posted_on__range=(period.start, period.end),
        )
        moves = list(rows.values_list("origin", "destination", "amount"))
        of_denial = {origin: int(origin.split(":")[1]) for origin, _, _ in moves}
        causes = dict(
            Denial.objects.filter(pk__in=of_denial.values()).values_list("pk", "category")
        )
        for origin, destination, amount in moves:
            sign = 1 if destination == Account.WRITE_OFF else -1
            found[causes[of_denial[origin]]] += sign * amount
    return {cause: f"{amount:.2f}" for cause, amount in sorted(found.items()) if amount}


def gaps(clinics: Sequence[Clinic]) -> dict[str, int]:
    """Denials and balances nobody would come to, accounts not as the ledger: each must be 0."""
    found: Counter[str] = Counter()
    for clinic in walk(clinics):
        found.update(count_gaps(clinic.practice.pk))
        found.update(count_follow_up_gaps(clinic.practice))
        found["accounts_not_as_the_ledger"] += len(differences(clinic.practice))
    return dict(found)


def ledger_sum(clinics: Sequence[Clinic]) -> Decimal:
    """All accounts of all practices together; anything but zero is money invented or lost."""
    return sum((ledger.ledger_sum(clinic.practice) for clinic in walk(clinics)), ZERO)


def unapplied(clinics: Sequence[Clinic]) -> Decimal:
    """Money received that no claim explains."""
    return sum((ledger.unapplied(clinic.practice) for clinic in walk(clinics)), ZERO)
