"""Credentials, and audits in every state, for a practice of the demo."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from coding.actions import audit_reviews, audits, credentials, quality
from coding.models import AuditChart, CodingAudit
from rcm.models import Membership, Practice, User


def audit_charts(practice: Practice, *, coder: User) -> dict[str, int]:
    """One chart to review, one with a finding, one blind, and a draft."""
    mia = User.objects.get(email="mia@example.test")
    certify(practice, coder, by=mia)
    quality.save_settings(practice, by=mia, shows_board=True)
    reviewed, waiting = draw(practice, mia, size=2).charts.order_by("position")
    find_something(reviewed, by=mia)
    blind = draw(practice, mia, size=1, is_blind=True).charts.get()
    return {
        "coder": Membership.objects.get(practice=practice, user=coder).pk,
        "audit": reviewed.audit_id,
        "draft_audit": plan(practice, mia, size=3).pk,
        "audit_chart": waiting.pk,
        "reviewed_chart": reviewed.pk,
        "blind_chart": blind.pk,
    }


def certify(practice: Practice, coder: User, *, by: User) -> None:
    """A CPC that runs out in three weeks; visits nobody has want a CCS."""
    credentials.save_credential(
        practice,
        coder,
        by=by,
        kind="cpc",
        other_name="",
        number="01234567",
        issued_on=date(2024, 1, 1),
        expires_on=timezone.localdate() + timedelta(days=21),
        ceus_earned=Decimal(20),
        ceus_required=Decimal(36),
    )
    credentials.add_requirement(practice, ["ccs"], by=by, specialty="Pathology")


def plan(practice: Practice, by: User, *, size: int, is_blind: bool = False) -> CodingAudit:
    today = timezone.localdate()
    return audits.plan_audit(
        practice,
        by=by,
        auditor=by,
        name="Quarterly audit",
        method="random",
        size=size,
        seed=16,
        is_blind=is_blind,
        coded_from=today - timedelta(days=7),
        coded_to=today + timedelta(days=1),
    )


def draw(practice: Practice, by: User, *, size: int, is_blind: bool = False) -> CodingAudit:
    audit = plan(practice, by, size=size, is_blind=is_blind)
    audits.open_audit(audit, by=by)
    return audit


def find_something(chart: AuditChart, *, by: User) -> None:
    """A diagnosis was overlooked; the rest is right."""
    audit_reviews.add_missed(
        chart,
        by=by,
        kind="dx",
        position="C",
        auditor_value="E78.5",
        reason="overlooked",
        severity="education",
        note="Named in the assessment.",
    )
    audit_reviews.agree_rest(chart, by=by)
    audit_reviews.finish_review(chart, lesson="Read the assessment to its end.", by=by)
