"""Questions to payers in the world (tests/world.py), each answered with the practice's mark."""

from decimal import Decimal

from billing.models import (
    Claim,
    EligibilitySource,
    InterchangeFile,
    StatusAnswer,
    StatusInquiry,
)
from payers.models import (
    Coverage,
    EligibilityAnswer,
    EligibilityBenefit,
    EligibilityInquiry,
)
from tests import make

ANSWERED_AT = "2026-11-03T15:00:00Z"


def make_eligibility(coverage: Coverage, file: InterchangeFile, mark: str) -> EligibilityInquiry:
    """Asked and answered: active, with a copay of 20.00."""
    practice = coverage.practice
    inquiry = EligibilityInquiry.objects.create(
        practice=practice,
        coverage=coverage,
        for_day=make.SERVED_ON,
        service_types=["30"],
        trace_number=f"E{mark}",
        asked_as="0" * 64,
        state="answered",
        answered_at=ANSWERED_AT,
    )
    answer = EligibilityAnswer.objects.create(
        practice=practice,
        inquiry=inquiry,
        plan_status="active",
        plan_name=f"{mark} plan",
        last_name=mark,
        digest="0" * 64,
    )
    EligibilityBenefit.objects.create(
        practice=practice,
        answer=answer,
        position=1,
        code="B",
        service_types=["98"],
        amount=Decimal("20.00"),
        messages=[f"{mark} note"],
    )
    EligibilitySource.objects.create(practice=practice, answer=answer, file=file)
    return inquiry


def make_status_inquiry(claim: Claim, file: InterchangeFile, mark: str) -> StatusInquiry:
    """Asked and answered: being worked on."""
    inquiry = StatusInquiry.objects.create(
        practice=claim.practice,
        claim=claim,
        trace_number=f"S{mark}",
        state="answered",
        answered_at=ANSWERED_AT,
    )
    StatusAnswer.objects.create(
        practice=claim.practice,
        claim=claim,
        inquiry=inquiry,
        file=file,
        category="P1",
        words=f"Being worked on ({mark})",
        digest="0" * 64,
    )
    return inquiry
