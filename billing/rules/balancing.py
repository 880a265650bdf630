"""May this remittance reach the ledger? Ours, a real payment, and right to the cent, or it is held.

The three equations (TR3 X221 1.10.2.1) were checked while reading: line SVC02 - CAS = SVC03, claim
CLP03 - CAS = CLP04, payment sum of CLP04 - PLB = BPR02. Tolerance is zero; nothing is invented.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rcm.money import cents_text
from rcm.x12.remittance_835 import Difference, RemittanceEnd, RemittanceStart

# Errors of form that leave a payment readable: it is recorded and held instead of refused.
HOLDABLE_PROBLEMS = frozenset({"negative_payment", "foreign_currency"})


@dataclass(frozen=True, slots=True)
class Hold:
    """Why nothing is posted: `code` for programs, `message` for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Payee:
    """Who we are to a payer: the practice's and its providers' NPIs, and the tax id."""

    npis: frozenset[str]
    tax_id: str


def is_payee(start: RemittanceStart, payee: Payee) -> bool:
    """Is the payment to us? By NPI (N103 XX) or tax id (N103 FI, REF*TJ)."""
    if start.payee_qualifier == "XX" and start.payee_identifier in payee.npis:
        return True
    tax_ids = [r.value for r in start.payee_references if r.qualifier == "TJ"]
    if start.payee_qualifier == "FI":
        tax_ids.append(start.payee_identifier)
    return payee.tax_id in [value.replace("-", "") for value in tax_ids]


def find_payment_hold(start: RemittanceStart, *, payee: Payee, is_test: bool) -> Hold | None:
    """What the head of the payment alone forbids. `is_test`: a test file on a production line."""
    if not is_payee(start, payee):
        who = start.payee_identifier or "nobody"
        return Hold("other_practice", f"The payee is {who}, not this practice.")
    if is_test:
        return Hold("test_file", "The file is marked as a test (ISA15 T): no money moved.")
    if start.currency not in ("", "USD"):
        return Hold("foreign_currency", f"The amounts are in {start.currency}, not dollars.")
    if start.amount_paid < 0:
        amount = cents_text(start.amount_paid)
        return Hold("negative_payment", f"The payment is negative (BPR02 {amount}).")
    if start.credit_or_debit == "D":
        return Hold("debit_payment", "The payer says it takes this money back (BPR03 D).")
    return None


def find_balance_hold(end: RemittanceEnd) -> Hold | None:
    """Held when any of the three equations is off by a cent."""
    if end.is_balanced:
        return None
    count = max(end.difference_count, len(end.differences))
    first = end.differences[0]
    what = "equation does" if count == 1 else "equations do"
    return Hold(
        "unbalanced",
        f"{count} {what} not add up; first at {first.where}: stated {cents_text(first.stated)}, "
        f"computed {cents_text(first.computed)}.",
    )


def overlap_hold(remittance_ids: Sequence[int]) -> Hold:
    """It repeats part of what is recorded and contradicts it: which of them counts?"""
    known = ", ".join(str(pk) for pk in remittance_ids)
    return Hold(
        "overlaps",
        f"Some of its claims are those of remittance {known}, but it is not the same payment "
        "again. Compare the two: release this one only if it is a payment of its own.",
    )


def difference_row(difference: Difference) -> dict[str, str]:
    """A difference as it is stored: dollars as text."""
    return {
        "level": difference.level,
        "where": difference.where,
        "stated": cents_text(difference.stated),
        "computed": cents_text(difference.computed),
        "difference": cents_text(difference.difference),
    }
