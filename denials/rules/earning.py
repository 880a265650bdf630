"""Whether a rule that holds claims still earns its keep.

Only claims that went out in spite of the rule can tell: a claim it stopped was never denied. So a
rule is doubted when the last twenty of them were decided and not one was denied for its reason, or
when nothing it looks for was billed for half a year.
"""

from dataclasses import dataclass
from typing import Literal

ENOUGH_DECIDED = 20
QUIET_DAYS = 180

Advice = Literal["keep", "retire", "quiet", "too_few"]
WORDS: dict[Advice, str] = {
    "keep": "It earns its keep: claims it hits are still denied when they go out.",
    "retire": "Retire it: {decided} claims that went out in spite were decided, and none was"
    " denied for this reason.",
    "quiet": f"Nothing it looks for was billed in {QUIET_DAYS} days.",
    "too_few": "{decided} claims that went out in spite were decided; "
    f"{ENOUGH_DECIDED} are needed to judge it.",
}


@dataclass(frozen=True, slots=True)
class Lately:
    """A rule in the last 180 days: fired on claims; of those sent in spite, decided and denied.

    Denied means for the reason it was drafted from.
    """

    fired: int
    decided: int
    denied: int
    days_in_force: int


def advise(lately: Lately) -> Advice:
    """Keep it, retire it, or what is missing to say so."""
    if lately.denied:
        return "keep"
    if lately.decided >= ENOUGH_DECIDED:
        return "retire"
    if not lately.fired and lately.days_in_force >= QUIET_DAYS:
        return "quiet"
    return "too_few"


def advice_text(lately: Lately) -> str:
    """The advice as a sentence."""
    return WORDS[advise(lately)].format(decided=lately.decided)
