"""Charts to audit, and the people who do it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from coding.actions import audit_reviews, audits
from coding.models import AuditChart, AuditLine, Charge, CodingAudit, Encounter, EncounterDiagnosis
from rcm.models import Practice, Role, User
from tests import make


def auditor_of(practice: Practice, email: str = "ada@example.test", first: str = "Ada") -> User:
    return make.member(practice, Role.AUDITOR, email, first, "Quill")


def add_codes() -> None:
    """The codes the tests type."""
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    make.code("icd10cm", "E785", "Hyperlipidemia, unspecified")
    make.code("procedure", "99213", "Established visit, low")
    make.code("procedure", "99214", "Established visit, moderate")
    make.code("procedure", "20610", "Large joint injection")


def coded_chart(practice: Practice, coder: User, visit: str = "99214", **changes: Any) -> Encounter:
    """A finalized visit: I10 and one visit with modifier 25 pointing to it."""
    when = changes.pop("finalized_at", None) or timezone.now()
    row = make.encounter(
        practice, state="finalized", finalized_at=when, finalized_by=coder, **changes
    )
    EncounterDiagnosis.objects.create(
        practice=practice, encounter=row, position=1, code="I10", label="Hypertension"
    )
    Charge.objects.create(
        practice=practice,
        encounter=row,
        position=1,
        procedure_code=visit,
        label="Visit",
        modifiers=["25"],
        pointers=[1],
        amount_billed=165,
        is_frozen=True,
    )
    return row


def plan(practice: Practice, auditor: User, **terms: Any) -> CodingAudit:
    """A draft over the last 30 days."""
    today = timezone.localdate()
    given: dict[str, Any] = {
        "name": "November",
        "method": "random",
        "size": 10,
        "coded_from": today - timedelta(days=30),
        "coded_to": today,
    }
    return audits.plan_audit(practice, by=auditor, auditor=auditor, **given | terms)


def opened(practice: Practice, auditor: User, **terms: Any) -> CodingAudit:
    audit = plan(practice, auditor, **terms)
    audits.open_audit(audit, by=auditor)
    return audit


def line_of(chart: AuditChart, kind: str) -> AuditLine:
    return chart.lines.get(kind=kind)


def find_level(chart: AuditChart, auditor: User, **changes: Any) -> AuditLine:
    """99213 instead of the visit coded."""
    given = {"auditor_value": "99213", "reason": "level", "severity": "major"} | changes
    line = line_of(chart, "em")
    audit_reviews.judge_line(line, by=auditor, is_agreed=False, **given)
    return line


def waiting_chart(practice: Practice, coder: User, auditor: User, **terms: Any) -> AuditChart:
    """One chart to review: I10, 99214-25."""
    add_codes()
    coded_chart(practice, coder, text="ASSESSMENT\n1. Essential hypertension, stable.")
    return opened(practice, auditor, **terms).charts.get()


def found_chart(practice: Practice, coder: User, auditor: User) -> AuditChart:
    """A chart whose visit level was found wrong."""
    chart = waiting_chart(practice, coder, auditor)
    find_level(chart, auditor)
    audit_reviews.agree_rest(chart, by=auditor)
    audit_reviews.finish_review(chart, lesson="Count problems.", by=auditor)
    return AuditChart.objects.get(pk=chart.pk)
