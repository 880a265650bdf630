"""A payer that comes after others: what they left to the patient, and how it is settled. Pure.

The earlier payers' words are those of the claim itself: 2430 of its lines, 2320 of the claim
(TR3 X222 1.4.1, X223 1.4.2). Whatever they paid or took off is OA-23 to a later payer, so a line's
charge is always what is paid, what is left, and OA-23. Amounts are integer cents.
"""

from collections.abc import Mapping, Sequence

from rcm.x12.claim_837p import Claim, OtherPayer, ServiceLine
from rcm.x12.remittance_835 import Adjustment

PATIENT = "PR"
PAID_TO_PATIENT = "100"
PRIOR_PAYERS = ("OA", "23")
RANKS = "PSTABCDEFGH"  # SBR01 in the order payers are asked

Shares = Mapping[int, tuple[Adjustment, ...]]


def find_shares(claim: Claim) -> Shares | None:
    """What the last payer before this one left of each line: position to its PR adjustments.

    PR of the claim as a whole is laid on the lines in order, each no further than its charge. None
    when nobody decided before: a primary claim, or one that does not say what became of it.
    """
    last = _find_last_payer(claim)
    if last is None:
        return None
    whole = _find_patient_part(last.adjustments)
    shares = {}
    for line in claim.lines:
        said = [each for each in line.adjudications if each.payer_id == last.payer_id]
        own = _find_patient_part([a for each in said for a in each.adjustments])
        kept, _ = _fill(line.amount_billed, own)
        more, whole = _fill(line.amount_billed - _total(kept), whole)
        shares[line.position] = kept + more
    return shares


def settle_share(
    charge: int, share: Sequence[Adjustment], payable: int
) -> tuple[int, tuple[Adjustment, ...]]:
    """Cents paid of a line and its adjustments: OA-23, and the share that stays the patient's.

    Of `share` at most `payable` is paid, the first reason first; the rest keeps its reason.
    """
    paid, left = _fill(max(payable, 0), share)
    return _total(paid), _settle_rest(charge, share) + left


def deny_share(
    charge: int, share: Sequence[Adjustment], group: str, reason: str
) -> tuple[Adjustment, ...]:
    """The adjustments of a line paid nothing: the share under the denial, the rest OA-23."""
    denied = _total(share)
    return _settle_rest(charge, share) + ((Adjustment(group, reason, denied),) if denied else ())


def _settle_rest(charge: int, share: Sequence[Adjustment]) -> tuple[Adjustment, ...]:
    settled = charge - _total(share)
    return (Adjustment(*PRIOR_PAYERS, settled),) if settled else ()


def _find_last_payer(claim: Claim) -> OtherPayer | None:
    """The latest payer before this one that said what it paid."""
    before = RANKS[: max(RANKS.find(claim.subscriber.rank), 0)]
    decided = [
        payer
        for payer in claim.other_payers
        if payer.rank in tuple(before) and _has_decided(payer, claim.lines)
    ]
    return max(decided, key=lambda payer: RANKS.index(payer.rank), default=None)


def _has_decided(payer: OtherPayer, lines: Sequence[ServiceLine]) -> bool:
    return (
        payer.amount_paid is not None
        or bool(payer.adjustments)
        or any(said.payer_id == payer.payer_id for line in lines for said in line.adjudications)
    )


def _find_patient_part(adjustments: Sequence[Adjustment]) -> tuple[Adjustment, ...]:
    """PR by reason, except what the payer sent to the patient (PR-100); amounts above zero."""
    sums: dict[str, int] = {}
    for each in adjustments:
        if each.group == PATIENT and each.reason != PAID_TO_PATIENT:
            sums[each.reason] = sums.get(each.reason, 0) + each.amount
    return tuple(Adjustment(PATIENT, reason, cents) for reason, cents in sums.items() if cents > 0)


def _fill(
    room: int, adjustments: Sequence[Adjustment]
) -> tuple[tuple[Adjustment, ...], tuple[Adjustment, ...]]:
    """The part of `adjustments` that fits into `room` cents, and what is over, both in order."""
    fitting, over = [], []
    for each in adjustments:
        taken = min(each.amount, max(room, 0))
        room -= taken
        fitting.append(Adjustment(each.group, each.reason, taken))
        over.append(Adjustment(each.group, each.reason, each.amount - taken))
    return tuple(a for a in fitting if a.amount), tuple(a for a in over if a.amount)


def _total(adjustments: Sequence[Adjustment]) -> int:
    return sum(adjustment.amount for adjustment in adjustments)
