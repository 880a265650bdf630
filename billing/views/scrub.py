"""The scrub worklist: held and rejected claims grouped by what is wrong, since one fix often clears
many.
"""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import pluralize
from django.utils import timezone

from billing.actions.claims import scrub_claim
from billing.claim_rule_page import rule_labels
from billing.models import Claim, ClaimFinding
from billing.rules.findings import BLOCKING
from billing.rules.scrubbing import LABELS
from rcm import access, events
from rcm.http import PracticeRequest, page_or_partial, practice_view
from rcm.money import ZERO

SHOWN = 300
CHECKED_AT_ONCE = 200
WAITING = (Claim.Status.HELD, Claim.Status.REJECTED)


def open_findings(request: PracticeRequest) -> Any:
    """Blocking findings of claims that wait for us."""
    return access.in_practice(
        request,
        ClaimFinding.objects.filter(
            resolved_at__isnull=True, severity=BLOCKING, claim__status__in=WAITING
        ),
    )


def grouped(findings: list[ClaimFinding], labels: dict[str, str]) -> list[dict[str, Any]]:
    """Findings of one code together: label, rows, distinct claims and their dollars."""
    today = timezone.localdate()
    groups = []
    for code, members in groupby(findings, key=lambda finding: finding.code):
        rows = [(finding, (today - finding.claim.created_at.date()).days) for finding in members]
        amounts = {finding.claim_id: finding.claim.amount_billed for finding, _ in rows}
        groups.append(
            {
                "code": code,
                "label": labels.get(code, code),
                "rows": rows,
                "count": len(amounts),
                "amount": sum(amounts.values(), ZERO),
            }
        )
    return sorted(groups, key=lambda group: -group["amount"])


@practice_view("billing.view")
def scrub_worklist(request: PracticeRequest) -> HttpResponse:
    """Groups by finding, dearest first; one finding at a time with ``code``."""
    found = open_findings(request)
    counts = dict(found.order_by().values_list("code").annotate(Count("claim", distinct=True)))
    code = request.GET.get("code", "")
    rows = found.filter(code=code) if code else found
    rows = rows.select_related("claim__patient", "claim__payer").order_by("code", "claim_id", "pk")
    labels = LABELS | rule_labels(request.practice.pk)
    groups = grouped(list(rows[:SHOWN]), labels)
    claim_ids = sorted({row.claim_id for group in groups for row, _ in group["rows"]})
    events.record("claims.listed", request.practice, by=request.user, claims=claim_ids)
    context = {
        "groups": groups,
        "views": tabs(counts, code, labels),
        "code": code,
        "count": found.values("claim").distinct().count(),
        "can_work": access.may(request, "billing.work"),
    }
    return page_or_partial(request, "billing/scrub_worklist.html", "rows", context)


def tabs(counts: dict[str, int], code: str, labels: dict[str, str]) -> list[dict[str, Any]]:
    """One tab per kind of finding, commonest first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    found = [("", "All", None), *((key, labels.get(key, key), count) for key, count in ordered)]
    return [
        {
            "label": label,
            "url": f"?code={key}" if key else "?",
            "count": count,
            "is_current": key == code,
        }
        for key, label, count in found
    ]


@practice_view("billing.view", methods=("POST",))
def scrub_checks(request: PracticeRequest) -> HttpResponse:
    """Check the claims of one group (or all) again: corrected data frees them together."""
    code = request.POST.get("code", "")
    found = open_findings(request)
    found = found.filter(code=code) if code else found
    claim_ids = found.order_by("claim_id").values_list("claim_id", flat=True).distinct()
    chosen = list(claim_ids[:CHECKED_AT_ONCE])
    claims = list(access.in_practice(request, Claim.objects.filter(pk__in=chosen)))
    for claim in claims:
        scrub_claim(claim, by=request.user)
    freed = sum(claim.status == Claim.Status.READY for claim in claims)
    messages.success(
        request, f"{len(claims)} claim{pluralize(len(claims))} checked, {freed} ready now."
    )
    return redirect("scrub_worklist")
