"""Audits of coding: the list, a plan with its sample, what was found, export and print."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from coding import audit_page as page_of
from coding import audit_stats as stats
from coding.actions import audits as actions
from coding.audit_samples import draw
from coding.forms_audits import AuditForm, first_plan
from coding.forms_quality import people_of
from coding.models import AuditLine, CodingAudit
from coding.models.quality import TARGET_PERCENT, QualitySettings
from rcm import access, events
from rcm.csv_export import csv_response
from rcm.http import PracticeRequest, page_or_partial, practice_view

ROWS = 50
MONTHS_DAYS = 365
HEAD = (
    *("Chart", "Date of service", "Coder", "Auditor", "Line", "Kind", "Coder's code"),
    *("Auditor's code", "Verdict", "Reason", "Severity", "Effect", "Note", "Answer"),
    *("Coder's words", "Outcome", "Decision"),
)


def find(request: PracticeRequest, audit_id: int) -> CodingAudit:
    return access.get(request, CodingAudit.objects.select_related("auditor", "coder"), audit_id)


@practice_view("quality.view")
def audits(request: PracticeRequest) -> HttpResponse:
    """All audits, newest first, by state."""
    mine = access.in_practice(request, CodingAudit.objects.all())
    state = request.GET.get("state", "")
    counts = mine.aggregate(
        **{key: Count("pk", filter=Q(state=key)) for key in CodingAudit.State.values}
    )
    tabs = [("", "All", sum(counts.values()))]
    tabs += [(key, str(label), counts[key]) for key, label in CodingAudit.State.choices]
    rows = mine.filter(state=state) if state in CodingAudit.State.values else mine
    waiting = Count("charts", filter=Q(charts__state="waiting"))
    rows = rows.annotate(charts_count=Count("charts"), waiting_count=waiting)
    context = {
        "views": [
            {"label": label, "count": n, "url": f"?state={key}", "is_current": key == state}
            for key, label, n in tabs
        ],
        "page": Paginator(rows.select_related("auditor", "coder").order_by("-pk"), ROWS).get_page(
            request.GET.get("page")
        ),
        "may_work": access.may(request, "quality.work"),
    }
    return page_or_partial(request, "coding/audits.html", "rows", context)


@practice_view("quality.view", methods=("GET", "POST"))
def audit_new(request: PracticeRequest) -> HttpResponse:
    """Plan an audit; the next page shows what would be drawn."""
    posted = request.POST if request.method == "POST" else None
    chosen = QualitySettings.objects.filter(practice=request.practice).first()
    target = chosen.target_percent if chosen else TARGET_PERCENT
    initial = first_plan(request.user) | {"target_percent": target}
    form = AuditForm(posted, initial=initial, practice=request.practice)
    if form.is_valid():
        audit = actions.plan_audit(request.practice, by=request.user, **form.cleaned_data)
        return redirect("coding_audit", audit.pk)
    context = {"form": form, "may_work": access.may(request, "quality.work")}
    return render(request, "coding/audit_form.html", context, status=422 if posted else 200)


@practice_view("quality.view")
def coding_audit(request: PracticeRequest, audit_id: int) -> HttpResponse:
    """A draft with its sample, or the charts of an audit with their scores."""
    audit = find(request, audit_id)
    context: dict[str, Any] = {"audit": audit, "may_work": access.may(request, "quality.work")}
    if audit.state == CodingAudit.State.DRAFT:
        sample = draw(audit)
        context["sample"] = sample
        context["rows"] = page_of.sample_rows(audit, sample)
        seen = [each.encounter.pk for each in sample.charts]
    else:
        context["rows"] = page_of.charts_of(audit)
        context["rates"] = page_of.audit_rates(audit)
        context["next"] = audit.charts.filter(state="waiting").order_by("position").first()
        seen = [row.chart.encounter_id for row in context["rows"]]
    events.record("encounters.listed", request.practice, by=request.user, encounters=seen)
    return render(request, "coding/audit.html", context)


@practice_view("quality.view", methods=("POST",))
def audit_verb(request: PracticeRequest, audit_id: int, verb: str) -> HttpResponse:
    """Draw and open a draft, draw it again, forget it, or close what is done."""
    audit = find(request, audit_id)
    if verb == "opening":
        sample = actions.open_audit(audit, by=request.user)
        messages.success(request, f"{len(sample.charts)} of {sample.pool_count} charts are drawn.")
    elif verb == "seed":
        actions.draw_again(audit, by=request.user)
    elif verb == "closing":
        actions.close_audit(audit, lesson=request.POST.get("lesson", ""), by=request.user)
        messages.success(request, f"{audit} is closed.")
    elif verb == "removal":
        actions.discard_draft(audit, by=request.user)
        return redirect("audits")
    else:
        raise Http404
    return redirect("coding_audit", audit.pk)


@practice_view("quality.view")
def audit_export(request: PracticeRequest, audit_id: int) -> HttpResponse:
    """Every line of the charts that are reviewed, as CSV."""
    audit = find(request, audit_id)
    lines = AuditLine.objects.filter(chart__audit=audit, chart__reviewed_at__isnull=False)
    events.record("coding_audit.exported", audit, by=request.user)
    return csv_response(f"audit-{audit.pk}", HEAD, [cells_of(line) for line in with_chart(lines)])


def with_chart(lines: QuerySet[AuditLine]) -> QuerySet[AuditLine]:
    shown = lines.select_related("chart__encounter", "chart__coder", "chart__reviewed_by")
    return shown.order_by("chart__position", "order")


def cells_of(line: AuditLine) -> list[Any]:
    chart = line.chart
    return [
        *(chart.encounter.number, chart.encounter.date_of_service, chart.coder, chart.reviewed_by),
        *(line.position, line.get_kind_display(), line.shown_coder, line.shown_auditor),
        *(line.get_verdict_display(), line.get_reason_display(), line.get_severity_display()),
        *(line.get_effect_display(), line.note, line.get_answer_display(), line.answer_words),
        *(line.get_outcome_display(), line.outcome_words),
    ]


@practice_view("quality.view")
def audit_print(request: PracticeRequest, audit_id: int) -> HttpResponse:
    """One sheet per reviewed chart, for the printer."""
    audit = find(request, audit_id)
    charts = audit.charts.filter(reviewed_at__isnull=False).prefetch_related("lines")
    charts = charts.select_related("encounter__provider", "coder", "reviewed_by")
    events.record("coding_audit.exported", audit, by=request.user)
    context = {"audit": audit, "charts": charts.order_by("position")}
    return render(request, "coding/audit_print.html", context)


@practice_view("quality.view")
def accuracy(request: PracticeRequest) -> HttpResponse:
    """Each coder by month, and what is found wrong most, over a year."""
    since = timezone.localdate() - timedelta(days=MONTHS_DAYS)
    asked = request.GET.get("coder", "")
    coder = int(asked[:18]) if asked.isascii() and asked.isdecimal() else None
    context = {
        "months": stats.by_month(request.practice.pk, since, coder),
        "errors": stats.rank_errors(request.practice.pk, since, coder),
        "coders": people_of(request.practice),
        "coder": coder,
    }
    return render(request, "coding/accuracy.html", context)
