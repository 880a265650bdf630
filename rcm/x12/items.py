"""Everything `rcm.x12.reader.read` yields, in file order."""

from rcm.x12.acknowledgment_277ca import (
    ClaimAcknowledgmentEnd,
    ClaimAcknowledgmentStart,
    ClaimStatus,
)
from rcm.x12.acknowledgment_999 import GroupAcknowledgment, InterchangeAcknowledgment
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.claim_837p import Claim, Submitter
from rcm.x12.eligibility_27x import EligibilityAnswer, EligibilityInquiry
from rcm.x12.envelope import (
    GroupStart,
    InterchangeEnd,
    InterchangeStart,
    TransactionEnd,
    TransactionStart,
)
from rcm.x12.problems import Problem
from rcm.x12.remittance_835 import RemittanceEnd, RemittanceStart, RemittedClaim
from rcm.x12.status_27x import StatusAnswer, StatusInquiry

AnyClaim = Claim | InstitutionalClaim
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
    | InstitutionalClaim
    | GroupAcknowledgment
    | ClaimAcknowledgmentStart
    | ClaimStatus
    | EligibilityInquiry
    | EligibilityAnswer
    | StatusInquiry
    | StatusAnswer
    | ClaimAcknowledgmentEnd
    | Problem
)
