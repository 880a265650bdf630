"""Divides what other payers said of a claim among the claims it is split into. Amounts are cents.

TR3 X222 1.4.1: for each payer AMT*D = SVD02 of the lines - CAS of 2320, and CLM02 = AMT*D + CAS of
2320 + CAS of 2430.
"""

from collections.abc import Sequence
from dataclasses import replace

from rcm.x12.claim_837 import LineAdjudication, OtherPayer
from rcm.x12.claim_837i import RevenueLine
from rcm.x12.claim_837p import ServiceLine

Lines = Sequence[ServiceLine] | Sequence[RevenueLine]


def divide_other_payers(
    payers: Sequence[OtherPayer], groups: Sequence[Lines]
) -> list[tuple[OtherPayer, ...]]:
    """Per group of lines the other payers, each balanced. Raises ValueError when one cannot be."""
    divided = [divide_other_payer(payer, groups) for payer in payers]
    return [tuple(parts[index] for parts in divided) for index in range(len(groups))]


def divide_other_payer(payer: OtherPayer, groups: Sequence[Lines]) -> list[OtherPayer]:
    """One payer's account of the claim, per group of lines; claim-level amounts with the first."""
    told = [_told_by(payer, lines) for lines in groups]
    billed = [sum(line.amount_billed for line in lines) for lines in groups]
    cut = sum(each.amount for each in payer.adjustments)
    noncovered = _divide_noncovered(payer, billed)
    paid: list[int | None] = [None for _ in groups]
    if any(told):
        sums = [sum(each.amount_paid for each in group) for group in told]
        if payer.amount_paid is not None and payer.amount_paid != sum(sums) - cut:
            raise ValueError(f"What {payer.name} paid is not what it paid for the lines.")
        paid = [amount - (0 if index else cut) for index, amount in enumerate(sums)]
        if cut > 0 and sums[0] - cut < min(0, sum(sums) - cut):
            raise ValueError(
                f"{payer.name} took more off the claim than it paid for the first part."
            )
        for part, group in enumerate(told):
            explained = sums[part] + sum(
                cents.amount for each in group for cents in each.adjustments
            )
            if explained != billed[part]:
                message = (
                    f"What {payer.name} made of the lines does not balance in part {part + 1}."
                )
                raise ValueError(message)
    elif payer.amount_paid is not None or payer.adjustments:
        raise ValueError(f"{payer.name} settled the claim as a whole, which cannot be divided.")
    if payer.amount_paid is None:
        paid = [None for _ in groups]
    first = replace(payer, amount_paid=paid[0], amount_noncovered=noncovered[0])
    return [
        first
        if not index
        else replace(
            payer,
            adjustments=(),
            amount_paid=paid[index],
            amount_remaining=None,
            amount_noncovered=noncovered[index],
            outpatient=(),
            inpatient=(),
        )
        for index in range(len(groups))
    ]


def _told_by(payer: OtherPayer, lines: Lines) -> list[LineAdjudication]:
    return [
        told for line in lines for told in line.adjudications if told.payer_id == payer.payer_id
    ]


def _divide_noncovered(payer: OtherPayer, billed: Sequence[int]) -> list[int | None]:
    """AMT*A8 of a claim that is not covered at all is the amount billed, in each part."""
    if payer.amount_noncovered is not None and payer.amount_noncovered == sum(billed):
        return list(billed)
    return [payer.amount_noncovered, *[None for _ in billed[1:]]]
