"""Answers to our files: rejected claims to correct, who is silent, what fits nothing of ours."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.utils import timezone

from billing import acknowledgment_page as page_of
from billing.actions import rejections as actions
from billing.credit_page import billers
from billing.forms_claims import OwnerForm, RejectionsForm
from billing.forms_money import checked
from billing.rejection_list import owners_of
from rcm import access, events
from rcm.http import PracticeRequest, practice_view


@practice_view("billing.view")
def acknowledgments(request: PracticeRequest) -> HttpResponse:
    """Three views: rejections by reason, silence, files with errors."""
    now = timezone.now()
    view = request.GET.get("view", "")
    view = view if view in page_of.LABELS else "rejected"
    waiting = page_of.waiting_of(request.practice)
    silence = page_of.silence_shown(request.practice, now)
    context = {"view": view, "can_work": access.may(request, "billing.work"), **silence}
    lists = ("stuck", "forms", "silent_claims", "payers")
    counts = {"rejected": waiting.count(), "silent": sum(len(silence[name]) for name in lists)}
    context["views"] = page_of.tabs(counts, view)
    if view == "rejected":
        context |= page_of.rejections_shown(waiting, request.GET.get("owner", ""), now)
        context |= {"owners": owners_of(waiting), "people": billers(request.practice.pk)}
        context["owner"] = request.GET.get("owner", "")
    elif view == "files":
        context |= page_of.errors_shown(request.practice)
    claims = context.get("claims", [])
    events.record("rejections.listed", request.practice, by=request.user, claims=claims)
    return render(request, "billing/acknowledgments.html", context)


@practice_view("billing.view", methods=("POST",))
def rejections_send(request: PracticeRequest) -> HttpResponse:
    """Corrected: check the chosen claims, or all of one reason, and send the clean ones."""
    waiting = page_of.waiting_of(request.practice)
    ids = RejectionsForm(request.POST).chosen(waiting)
    done = actions.send_again(request.practice, ids, by=request.user)
    if done.sent:
        text = f"{done.sent} claim{pluralize(done.sent)} in the outbox as original."
        messages.success(request, text)
    if done.held:
        text = f"{done.held} claim{pluralize(done.held)} held by a check: see the scrub worklist."
        messages.warning(request, text)
    return redirect("acknowledgments")


@practice_view("billing.view", methods=("POST",))
def rejections_assign(request: PracticeRequest) -> HttpResponse:
    """Make one person the owner of the chosen rejections."""
    person = checked(OwnerForm(request.POST))["person"]
    ids = RejectionsForm(request.POST).chosen(page_of.waiting_of(request.practice))
    count = actions.assign_rejections(request.practice, ids, to=person, by=request.user)
    messages.success(request, f"{count} rejection{pluralize(count)} assigned.")
    return redirect("acknowledgments")
