"""How queries are answered: time, overdue, agreement, by provider. For those who lead coding.

Agreement is shown beside the other figures and is no target: a rate near one hundred percent says
that queries lead (AHIMA and ACDIS, 2022).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Min, Q, Value
from django.db.models.functions import Concat, TruncDate

from coding.models import ProviderQuery
from coding.rules.query_answers import NO_FINDING
from rcm.days import day_start
from rcm.models import Practice

PERIOD_DAYS = 90


class Median(Aggregate):
    """The middle of the values; of an even number the mean of the two in the middle."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Figures:
    """Of one provider, or of all with an empty name. `median` is None until one is answered."""

    name: str
    provider_id: int | None
    asked: int
    waiting: int
    overdue: int
    answered: int
    expired: int
    in_time: int
    agreed: int
    median: timedelta | None
    oldest_due: date | None

    @property
    def median_label(self) -> str:
        """ "5 h", or days with one digit from two days on."""
        if self.median is None:
            return "–"
        hours = int(self.median.total_seconds() // 3600)
        return f"{hours} h" if hours < 48 else f"{hours // 24}.{hours % 24 * 10 // 24} d"

    @property
    def in_time_percent(self) -> str:
        return percent(self.in_time, self.answered + self.expired)

    @property
    def agreed_percent(self) -> str:
        return percent(self.agreed, self.answered)


def percent(part: int, whole: int) -> str:
    return f"{part * 100 // whole} %" if whole else "–"


def figures_of(practice: Practice, *, today: date) -> list[Figures]:
    """All together first, then each provider, most overdue first; queries of ninety days.

    In time means answered on its due day or before. Withdrawn queries count in `asked` only. Two
    statements.
    """
    since = day_start(today - timedelta(days=PERIOD_DAYS))
    rows = ProviderQuery.objects.filter(practice=practice, asked_at__gte=since).order_by()
    counted = counts(today)
    total = Figures(name="All", provider_id=None, **rows.aggregate(**counted))
    name = Concat("provider__last_name", Value(", "), "provider__first_name")
    by_provider: Any = rows.values("provider_id", name=name).annotate(**counted)
    found = [Figures(**row) for row in by_provider]
    return [total, *sorted(found, key=lambda each: (-each.overdue, -each.waiting, each.name))]


def counts(today: date) -> dict[str, Any]:
    """What is counted of any set of queries."""
    answered, waiting = Q(state="answered"), Q(state="open")
    no_finding = Q(answer_option__in=NO_FINDING)
    wait = ExpressionWrapper(F("settled_at") - F("asked_at"), output_field=DurationField())
    settled_on = TruncDate("settled_at")
    return {
        "asked": Count("pk"),
        "waiting": Count("pk", filter=waiting),
        "overdue": Count("pk", filter=waiting & Q(due_on__lt=today)),
        "answered": Count("pk", filter=answered),
        "expired": Count("pk", filter=Q(state="expired")),
        "in_time": Count("pk", filter=answered & Q(due_on__gte=settled_on)),
        "agreed": Count("pk", filter=answered & ~no_finding),
        "median": Median(wait, filter=answered, output_field=DurationField()),
        "oldest_due": Min("due_on", filter=waiting),
    }
