"""The tables of this app, one module per subject."""

from payers.models.authorizations import Authorization, AuthorizationRule
from payers.models.contracts import PayerContract
from payers.models.edit_tables import (
    ONE_RELEASE,
    AddOnPrimary,
    CodeUnitLimit,
    CoverageCode,
    CoverageDiagnosis,
    CoverageDocument,
    EditTableRelease,
    HcpcsCode,
    LocalityRow,
    NcciPair,
    PlaceOfService,
    RelativeValueRow,
)
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
    Plan,
    Rank,
    ReasonCode,
    RemarkCode,
    Treatment,
)
from payers.models.routes import PayerRoute, Transaction

__all__ = [
    "AddOnPrimary",
    "Authorization",
    "AuthorizationRule",
    "Channel",
    "CodeUnitLimit",
    "Coverage",
    "CoverageCode",
    "CoverageDiagnosis",
    "CoverageDocument",
    "DateRange",
    "EditTableRelease",
    "EligibilityAnswer",
    "EligibilityBenefit",
    "EligibilityInquiry",
    "Fee",
    "FeeSchedule",
    "HcpcsCode",
    "InquiryState",
    "LocalityRow",
    "NcciPair",
    "ONE_RELEASE",
    "Payer",
    "PayerContract",
    "PayerRoute",
    "PlaceOfService",
    "Plan",
    "Rank",
    "ReasonCode",
    "RelativeValueRow",
    "RemarkCode",
    "Transaction",
    "Treatment",
]
