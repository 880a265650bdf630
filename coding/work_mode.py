"""Working through one list of the queue: which one stands in the address of every chart of it.

Nothing is kept on the server. A form of the chart page says no list itself; htmx and the browser
say from which address it was sent.
"""

from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from coding.forms_queue import LIST_KEYS, list_query
from coding.queue_page import charts_of, views_of
from coding.work_order import Charts
from rcm.http import PracticeRequest

CHART_PAGES = "coding/<int:encounter_id>/"


def query_of(request: HttpRequest) -> str:
    """What the address says of the list, "" when the coder works in the standard order.

    A search names a chart, not a list to work through: after it the standard order goes on.
    """
    for data in (request.GET, QueryDict(sent_from(request))):
        if any(data.get(key) for key in LIST_KEYS):
            return "" if data.get("q") else list_query(data.dict())
    return ""


def sent_from(request: HttpRequest) -> str:
    """The query of the queue's or the chart's page that sent this; "" for any other page.

    Other pages have views and searches of their own under the same names.
    """
    htmx = getattr(request, "htmx", None)
    page = urlsplit((htmx.current_url if htmx else None) or request.headers.get("Referer", ""))
    try:
        found = resolve(page.path)
    except Resolver404:
        return ""
    is_ours = found.url_name == "coder_queue" or found.route.startswith(CHART_PAGES)
    return page.query if is_ours else ""


def charts_within(request: PracticeRequest) -> Charts | None:
    """The charts of the list in its order; None for the standard order of work."""
    query = query_of(request)
    if not query:
        return None
    data = QueryDict(query)
    today = timezone.localdate()
    view = views_of(request.practice, request.user, today).get(data.get("view", ""))
    if view is not None and not view.is_workable:
        return None
    return charts_of(request.practice, request.user, data, today)


def with_list(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url


def queue_url(request: HttpRequest) -> str:
    """The list in which the coder works."""
    return with_list(reverse("coder_queue"), query_of(request))
