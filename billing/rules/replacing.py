"""May a claim the payer has be replaced, and as what? One answer for pages, one claim or many."""

from dataclasses import dataclass
from typing import NamedTuple

ORIGINAL, REPLACEMENT = "1", "7"
TAKEN_IN = ("accepted", "adjudicated")


@dataclass(frozen=True, slots=True)
class Replaceable:
    """What the answer depends on. `is_unprocessable`: the payer's decision carries MA130."""

    claim: str
    status: str
    status_label: str
    payer: str
    takes_replacements: bool
    payer_number: str
    is_replaced: bool
    is_unprocessable: bool


class Answer(NamedTuple):
    """The frequency of the correction, or a code, a sentence and a status (409, 422) why not."""

    frequency: str
    code: str = ""
    why: str = ""
    status: int = 422


def may_replace(claim: Replaceable) -> Answer:
    """A payer that takes no replacements (Medicare Part B) gets a new original, and only for a
    claim it called unprocessable (CMS Claims Processing Manual 1 §80.3.2).
    """
    if claim.is_replaced or claim.status == "closed":
        return Answer("", "already_replaced", f"Claim {claim.claim} was replaced already.", 409)
    if claim.status not in TAKEN_IN:
        return Answer(
            "",
            "not_replaceable",
            f"Claim {claim.claim} is {claim.status_label.lower()}: only a claim the payer has "
            "taken in can be replaced. Correct it and send it as an original.",
            409,
        )
    if not claim.takes_replacements:
        if claim.is_unprocessable:
            return Answer(ORIGINAL)
        return Answer(
            "",
            "no_replacements",
            f"{claim.payer} takes no replacement claims. Ask the payer for a reopening.",
        )
    if not claim.payer_number:
        return Answer(
            "",
            "no_payer_number",
            f"The payer has given claim {claim.claim} no number yet, and a replacement must name"
            " it.",
        )
    return Answer(REPLACEMENT)
