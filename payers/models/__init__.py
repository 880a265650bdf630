"""The tables of this app, one module per subject."""

from payers.models.eligibility import (
    EligibilityAnswer,
    EligibilityBenefit,
    EligibilityInquiry,
    InquiryState,
)
from payers.models.parties import (
    Channel,
    Coverage,
    DateRange,
    Fee,
    FeeSchedule,
    Payer,
    Rank,
    ReasonCode,
    RemarkCode,
    Treatment,
)

__all__ = [
    "Channel",
    "Coverage",
    "DateRange",
    "EligibilityAnswer",
    "EligibilityBenefit",
    "EligibilityInquiry",
    "Fee",
    "FeeSchedule",
    "InquiryState",
    "Payer",
    "Rank",
    "ReasonCode",
    "RemarkCode",
    "Treatment",
]
