"""Alarms that a payer denies more than before: the list, one with its evidence, and its verbs."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize

from denials import change_pages as page_of
from denials.actions import change_alarms as actions
from denials.models import ChangeAlarm
from rcm import access, events
from rcm.http import PracticeRequest, page_or_partial, practice_view

ROWS = 50


@practice_view("denials.view")
def change_alarms(request: PracticeRequest) -> HttpResponse:
    """Alarms by state, newest first."""
    alarms = access.in_practice(request, ChangeAlarm.objects.all())
    state = request.GET.get("state", ChangeAlarm.State.OPEN)
    rows = alarms.filter(state=state).select_related("payer").order_by("-pk")
    context = {
        "views": page_of.alarm_tabs(alarms, state),
        "state": state,
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "test": page_of.TEST,
    }
    return page_or_partial(request, "denials/change_alarms.html", "rows", context)


@practice_view("denials.view")
def change_alarm(request: PracticeRequest, alarm_id: int) -> HttpResponse:
    """The evidence, week by week, and the claims to hold."""
    rows = ChangeAlarm.objects.select_related("payer", "rule", "acknowledged_by")
    alarm = access.get(request, rows, alarm_id)
    to_hold = page_of.claims_to_hold(alarm)
    shown = list(to_hold[: page_of.SHOWN])
    events.record(
        "claims.listed", request.practice, by=request.user, claims=[row.pk for row in shown]
    )
    context = {
        "alarm": alarm,
        "evidence": page_of.evidence_of(alarm),
        "weeks": page_of.weeks_of(alarm),
        "count": to_hold.count(),
        "claims": shown,
        "events": page_of.history_of(alarm),
        "test": page_of.TEST,
        "is_held": alarm.rule is not None and alarm.rule.state == "active",
        "can_work": access.may(request, "billing.work"),
    }
    return render(request, "denials/change_alarm.html", context)


@practice_view("denials.view", methods=("POST",), write="billing.work")
def change_alarm_verb(request: PracticeRequest, alarm_id: int, verb: str) -> HttpResponse:
    """Acknowledge, hold the claims not sent yet, or end."""
    act = VERBS.get(verb)
    if act is None:
        raise Http404
    alarm = access.get(request, ChangeAlarm.objects.all(), alarm_id)
    messages.success(request, act(request, alarm))
    return redirect("change_alarm", alarm.pk)


def acknowledge(request: PracticeRequest, alarm: ChangeAlarm) -> str:
    actions.acknowledge(alarm, by=request.user, note=request.POST.get("note", ""))
    return "Acknowledged."


def hold(request: PracticeRequest, alarm: ChangeAlarm) -> str:
    count = actions.hold_claims(alarm, by=request.user)
    return f"A rule is in force. It holds {count} claim{pluralize(count)}."


def end(request: PracticeRequest, alarm: ChangeAlarm) -> str:
    actions.end_alarm(alarm, by=request.user)
    return "The alarm is over."


VERBS: dict[str, Callable[[PracticeRequest, ChangeAlarm], str]] = {
    "acknowledgment": acknowledge,
    "hold": hold,
    "end": end,
}
