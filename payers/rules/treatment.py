"""How an adjustment is to be taken: off by contract, owed by the patient, denied, or no move.

Posting and denials both ask here, so that an amount is never written off and worked at once.
It decides by group and reason (CARC) alone; remark codes sharpen the cause, not the account.
"""

from collections.abc import Mapping
from typing import Literal

# A write-off is never a default: only a posting rule a person approved takes an amount so.
Kind = Literal["contractual", "patient", "denial", "none", "write_off"]

# Group CO with these reasons follows from the contract or the law: fee schedule, capitation,
# discounts, multiple-procedure and specialty reductions, incentives, withholds, sequestration.
CONTRACTUAL_REASONS = frozenset(
    {"24", "44", "45", "59", "90", "91", "94", "104", "105", "131", "139", "144"}
    | {"161", "172", "203", "223", "225", "237", "245", "246", "253"}
)
# Group PR with these reasons is the patient's share of a paid service: deductible, coinsurance,
# copayment, blood deductible, paid to the patient, spend-down, and their institutional twins.
PATIENT_SHARE_REASONS = frozenset({"1", "2", "3", "66", "100", "142", "241", "247", "248"})
# What a prior payer did is information for us: its own remittance has posted it.
PRIOR_PAYER_REASON = "23"


def treat(group: str, reason: str, overrides: Mapping[tuple[str, str], Kind]) -> Kind:
    """Take one CAS triplet; `overrides` are the payer's own answers by (group, reason).

    What is not known is a denial: it stays owed and a person looks at it. Only group PR may become
    the patient's, whatever an override says: every other group forbids or does not allow it.
    """
    own = overrides.get((group, reason))
    if own is not None and (own != "patient" or group == "PR"):
        return own
    if group == "CO":
        return "contractual" if reason in CONTRACTUAL_REASONS else "denial"
    if group == "PR":
        return "patient" if reason in PATIENT_SHARE_REASONS else "denial"
    if group == "OA" and reason == PRIOR_PAYER_REASON:
        return "none"
    return "denial"
