"""The lead's board: what each coder has, and what is nobody's yet."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.http import urlencode

from coding.actions.assignments import coders_of
from coding.forms_queue import GROUP_DAYS
from coding.models import Encounter
from coding.rules.priority import TARGET_DAYS
from coding.work_order import OPEN_STATES, Charts
from payers.models import Payer
from rcm.counting import MOST, capped
from rcm.days import day_start
from rcm.models import Practice, User

# The last day of each group by age; the oldest has none.
LAST_DAYS = {first: older - 1 for older, first in pairwise(GROUP_DAYS)}
OF_AGE = " ".join(f"WHEN age >= {first} THEN {first}" for first in GROUP_DAYS)


@dataclass(frozen=True)
class CoderRow:
    """One person's work. `in_hand` are the charts open on her screen now.

    `codes_here` is False for somebody who owns charts but does not code here any more; `held` are
    such a person's charts on hold.
    """

    coder: User
    owned: int
    oldest: int | None
    late: int
    done: int
    in_hand: list[Encounter]
    codes_here: bool = True
    held: int = 0


@dataclass(frozen=True)
class Group:
    """Charts that are nobody's, of one kind; `oldest` in days.

    `kind` and `value` name the group where it is given out; `query` lists it in the queue, "" when
    no filter of the queue says the same.
    """

    label: str
    kind: str
    value: Any
    query: str
    count: int
    oldest: int


# Filtered by the order of the queue first: a join would read every chart of the practice.
GROUPS = f"""
SELECT first.specialty, payer.payer_class, CASE {OF_AGE} ELSE 0 END,
    count(*), max(age)
FROM (
    SELECT specialty, coverage_id, %(today)s - date_of_service AS age
    FROM coding_encounter
    WHERE practice_id = %(practice)s AND owner_id IS NULL
        AND state IN ('new', 'in_coding', 'returned')
    ORDER BY owner_id, priority DESC, date_of_service, id LIMIT %(most)s
) first
LEFT JOIN payers_coverage coverage ON coverage.id = first.coverage_id
LEFT JOIN payers_payer payer ON payer.id = coverage.payer_id
GROUP BY 1, 2, 3
"""  # noqa: S608  numbers of our own


def coder_rows(practice: Practice, today: date) -> list[CoderRow]:
    """Everybody who codes here, then who left charts behind. Six statements at most."""
    charts = Encounter.objects.filter(practice=practice)
    late = Q(date_of_service__lt=today - timedelta(days=TARGET_DAYS))
    owned = charts.filter(owner__isnull=False, state__in=OPEN_STATES).order_by()
    figures = owned.values_list("owner").annotate(
        count=Count("pk"), oldest=Min("date_of_service"), past=Count("pk", filter=late)
    )
    of_coder = {pk: rest for pk, *rest in figures}
    done = charts.filter(state="finalized", finalized_at__gte=day_start(today)).order_by()
    finished = dict(done.values_list("finalized_by").annotate(Count("pk")))
    in_hand: dict[int | None, list[Encounter]] = {}
    coders = coders_of(practice.pk)
    held_by = charts.filter(assigned_to__in=coders, locked_until__gte=timezone.now())
    for chart in held_by.filter(state__in=OPEN_STATES).order_by("pk"):
        in_hand.setdefault(chart.assigned_to_id, []).append(chart)
    rows = []
    for coder in coders:
        count, oldest, past = of_coder.get(coder.pk, (0, None, 0))
        age = (today - oldest).days if oldest else None
        done_today, now = finished.get(coder.pk, 0), in_hand.get(coder.pk, [])
        rows.append(CoderRow(coder, count, age, past, done_today, now))
    return rows + rows_of_leavers(charts, coders, of_coder, today)


def rows_of_leavers(
    charts: Charts, coders: list[User], of_coder: dict[Any, list[Any]], today: date
) -> list[CoderRow]:
    """Owners who do not code here any more: nobody gets their charts. Two statements at most."""
    known = {coder.pk for coder in coders}
    held = charts.filter(state=Encounter.State.HELD, owner__isnull=False).exclude(owner__in=known)
    on_hold = dict(held.order_by().values_list("owner").annotate(Count("pk")))
    leavers = {*on_hold, *of_coder} - known
    if not leavers:
        return []
    rows = []
    for person in User.objects.filter(pk__in=leavers).order_by("last_name", "pk"):
        count, oldest, past = of_coder.get(person.pk, (0, None, 0))
        age, waiting = (today - oldest).days if oldest else None, on_hold.get(person.pk, 0)
        rows.append(CoderRow(person, count, age, past, 0, [], codes_here=False, held=waiting))
    return rows


def unassigned_groups(practice: Practice, today: date) -> tuple[int, dict[str, list[Group]]]:
    """Charts that are nobody's by specialty, payer class and age, and how many there are.

    Of more than MOST only the first MOST to code are looked at; the number says so. One statement.
    """
    with connection.cursor() as db:
        db.execute(GROUPS, {"practice": practice.pk, "today": today, "most": MOST + 1})
        figures = db.fetchall()
    groups: dict[str, dict[Any, Group]] = {"specialty": {}, "payer_class": {}, "days": {}}
    total = Counter[str]()
    for *kinds, count, oldest in figures:
        total["all"] += count
        for name, value in zip(groups, kinds, strict=True):
            add(groups[name], name, value, count, oldest)
    found = {
        name: sorted(rows.values(), key=lambda row: -row.count) for name, rows in groups.items()
    }
    return capped(total["all"]), found


def add(rows: dict[Any, Group], name: str, value: Any, count: int, oldest: int) -> None:
    empty = Group(label_of(name, value), name, value, group_query(name, value), 0, oldest)
    row = rows.get(value, empty)
    rows[value] = replace(row, count=row.count + count, oldest=max(row.oldest, oldest))


def label_of(name: str, value: Any) -> str:
    if name == "days":
        return age_label(value)
    labels = dict(Payer.PayerClass.choices) if name == "payer_class" else {}
    return str(labels.get(value, value or "None"))


def age_label(first: int) -> str:
    """The group by age that begins at so many days, as people call it."""
    if first not in LAST_DAYS:
        return f"Over {first - 1} days"
    return f"{first} to {LAST_DAYS[first]} days" if first else f"Up to {LAST_DAYS[first]} days"


def group_query(name: str, value: Any) -> str:
    """The list of a group; the queue's filter by days has no end, and none asks for nothing."""
    is_listed = value == GROUP_DAYS[0] if name == "days" else bool(value)
    return urlencode({"view": "unassigned", name: value}) if is_listed else ""


class Oldest(NamedTuple):
    """Charts to give out, and how many of those asked for are left for want of a credential."""

    ids: list[int]
    left: int


def oldest_of(
    practice: Practice,
    group: Mapping[str, Any],
    count: int,
    today: date,
    gate: Q | None = None,
) -> Oldest:
    """The `count` oldest charts that are nobody's in a group, of those that pass the gate.

    One statement, a second one where the gate leaves fewer than were asked for.
    """
    charts = charts_in(practice, group, today)
    passing = charts.filter(gate) if gate else charts
    ids = list(passing.values_list("pk", flat=True)[:count])
    missing = count - len(ids)
    left = charts.exclude(gate)[:missing].count() if gate and missing else 0
    return Oldest(ids, left)


def charts_in(practice: Practice, group: Mapping[str, Any], today: date) -> Charts:
    """The charts that are nobody's in a group, the oldest first.

    `group` is the kind and the value of a Group: specialty ("" for none), payer_class (None or ""
    without a coverage), days (one of GROUP_DAYS).
    """
    charts: Charts = Encounter.objects.filter(
        practice=practice, owner__isnull=True, state__in=OPEN_STATES
    )
    if "specialty" in group:
        charts = charts.filter(specialty=group["specialty"])
    if "payer_class" in group:
        of_class = Q(coverage__payer__payer_class=group["payer_class"])
        charts = charts.filter(of_class if group["payer_class"] else Q(coverage__isnull=True))
    if "days" in group:
        charts = charts.filter(days_from(today, group["days"]))
    return charts.order_by("date_of_service", "pk")


def days_from(today: date, first: int) -> Q:
    """The visits of the group that begins at so many days; the youngest has days to come, too."""
    ages = Q(date_of_service__lte=today - timedelta(days=first)) if first else Q()
    if first in LAST_DAYS:
        ages &= Q(date_of_service__gte=today - timedelta(days=LAST_DAYS[first]))
    return ages
