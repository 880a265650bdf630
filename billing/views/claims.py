"""The claims list and one claim: who owes what now, what happened, what is wrong, what was sent."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.utils import timezone

from billing.actions import claims as actions
from billing.actions.attachments import may_change
from billing.actions.status_inquiries import ASKABLE
from billing.actions.submissions import submit_ready
from billing.checked_claim import checked_of
from billing.claim_attachments import carried_by
from billing.claim_list import filter_claims, money_of, status_tabs, with_money
from billing.claim_page import (
    claim_queryset,
    history_of,
    lines_of,
    next_step_of,
    open_findings,
    other_parts_of,
    parties_of,
    segments_of,
    timeline_of,
)
from billing.filing_proof import make_proof
from billing.forms_claims import AttachmentForm
from billing.inquiry_pages import open_status_inquiry
from billing.ledger import claim_balances
from billing.models import Claim
from billing.paper_claims import fill_form
from billing.route_page import waiting_reasons
from billing.rules.attachment_kinds import IN_PACKET
from billing.rules.claim_content import read_content
from billing.rules.findings import BLOCKING
from billing.rules.transitions import UNSENT
from billing.sendable import is_sendable
from billing.sent_codes import left_behind
from payers.models import Payer
from rcm import access, events
from rcm.http import PracticeRequest, page_or_partial, pdf_response, practice_view

ROWS = 50
FILTERS = ("q", "payer", "owed_by", "coded")


@practice_view("billing.view")
def claims(request: PracticeRequest) -> HttpResponse:
    """The list: a tab per status, filters, dollars; every view of it is an event."""
    mine = access.in_practice(request, Claim.objects.all())
    found = filter_claims(mine, request.GET)
    views, amount = status_tabs(found, request.GET)
    status = request.GET.get("status", "")
    rows = found.filter(status=status) if status else found
    rows = rows.select_related("patient", "payer").order_by("-date_of_service", "-pk")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    shown = with_money(request.practice.pk, page.object_list)
    ids = [claim.pk for claim, _ in shown]
    events.record("claims.listed", request.practice, by=request.user, claims=ids)
    context = {
        "views": views,
        "amount": amount,
        "page": page,
        "rows": shown,
        "payers": access.in_practice(request, Payer.objects.order_by("name")),
        "filters": request.GET,
        "is_filtered": any(request.GET.get(name) for name in FILTERS),
        "left_behind": left_behind(mine).count(),
        "ready": mine.filter(is_sendable(), status=Claim.Status.READY).count(),
        "can_work": access.may(request, "billing.work"),
    }
    return page_or_partial(request, "billing/claims.html", "rows", context)


@practice_view("billing.view")
def claim(request: PracticeRequest, claim_id: int) -> HttpResponse:
    """Everything about one claim on one page."""
    return show_claim(request, access.get(request, claim_queryset(), claim_id))


def show_claim(
    request: PracticeRequest, row: Claim, *, form: AttachmentForm | None = None, status: int = 200
) -> HttpResponse:
    """The page, with the form of a file that was refused; `row` comes from claim_queryset."""
    events.record("claim.viewed", row, by=request.user, patient_id=row.patient_id)
    context = {
        "claim": row,
        "money": money_of(claim_balances(request.practice.pk, [row.pk])[row.pk]),
        "step": next_step_of(row),
        "stops": timeline_of(row),
        "lines": lines_of(row),
        **findings_of(row),
        "waiting": waiting_reasons(request.practice, Claim.objects.filter(pk=row.pk)),
        "checked": checked_of(row),
        "parties": parties_of(read_content(row.content)) if row.content else [],
        "events": history_of(row),
        **successors_of(row),
        "paper": fill_form(row, timezone.localdate()) if row.content else None,
        **rights_of(request, row),
        **attachments_of(request, row, form),
    }
    return render(request, "billing/claim.html", context, status=status)


def findings_of(row: Claim) -> dict[str, Any]:
    """What holds a claim that is still with us."""
    is_unsent = row.status in UNSENT
    findings = open_findings(row) if is_unsent else []
    is_blocked = any(finding.severity == BLOCKING for finding in findings)
    return {"is_unsent": is_unsent, "findings": findings, "is_blocked": is_blocked}


def attachments_of(
    request: PracticeRequest, row: Claim, form: AttachmentForm | None
) -> dict[str, Any]:
    """The files the claim goes with; may they change, and is there anything to mail or fax?"""
    files = list(carried_by(row))
    return {
        "attachments": files,
        "attachment_form": form or AttachmentForm(auto_id="attachment-%s"),
        "can_attach": access.may(request, "billing.work") and may_change(row),
        "has_packet": any(each.transmission in IN_PACKET for each in files),
    }


def successors_of(row: Claim) -> dict[str, Any]:
    """What took the claim's place, or its share, and may anything? The rest of its visit."""
    return {
        "other_parts": other_parts_of(row),
        "replaced_by": Claim.objects.filter(replaces=row).first(),
        "followed_by": Claim.objects.filter(follows=row).exclude(status="voided").first(),
        "can_be_replaced": actions.is_replaceable(row),
        "is_left_behind": left_behind(Claim.objects.filter(pk=row.pk)).exists(),
    }


def rights_of(request: PracticeRequest, row: Claim) -> dict[str, Any]:
    """What the person may here; may the payer be asked about the claim, and was it already?"""
    is_with_payer = row.status in ASKABLE and bool(row.content)
    return {
        "can_work": access.may(request, "billing.work"),
        "can_see_chart": access.may(request, "coding.view"),
        "can_ask": is_with_payer and access.may(request, "billing.work"),
        "open_inquiry": open_status_inquiry(list(row.status_inquiries.all())),
    }


@practice_view("billing.view")
def claim_x12(request: PracticeRequest, claim_id: int) -> HttpResponse:
    """The claim's segments with our labels beside them: a page, or a card for htmx."""
    row = access.get(request, Claim.objects.select_related("patient", "payer"), claim_id)
    events.record("claim.viewed", row, by=request.user, patient_id=row.patient_id, part="x12")
    context = {"claim": row, "segments": segments_of(row)}
    return page_or_partial(request, "billing/claim_x12.html", "x12", context)


@practice_view("billing.view")
def filing_proof(request: PracticeRequest, claim_id: int) -> HttpResponse:
    """Proof of timely filing as PDF: what was sent when, and who answered."""
    row = access.get(request, Claim.objects.select_related("patient", "payer"), claim_id)
    events.record("claim.proof_made", row, by=request.user, patient_id=row.patient_id)
    return pdf_response(make_proof(row, now=timezone.now()), f"filing-{row}.pdf")


@practice_view("billing.view", methods=("POST",))
def claim_scrub(request: PracticeRequest, claim_id: int) -> HttpResponse:
    """Check one claim again with the data as it is now."""
    row = access.get(request, Claim.objects.all(), claim_id)
    findings = actions.scrub_claim(row, by=request.user)
    if row.status == Claim.Status.READY:
        messages.success(request, f"Claim {row} is clean and ready to send.")
    else:
        messages.warning(request, f"Claim {row} is still held: {findings[0].message}")
    return redirect("claim", row.pk)


@practice_view("billing.view", methods=("POST",))
def claims_submit(request: PracticeRequest) -> HttpResponse:
    """Ready claims (all, or the chosen ones) into the outbox."""
    given = request.POST.getlist("ids")
    chosen = [int(text) for text in given if text.isdecimal()] if given else None
    batches = submit_ready(request.practice, by=request.user, claim_ids=chosen)
    if batches:
        count = sum(batch.claims_count for batch in batches)
        files = f"{len(batches)} batch{pluralize(len(batches), 'es')}"
        messages.success(request, f"{count} claim{pluralize(count)} in {files} in the outbox.")
    else:
        messages.info(request, "No claim was ready to send.")
    chosen_claims = Claim.objects.filter(practice=request.practice)
    if chosen is not None:
        chosen_claims = chosen_claims.filter(pk__in=chosen)
    for reason in waiting_reasons(request.practice, chosen_claims):
        messages.warning(request, reason)
    return redirect("batches")
