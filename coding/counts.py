"""Open work of this app for the sidebar."""

from django.http import HttpRequest

from coding.models import CoderTask, Encounter
from rcm import access


def charts_to_code(request: HttpRequest) -> int:
    charts = access.in_practice(request, Encounter.objects.all())
    return charts.filter(state__in=["new", "in_coding", "returned"]).count()


def returned_tasks(request: HttpRequest) -> int:
    return access.in_practice(request, CoderTask.objects.all()).filter(state="open").count()
