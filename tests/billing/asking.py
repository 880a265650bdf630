"""Questions that were sent and files that answer them, for tests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone

from billing.actions import files
from billing.models import Claim, InterchangeFile, StatusInquiry
from payers.actions.eligibility import ask_eligibility
from payers.models import Coverage, EligibilityInquiry
from rcm.models import Practice
from rcm.x12.eligibility_27x import Benefit, EligibilityAnswer
from rcm.x12.inquiry_parts import Trace
from rcm.x12.status_27x import StatusAnswer
from rcm.x12.write_271 import write_271
from rcm.x12.write_277 import write_277
from tests import make
from tests.x12.build import ENVELOPE
from tests.x12.inquiry_samples import ANSWERED, STATUSES

ACTIVE = (Benefit("1", "IND", ("30",)),)
INACTIVE = (Benefit("6", "IND", ("30",)),)


def asked(coverage: Coverage, **changes: Any) -> EligibilityInquiry:
    """A question about the day of service of the cast."""
    fields = {"for_day": make.SERVED_ON, "by": None, "today": make.TODAY} | changes
    return ask_eligibility(coverage, **fields)


def answer_to(
    inquiry: EligibilityInquiry, benefits: Sequence[Benefit] = ACTIVE, **changes: Any
) -> EligibilityAnswer:
    """What a payer that has the same person on file says."""
    patient = inquiry.coverage.patient
    member = ANSWERED[0].subscriber
    assert member is not None
    party = replace(
        member.party,
        name=patient.last_name.upper(),
        first_name=patient.first_name.upper(),
        middle_name="",
        suffix="",
        identifier=inquiry.coverage.member_id,
    )
    fields: dict[str, Any] = {
        "traces": (Trace("2", inquiry.trace_number, "9123456789"),),
        "subscriber": replace(member, party=party, birth_date=patient.birth_date),
        "periods": (),
        "benefits": tuple(benefits),
    }
    return replace(ANSWERED[0], **fields | changes)


def received_271(
    practice: Practice, *answers: EligibilityAnswer, number: int = 7
) -> InterchangeFile:
    """A 271 of these answers, received and read."""
    out = BytesIO()
    write_271(out, replace(ENVELOPE, control_number=number), answers)
    return read_in(practice, out.getvalue(), f"{number}.271")


def received_277(practice: Practice, *answers: StatusAnswer, number: int = 7) -> InterchangeFile:
    """A 277 of these answers, received and read."""
    out = BytesIO()
    write_277(out, replace(ENVELOPE, control_number=number), answers)
    return read_in(practice, out.getvalue(), f"{number}.277")


def read_in(practice: Practice, content: bytes, name: str) -> InterchangeFile:
    return files.read_file(files.receive_file(practice, name, content))


def status_of(inquiry: StatusInquiry, **changes: Any) -> StatusAnswer:
    """Paid by check, as the sample says, for this question."""
    fields = {"trace_number": inquiry.trace_number, "references": ()}
    return replace(STATUSES[0], **fields | changes)


def silent(claim: Claim, days: int) -> Claim:
    """With its payer for so many days."""
    Claim.objects.filter(pk=claim.pk).update(accepted_at=timezone.now() - timedelta(days=days))
    claim.refresh_from_db()
    return claim
