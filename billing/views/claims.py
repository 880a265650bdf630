"""The claims list and one claim: who owes what now, what happened, what is wrong, what was sent."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.utils import timezone

from billing.actions import claims as actions
from billing.actions.status_inquiries import ASKABLE
from billing.actions.submissions import submit_ready
from billing.claim_list import filter_claims, money_of, status_tabs, with_money
from billing.claim_page import (
    claim_queryset,
    history_of,
    lines_of,
    next_step_of,
    open_findings,
    parties_of,
    segments_of,
    timeline_of,
)
from billing.inquiry_pages import open_status_inquiry
from billing.ledger import claim_balances
from billing.models import Claim
from billing.paper_claims import fill_form
from billing.route_page import waiting_reasons
from billing.rules.claim_content import read_content
from billing.rules.findings import BLOCKING
from billing.rules.transitions import UNSENT
from payers.models import Payer
from rcm import access, events
from rcm.http import PracticeRequest, page_or_partial, practice_view

ROWS = 50


@practice_view("billing.view")
def claims(request: PracticeRequest) -> HttpResponse:
    """The list: a tab per status, filters, dollars; every view of it is an event."""
    found = filter_claims(access.in_practice(request, Claim.objects.all()), request.GET)
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
        "is_filtered": any(request.GET.get(name) for name in ("q", "payer", "owed_by")),
        "ready": next(tab["count"] for tab in views if tab["status"] == "ready"),
        "can_work": access.may(request, "billing.work"),
    }
    return page_or_partial(request, "billing/claims.html", "rows", context)


@practice_view("billing.view")
def claim(request: PracticeRequest, claim_id: int) -> HttpResponse:
    """Everything about one claim on one page."""
    row = access.get(request, claim_queryset(), claim_id)
    events.record("claim.viewed", row, by=request.user, patient_id=row.patient_id)
    is_unsent = row.status in UNSENT
    findings = open_findings(row) if is_unsent else []
    context = {
        "claim": row,
        "money": money_of(claim_balances(request.practice.pk, [row.pk])[row.pk]),
        "step": next_step_of(row),
        "stops": timeline_of(row),
        "lines": lines_of(row),
        "findings": findings,
        "waiting": waiting_reasons(request.practice, Claim.objects.filter(pk=row.pk)),
        "is_blocked": any(finding.severity == BLOCKING for finding in findings),
        "parties": parties_of(read_content(row.content)) if row.content else [],
        "events": history_of(row),
        "replaced_by": Claim.objects.filter(replaces=row).first(),
        "followed_by": Claim.objects.filter(follows=row).exclude(status="voided").first(),
        "can_be_replaced": actions.is_replaceable(row),
        "is_unsent": is_unsent,
        "paper": fill_form(row, timezone.localdate()) if row.content else None,
        **rights_of(request, row),
    }
    return render(request, "billing/claim.html", context)


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
        chosen_claims = Claim.objects.filter(practice=request.practice)
        if chosen is not None:
            chosen_claims = chosen_claims.filter(pk__in=chosen)
        for reason in waiting_reasons(request.practice, chosen_claims):
            messages.warning(request, reason)
    else:
        messages.info(request, "No claim was ready to send.")
    return redirect("batches")
