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
from rcm.models import Practice, User

CHART_PAGES = "coding/<int:encounter_id>/"


def query_of(request: HttpRequest) -> str:
    """What the address says of the list, "" when the coder works in the standard order.

    A list asked for by its own address is that list, also when it is found by a search. Of the
    page that sent this a search names a chart, not a list to go on with: after it the standard
    order goes on.
    """
    if any(request.GET.get(key) for key in LIST_KEYS):
        return list_query(request.GET)
    page = QueryDict(sent_from(request))
    return "" if page.get("q") else list_query(page)


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
    return charts_to_work(request.practice, request.user, query_of(request))


def charts_to_work(practice: Practice, by: User, query: str) -> Charts | None:
    """The charts of the list this query names; None, for the standard order, when it names none.

    Also for a list nobody works through: what is on hold or coded is opened one by one.
    """
    data = QueryDict(query)
    if not list_query(data):
        return None
    today = timezone.localdate()
    view = views_of(practice, by, today).get(data.get("view", ""))
    if view is not None and not view.is_workable:
        return None
    return charts_of(practice, by, data, today)


def with_list(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url


def queue_url(request: HttpRequest) -> str:
    """The list in which the coder works."""
    return with_list(reverse("coder_queue"), query_of(request))
