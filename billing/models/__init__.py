"""From charges to money."""

from billing.models.claims import (
    Batch,
    Claim,
    ClaimAcknowledgment,
    ClaimFinding,
    ServiceLine,
    Submission,
)
from billing.models.files import FileProblem, InterchangeFile
from billing.models.ledger import Account, Posting
from billing.models.policies import PostingRule
from billing.models.remittances import (
    Adjustment,
    ProviderAdjustment,
    Remittance,
    RemittanceCopy,
    RemittedClaim,
    RemittedLine,
)

__all__ = [
    "Account",
    "Adjustment",
    "Batch",
    "Claim",
    "ClaimAcknowledgment",
    "ClaimFinding",
    "FileProblem",
    "InterchangeFile",
    "Posting",
    "PostingRule",
    "ProviderAdjustment",
    "Remittance",
    "RemittanceCopy",
    "RemittedClaim",
    "RemittedLine",
    "ServiceLine",
    "Submission",
]
