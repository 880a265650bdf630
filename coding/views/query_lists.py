"""Figures of queries for those who lead, and the practice's own templates."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from coding.actions import query_templates as actions
from coding.forms_queries import TemplateForm
from coding.models import QueryTemplate
from coding.query_figures import PERIOD_DAYS, figures_of
from coding.rules.query_templates import BUILT_IN
from coding.views.queries import own_templates
from rcm import access
from rcm.errors import Refusal
from rcm.http import PracticeRequest, practice_view


@practice_view("audit.view")
def query_figures(request: PracticeRequest) -> HttpResponse:
    """Time to answer, overdue and agreement, all together and by provider."""
    total, *rows = figures_of(request.practice, today=timezone.localdate())
    context = {"total": total, "rows": rows, "days": PERIOD_DAYS}
    return render(request, "coding/query_figures.html", context)


@practice_view("coding.view", methods=("GET", "POST"))
def query_templates(request: PracticeRequest) -> HttpResponse:
    """The practice's templates and the built-in ones; POST adds one."""
    form = TemplateForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return show_templates(request, form)
    if not form.is_valid():
        return show_templates(request, form, status=422)
    given = form.cleaned_data
    try:
        actions.add_template(
            request.practice,
            name=given["name"],
            draft=form.draft(()),
            options=given["options"],
            by=request.user,
        )
    except Refusal as refusal:
        return show_templates(request, form, refusal, status=refusal.status)
    messages.success(request, f"“{given['name']}” is on the list.")
    return redirect("query_templates")


def show_templates(
    request: PracticeRequest,
    form: TemplateForm,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    faults = refusal.data.get("faults") if refusal else None
    context = {
        "form": form,
        "own": own_templates(request),
        "built_in": BUILT_IN,
        "faults": faults,
        "refused": refusal.message if refusal and not faults else "",
        "may_work": access.may(request, "coding.work"),
    }
    return render(request, "coding/query_templates.html", context, status=status)


@practice_view("coding.view", methods=("POST",))
def query_template_removal(request: PracticeRequest, template_id: int) -> HttpResponse:
    """Take a template off the list."""
    template = access.get(request, QueryTemplate.objects.all(), template_id)
    actions.retire_template(template, by=request.user)
    messages.success(request, f"“{template.name}” is off the list.")
    return redirect("query_templates")
