"""Open work of this app for the sidebar."""

from django.http import HttpRequest

from coding.models import (
    AuditChart,
    CoderTask,
    CodingAudit,
    Encounter,
    IntakeMessage,
    ProviderQuery,
)
from rcm import access
from rcm.counting import Lists, count_all


def charts_to_code(request: HttpRequest) -> Lists:
    charts = access.in_practice(request, Encounter.objects.all())
    return [charts.filter(state__in=["new", "in_coding", "returned"])]


def charts_left(request: HttpRequest) -> int:
    return count_all({"left": charts_to_code(request)})["left"]


def returned_tasks(request: HttpRequest) -> Lists:
    return [access.in_practice(request, CoderTask.objects.all()).filter(state="open")]


def waiting_queries(request: HttpRequest) -> Lists:
    return [access.in_practice(request, ProviderQuery.objects.all()).filter(state="open")]


def queries_to_answer(request: HttpRequest) -> Lists:
    """Those put to the person themselves."""
    mine = access.in_practice(request, ProviderQuery.objects.all())
    return [mine.filter(state="open", provider__user=request.user.pk)]


def findings_to_answer(request: HttpRequest) -> Lists:
    charts = access.in_practice(request, AuditChart.objects.all())
    return [charts.filter(coder=request.user.pk, state=AuditChart.State.REVIEWED)]


def charts_to_audit(request: HttpRequest) -> Lists:
    """To review in audits that are open, and disputes to decide."""
    charts = access.in_practice(request, AuditChart.objects.all())
    waiting = charts.filter(state="waiting", audit__state=CodingAudit.State.OPEN)
    return [waiting, charts.filter(state=AuditChart.State.DISPUTED)]


def intake_failed(request: HttpRequest) -> Lists:
    return [access.in_practice(request, IntakeMessage.objects.all()).filter(state="failed")]
