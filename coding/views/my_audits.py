"""A coder's own audited charts: what was found, accepted or disputed, recoded."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from coding import audit_page
from coding import audit_stats as stats
from coding.actions import audit_answers
from coding.forms_audits import AnswerField
from coding.models import AuditChart, CoderTask
from coding.views.audit_charts import find, note_view
from rcm import access, events
from rcm.http import PracticeRequest, page_or_partial, practice_view
from rcm.paging import page_of

TABS = {"reviewed": "To answer", "disputed": "Disputed", "settled": "Settled"}


@practice_view("coding.view")
def my_audits(request: PracticeRequest) -> HttpResponse:
    """The person's own charts by state, with the accuracy of a year by month."""
    mine = stats.reviewed(request.practice.pk).filter(coder=request.user)
    counts = dict(mine.values_list("state").annotate(Count("pk")))
    state = request.GET.get("state", "reviewed")
    rows = mine.filter(state=state).select_related("audit", "encounter__patient")
    page = page_of(request, rows.order_by("-reviewed_at", "-pk"))
    seen = [chart.encounter_id for chart in page]
    events.record("encounters.listed", request.practice, by=request.user, encounters=seen)
    since = timezone.localdate() - timedelta(days=365)
    context = {
        "views": [
            {
                "label": label,
                "count": counts.get(key, 0),
                "url": f"?state={key}",
                "is_current": key == state,
            }
            for key, label in TABS.items()
        ],
        "state": state,
        "page": page,
        "months": stats.by_month(request.practice.pk, since, request.user.pk),
    }
    return page_or_partial(request, "coding/my_audits.html", "rows", context)


@practice_view("coding.view")
def my_audit(request: PracticeRequest, audit_chart_id: int) -> HttpResponse:
    """What an audit found on one of the person's own charts; anybody else goes to their own."""
    chart = find(request, audit_chart_id)
    if chart.coder_id != request.user.pk or chart.state == AuditChart.State.WAITING:
        return redirect("my_audits")
    note_view(request, chart)
    may_work = access.may(request, "coding.work")
    is_open = chart.task is not None and chart.task.state == CoderTask.State.OPEN
    context = {
        "chart": chart,
        "audit": chart.audit,
        "visit": chart.encounter,
        "documents": audit_page.note_blocks(chart),
        "lines": audit_page.line_rows(chart),
        "answers": [AnswerField(line) for line in chart.lines.all() if line.is_finding],
        "may_answer": may_work and chart.state == AuditChart.State.REVIEWED,
        "may_recode": may_work and chart.state == AuditChart.State.SETTLED and is_open,
    }
    return render(request, "coding/my_audit.html", context)


@practice_view("coding.view", methods=("POST",))
def audit_answers_given(request: PracticeRequest, audit_chart_id: int) -> HttpResponse:
    """Accept or dispute every finding of one's own chart."""
    chart = find(request, audit_chart_id)
    findings = [line for line in chart.lines.all() if line.is_finding]
    told = {line.pk: AnswerField(line, request.POST).pair for line in findings}
    audit_answers.answer_findings(chart, told, by=request.user)
    messages.success(request, f"The findings on {chart.encounter.number} are answered.")
    return redirect("my_audit", chart.pk)


@practice_view("coding.view", methods=("POST",))
def audit_recoding(request: PracticeRequest, audit_chart_id: int) -> HttpResponse:
    """Open the chart to put right what stands."""
    visit = audit_answers.start_recoding(find(request, audit_chart_id), by=request.user)
    return redirect("workspace", visit.pk)
