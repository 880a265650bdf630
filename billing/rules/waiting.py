"""Why a remitted claim waits, in words for lists, and what a person may do about it."""

from typing import NamedTuple


class Reason(NamedTuple):
    """`label` heads a group of the worklist, `advice` says what to look at."""

    label: str
    advice: str


REASONS = {
    "claim_not_found": Reason("Claim not found", "Say which of our claims the payer means."),
    "unmatched_by_person": Reason("Match undone", "Say which of our claims the payer means."),
    "line_not_found": Reason(
        "Line fits none of ours", "Release it to post what the payer says, or match another claim."
    ),
    "repeated": Reason(
        "Said twice", "Compare it with the first; release it only if it is money of its own."
    ),
    "nothing_to_reverse": Reason(
        "Nothing to take back", "The payment it reverses may be missing: ask for its 835."
    ),
    "reversal_differs": Reason(
        "Takes back another amount", "Compare it with the payments posted on this claim."
    ),
    "paid_without_payment": Reason(
        "Paid under a status without payment", "Only the payer can correct this: call."
    ),
    "taken_back": Reason("Posting taken back", "Release it to post it again."),
    "policy": Reason("Held by a rule", "Release it, or retire the rule."),
    "policy_duplicate": Reason("Duplicate, says the payer", "Find the first claim, then release."),
    "policy_refund": Reason("Refund to the patient", "Find out what was overpaid, then release."),
    "policy_zero_paid": Reason("Nothing paid, all taken off", "Look at the reasons, then release."),
    "policy_denied_paid": Reason("Denied and paid", "Ask the payer which is meant, then release."),
}
OTHER = Reason("Waits for a person", "Read the sentence.")
# No release makes these post: what the payer says contradicts itself.
NEVER = frozenset({"paid_without_payment"})


def reason_of(code: str) -> Reason:
    """The words for an exception code."""
    return REASONS.get(code, OTHER)


def why_no_release(code: str, *, is_matched: bool) -> str:
    """Why a waiting claim cannot be released; "" when it can."""
    if not is_matched:
        return "match it first"
    return "the payer has to correct it" if code in NEVER else ""
