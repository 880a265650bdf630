"""The code book: one code with its notes and family, and the search that leads to it."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from coding.code_book import read_entry
from coding.models import Code
from coding.views.search import find_codes, served_on
from rcm.http import PracticeRequest, page_or_partial, practice_view


@practice_view("coding.view")
def code_book(request: PracticeRequest) -> HttpResponse:
    """What ?q= finds in ?system= on ?on=, each leading to its entry; works without script."""
    query, system = request.GET.get("q", ""), request.GET.get("system", "")
    context = {
        "query": query.strip(),
        "hits": find_codes(request, system, query),
        "systems": Code.System.choices,
        "system": system,
        "on": served_on(request),
    }
    return page_or_partial(request, "coding/code_book.html", "", context)


@practice_view("coding.view")
def code_entry(request: PracticeRequest, system: str, code: str) -> HttpResponse:
    """The entry of a code on ?on=; for htmx only the pane."""
    entry = read_entry(system, code, served_on(request)) if system in Code.System.values else None
    if entry is None:
        raise Http404
    template = "coding/_code_book.html" if request.htmx else "coding/code_entry.html"
    return render(request, template, {"entry": entry})
