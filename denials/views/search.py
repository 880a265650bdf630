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
    rows = found_charts(request, query) if access.may(request, "coding.view") else []
    if access.may(request, "billing.view"):
        rows += found_claims(request, query) + found_remittances(request, query)
    return rows


def found_charts(request: PracticeRequest, query: str) -> list[dict[str, str]]:
    charts = access.in_practice(request, Encounter.objects.select_related("patient")).filter(
        Q(number__istartswith=query)
        | Q(patient__last_name__istartswith=query)
        | Q(patient__mrn__iexact=query)
    )
    return [
        entry(
            "Charts",
            f"{chart.number} {chart.patient}",
            f"{chart.date_of_service:%m/%d/%Y}",
            reverse("workspace", args=[chart.pk]),
        )
        for chart in charts.order_by("-date_of_service")[:EACH]
    ]


def found_claims(request: PracticeRequest, query: str) -> list[dict[str, str]]:
    claims = access.in_practice(request, Claim.objects.select_related("patient")).filter(
        Q(patient_control_number__istartswith=query)
        | Q(payer_claim_control_number__iexact=query)
        | Q(patient__last_name__istartswith=query)
    )
    return [
        entry(
            "Claims",
            f"{claim.patient_control_number} {claim.patient}",
            claim.get_status_display(),
            reverse("claim", args=[claim.pk]),
        )
        for claim in claims.order_by("-id")[:EACH]
    ]


def found_remittances(request: PracticeRequest, query: str) -> list[dict[str, str]]:
    rows = access.in_practice(request, Remittance.objects.all())
    return [
        entry(
            "Remittances",
            row.trace_number,
            f"{row.payer_name} ${row.amount_paid:,.2f}",
            reverse("remittance", args=[row.pk]),
        )
        for row in rows.filter(trace_number__istartswith=query).order_by("-id")[:EACH]
    ]


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
