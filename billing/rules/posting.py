"""What a remittance means for the ledger: matched claims in, moves out (docs/money.md).

Decides which claims may post, and into which accounts. Amounts are integer cents. It refuses
nothing: a claim that cannot post waits with a sentence that says why.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from billing.rules.next_party import RECEIVABLES, receivable_of_share
from payers.rules.treatment import Kind, treat

UNAPPLIED = "unapplied"
CASH = "cash"
PAYER_OFFSET = "payer_offset"
CONTRACTUAL = "contractual"

REVERSAL = "22"
# 23: not the payer's claim, forwarded. 25: predetermination. Neither changes what is owed.
WITHOUT_PAYMENT = frozenset({"23", "25"})

Overrides = Mapping[tuple[str, str], Kind]


class Move(NamedTuple):
    """`amount` cents above zero leave `source` (credit) for `destination` (debit)."""

    source: str
    destination: str
    amount: int
    origin: str
    service_line_id: int | None = None
    remitted_line_id: int | None = None


class AdjustmentFact(NamedTuple):
    """One CAS triplet as recorded."""

    id: int
    group: str
    reason: str
    amount: int


class LineFact(NamedTuple):
    """One SVC as recorded, with the line of ours it was matched to."""

    id: int
    position: int
    service_line_id: int | None
    amount_paid: int
    adjustments: Sequence[AdjustmentFact]


@dataclass(frozen=True, slots=True)
class ClaimFact:
    """One matched CLP. `later_ranks`: the patient's other active coverages on the day of service.

    `is_chosen` means a person chose the claim: lines that fit none of ours post on the claim.
    `has_waited` means an earlier posting found an obstacle.
    """

    id: int
    claim_id: int
    rank: str
    status_code: str
    amount_billed: int
    amount_paid: int
    later_ranks: Sequence[str] = ()
    is_chosen: bool = False
    has_waited: bool = False
    adjustments: Sequence[AdjustmentFact] = ()
    lines: Sequence[LineFact] = ()


class Payments:
    """Payments a reversal may take back, by claim, charge and amount paid (TR3 X221 1.10.2.8).

    A payer reverses the whole claim with the original charge and payment negated, so a reversal
    belongs to a payment with exactly those figures; each payment can be taken back once.
    """

    __slots__ = ("_open",)

    def __init__(self, known: Iterable[tuple[int, str, int, int]]) -> None:
        """`known`: (claim_id, status_code, billed, paid) of every CLP posted or about to post."""
        self._open: Counter[tuple[int, int, int]] = Counter()
        for claim_id, status_code, billed, paid in known:
            if status_code == REVERSAL:
                self._open[claim_id, -billed, -paid] -= 1
            else:
                self._open[claim_id, billed, paid] += 1

    def take_back(self, claim: ClaimFact) -> bool:
        """Use up the payment this reversal belongs to; False when there is none."""
        key = (claim.claim_id, -claim.amount_billed, -claim.amount_paid)
        if self._open[key] <= 0:
            return False
        self._open[key] -= 1
        return True


def find_obstacle(claim: ClaimFact, payments: Payments) -> str:
    """Why this claim has to wait for a person, in one sentence; empty when it may post."""
    if claim.status_code in WITHOUT_PAYMENT:
        if claim.amount_paid:
            return f"Status {claim.status_code} says nothing is paid, yet an amount is stated."
        return ""
    if not claim.is_chosen:
        for line in claim.lines:
            if line.service_line_id is None:
                return f"Line {line.position} of the payer fits no line of this claim."
    if claim.status_code == REVERSAL and not payments.take_back(claim):
        return "It takes back a payment that was never posted here."
    return ""


def claim_moves(claim: ClaimFact, overrides: Overrides) -> list[Move]:
    """The moves of one matched claim: paid, contractual and patient share, line by line.

    Exactly CLP04 leaves `unapplied`: with claim-level adjustments, or without lines, the
    difference between CLP04 and the lines' SVC03 is a move of the claim.
    """
    if claim.status_code in WITHOUT_PAYMENT:
        return []
    moves: list[Move] = []
    owed = RECEIVABLES[claim.rank]
    share = receivable_of_share(claim.rank, claim.status_code, claim.later_ranks)
    accounts = {"contractual": CONTRACTUAL, "patient": share}
    left = claim.amount_paid
    for line in claim.lines:
        ours, fact = line.service_line_id, f"remitted_line:{line.id}"
        left -= line.amount_paid
        _add(moves, owed, UNAPPLIED, line.amount_paid, f"{fact}:paid", ours, line.id)
        for adjustment in line.adjustments:
            to = accounts.get(treat(adjustment.group, adjustment.reason, overrides))
            if to is not None:
                origin = f"{fact}:adj:{adjustment.id}"
                _add(moves, owed, to, adjustment.amount, origin, ours, line.id)
    fact = f"remitted_claim:{claim.id}"
    _add(moves, owed, UNAPPLIED, left, f"{fact}:paid")
    for adjustment in claim.adjustments:
        to = accounts.get(treat(adjustment.group, adjustment.reason, overrides))
        if to is not None:
            _add(moves, owed, to, adjustment.amount, f"{fact}:adj:{adjustment.id}")
    return moves


def payment_moves(
    remittance_id: int, amount_paid: int, provider_adjustments: Iterable[tuple[int, int]]
) -> list[Move]:
    """The deposit (BPR02) and each PLB pair (id, cents): positive is kept back by the payer."""
    moves: list[Move] = []
    _add(moves, UNAPPLIED, CASH, amount_paid, f"remittance:{remittance_id}:deposit")
    for adjustment_id, amount in provider_adjustments:
        origin = f"provider_adjustment:{adjustment_id}"
        _add(moves, UNAPPLIED, PAYER_OFFSET, amount, origin)
    return moves


def _add(
    moves: list[Move],
    source: str,
    destination: str,
    amount: int,
    origin: str,
    service_line_id: int | None = None,
    remitted_line_id: int | None = None,
) -> None:
    """A negative amount is the same move swapped; zero is no move."""
    if amount > 0:
        moves.append(Move(source, destination, amount, origin, service_line_id, remitted_line_id))
    elif amount < 0:
        moves.append(Move(destination, source, -amount, origin, service_line_id, remitted_line_id))
