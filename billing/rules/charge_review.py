"""Does a coded visit become a claim by itself, or does a person look first? Plain facts in.

Only what a claim cannot be made of, or should not be made of unseen, waits here. Whether the claim
is right is the scrubber's question (billing.rules.scrubbing).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from payers.rules import eligibility
from payers.rules.authorizations import Gap

NO_PRICE = "no_price"
NO_COVERAGE = "no_coverage"
DUPLICATE_VISIT = "duplicate_visit"
NEW_CODER = "new_coder"
AUTHORIZATION_MISSING = "authorization_missing"
AUTHORIZATION_USED_UP = "authorization_used_up"
ELIGIBILITY_UNKNOWN = eligibility.ELIGIBILITY_UNKNOWN
ELIGIBILITY_INACTIVE = eligibility.ELIGIBILITY_INACTIVE
ELIGIBILITY_MISMATCH = eligibility.ELIGIBILITY_MISMATCH
LABELS: Mapping[str, str] = {
    NO_PRICE: "No price",
    NO_COVERAGE: "No coverage",
    DUPLICATE_VISIT: "Duplicate visit",
    AUTHORIZATION_MISSING: "No authorization",
    AUTHORIZATION_USED_UP: "Authorization used up",
    NEW_CODER: "New coder",
    ELIGIBILITY_UNKNOWN: "Eligibility unknown",
    ELIGIBILITY_INACTIVE: "Not eligible",
    ELIGIBILITY_MISMATCH: "Eligibility mismatch",
}
# A person's word settles these; the others have to be put right.
JUDGED = frozenset({DUPLICATE_VISIT, NEW_CODER, AUTHORIZATION_MISSING, AUTHORIZATION_USED_UP})


class Line(NamedTuple):
    """One charge (SV1)."""

    position: int
    procedure_code: str
    is_priced: bool


class Visit(NamedTuple):
    """A coded visit. `same_day` names another visit of the patient to the provider on that day.

    `coder` is who coded it while charts of that person are still looked at, else empty. `gaps` is
    what its payer has not authorized. `eligibility` is what the payer's answer has against it: a
    code and a sentence (payers.rules.eligibility.judge_visit).
    """

    lines: Sequence[Line]
    has_coverage: bool
    same_day: str = ""
    coder: str = ""
    gaps: Sequence[Gap] = ()
    eligibility: tuple[str, str] | None = None


class Reason(NamedTuple):
    """Why it waits; `line` is a position, 0 for the visit."""

    code: str
    message: str
    line: int = 0


def review(visit: Visit, *, is_accepted: bool = False) -> list[Reason]:
    """The reasons a visit waits, none when it may be billed.

    `is_accepted`: a person has said yes to this coding of it.
    """
    found = [
        Reason(
            NO_PRICE,
            f"{line.procedure_code} has no price on the date of service.",
            line.position,
        )
        for line in visit.lines
        if not line.is_priced
    ]
    if not visit.has_coverage:
        found.append(Reason(NO_COVERAGE, "No policy of the patient is chosen: who pays?"))
    if visit.eligibility is not None:
        found.append(Reason(*visit.eligibility))
    if visit.same_day and not is_accepted:
        message = f"The patient saw the same provider that day: {visit.same_day}."
        found.append(Reason(DUPLICATE_VISIT, message))
    if not is_accepted:
        found += [
            Reason(
                AUTHORIZATION_USED_UP if gap.is_used_up else AUTHORIZATION_MISSING,
                gap.message,
                gap.line,
            )
            for gap in visit.gaps
        ]
    if visit.coder and not is_accepted:
        found.append(Reason(NEW_CODER, f"Charts of {visit.coder} are looked at for now."))
    return found
