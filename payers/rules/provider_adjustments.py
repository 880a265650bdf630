"""What a provider adjustment (PLB, TR3 X221 1.10.2.12) means: which account it moves."""

INTEREST = "interest"
OFFSET = "payer_offset"


def account_of(code: str) -> str:
    """L6 is interest the payer owed; everything else is kept back or added outside of any claim."""
    return INTEREST if code == "L6" else OFFSET
