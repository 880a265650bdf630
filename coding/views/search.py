"""The pick list of the add field."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date

from coding.code_search import Hit, search
from coding.code_usage import used_codes
from coding.models import Code
from rcm.http import PracticeRequest, practice_view


@practice_view("coding.view")
def code_search(request: PracticeRequest) -> HttpResponse:
    """At most twelve codes for ?q=, valid ?on= a date; both code sets unless ?system= names one."""
    query = request.GET.get("q") or request.GET.get("text", "")
    system = request.GET.get("system", "")
    hits = find_codes(request, system, query)
    return render(request, "coding/_hits.html", {"hits": hits, "query": query.strip()})


def find_codes(request: PracticeRequest, system: str, query: str) -> list[Hit]:
    """What the words find on the date in the address, the practice's own codes first."""
    known = system if system in Code.System.values else ""
    return search(known, query, served_on(request), usage=used_codes(request.practice.pk))


def served_on(request: PracticeRequest) -> date:
    """The date in the address; today when it is missing or no date."""
    try:
        found = parse_date(request.GET.get("on", ""))
    except ValueError:
        found = None
    return found or timezone.localdate()
