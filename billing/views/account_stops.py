"""What stops statements of an account: questions, disputes, bankruptcy, collections."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from billing.actions import patient_flags as flags
from billing.actions import patient_inquiries as inquiries
from billing.forms_accounts import FlagForm, InquiryForm, MessageForm, ReasonForm
from billing.forms_money import checked
from billing.models import AccountFlag, AccountInquiry
from billing.views.accounts import patient_of
from rcm import access
from rcm.http import PracticeRequest, practice_view


@practice_view("billing.view", methods=("POST",))
def account_inquiry_open(request: PracticeRequest, patient_id: int) -> HttpResponse:
    """A patient asks or disputes."""
    made = inquiries.open_inquiry(
        patient_of(request, patient_id), by=request.user, **checked(InquiryForm(request.POST))
    )
    messages.success(request, f"{made} is to be answered by {made.due_on:%m/%d/%Y}.")
    return redirect("account", patient_id)


@practice_view("billing.view", methods=("POST",))
def account_inquiry_verb(
    request: PracticeRequest, account_inquiry_id: int, verb: str
) -> HttpResponse:
    """A message of the thread, or the answer that closes it."""
    row = access.get(request, AccountInquiry.objects.all(), account_inquiry_id)
    given = checked(MessageForm(request.POST))
    if verb == "answer":
        inquiries.close_inquiry(row, answer=given["text"], by=request.user)
    elif verb == "message":
        inquiries.add_message(row, by=request.user, **given)
    else:
        raise Http404
    messages.success(request, f"{row}: noted.")
    return redirect("account", row.patient_id)


@practice_view("billing.view", methods=("POST",))
def account_flag_set(request: PracticeRequest, patient_id: int) -> HttpResponse:
    """Bankruptcy, or collections when the checklist is met."""
    patient = patient_of(request, patient_id)
    given = checked(FlagForm(request.POST))
    reason, by = given["reason"], request.user
    if given["kind"] == AccountFlag.Kind.BANKRUPTCY:
        made = flags.flag_bankruptcy(patient, reason=reason, by=by)
    else:
        notice_on = given["notice_on"]
        made = flags.send_to_collections(patient, reason=reason, notice_on=notice_on, by=by)
    word = "waits for another person" if made.state == "requested" else "is set"
    messages.success(request, f"{made} {word}.")
    return redirect("account", patient_id)


@practice_view("billing.view", methods=("POST",))
def account_flag_end(request: PracticeRequest, account_flag_id: int) -> HttpResponse:
    """Take a flag back."""
    row = access.get(request, AccountFlag.objects.all(), account_flag_id)
    flags.end_flag(row, reason=checked(ReasonForm(request.POST))["reason"], by=request.user)
    messages.success(request, f"{row} is taken back.")
    return redirect("account", row.patient_id)


@practice_view("billing.view", methods=("POST",), write="billing.approve")
def account_flag_approve(request: PracticeRequest, account_flag_id: int) -> HttpResponse:
    """Another person lets collections go."""
    row = access.get(request, AccountFlag.objects.all(), account_flag_id)
    flags.approve_flag(row, by=request.user)
    messages.success(request, f"{row} is approved.")
    return redirect("account", row.patient_id)
