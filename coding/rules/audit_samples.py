"""Which charts an audit looks at: the order a seed gives, and why a chart carries a risk."""

from hashlib import md5
from typing import Literal

Risk = Literal[
    "level_4_5", "level_share", "modifier_25_59", "high_charge", "open_edits", "drug_waste"
]
# Names in the order they are said.
RISKS: dict[Risk, str] = {
    "level_4_5": "Visit of level 4 or 5",
    "level_share": "Provider with many visits of level 4 or 5",
    "modifier_25_59": "Modifier 25, 59 or one of its subsets",
    "high_charge": "High charge",
    "open_edits": "Completed over a warning",
    "drug_waste": "Drug, or drug discarded",
}
HIGH_VISITS = frozenset(
    {"99204", "99205", "99214", "99215", "99223", "99233", "99236", "99244", "99245", "99255"}
    | {"99284", "99285", "99305", "99306", "99309", "99310", "99344", "99345", "99349", "99350"}
)
SEPARATING = ("25", "59", "XE", "XP", "XS", "XU")
DRUG_MODIFIERS = ("JW", "JZ")
# The share of high visits of a provider that is looked at, in percent, and of how many at least.
HIGH_SHARE_PERCENT, LEAST_VISITS = 60, 20
# So long after the first chart somebody coded here they are a new coder.
NEW_CODER_DAYS = 90


def rank_of(seed: int, encounter_id: int) -> str:
    """Where a chart stands in the order of a seed: ascending, the same for ever and everywhere.

    The database orders by the same text, so that a sample of any size is one statement.
    """
    return md5(f"{seed}:{encounter_id}".encode(), usedforsecurity=False).hexdigest()


def risk_names(risks: list[str]) -> list[str]:
    return [name for risk, name in RISKS.items() if risk in risks]
