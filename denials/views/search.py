"""Jump to any object by its number: claims, encounters, remittances, patients' charts."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from billing.models import Claim, Remittance
from coding.models import Encounter
from rcm import access
from rcm.http import PracticeRequest, practice_view

EACH = 8


def found_rows(request: PracticeRequest, query: str) -> list[dict[str, Any]]:
    """At most EACH of every kind the role may see; three statements."""
    rows: list[dict[str, Any]] = []
    if access.may(request, "coding.view"):
        charts = access.in_practice(request, Encounter.objects.select_related("patient"))
        charts = charts.filter(
            Q(number__istartswith=query)
            | Q(patient__last_name__istartswith=query)
            | Q(patient__mrn__iexact=query)
        )
        rows += [
            entry("Charts", f"{c.number} {c.patient}", f"{c.date_of_service:%m/%d/%Y}",
                  reverse("workspace", args=[c.pk]))
            for c in charts.order_by("-date_of_service")[:EACH]
        ]  # fmt: skip
    if access.may(request, "billing.view"):
        claims = access.in_practice(request, Claim.objects.select_related("patient"))
        claims = claims.filter(
            Q(patient_control_number__istartswith=query)
            | Q(payer_claim_control_number__iexact=query)
            | Q(patient__last_name__istartswith=query)
        )
        rows += [
            entry("Claims", f"{c.patient_control_number} {c.patient}", c.get_status_display(),
                  reverse("claim", args=[c.pk]))
            for c in claims.order_by("-id")[:EACH]
        ]  # fmt: skip
        remittances = access.in_practice(request, Remittance.objects.all())
        rows += [
            entry("Remittances", r.trace_number, f"{r.payer_name} ${r.amount_paid:,.2f}",
                  reverse("remittance", args=[r.pk]))
            for r in remittances.filter(trace_number__istartswith=query).order_by("-id")[:EACH]
        ]  # fmt: skip
    return rows


def entry(group: str, label: str, detail: str, url: str) -> dict[str, str]:
    return {"group": group, "label": label, "detail": detail, "url": url}


@practice_view("coding.view")
def palette(request: PracticeRequest) -> HttpResponse:
    """JSON for the command palette."""
    query = request.GET.get("q", "").strip()
    rows = found_rows(request, query) if len(query) >= 2 else []
    return JsonResponse(rows, safe=False)


@practice_view("coding.view")
def search(request: PracticeRequest) -> HttpResponse:
    """The palette's page for people without script."""
    query = request.GET.get("q", "").strip()
    rows = found_rows(request, query) if len(query) >= 2 else []
    return render(request, "denials/search.html", {"query": query, "rows": rows})
