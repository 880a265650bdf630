"""Files that go with a claim: added, saved, removed, and put into a packet for mail or fax."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from billing.actions import attachments as acts
from billing.actions.claim_status import record_for_claim
from billing.attachment_packet import make_packet
from billing.claim_attachments import carried_by
from billing.claim_page import claim_queryset
from billing.forms_claims import AttachmentForm
from billing.models import Claim
from billing.rules.attachment_files import SUFFIXES
from billing.views.claims import show_claim
from rcm import access
from rcm.http import PracticeRequest, pdf_response, practice_view, saved_response


def claim_of(request: PracticeRequest, claim_id: int) -> Claim:
    """A claim of the chosen practice, or 404."""
    return access.get(
        request, Claim.objects.select_related("patient", "payer", "practice"), claim_id
    )


@practice_view("billing.view", methods=("POST",))
def claim_attachments(request: PracticeRequest, claim_id: int) -> HttpResponse:
    """Keep a file with the claim."""
    row = claim_of(request, claim_id)
    form = AttachmentForm(request.POST, request.FILES, auto_id="attachment-%s")
    if not form.is_valid():
        shown = access.get(request, claim_queryset(), claim_id)
        return show_claim(request, shown, form=form, status=422)
    file = acts.read_upload(form.cleaned_data.pop("file"), **form.cleaned_data)
    added = acts.add_attachment(row, file, by=request.user)
    state = row.get_status_display().lower()
    messages.success(request, f"{added.name} goes with the claim as {added}; it is {state}.")
    return redirect("claim", row.pk)


@practice_view("billing.view")
def claim_attachment(request: PracticeRequest, claim_id: int, attachment_id: int) -> HttpResponse:
    """The bytes of a file, to be saved."""
    row = claim_of(request, claim_id)
    found = access.get(request, carried_by(row).defer(None), attachment_id)
    record_for_claim(acts.VIEWED, row, by=request.user, attachment=found.pk)
    name = f"{found}.{SUFFIXES[found.content_type]}"
    return saved_response(bytes(found.content), found.content_type, name)


@practice_view("billing.view", methods=("POST",))
def claim_attachment_removal(
    request: PracticeRequest, claim_id: int, attachment_id: int
) -> HttpResponse:
    """Take a file off a claim that is not sent."""
    row = claim_of(request, claim_id)
    found = access.get(request, carried_by(row), attachment_id)
    acts.remove_attachment(found, row, by=request.user)
    messages.success(request, f"{found.name} does not go with the claim any more.")
    return redirect("claim", row.pk)


@practice_view("billing.view")
def claim_packet(request: PracticeRequest, claim_id: int) -> HttpResponse:
    """The cover sheet and the files as one PDF."""
    row = claim_of(request, claim_id)
    content = make_packet(row, now=timezone.now())
    record_for_claim(acts.PACKET_MADE, row, by=request.user)
    return pdf_response(content, f"packet-{row}.pdf")
