"""What a provider adjustment (PLB03-1) means: our own short label, its kind, its account.

Kinds: `offset` is money that comes back later with the opposite sign; `interest` what the payer
adds for paying late; `income` and `cost` stand as they are and are waited for no further. A code
that is not in the table is taken as an offset: it stays in view and stops nothing.
"""

from typing import Literal, NamedTuple

Kind = Literal["offset", "interest", "income", "cost"]

PAYER_OFFSET = "payer_offset"
INTEREST = "interest"


class Meaning(NamedTuple):
    """`family`: codes of one family close each other (72 acknowledges what WO would take)."""

    label: str
    kind: Kind
    family: str


def _rows(kind: Kind, **labels: str) -> dict[str, Meaning]:
    """Keyword names are the codes; a leading underscore stands before a digit."""
    return {
        code.lstrip("_"): Meaning(label, kind, FAMILIES.get(code.lstrip("_"), code.lstrip("_")))
        for code, label in labels.items()
    }


# 72 says a refund check arrived, which WO would otherwise take; AM repays what AP lent.
FAMILIES = {"72": "WO", "AM": "AP"}

MEANINGS: dict[str, Meaning] = {
    **_rows(
        "offset",
        WO="Overpayment taken back",
        FB="Balance carried forward",
        _72="Refund check acknowledged",
        CS="Payer adjustment",
        AP="Payment in advance",
        AM="Repayment of an advance",
        OB="Taken for an affiliate",
        WU="Taken back, reason not given",
        TL="Third party liable",
        B3="Recovery allowance",
        C5="Temporary allowance",
    ),
    **_rows("interest", L6="Interest for late payment"),
    **_rows(
        "income",
        B2="Rebate",
        BD="Bad debt settlement",
        BN="Bonus",
        CR="Interest on capitation",
        CT="Capitation",
        CV="Capital costs",
        CW="Nurse anesthetist costs",
        DM="Medical education",
        FC="Fund share",
        GO="Graduate education",
        HM="Hemophilia supplement",
        IP="Incentive",
        IS="Interim settlement",
        LS="Lump sum",
        OA="Organ acquisition costs",
        PI="Periodic interim payment",
        PL="Final settlement",
        RA="Settlement of an earlier period",
        RE="Return on equity",
    ),
    **_rows(
        "cost",
        _50="Late filing reduction",
        _51="Interest charged to us",
        _90="Early payment discount",
        AH="Origination fee",
        E3="Withheld by the payer",
        IR="Tax withheld",
        J1="Not reimbursable",
        L3="Penalty",
        LE="Levy",
        SL="Student loan repayment",
    ),
}
# Codes nothing is waited for after.
FINAL_CODES = frozenset(code for code, row in MEANINGS.items() if row.kind != "offset")


def meaning_of(code: str) -> Meaning:
    """What the code means; an unknown one is an offset that shows itself as it came."""
    return MEANINGS.get(code) or Meaning(f"Code {code}", "offset", code)


def account_of(code: str) -> str:
    """The account a PLB pair moves against `unapplied` (docs/money.md)."""
    return INTEREST if meaning_of(code).kind == "interest" else PAYER_OFFSET
