"""Which published tables are loaded: the same for every practice, no data of any."""

from django.http import HttpResponse
from django.shortcuts import render

from payers.models import EditTableRelease
from payers.rules.edit_tables import Table
from rcm.http import PracticeRequest, practice_view


@practice_view("audit.view")
def reference_tables(request: PracticeRequest) -> HttpResponse:
    """Every table with its releases in use, newest first, or the command that loads it."""
    in_use = EditTableRelease.objects.filter(state=EditTableRelease.State.LOADED)
    releases: dict[str, list[EditTableRelease]] = {}
    for release in in_use.order_by("-starts_on"):
        releases.setdefault(release.table, []).append(release)
    tables = [
        {
            "kind": str(table),
            "label": EditTableRelease.Kind(table).label,
            "releases": releases.get(table, []),
        }
        for table in Table
    ]
    return render(request, "payers/reference_tables.html", {"tables": tables})
