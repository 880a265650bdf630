"""One chart of an audit: the note beside both codings, judged line by line, then the next one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import push_url

from coding import audit_page as page_of
from coding.actions import audit_answers, audit_reviews
from coding.forms import valid
from coding.forms_audits import MissedForm, VerdictForm
from coding.models import AuditChart, AuditLine
from rcm import access, events
from rcm.http import PracticeRequest, practice_view

PAGE = "coding/audit_chart.html"


def find(request: PracticeRequest, audit_chart_id: int) -> AuditChart:
    rows = AuditChart.objects.select_related(
        "audit", "encounter__patient", "encounter__provider", "encounter__location"
    ).select_related("coder", "reviewed_by", "task")
    return access.get(request, rows, audit_chart_id)


def find_line(request: PracticeRequest, audit_chart_id: int, audit_line_id: int) -> AuditLine:
    chart = find(request, audit_chart_id)
    line = access.get(request, AuditLine.objects.filter(chart=chart), audit_line_id)
    line.chart = chart
    return line


def context_of(request: PracticeRequest, chart: AuditChart, **more: Any) -> dict[str, Any]:
    """What the workspace and its parts print; a hidden chart has no lines."""
    is_waiting = chart.state == AuditChart.State.WAITING
    is_own = chart.coder_id == request.user.pk
    may_judge = access.may(request, "quality.work") and is_waiting and not is_own
    rows = [] if chart.is_hidden else page_of.line_rows(chart, request.GET.get("line", ""))
    left = sum(page_of.needs_words(row.line) for row in rows)
    return {
        "chart": chart,
        "audit": chart.audit,
        "visit": chart.encounter,
        "documents": page_of.note_blocks(chart),
        "lines": rows,
        "left": left,
        "judged": len(rows) - left,
        "may_judge": may_judge and chart.audit.state == "open",
        "missed": MissedForm(auto_id="missed-%s"),
        "may_decide": access.may(request, "quality.work")
        and page_of.may_decide(chart, request.user),
        "decisions": page_of.decision_fields(chart),
        **more,
    }


@practice_view("quality.view")
def audit_chart(request: PracticeRequest, audit_chart_id: int) -> HttpResponse:
    """The workspace of one chart."""
    chart = find(request, audit_chart_id)
    note_view(request, chart)
    part = "#judging" if request.htmx.target == "judging" else "#chart" if request.htmx else ""
    return render(request, PAGE + part, context_of(request, chart))


def note_view(request: PracticeRequest, chart: AuditChart) -> None:
    patient_id = chart.encounter.patient_id
    events.record("audit_chart.viewed", chart, by=request.user, patient_id=patient_id)


def changed(request: PracticeRequest, chart: AuditChart, **more: Any) -> HttpResponse:
    """The judging pane; a plain request goes back to the page."""
    if not request.htmx:
        return redirect(f"{reverse('audit_chart', args=[chart.pk])}#judging")
    return render(request, f"{PAGE}#judging", context_of(request, chart, **more))


@practice_view("quality.view", methods=("POST",))
def audit_verdict(
    request: PracticeRequest, audit_chart_id: int, audit_line_id: int
) -> HttpResponse:
    """Agree or disagree with one line."""
    line = find_line(request, audit_chart_id, audit_line_id)
    if request.POST.get("verdict") == "agree":
        audit_reviews.judge_line(line, by=request.user, is_agreed=True)
    else:
        told = valid(VerdictForm(request.POST, line=line))
        audit_reviews.judge_line(line, by=request.user, is_agreed=False, **told)
    return changed(request, line.chart)


@practice_view("quality.view", methods=("POST",))
def audit_missed(request: PracticeRequest, audit_chart_id: int) -> HttpResponse:
    """Add a code the coder left out."""
    chart = find(request, audit_chart_id)
    audit_reviews.add_missed(chart, by=request.user, **valid(MissedForm(request.POST)))
    return changed(request, chart)


@practice_view("quality.view", methods=("POST",))
def audit_rest(request: PracticeRequest, audit_chart_id: int) -> HttpResponse:
    """Agree with every line that is left."""
    chart = find(request, audit_chart_id)
    audit_reviews.agree_rest(chart, by=request.user)
    return changed(request, chart)


@practice_view("quality.view", methods=("POST",))
def audit_own_codes(request: PracticeRequest, audit_chart_id: int) -> HttpResponse:
    """The auditor's own codes of a blind chart; both codings show from then on."""
    chart = find(request, audit_chart_id)
    text = request.POST.get("text", "")[:400]
    audit_reviews.enter_own_codes(chart, text, by=request.user)
    return changed(request, find(request, audit_chart_id))


@practice_view("quality.view", methods=("POST",))
def audit_completion(request: PracticeRequest, audit_chart_id: int) -> HttpResponse:
    """Finish the review; the next chart comes in the same answer."""
    chart = find(request, audit_chart_id)
    lesson = request.POST.get("lesson", "")
    following = audit_reviews.finish_review(chart, lesson=lesson, by=request.user)
    messages.success(request, f"{chart.encounter.number} is reviewed.")
    url = reverse("audit_chart", args=[following.pk]) if following else ""
    if following is None:
        url = reverse("coding_audit", args=[chart.audit_id])
        return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)
    if not request.htmx:
        return redirect(url)
    shown = find(request, following.pk)
    note_view(request, shown)
    context = context_of(request, shown, is_next=True)
    return push_url(render(request, f"{PAGE}#chart", context), url)


@practice_view("quality.view", methods=("POST",))
def audit_decisions(request: PracticeRequest, audit_chart_id: int) -> HttpResponse:
    """A second reviewer's decisions on what the coder disputes."""
    chart = find(request, audit_chart_id)
    fields = page_of.decision_fields(chart, request.POST)
    outcomes = {field.line.pk: field.pair for field in fields}
    audit_answers.decide_disputes(chart, outcomes, by=request.user)
    messages.success(request, f"{chart.encounter.number} is settled.")
    return redirect("audit_chart", chart.pk)
