"""Who did and saw what: read-only, newest first, keyset paging."""

from django.http import HttpResponse

from rcm import access
from rcm.actions.seals import newest_seal
from rcm.csv_export import csv_response
from rcm.http import PracticeRequest, page_or_partial, practice_view
from rcm.models import Event

PAGE = 50
EXPORT_LIMIT = 100_000
CSV_HEAD = ["time", "person", "event", "object", "id", "patient", "data", "address"]


def chosen_events(request: PracticeRequest):  # type: ignore[no-untyped-def]  # a QuerySet[Event]
    """The events the filters of the page ask for."""
    rows = access.in_practice(request, Event.objects.select_related("created_by"))
    if name := request.GET.get("name", "").strip():
        rows = rows.filter(name__startswith=name)
    if person := request.GET.get("person", "").strip():
        rows = rows.filter(created_by__email__icontains=person)
    kind, _, subject = request.GET.get("object", "").strip().partition(":")
    if kind:
        rows = rows.filter(subject_type=kind)
    if subject.isdecimal():
        rows = rows.filter(subject_id=int(subject))
    if (patient := request.GET.get("patient", "").strip()).isdecimal():
        rows = rows.filter(patient_id=int(patient))
    return rows.order_by("-id")


@practice_view("audit.view")
def audit(request: PracticeRequest) -> HttpResponse:
    """The audit log, filtered; ``format=csv`` exports it."""
    rows = chosen_events(request)
    if request.GET.get("format") == "csv":
        return export(rows[:EXPORT_LIMIT])
    if (before := request.GET.get("before", "")).isdecimal():
        rows = rows.filter(id__lt=int(before))
    found = list(rows[: PAGE + 1])
    query = request.GET.copy()
    query["before"] = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    context = {
        "events": found[:PAGE],
        "older": query.urlencode() if len(found) > PAGE else "",
        "filters": request.GET,
        "seal": newest_seal(request.practice.pk),
        "is_filtered": any(request.GET.get(k) for k in ("name", "person", "object", "patient")),
    }
    return page_or_partial(request, "audit/audit.html", "rows", context)


def export(rows) -> HttpResponse:  # type: ignore[no-untyped-def]  # a QuerySet[Event]
    """CSV of events."""
    return csv_response("audit", CSV_HEAD, map(csv_row, rows))


def csv_row(event: Event) -> list[object]:
    person = event.created_by.email if event.created_by else "system"
    return [
        *(event.created_at.isoformat(), person, event.name, event.subject_type),
        *(event.subject_id, event.patient_id, event.data, event.ip_address),
    ]
