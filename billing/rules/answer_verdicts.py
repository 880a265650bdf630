"""What one acknowledgment means for one sending of a claim, and which of several counts.

The order in which answers arrive never matters: a sending has the worst of its verdicts. STC03 is
authoritative (005010X214): U rejects. WQ accepts into adjudication with category A2 or A5 and says
no more than "received" with A0, A1 or A4; another category with WQ contradicts itself and is taken
as STC03 says.
"""

from collections.abc import Iterable

from rcm.x12.acknowledgment_277ca import ClaimStatus, StatusInformation

RECEIVED, ACCEPTED, REJECTED = "received", "accepted", "rejected"
WORST_LAST = (RECEIVED, ACCEPTED, REJECTED)
# TA104 and AK901/IK501. P is decided per transaction.
FORM_CODES = ("A", "E", "P", "M", "W", "X", "R")
ACCEPTING_CODES = frozenset({"A", "E"})
# Categories that only pass the claim on.
PASSING = frozenset({"A0", "A1", "A4"})


def verdict_of(status: ClaimStatus) -> str:
    """RECEIVED, ACCEPTED or REJECTED for one 2200D with its lines. A rejected line rejects it."""
    return worst(
        verdict_of_information(part)
        for part in (*status.information, *(part for _, parts in status.lines for part in parts))
    )


def verdict_of_information(information: StatusInformation) -> str:
    """One STC: its action first, then the categories of all its composites."""
    if information.action == "U":
        return REJECTED
    categories = {status.category for status in information.statuses}
    return RECEIVED if categories and categories <= PASSING else ACCEPTED


def worst(verdicts: Iterable[str]) -> str:
    """The verdict that stands when several were given; RECEIVED of none."""
    return max(verdicts, key=WORST_LAST.index, default=RECEIVED)


def worse_code(old: str, new: str) -> str:
    """Of two answers to one form the worse: R before X, W, M, P, E and A; an empty one is none."""
    known = [code for code in (old, new) if code in FORM_CODES]
    return max(known, key=FORM_CODES.index, default=new or old)
