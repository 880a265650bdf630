"""What the coder queue shows: its views, one list of charts, and each chart as a row."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from coding.chart_facts import SIGNED_KINDS
from coding.forms_queue import MINE, NOBODYS, QueueFilters
from coding.models import CoderTask, CodingSuggestion, Document, Encounter, SavedView
from coding.rules.priority import TARGET_DAYS, level_of
from coding.work_order import LIST_ORDER, OPEN_STATES, Charts, answered_charts, nobodys
from rcm.counting import MOST, Lists, count_all
from rcm.days import day_start
from rcm.models import Patient, Practice, Provider, ServiceLocation, User

State = Encounter.State
FLAGS = {"filing": ("red", "The payer's last day to file is near"), "high": ("amber", "High")}


class View(NamedTuple):
    """A tab: which charts, in which order, and whether one can work through it."""

    label: str
    charts: Charts
    is_workable: bool = True


@dataclass(frozen=True)
class Row:
    """One chart as the list prints it. `suggested` counts the codes still to decide on."""

    chart: Encounter
    lag: int
    flag: tuple[str, str] | None
    note: tuple[str, str]
    suggested: int


def views_of(practice: Practice, by: User, today: date) -> dict[str, View]:
    """The views in the order of their tabs, each through an index of its own order."""
    charts = Encounter.objects.filter(practice=practice).order_by(*LIST_ORDER)
    to_code = charts.filter(state__in=OPEN_STATES)
    late = to_code.filter(date_of_service__lt=today - timedelta(days=TARGET_DAYS))
    held = charts.filter(state=State.HELD)
    due = held.filter(hold_until__lte=today).order_by("hold_until", "pk")
    done = charts.filter(state=State.FINALIZED, finalized_at__gte=day_start(today))
    return {
        "all": View("To code", to_code),
        "answered": View("Query back", to_code.filter(pk__in=answered_charts(practice))),
        "late": View("Past target", late),
        "returned": View("Returned", charts.filter(state=State.RETURNED)),
        "held": View("Held", held, is_workable=False),
        "due": View("Due today", due),
        "mine": View("Mine", to_code.filter(owner=by)),
        "unassigned": View("Unassigned", nobodys(to_code, *LIST_ORDER)),
        "done": View("Coded today", done.order_by("-finalized_at", "-pk"), is_workable=False),
    }


def charts_of(
    practice: Practice, by: User, data: Mapping[str, Any], today: date | None = None
) -> Charts:
    """The charts of the list an address names, in its order. An unknown view is "to code"."""
    day = today or timezone.localdate()
    views = views_of(practice, by, day)
    view = views.get(data.get("view", ""), views["all"])
    return filtered(practice, view.charts, QueueFilters(data).asked, by, day)


def filtered(
    practice: Practice, rows: Charts, asked: Mapping[str, Any], by: User, today: date
) -> Charts:
    """The rows that match every filter. Two statements where words are searched, else none."""
    exact = {
        "location": "location_id",
        "provider": "provider_id",
        "specialty": "specialty",
        "payer_class": "coverage__payer__payer_class",
        "state": "state",
    }
    rows = rows.filter(**{exact[name]: value for name, value in asked.items() if name in exact})
    if days := asked.get("days"):
        rows = rows.filter(date_of_service__lte=today - timedelta(days=days))
    if owner := asked.get("owner"):
        rows = (
            rows.filter(owner__isnull=True)
            if owner == NOBODYS
            else rows.filter(owner=by.pk if owner == MINE else int(owner))
        )
    words = asked.get("q", "").split()
    return rows.filter(found_by(practice, words)) if words else rows


def found_by(practice: Practice, words: Sequence[str]) -> Q:
    """The charts that match every word: by the patient's name or MRN, or by the chart's number.

    Patients and numbers are looked up before: as a condition over a join, every open chart would be
    read for the rows and their count. A number is found as typed, in capitals and in small letters.
    Of more than MOST patients the first by name are taken.
    """
    patients = list(patients_called(practice, words).values_list("pk", flat=True)[:MOST])
    numbers = {form for word in words for form in (word, word.upper(), word.lower())}
    named = Encounter.objects.filter(practice=practice, number__in=numbers).order_by()
    columns = named.values_list(
        *("pk", "number", "patient__last_name", "patient__first_name", "patient__mrn")
    )
    charts = [
        pk
        for pk, number, last, first, mrn in columns
        if all(is_called(word, (last, first), (number, mrn)) for word in words)
    ]
    return Q(patient__in=patients) | Q(pk__in=charts)


def patients_called(practice: Practice, words: Iterable[str]) -> QuerySet[Patient]:
    """Patients whose names begin with, or whose MRN is, each of the words; by name."""
    rows = Patient.objects.filter(practice=practice)
    for word in words:
        name = Q(last_name__istartswith=word) | Q(first_name__istartswith=word)
        rows = rows.filter(name | Q(mrn__iexact=word))
    return rows.order_by("last_name", "first_name", "birth_date")


def is_called(word: str, names: Iterable[str], numbers: Iterable[str]) -> bool:
    """Does a name begin with the word, or is it a number? Letter case does not matter."""
    word = word.lower()
    is_name = any(name.lower().startswith(word) for name in names)
    return is_name or word in {number.lower() for number in numbers}


def open_tasks(practice: Practice) -> QuerySet[CoderTask]:
    """Denials and other work that came back, the oldest first."""
    tasks = CoderTask.objects.filter(practice=practice, state=CoderTask.State.OPEN)
    return tasks.order_by("pk")


def count_lists(
    practice: Practice, by: User, views: Mapping[str, View], saved: Iterable[SavedView], today: date
) -> dict[str, int]:
    """Charts of each view and of each saved view ("saved-12"). One statement.

    A saved search is not counted: its words would be looked up on every page before.
    """
    lists: dict[str, Lists] = {key: [view.charts] for key, view in views.items()}
    # A chart whose task is listed is not counted again.
    tasks = CoderTask.objects.filter(encounter=OuterRef("pk"), state=CoderTask.State.OPEN)
    lists["returned"] = [views["returned"].charts.exclude(Exists(tasks)), open_tasks(practice)]
    for each in saved:
        if each.filters.get("q"):
            continue
        lists[f"saved-{each.pk}"] = [charts_of(practice, by, each.filters, today)]
    return count_all(lists)


def list_rows(charts: Charts) -> Charts:
    """With the rows beside each chart that a list prints."""
    return charts.select_related("patient", "provider", "coverage__payer", "owner", "assigned_to")


def rows_of(charts: Sequence[Encounter], today: date) -> list[Row]:
    """The rows of some charts of list_rows. At most two statements.

    Notes are asked for by these charts alone: as a part of the list's own statement PostgreSQL
    would rather read all notes there are.
    """
    ids = [chart.pk for chart in charts]
    pages: defaultdict[int, list[bool]] = defaultdict(list)
    found = Document.objects.current().filter(encounter__in=ids).order_by()
    for pk, kind, signed_by in found.values_list("encounter", "kind", "signed_by"):
        # What nobody signs for the visit, such as a laboratory's report, is there all the same.
        pages[pk] += [bool(signed_by)] if kind in SIGNED_KINDS else []
    rows = CodingSuggestion.objects.filter(encounter__in=ids, state="open").order_by()
    suggested = dict(rows.values_list("encounter").annotate(count=Count("pk")))
    return [
        Row(
            chart=chart,
            lag=(today - chart.date_of_service).days,
            flag=("red", "Urgent") if chart.is_urgent else FLAGS.get(level_of(chart.priority)),
            note=note_of(pages.get(chart.pk), is_amended=chart.is_amended),
            suggested=suggested.get(chart.pk, 0),
        )
        for chart in charts
    ]


def note_of(signed: Sequence[bool] | None, *, is_amended: bool) -> tuple[str, str]:
    """(tone, word) of a chart's documentation: which notes are signed, None without a document.

    What needs nobody's attention has no tone.
    """
    if signed is None:
        return "red", "Missing"
    if not all(signed):
        return "amber", "Not signed"
    if is_amended:
        return "violet", "Amended"
    return "", "Signed" if signed else "Report"


# A jump from one specialty to the next through the index: as fast for a million charts as for ten.
SPECIALTIES = """
WITH RECURSIVE found AS (
    (SELECT specialty FROM coding_encounter
     WHERE practice_id = %(practice)s AND state IN ('new', 'in_coding', 'returned')
     ORDER BY specialty LIMIT 1)
    UNION ALL
    SELECT (SELECT e.specialty FROM coding_encounter e
            WHERE e.practice_id = %(practice)s AND e.specialty > found.specialty
              AND e.state IN ('new', 'in_coding', 'returned')
            ORDER BY e.specialty LIMIT 1)
    FROM found WHERE found.specialty IS NOT NULL
)
SELECT specialty FROM found WHERE specialty <> ''
"""


def specialties_of(practice: Practice) -> list[str]:
    """The specialties of open charts, by name. One statement."""
    with connection.cursor() as db:
        db.execute(SPECIALTIES, {"practice": practice.pk})
        return [specialty for (specialty,) in db.fetchall()]


def filters_of(practice: Practice, data: Mapping[str, Any], coders: Iterable[User]) -> QueueFilters:
    """The filters with what their selects offer. Three statements."""
    form = QueueFilters(data)
    places = ServiceLocation.objects.filter(practice=practice).order_by("name")
    form.offer("location", "All locations", places.values_list("pk", "name"))
    providers = Provider.objects.filter(practice=practice).order_by("last_name", "pk")
    form.offer("provider", "All providers", [(row.pk, row.short_name) for row in providers])
    form.offer("specialty", "All specialties", [(s, s) for s in specialties_of(practice)])
    people = [(MINE, "Mine"), (NOBODYS, "Nobody's"), *((row.pk, str(row)) for row in coders)]
    form.offer("owner", "Any owner", people)
    return form
