"""Batches as strips of steps: sent, TA1, 999, 277CA; the outbox; what to do about an unknown."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from billing.actions import submissions
from billing.batch_page import facts_of, strips_of
from billing.models import Batch, Claim
from billing.route_page import waiting_reasons
from billing.rules.segment_labels import label_segments
from billing.sendable import is_sendable
from rcm import access, events
from rcm.http import PracticeRequest, page_or_partial, practice_view

ROWS = 25
SEGMENTS = 120


@practice_view("billing.view")
def batches(request: PracticeRequest) -> HttpResponse:
    """All batches, newest first."""
    rows = Batch.objects.select_related("payer", "channel").order_by("-pk")
    page = Paginator(access.in_practice(request, rows), ROWS).get_page(request.GET.get("page"))
    mine = access.in_practice(request, Claim.objects.all())
    context = {
        "page": page,
        "strips": strips_of(request.practice.pk, page.object_list, timezone.now()),
        "ready": mine.filter(is_sendable(), status=Claim.Status.READY).count(),
        "waiting": waiting_reasons(request.practice),
        "can_work": access.may(request, "billing.work"),
    }
    return page_or_partial(request, "billing/batches.html", "rows", context)


@practice_view("billing.view")
def batch(request: PracticeRequest, batch_id: int) -> HttpResponse:
    """One batch: steps, claims, the beginning of its file."""
    rows = Batch.objects.select_related("payer", "channel", "file", "created_by")
    row = access.get(request, rows, batch_id)
    events.record("batch.viewed", row, by=request.user)
    [strip] = strips_of(request.practice.pk, [row], timezone.now())
    claims = Claim.objects.filter(submissions__batch=row).select_related("patient", "payer")
    page = Paginator(claims.order_by("pk"), 100).get_page(request.GET.get("page"))
    content = bytes(row.file.content) if row.file else b""
    segments, total = label_segments(content, limit=SEGMENTS)
    context = {
        "strip": strip,
        "batch": row,
        "page": page,
        "facts": facts_of(strip),
        "segments": segments,
        "segments_total": total,
        "can_work": access.may(request, "billing.work"),
    }
    return render(request, "billing/batch.html", context)


@practice_view("billing.view", methods=("POST",))
def batch_pull_back(request: PracticeRequest, batch_id: int) -> HttpResponse:
    """Out of the outbox; the claims are ready again."""
    row = submissions.pull_back(access.get(request, Batch.objects.all(), batch_id), by=request.user)
    messages.success(request, f"{row} pulled back; its claims are ready again.")
    return redirect("batches")


@practice_view("billing.view", methods=("POST",))
def batch_outcome(request: PracticeRequest, batch_id: int) -> HttpResponse:
    """Ask the server whether an unknown batch arrived."""
    row = access.get(request, Batch.objects.all(), batch_id)
    if submissions.settle_unknown(row, by=request.user):
        messages.success(request, f"{row} is on the server: it is marked sent.")
    else:
        messages.warning(request, f"{row} is not in the server's folder (any more).")
    return redirect("batch", row.pk)


@practice_view("billing.view", methods=("POST",))
def batch_sending(request: PracticeRequest, batch_id: int) -> HttpResponse:
    """A person's decision to send an unknown batch once more."""
    row = submissions.send_again(
        access.get(request, Batch.objects.all(), batch_id), by=request.user
    )
    messages.success(request, f"{row} goes out again under the same numbers.")
    return redirect("batch", row.pk)
