"""What is shown of one remitted claim: what the payer said line by line, its match, its verbs."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from billing.exception_list import OPEN_PAYMENTS, days_of
from billing.forms import MatchForm
from billing.match_candidates import candidates_for
from billing.models import Adjustment, Remittance, RemittedClaim, RemittedLine
from billing.rules.waiting import reason_of, why_no_release
from billing.treatments import Overrides
from payers.rules.treatment import treat
from rcm.models import Practice

# CLP02 in our words; what is not listed is shown by its number.
STATUSES = {
    "1": "Primary",
    "2": "Secondary",
    "3": "Tertiary",
    "4": "Denied",
    "19": "Primary, forwarded",
    "20": "Secondary, forwarded",
    "21": "Tertiary, forwarded",
    "22": "Reversal",
    "23": "Not theirs, forwarded",
    "25": "Predetermination",
}
CLAIM_MATCHES = {
    "claim_number": "by our number",
    "payer_number": "by the payer’s number",
    "person_day_charge": "by patient, day and charge",
    "person": "by a person",
    "manual": "keyed",
}
# How a line was found when not simply by its number or code: worth a look.
LINE_MATCHES = {
    "split": "one line paid in parts",
    "charge": "by code and charge",
    "order": "by order",
    "unbundled": "unbundled",
    "bundle": "bundled",
}
AMOUNTS = {"outpatient": "MOA", "inpatient": "MIA"}


def with_lines(claims: QuerySet[RemittedClaim], remittance: Remittance) -> QuerySet[RemittedClaim]:
    """Claims of a payment with everything claim_rows shows, in a constant number of statements."""
    adjustments = Adjustment.objects.filter(remittance=remittance).order_by("position")
    lines = RemittedLine.objects.order_by("position").select_related("service_line")
    return claims.select_related("claim__patient", "reverses__remittance").prefetch_related(
        Prefetch("lines", lines.prefetch_related(Prefetch("adjustments", adjustments))),
        Prefetch("adjustments", adjustments.filter(remitted_line=None)),
        Prefetch("reversed_by", RemittedClaim.objects.select_related("remittance")),
    )


def claim_rows(remittance: Remittance, claims: Iterable[RemittedClaim]) -> list[dict[str, Any]]:
    """Each claim with its lines; adjustments carry how they are taken."""
    overrides = Overrides(remittance.practice_id).of(remittance.payer_id)

    def chips(adjustments: Iterable[Adjustment]) -> list[dict[str, Any]]:
        return [
            {
                "code": f"{row.group}-{row.reason}",
                "amount": row.amount,
                "is_denial": treat(row.group, row.reason, overrides) == "denial",
            }
            for row in adjustments
        ]

    return [
        {
            "remitted": claim,
            "status": STATUSES.get(claim.status_code, f"Status {claim.status_code}"),
            "adjustments": chips(claim.adjustments.all()),
            "amounts": amounts_of(claim),
            "lines": [
                {
                    "line": line,
                    "adjustments": chips(line.adjustments.all()),
                    "remarks": remarks_of(line),
                    "evidence": evidence_of(claim, line),
                    "is_lost": is_lost(claim, line),
                }
                for line in claim.lines.all()
            ],
        }
        for claim in claims
    ]


def remarks_of(line: RemittedLine) -> list[str]:
    """All remarks of a line (LQ), pharmacy reject codes too."""
    rows = line.details.get("remarks")
    return [str(row[1]) for row in rows] if rows else list(line.remarks)


def is_lost(claim: RemittedClaim, line: RemittedLine) -> bool:
    return claim.claim_id is not None and line.service_line_id is None and bool(line.amount_billed)


def evidence_of(claim: RemittedClaim, line: RemittedLine) -> list[str]:
    """What is unusual about a line: another code than was sent (SVC06), or how it was matched."""
    found = []
    if line.submitted_code and line.submitted_code != line.procedure_code:
        found.append(f"sent as {line.submitted_code}")
    if line.match_method in LINE_MATCHES:
        text = LINE_MATCHES[line.match_method]
        own = line.service_line
        found.append(f"{text}: our line {own.position}" if own else text)
    return found


def amounts_of(claim: RemittedClaim) -> list[tuple[str, str]]:
    """MOA and MIA elements that say something, as the payer wrote them: ("MOA02", "12.50")."""
    return [
        (f"{name}{number:02}", str(value))
        for key, name in AMOUNTS.items()
        for number, value in enumerate(claim.details.get(key) or [], 1)
        if value and str(value) not in claim.remarks
    ]


def detail_of(
    pk: int, practice: Practice, *, form: MatchForm | None = None, can_work: bool
) -> dict[str, Any]:
    """Everything the pane of one remitted claim shows."""
    claims = RemittedClaim.objects.filter(practice=practice, pk=pk)
    remittance = Remittance.objects.select_related("payer").get(practice=practice, claims=pk)
    remitted = with_lines(claims, remittance).select_related("remittance", "held_by_rule").get()
    [row] = claim_rows(remittance, [remitted])
    is_posted = remitted.state == RemittedClaim.State.POSTED
    is_waiting = remittance.state in OPEN_PAYMENTS and not is_posted and bool(remitted.exception)
    can_match = can_work and not is_posted and remittance.state in OPEN_PAYMENTS
    return {
        "row": row,
        "remitted": remitted,
        "remittance": remittance,
        "reason": reason_of(remitted.exception_code) if is_waiting else None,
        "days": days_of(remitted, timezone.localdate()),
        "matched_how": CLAIM_MATCHES.get(remitted.match_method, ""),
        "candidates": candidates_for(remitted, practice) if can_match else [],
        "form": form or MatchForm(practice=practice, auto_id=f"id_{pk}_%s"),
        "can_work": can_work,
        "can_match": can_match,
        "can_undo": can_work and is_posted,
        "is_waiting": is_waiting,
        "no_release": why_no_release(
            remitted.exception_code, is_matched=remitted.claim_id is not None
        ),
    }
