"""The three equations of an 835 (TR3 X221 1.10.2.1), checked while reading. Integer cents, exact.

A difference is not a defect of the file's form: the remittance is read whole, and held.
"""

from collections.abc import Sequence

from rcm.x12.remittance_835 import (
    Difference,
    ProviderAdjustment,
    ProviderSummary,
    RemittanceEnd,
    RemittanceStart,
    RemittedClaim,
)


def balance(
    start: RemittanceStart,
    claims: Sequence[RemittedClaim],
    provider_adjustments: tuple[ProviderAdjustment, ...],
    *,
    kept: int = 100,
) -> RemittanceEnd:
    """The RemittanceEnd of a payment that was not read from a file."""
    found = Balance(kept)
    found.start(start)
    for claim in claims:
        adjusted = sum(row.amount for row in claim.adjustments)
        for line in claim.lines:
            of_line = sum(row.amount for row in line.adjustments)
            if line.amount_billed - of_line != line.amount_paid:
                where = f"CLP {claim.position} SVC {line.position}"
                found.miss("line", where, line.amount_paid, line.amount_billed - of_line)
            found.claim_billed += line.amount_billed
            adjusted += of_line
        found.close_claim(
            claim.position, claim.amount_billed, claim.amount_paid, adjusted, len(claim.lines)
        )
    found.adjusted = sum(row.amount for row in provider_adjustments)
    return found.finish(len(claims), provider_adjustments, ())


class Balance:
    """Running sums of one transaction; `kept` bounds how many differences are remembered."""

    __slots__ = (
        "adjusted",
        "claim_billed",
        "count",
        "differences",
        "kept",
        "lines",
        "paid",
        "stated",
    )

    def __init__(self, kept: int) -> None:
        self.kept = kept
        self.differences: list[Difference] = []
        self.count = 0
        self.stated = 0
        self.paid = 0
        self.adjusted = 0
        self.lines = 0
        self.claim_billed = 0

    def start(self, start: RemittanceStart) -> None:
        """Take BPR02 as stated; a debit (BPR03 = D) is money going back to the payer."""
        is_debit = start.credit_or_debit == "D"
        self.stated = -start.amount_paid if is_debit else start.amount_paid

    def miss(self, level: str, where: str, stated: int, computed: int) -> None:
        """Note an equation that does not hold."""
        self.count += 1
        if len(self.differences) < self.kept:
            self.differences.append(Difference(level, where, stated, computed))

    def close_claim(self, claim: int, billed: int, paid: int, adjusted: int, lines: int) -> None:
        """CLP03 less every CAS is CLP04; with lines, their charges add up to CLP03."""
        self.paid += paid
        if billed - adjusted != paid:
            self.miss("claim", f"CLP {claim}", paid, billed - adjusted)
        if lines and self.claim_billed != billed:
            self.miss("claim", f"CLP {claim} SVC02", billed, self.claim_billed)
        self.lines += lines
        self.claim_billed = 0

    def finish(
        self,
        claims: int,
        provider_adjustments: tuple[ProviderAdjustment, ...],
        summaries: tuple[ProviderSummary, ...],
    ) -> RemittanceEnd:
        """Claim payments less PLB is BPR02; the RemittanceEnd with all that was found."""
        computed = self.paid - self.adjusted
        if computed != self.stated:
            self.miss("transaction", "BPR02", self.stated, computed)
        return RemittanceEnd(
            claims,
            self.lines,
            self.paid,
            provider_adjustments,
            summaries,
            tuple(self.differences),
            self.count,
        )
