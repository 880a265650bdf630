"""Do the codes of a chart still say what its claim said when it was sent?"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from billing.claim_page import other_parts_of
from billing.models import Claim, ClaimFinding, ServiceLine
from billing.rules.claim_content import read_content
from billing.rules.coded_claim import coded
from coding.models import Encounter

# The finding of a sent claim that its chart has left behind.
CODED_ANEW = "coded_anew"
SENT = (Claim.Status.SUBMITTED, Claim.Status.ACCEPTED, Claim.Status.ADJUDICATED)


def is_as_sent(encounter: Encounter, claim: Claim) -> bool:
    """Does the chart still say what was sent: codes, their order, modifiers, units, pointers?

    The parts of a visit have orders and pointers of their own, a stay's claim names more diagnoses
    than its list (admitting, causes): there the codes alone are compared.
    """
    parts = [claim, *other_parts_of(claim)]
    views = [coded(read_content(part.content)) for part in parts]
    there = list(encounter.diagnoses.order_by("position").values_list("code", flat=True))
    is_whole = claim.parts == 1 and claim.form != Claim.Form.INSTITUTIONAL
    if is_whole and there != list(views[0].diagnoses):
        return False
    if not {*there} <= {code for view in views for code in view.every_diagnosis}:
        return False
    columns = ["procedure_code", "revenue_code", "units", "modifiers", *["pointers"] * is_whole]
    lines = ServiceLine.objects.filter(claim__in=parts).values_list(*columns)
    return services(lines) == services(encounter.charges.values_list(*columns))


def services(rows: Iterable[Sequence[Any]]) -> Counter[str]:
    """Each service in writing, with how often it stands there."""
    return Counter(repr(tuple(row)) for row in rows)


def coded_after_sending(practice_id: int, since: datetime) -> QuerySet[Claim]:
    """Sent claims whose chart was coded again after `since`, and that nobody was told of yet.

    Driven by the few charts coded since, through encounter_finalized. A claim of the next payer
    follows the first one, and a void repeats what it takes back.
    """
    told = ClaimFinding.objects.filter(
        claim=OuterRef("pk"), code=CODED_ANEW, found_at__gte=OuterRef("encounter__finalized_at")
    )
    rows = Claim.objects.filter(
        practice_id=practice_id,
        encounter__practice_id=practice_id,
        encounter__state=Encounter.State.FINALIZED,
        encounter__finalized_at__gte=since,
        encounter__finalized_at__gt=F("created_at"),
        status__in=SENT,
        follows__isnull=True,
        replaced_by__isnull=True,
    )
    rows = rows.exclude(frequency=Claim.Frequency.VOID).exclude(Exists(told))
    return rows.select_related("encounter").order_by("pk")


def left_behind(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Of some claims those whose codes are no longer the chart's, until replaced or left so."""
    findings = ClaimFinding.objects.filter(code=CODED_ANEW, resolved_at__isnull=True)
    return claims.filter(pk__in=findings.values("claim"), status__in=SENT, replaced_by=None)
