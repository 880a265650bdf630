"""Releases of code sets: what is in force, what comes, and what each changes for the practice."""

from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date

from coding.models import CodeChange, CodeRelease
from coding.release_impact import impact_of, set_states
from rcm.http import PracticeRequest, practice_view

PAGE_SIZE = 100


@practice_view("coding.view")
def code_sets(request: PracticeRequest) -> HttpResponse:
    """Every code set with its release of today, those to come and those previewed."""
    states = set_states(timezone.localdate())
    return render(request, "coding/code_sets.html", {"states": states})


@practice_view("coding.view")
def code_release(request: PracticeRequest, code_set: str, starts_on: str) -> HttpResponse:
    """What one release changes, for the practice and code by code; ?kind= shows one kind."""
    release = find_release(code_set, starts_on)
    changes = release.changes.order_by("code")
    kind = request.GET.get("kind", "")
    if kind in CodeChange.Kind.values:
        changes = changes.filter(kind=kind)
    page = Paginator(changes, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "release": release,
        "impact": impact_of(request.practice.pk, release),
        "kinds": CodeChange.Kind.choices,
        "kind": kind,
        "page": page,
    }
    return render(request, "coding/code_release.html", context)


def find_release(code_set: str, starts_on: str) -> CodeRelease:
    """The release in use from that day, else the preview. Raises Http404 when there is neither."""
    day = day_of(starts_on)
    if day is None:
        raise Http404
    releases = CodeRelease.objects.filter(code_set=code_set, starts_on=day)
    release = releases.exclude(state=CodeRelease.State.REPLACED).order_by("state", "-pk").first()
    if release is None:
        raise Http404
    return release


def day_of(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
