"""Claims by who is next to pay: the secondary payer, the crossover, the patient, or nobody."""

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.utils import timezone

from billing import next_party_list as list_of
from billing.next_parties import StepRows, step_totals
from billing.rules.next_party import Step
from rcm import events
from rcm.http import PracticeRequest, page_or_partial, practice_view

ROWS = 50


@practice_view("billing.view")
def next_parties(request: PracticeRequest) -> HttpResponse:
    """A tab per next step with its claims and dollars, oldest service first."""
    given = request.GET.get("step", "")
    code = given if given in dict(list_of.TABS) else list_of.TABS[0][0]
    totals = step_totals(request.practice.pk)
    total = totals.get(code, list_of.NONE)
    found = StepRows(request.practice.pk, code, timezone.localdate(), total.claims)
    page: Page[tuple[int, Step]] = Paginator(found, ROWS).get_page(request.GET.get("page"))
    rows = list_of.rows_of(request.practice.pk, page.object_list)
    ids = [row["claim"].pk for row in rows]
    events.record("claims.listed", request.practice, by=request.user, claims=ids)
    context = {
        "views": list_of.step_tabs(totals, code),
        "label": dict(list_of.TABS)[code],
        "total": total,
        "page": page,
        "rows": rows,
        "empty": list_of.EMPTY[code],
    }
    return page_or_partial(request, "billing/next_parties.html", "rows", context)
