"""How long a payer may stay silent before a person is told. Pure arithmetic on what it took before.

Three steps of a batch: the form (999, from sending), the claims (277CA, from sending), the payment
(835, from acceptance). A payer's own history counts: the 95th percentile of its last answers,
never below a floor (or every busy hour would ring) nor above a ceiling (or a slow payer would teach
us to wait for ever). With few answers the default holds. Sources: CAQH CORE asks for a 999 within
the hour; 24 to 72 hours without an answer are lost; prompt payment laws mostly say 30 days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

FORM, CLAIMS, PAYMENT = "form", "claims", "payment"
# So many answers are looked at, so many are needed.
LOOKED_AT = 200
NEEDED = 10


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of one step: what holds without a history, and between what the history may move it."""

    default: timedelta
    floor: timedelta
    ceiling: timedelta


BOUNDS = {
    FORM: Bounds(timedelta(hours=1), timedelta(hours=1), timedelta(hours=72)),
    CLAIMS: Bounds(timedelta(hours=48), timedelta(hours=4), timedelta(days=5)),
    PAYMENT: Bounds(timedelta(days=30), timedelta(days=14), timedelta(days=60)),
}


def percentile_95(seconds: Sequence[int]) -> int:
    """The nearest-rank 95th percentile; `seconds` in any order, at least one."""
    ordered = sorted(seconds)
    rank = -(-len(ordered) * 95 // 100)
    return ordered[rank - 1]


def expected_within(step: str, seconds: Sequence[int]) -> timedelta:
    """After how long silence is an alarm, from the seconds the last answers took."""
    bounds = BOUNDS[step]
    if len(seconds) < NEEDED:
        return bounds.default
    learned = timedelta(seconds=percentile_95(seconds[:LOOKED_AT]))
    return min(max(learned, bounds.floor), bounds.ceiling)
