"""From charges to money."""

from billing.models.answers import AnswerClock, AnswerError, BatchAnswer, Rejection
from billing.models.attachments import ClaimAttachment
from billing.models.claim_rules import ClaimRule
from billing.models.claims import (
    Batch,
    Claim,
    ClaimAcknowledgment,
    ClaimFinding,
    ServiceLine,
    Submission,
)
from billing.models.deposits import BankLine, BankStatement, DepositMatch
from billing.models.files import ArchiveMember, FileProblem, InterchangeFile
from billing.models.inquiries import (
    EligibilitySending,
    EligibilitySource,
    InquiryBatch,
    StatusAnswer,
    StatusInquiry,
)
from billing.models.ledger import Account, Posting
from billing.models.manual import (
    ManualBatch,
    ManualClaim,
    ManualLine,
    ManualPage,
    ManualProviderAdjustment,
)
from billing.models.offsets import OffsetLink
from billing.models.policies import PostingRule
from billing.models.refunds import Refund, WorkOwner
from billing.models.remittances import (
    Adjustment,
    ProviderAdjustment,
    Remittance,
    RemittanceCopy,
    RemittedClaim,
    RemittedLine,
)
from billing.models.reroutes import Reroute, RerouteMove
from billing.models.reviews import ChargeReview, UnbilledVisit
from billing.models.scrubs import ClaimScrub
from billing.models.underpayments import Underpayment, UsualAllowed

__all__ = [
    "Account",
    "Adjustment",
    "AnswerClock",
    "AnswerError",
    "ArchiveMember",
    "BankLine",
    "BankStatement",
    "Batch",
    "BatchAnswer",
    "ChargeReview",
    "Claim",
    "ClaimAcknowledgment",
    "ClaimAttachment",
    "ClaimFinding",
    "ClaimRule",
    "ClaimScrub",
    "DepositMatch",
    "EligibilitySending",
    "EligibilitySource",
    "FileProblem",
    "InquiryBatch",
    "InterchangeFile",
    "OffsetLink",
    "ManualBatch",
    "ManualClaim",
    "ManualLine",
    "ManualPage",
    "ManualProviderAdjustment",
    "Posting",
    "PostingRule",
    "ProviderAdjustment",
    "Refund",
    "Rejection",
    "Remittance",
    "RemittanceCopy",
    "RemittedClaim",
    "RemittedLine",
    "Reroute",
    "RerouteMove",
    "ServiceLine",
    "StatusAnswer",
    "StatusInquiry",
    "Submission",
    "UnbilledVisit",
    "Underpayment",
    "UsualAllowed",
    "WorkOwner",
]
