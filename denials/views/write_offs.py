"""Write-offs above somebody's limit: deciding them, and the limits."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from denials.actions import write_offs as actions
from denials.forms_write_offs import DecisionForm, LimitForm
from denials.models import WriteOffLimit, WriteOffRequest
from denials.rules.write_offs import limit_for
from denials.views.worklist import checked
from rcm import access
from rcm.http import PracticeRequest, practice_view
from rcm.models import Role


@practice_view("denials.view", methods=("POST",))
def write_off_verb(request: PracticeRequest, request_id: int, verb: str) -> HttpResponseRedirect:
    """Approve, decline or withdraw one that waits."""
    found = access.get(request, WriteOffRequest.objects.all(), request_id)
    note = checked(DecisionForm(request.POST))["note"]
    if verb == "approve":
        actions.approve(found, by=request.user, note=note)
        messages.success(request, f"${found.amount:,.2f} written off.")
    elif verb == "decline":
        actions.decline(found, by=request.user, note=note)
        messages.success(request, "Declined. The denial goes on as it was.")
    elif verb == "withdraw":
        actions.withdraw(found, by=request.user)
        messages.success(request, "Withdrawn. The denial goes on as it was.")
    else:
        raise Http404
    is_for_approval = verb != "withdraw" and access.may(request, "denials.approve")
    query = "?state=waiting&approval=1" if is_for_approval else "?state=open"
    return redirect(reverse("denials") + query)


@practice_view("denials.view", methods=("GET", "POST"), write="denials.approve")
def write_off_limits(request: PracticeRequest) -> HttpResponse:
    """What each role may write off alone."""
    if request.method == "POST":
        given = checked(LimitForm(request.POST))
        actions.set_limit(request.practice, given["role"], given["amount"], by=request.user)
        messages.success(request, "The limit is set. Requests made before stay as they are.")
        return redirect("write_off_limits")
    rows = access.in_practice(request, WriteOffLimit.objects.all())
    own = dict(rows.values_list("role", "amount"))
    limits = [
        (Role(role).label, role, limit_for(role, own), role in own)
        for role in access.roles_with("denials.work")
    ]
    context = {"limits": limits, "may_set": access.may(request, "denials.approve")}
    return render(request, "denials/write_off_limits.html", context)
