"""The coder queue: what is to be coded, what waits, what came back, what was done today."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.paginator import Page
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from coding.actions.encounters import next_encounter
from coding.chart_facts import SIGNED_KINDS
from coding.forms import QueueFilters
from coding.models import CoderTask, Document, Encounter
from coding.work_order import OPEN_STATES
from rcm import access
from rcm.counting import count_all
from rcm.http import PracticeRequest, page_or_partial, practice_view
from rcm.models import Provider
from rcm.paging import page_of

# Charges should leave within three days of the visit.
TARGET_DAYS = 3
State = Encounter.State


def view_filters(request: PracticeRequest, today: date) -> dict[str, tuple[str, Q]]:
    """The views of the queue: what each is called and which charts it shows."""
    to_code = Q(state__in=OPEN_STATES)
    late = Q(date_of_service__lt=today - timedelta(days=TARGET_DAYS))
    return {
        "all": ("To code", to_code),
        "late": ("Past target", to_code & late),
        "mine": ("Mine", to_code & (Q(owner=request.user) | Q(assigned_to=request.user))),
        "held": ("On hold", Q(state=State.HELD)),
        "done": ("Coded today", Q(state=State.FINALIZED, finalized_at__gte=day_start(today))),
    }


def day_start(day: date) -> datetime:
    """Midnight, local; a range where a cast could use no index."""
    return timezone.make_aware(datetime.combine(day, time.min))


@practice_view("coding.view")
def coder_queue(request: PracticeRequest) -> HttpResponse:
    """Charts by view and filter, first to code first."""
    today = timezone.localdate()
    views = view_filters(request, today)
    chosen = request.GET.get("view", "all")
    mine = access.in_practice(request, Encounter.objects.all())
    counts = count_all({key: [mine.filter(rule)] for key, (_, rule) in views.items()})
    tasks = access.in_practice(request, CoderTask.objects.filter(state=CoderTask.State.OPEN))
    filters = queue_filters(request, mine)
    context = {
        "view": chosen,
        "views": tabs(views, counts, tasks.count(), chosen),
        "counts": counts,
        "filters": filters,
        "is_filtered": any(filters.data.get(name) for name in filters.fields),
        "may_work": access.may(request, "coding.work"),
    }
    if chosen == "returned":
        returned = tasks.select_related("encounter__patient", "encounter__provider")
        context["page"] = page_of(request, returned.order_by("pk"))
    else:
        _, rule = views.get(chosen, views["all"])
        rows = queue_rows(filtered(mine.filter(rule), filters, today))
        context["page"] = with_lag(page_of(request, rows), today)
    return page_or_partial(request, "coding/queue.html", "rows", context)


def tabs(
    views: dict[str, tuple[str, Q]], counts: dict[str, int], returned: int, chosen: str
) -> list[dict[str, Any]]:
    labels = [(key, label, counts[key]) for key, (label, _) in views.items()]
    labels.insert(3, ("returned", "Returned", returned))
    return [
        {"label": label, "count": count, "url": f"?view={key}", "is_current": key == chosen}
        for key, label, count in labels
    ]


def queue_filters(request: PracticeRequest, mine: QuerySet[Encounter]) -> QueueFilters:
    filters = QueueFilters(request.GET)
    providers = access.in_practice(request, Provider.objects.order_by("last_name"))
    filters.fields["provider"].queryset = providers  # type: ignore[attr-defined]  # model choice
    names = mine.order_by("specialty").values_list("specialty", flat=True).distinct()
    choices = [("", "All specialties"), *((name, name) for name in names)]
    filters.fields["specialty"].widget.choices = choices  # type: ignore[attr-defined]  # select
    return filters


def filtered(rows: QuerySet[Encounter], filters: QueueFilters, today: date) -> QuerySet[Encounter]:
    """A filter that cannot be read is no filter."""
    filters.is_valid()
    asked = filters.cleaned_data
    if asked.get("provider"):
        rows = rows.filter(provider=asked["provider"])
    if asked.get("specialty"):
        rows = rows.filter(specialty=asked["specialty"])
    if asked.get("days"):
        rows = rows.filter(date_of_service__lte=today - timedelta(days=asked["days"]))
    for word in asked.get("q", "").split():
        name = Q(patient__last_name__istartswith=word) | Q(patient__first_name__istartswith=word)
        rows = rows.filter(name | Q(number__iexact=word) | Q(patient__mrn__iexact=word))
    return rows


def queue_rows(rows: QuerySet[Encounter]) -> QuerySet[Encounter]:
    unsigned = Document.objects.current().filter(
        encounter=OuterRef("pk"), kind__in=SIGNED_KINDS, signed_by=""
    )
    return (
        rows.select_related("patient", "provider", "coverage__payer", "assigned_to")
        .annotate(is_unsigned=Exists(unsigned))
        .order_by("-priority", "date_of_service", "pk")
    )


def with_lag(page: Page[Encounter], today: date) -> Page[Encounter]:
    """Each row with `lag`: days from the visit to today."""
    for row in page:
        row.lag = (today - row.date_of_service).days  # type: ignore[attr-defined]  # for the list
    return page


@practice_view("coding.view", methods=("POST",))
def coding_next(request: PracticeRequest) -> HttpResponse:
    """Lock the next chart for this coder and go there; the queue when nothing is left."""
    chart = next_encounter(request.practice, by=request.user)
    url = reverse("workspace", args=[chart.pk]) if chart else reverse("coder_queue")
    return HttpResponse(status=303, headers={"Location": url})
