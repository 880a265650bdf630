"""From charges to money."""

from billing.models.account_inquiries import AccountInquiry, AccountMessage
from billing.models.accounts import AccountFlag, PatientMove, PatientPayment
from billing.models.answers import AnswerClock, AnswerError, BatchAnswer, Rejection
from billing.models.attachments import ClaimAttachment
from billing.models.balances import BalanceWork, PatientBalance, VisitBalance
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
from billing.models.estimates import GoodFaithEstimate
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
from billing.models.plans import PaymentPlan, PlanInstallment
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
from billing.models.statements import (
    AccountSettings,
    BatchAccount,
    Statement,
    StatementBatch,
    StatementDocument,
    StatementPrint,
)
from billing.models.underpayments import Underpayment, UsualAllowed

__all__ = [
    "Account",
    "AccountFlag",
    "AccountInquiry",
    "AccountMessage",
    "AccountSettings",
    "Adjustment",
    "AnswerClock",
    "AnswerError",
    "ArchiveMember",
    "BalanceWork",
    "BankLine",
    "BankStatement",
    "Batch",
    "BatchAccount",
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
    "GoodFaithEstimate",
    "InquiryBatch",
    "InterchangeFile",
    "ManualBatch",
    "ManualClaim",
    "ManualLine",
    "ManualPage",
    "ManualProviderAdjustment",
    "OffsetLink",
    "PatientBalance",
    "PatientMove",
    "PatientPayment",
    "PaymentPlan",
    "PlanInstallment",
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
    "Statement",
    "StatementBatch",
    "StatementDocument",
    "StatementPrint",
    "StatusAnswer",
    "StatusInquiry",
    "Submission",
    "UnbilledVisit",
    "Underpayment",
    "UsualAllowed",
    "VisitBalance",
    "WorkOwner",
]
