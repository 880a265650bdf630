"""Everything `rcm.x12.reader.read` yields, in file order."""

from rcm.x12.acknowledgment_277ca import (
    ClaimAcknowledgmentEnd,
    ClaimAcknowledgmentStart,
    ClaimStatus,
)
from rcm.x12.acknowledgment_999 import GroupAcknowledgment, InterchangeAcknowledgment
from rcm.x12.claim_837p import Claim, Submitter
from rcm.x12.envelope import (
    GroupStart,
    InterchangeEnd,
    InterchangeStart,
    TransactionEnd,
    TransactionStart,
)
from rcm.x12.problems import Problem
from rcm.x12.remittance_835 import RemittanceEnd, RemittanceStart, RemittedClaim

Item = (
    InterchangeStart
    | GroupStart
    | TransactionStart
    | TransactionEnd
    | InterchangeEnd
    | InterchangeAcknowledgment
    | RemittanceStart
    | RemittedClaim
    | RemittanceEnd
    | Submitter
    | Claim
    | GroupAcknowledgment
    | ClaimAcknowledgmentStart
    | ClaimStatus
    | ClaimAcknowledgmentEnd
    | Problem
)
