"""Whether a claim is larger than its guide allows, and the claims it becomes then.

The limits and the dividing are rcm.x12.split_claims'; here both forms look the same.
"""

from billing.rules.claim_content import renumber
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.items import AnyClaim
from rcm.x12.split_claims import (
    INSTITUTIONAL_LINES,
    OTHER_DIAGNOSES,
    PROFESSIONAL_DIAGNOSES,
    PROFESSIONAL_LINES,
    split_institutional,
    split_professional,
)

# The finding on a part whose chart no longer divides as the parts that were sent. Like the next one
# it stands until the claim is drafted again: no check of the claim alone can see it.
PARTS_CHANGED = "parts_changed"
# The finding on an unsent claim that cannot be drafted from its chart as it is coded now.
NOT_DRAFTED = "not_drafted"
# What a chart has left behind: no person may send it all the same.
STANDING = frozenset({PARTS_CHANGED, NOT_DRAFTED})


def is_too_large(claim: AnyClaim) -> bool:
    """Has it more lines or diagnoses than its guide allows?"""
    if isinstance(claim, InstitutionalClaim):
        few = len(claim.other_diagnoses) <= OTHER_DIAGNOSES
        return len(claim.lines) > INSTITUTIONAL_LINES or not few
    few = len(claim.diagnoses) <= PROFESSIONAL_DIAGNOSES
    return len(claim.lines) > PROFESSIONAL_LINES or not few


def split(claim: AnyClaim) -> tuple[AnyClaim, ...]:
    """The claim itself when it is not too large, else its parts in order.

    Lines stay in their order over the parts, each under its part's number. Raises ValueError with
    the reason when a claim that is too large cannot be split.
    """
    if not is_too_large(claim):
        return (claim,)
    parts: tuple[AnyClaim, ...]
    if isinstance(claim, InstitutionalClaim):
        parts = tuple(each.claim for each in split_institutional(claim))
    else:
        parts = tuple(each.claim for each in split_professional(claim))
    return tuple(renumber(part, part.patient_control_number) for part in parts)
