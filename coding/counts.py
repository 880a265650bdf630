"""Open work of this app for the sidebar."""

from django.http import HttpRequest

from coding.models import CoderTask, Encounter, IntakeMessage
from rcm import access
from rcm.counting import Lists


def charts_to_code(request: HttpRequest) -> Lists:
    charts = access.in_practice(request, Encounter.objects.all())
    return [charts.filter(state__in=["new", "in_coding", "returned"])]


def charts_left(request: HttpRequest) -> int:
    return sum(charts.count() for charts in charts_to_code(request))


def returned_tasks(request: HttpRequest) -> Lists:
    return [access.in_practice(request, CoderTask.objects.all()).filter(state="open")]


def intake_failed(request: HttpRequest) -> Lists:
    return [access.in_practice(request, IntakeMessage.objects.all()).filter(state="failed")]
