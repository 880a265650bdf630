"""Claims answered for one payer and one billing provider become one payment (one ST 835). Pure.

``sum(CLP04) - sum(PLB) = BPR02`` holds by construction, and BPR02 is never negative: what the
claims owe back beyond zero is forwarded by PLB FB and taken by a later payment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from payers.sandbox.behaviour import Payer
from rcm.x12.remittance_835 import (
    Adjustment,
    Difference,
    ProviderAdjustment,
    Reference,
    RemittanceEnd,
    RemittanceStart,
    RemittedClaim,
)


@dataclass(frozen=True, slots=True)
class Payee:
    """The billing provider a payment goes to."""

    name: str
    npi: str
    tax_id: str
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Payment:
    """One ST 835 in reading order. `forwarded` is what a later payment must take, in cents."""

    start: RemittanceStart
    claims: tuple[RemittedClaim, ...]
    end: RemittanceEnd
    forwarded: int = 0


def draft_payment(
    payer: Payer,
    payee: Payee,
    claims: Sequence[RemittedClaim],
    *,
    trace_number: str,
    today: date,
    provider_adjustments: Sequence[ProviderAdjustment] = (),
) -> Payment:
    """The payment for `claims`, in this order, with PLB entries already agreed on.

    A negative total is forwarded: one PLB FB with a negative amount brings BPR02 to zero.
    """
    numbered = tuple(replace(claim, position=n) for n, claim in enumerate(claims, start=1))
    amount_claims = sum(claim.amount_paid for claim in numbered)
    entries = list(provider_adjustments)
    total = amount_claims - sum(entry.amount for entry in entries)
    forwarded = 0
    if total < 0:
        forwarded = -total
        entries.append(adjust_provider(payee, today, "FB", trace_number, total))
        total = 0
    end = RemittanceEnd(
        claims=len(numbered),
        lines=sum(len(claim.lines) for claim in numbered),
        amount_claims=amount_claims,
        provider_adjustments=tuple(entries),
    )
    return Payment(_start(payer, payee, total, trace_number, today), numbered, end, forwarded)


def adjust_provider(
    payee: Payee, today: date, code: str, reference: str, amount: int
) -> ProviderAdjustment:
    """One PLB pair in cents; the fiscal period ends with the calendar year."""
    return ProviderAdjustment(payee.npi, date(today.year, 12, 31), code, reference, amount)


def schedule_adjustments(
    payer: Payer, payee: Payee, ordinal: int, today: date
) -> list[ProviderAdjustment]:
    """The PLB entries the payer's behaviour asks for on its `ordinal`-th payment."""
    return [
        adjust_provider(payee, today, entry.code, entry.reference, entry.amount)
        for entry in payer.provider_adjustments
        if ordinal % entry.every == 0
    ]


def unbalance(payment: Payment, amount: int = 1) -> Payment:
    """The same payment with one claim's CLP04 (and BPR02) off by `amount` cents.

    Only the claim equation breaks: lines and the payment total still add up. The claim with the
    largest payment is the one that is wrong.
    """
    index = max(range(len(payment.claims)), key=lambda i: payment.claims[i].amount_paid)
    claims = list(payment.claims)
    claims[index] = replace(claims[index], amount_paid=claims[index].amount_paid + amount)
    return replace(
        payment,
        claims=tuple(claims),
        start=replace(payment.start, amount_paid=payment.start.amount_paid + amount),
        end=replace(payment.end, amount_claims=payment.end.amount_claims + amount),
    )


def find_differences(payment: Payment) -> list[Difference]:
    """Every equation of a payment that does not hold; empty when it balances on all levels."""
    differences = []
    for claim in payment.claims:
        for number, line in enumerate(claim.lines, start=1):
            left = line.amount_billed - _sum(line.adjustments)
            if left != line.amount_paid:
                where = f"CLP {claim.position} SVC {number}"
                differences.append(Difference("line", where, line.amount_paid, left))
        adjusted = _sum(claim.adjustments) + sum(_sum(line.adjustments) for line in claim.lines)
        left = claim.amount_billed - adjusted
        if left != claim.amount_paid:
            differences.append(
                Difference("claim", f"CLP {claim.position}", claim.amount_paid, left)
            )
    entries = sum(entry.amount for entry in payment.end.provider_adjustments)
    left = sum(claim.amount_paid for claim in payment.claims) - entries
    if left != payment.start.amount_paid:
        differences.append(Difference("transaction", "BPR", payment.start.amount_paid, left))
    return differences


def _sum(adjustments: Sequence[Adjustment]) -> int:
    return sum(adjustment.amount for adjustment in adjustments)


def _start(
    payer: Payer, payee: Payee, amount: int, trace_number: str, today: date
) -> RemittanceStart:
    is_transfer = bool(amount) and payer.payment_method == "ACH"
    return RemittanceStart(
        transaction_code="I" if amount else "H",
        amount_paid=amount,
        credit_or_debit="C",
        method=payer.payment_method if amount else "NON",
        paid_on=today,
        trace_number=trace_number,
        payment_format="CCP" if is_transfer else "",
        bank=("", "", "", "", payer.trace_identifier) if is_transfer else (),
        payer_identifier=payer.trace_identifier,
        produced_on=today,
        payer_name=payer.name,
        payer_qualifier="XV",
        payer_id=payer.payer_id,
        payer_address=payer.address,
        payer_references=(Reference("2U", payer.payer_id),),
        payer_contacts=(("BL", "PROVIDER SERVICES", "TE", "8005550100"),),
        payee_name=payee.name,
        payee_qualifier="XX",
        payee_identifier=payee.npi,
        payee_address=payee.address,
        payee_references=(Reference("TJ", payee.tax_id),),
    )
