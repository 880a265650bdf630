"""What one row of a bank file says, and how its text gives away the payment it belongs to.

The ACH addenda record of a health care EFT carries the TRN of its 835: ``TRN*1*<TRN02>*<TRN03>~``.
Banks print it into the description, sometimes with other separators or another terminator.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

TRN = re.compile(
    r"TRN\s?([*|^>:+!])\s?1\s?\1\s?(?P<trace>[^\s*|^>:+!~\\]{1,50})"
    r"(?:\s?\1\s?(?P<payer>[0-9A-Z]{9,10}))?(?P<ending>[~\\])?"
)
FREE_TEXT = re.compile(
    r"\b(?:TRN|TRACE|EFT|PAYMENT|PMT|REF|REFERENCE|CHECK|CHK|CK)\b"
    r"[\s.:#]*(?:(?:NUMBER|NUM|NO|NBR|ID)\b)?[\s.:#]*(?P<trace>[A-Z0-9][A-Z0-9-]{3,49})\b"
)
EFT_WORDS = re.compile(r"\b(HCCLAIMPMT|ACH|EFT|CCD)\b")
CARD_WORDS = re.compile(r"\b(VISA|MASTERCARD|AMEX|DISCOVER|MERCHANT|BANKCARD|CARD)\b")
CHECK_WORDS = re.compile(r"\b(CHECK|CHK|LOCKBOX|REMOTE DEPOSIT)\b")


@dataclass(frozen=True)
class BankRow:
    """One movement on the account. `amount` in cents, negative when money left."""

    line_number: int
    deposited_on: date
    amount: int
    trace_number: str
    payer_identifier: str
    description: str
    method: str
    reference: str = ""
    account: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong in a bank file, and where: `line` counts from 1, `place` names the field."""

    line: int
    place: str
    code: str
    message: str


@dataclass
class BankFile:
    """All rows of a file, or all its faults: with one fault no row may be used."""

    kind: str
    rows: list[BankRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: int = 0
    amount_left_out: int = 0

    @property
    def amount(self) -> int:
        return sum(row.amount for row in self.rows)


def find_trace(text: str, glued: str = "") -> tuple[str, str]:
    """Trace number and payer identifier (TRN02, TRN03) in a bank's text, empty when it has none.

    `glued` is the same text without anything between its lines, since an addenda of 80 characters
    is cut wherever a line ends; a TRN found there counts when it is complete. A TRN counts before
    any other number. Two different TRN, or without TRN two different numbers, name no payment:
    nothing is guessed.
    """
    whole = [hit for hit in TRN.finditer(glued.upper()) if hit["payer"] or hit["ending"]]
    hits = whole or list(TRN.finditer(text.upper()))
    found = {(hit["trace"], hit["payer"] or "") for hit in hits}
    if found:
        return found.pop() if len(found) == 1 else ("", "")
    numbers = {
        hit["trace"]
        for hit in FREE_TEXT.finditer(text.upper())
        if any(sign.isdigit() for sign in hit["trace"])
    }
    return (numbers.pop(), "") if len(numbers) == 1 else ("", "")


def find_method(text: str, otherwise: str = "other") -> str:
    """eft, card or check by the words banks use, else `otherwise`."""
    upper = text.upper()
    if TRN.search(upper) or EFT_WORDS.search(upper):
        return "eft"
    if CARD_WORDS.search(upper):
        return "card"
    return "check" if CHECK_WORDS.search(upper) else otherwise


def keep(file: BankFile, row: BankRow, *, is_return: bool = False) -> None:
    """Add the row. Money that left the account is none of ours, unless it takes a deposit back:
    it carries the trace number of a payment, or the bank calls it a return.
    """
    if row.amount > 0 or (row.amount < 0 and (row.trace_number or is_return)):
        file.rows.append(row)
    elif row.amount:
        file.left_out += 1
        file.amount_left_out += row.amount


def ordinals(identities: Sequence[str]) -> list[int]:
    """For each the how-manieth of its kind it is, from 1: equal rows of one day stay apart."""
    seen: dict[str, int] = {}
    numbers = []
    for identity in identities:
        seen[identity] = seen.get(identity, 0) + 1
        numbers.append(seen[identity])
    return numbers
