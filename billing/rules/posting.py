"""What a remittance means for the ledger (docs/money.md): what may post, and into which accounts.

The decisions are made here, once per situation; billing.actions.posting_moves applies them to all
rows of a remittance at once. Amounts are integer cents. Nothing is refused: a claim that cannot
post waits with a sentence that says why.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from billing.rules.next_party import RECEIVABLES, receivable_of_share
from payers.rules.treatment import Kind

UNAPPLIED = "unapplied"
CASH = "cash"
CONTRACTUAL = "contractual"
WRITE_OFF = "write_off"
SHARE = ""  # whichever account Accounts.share says

REVERSAL = "22"
# 23: not the payer's claim, forwarded. 25: predetermination. Neither changes what is owed.
WITHOUT_PAYMENT = frozenset({"23", "25"})
# A crossover payer answers under the number of the primary claim; CLP02 says as what it paid.
_RANK_OF_STATUS: Mapping[str, str] = {"2": "S", "20": "S", "3": "T", "21": "T"}


class Move(NamedTuple):
    """`amount` cents above zero leave `source` (credit) for `destination` (debit)."""

    source: str
    destination: str
    amount: int
    origin: str
    service_line_id: int | None = None
    remitted_line_id: int | None = None


class Obstacle(NamedTuple):
    """Why a claim waits for a person: `code` for programs, `message` is one sentence.

    `rule_id` names the posting rule that wants it so.
    """

    code: str
    message: str
    rule_id: int | None = None


class Accounts(NamedTuple):
    """Where a claim's money is: `owed` by the payer, `share` by whoever owes what is left."""

    owed: str
    share: str


def rank_of(claim_rank: str, status_code: str, *, is_other_payer: bool) -> str:
    """The rank (P, S, T) whose receivable a statement is about: the claim's, but for a crossover.

    The claim's own payer may call itself secondary (CLP02 2); it still answers what we asked it.
    """
    return _RANK_OF_STATUS.get(status_code, claim_rank) if is_other_payer else claim_rank


def accounts_of(
    claim_rank: str,
    status_code: str,
    active_ranks: Iterable[str],
    *,
    has_forwarded: bool = False,
    is_other_payer: bool = False,
) -> Accounts:
    """`active_ranks`: ranks of the patient's coverages active on the day of service.

    `has_forwarded`: the payer says by remark or party that it sent the claim on. `is_other_payer`:
    the payment is of another payer than the one the claim was sent to.
    """
    rank = rank_of(claim_rank, status_code, is_other_payer=is_other_payer)
    ranks = frozenset(active_ranks)
    share = receivable_of_share(rank, status_code, ranks, has_forwarded=has_forwarded)
    return Accounts(RECEIVABLES[rank], share)


def account_of(kind: Kind) -> str | None:
    """Where an adjustment taken as `kind` goes: "" is the claim's share, None is no move."""
    if kind == "contractual":
        return CONTRACTUAL
    if kind == "write_off":
        return WRITE_OFF
    return SHARE if kind == "patient" else None


class UnusualClaim(NamedTuple):
    """A matched CLP that is not simply paid: what find_obstacle has to know. Cents.

    `unmatched_lines` are the payer's line numbers that fit none of ours and bill something.
    `is_chosen` means a person chose the claim; `is_released` that it is to post in spite;
    `is_repeated` that an equal statement stands before it in the same payment.
    """

    id: int
    claim_id: int
    position: int
    status_code: str
    amount_billed: int
    amount_paid: int
    payer_number: str = ""
    is_chosen: bool = False
    is_released: bool = False
    unmatched_lines: Sequence[int] = ()
    is_repeated: bool = False


def find_obstacle(claim: UnusualClaim) -> Obstacle | None:
    """Why this claim has to wait, apart from reversals; None when it may post."""
    if claim.status_code in WITHOUT_PAYMENT:
        if claim.amount_paid:
            return Obstacle(
                "paid_without_payment",
                f"Status {claim.status_code} says nothing is paid, yet an amount is stated.",
            )
        return None
    if claim.is_repeated and not claim.is_released:
        return Obstacle("repeated", "This payment says the same of this claim once before.")
    if claim.unmatched_lines and not (claim.is_chosen or claim.is_released):
        line = claim.unmatched_lines[0]
        return Obstacle("line_not_found", f"Line {line} of the payer fits no line of this claim.")
    return None


class Payment(NamedTuple):
    """A CLP that is posted and not taken back, or is about to post: what a reversal may undo.

    `is_beside` tells what stands in the same payment as the reversal.
    """

    id: int
    claim_id: int
    status_code: str
    amount_billed: int
    amount_paid: int
    payer_number: str = ""
    is_beside: bool = False


class Pairing(NamedTuple):
    """`pairs`: reversal id -> id of what it takes back, in an order that can be posted."""

    pairs: dict[int, int]
    obstacles: dict[int, Obstacle]


def pair_reversals(reversals: Sequence[UnusualClaim], payments: Iterable[Payment]) -> Pairing:
    """Which payment each reversal (CLP02 22) takes back (TR3 X221 1.10.2.8).

    A payer reverses the whole claim with its original charge and payment negated, so a reversal
    belongs to a payment of the same claim with exactly those figures: by preference one of an
    earlier payment, since the answer beside a reversal is the one that replaces it (denied again,
    both pay nothing); then the one with the same payer number, else the latest. A reversal can
    itself be reversed. Each payment is taken back once. Without a payment the reversal waits,
    unless a person released it: then it posts by its own amounts.
    """
    open_payments: defaultdict[int, dict[int, Payment]] = defaultdict(dict)
    for payment in payments:
        open_payments[payment.claim_id][payment.id] = payment
    pairs: dict[int, int] = {}
    waiting = list(reversals)
    while waiting:
        later = []
        for reversal in waiting:
            found = _payment_of(reversal, open_payments[reversal.claim_id].values())
            if found is None:
                later.append(reversal)
                continue
            del open_payments[reversal.claim_id][found.id]
            pairs[reversal.id] = found.id
            # What has been posted can be reversed in turn.
            open_payments[reversal.claim_id][reversal.id] = Payment(
                reversal.id,
                reversal.claim_id,
                reversal.status_code,
                reversal.amount_billed,
                reversal.amount_paid,
                reversal.payer_number,
                is_beside=True,
            )
        if len(later) == len(waiting):
            break
        waiting = later
    obstacles = {
        reversal.id: _no_payment(reversal, open_payments[reversal.claim_id].values())
        for reversal in waiting
        if not reversal.is_released
    }
    return Pairing(pairs, obstacles)


def _payment_of(reversal: UnusualClaim, payments: Iterable[Payment]) -> Payment | None:
    fitting = [
        payment
        for payment in payments
        if payment.amount_billed == -reversal.amount_billed
        and payment.amount_paid == -reversal.amount_paid
        and payment.id != reversal.id
    ]
    if not fitting:
        return None
    return max(
        fitting, key=lambda p: (not p.is_beside, p.payer_number == reversal.payer_number, p.id)
    )


def _no_payment(reversal: UnusualClaim, payments: Iterable[Payment]) -> Obstacle:
    if any(True for _ in payments):
        return Obstacle(
            "reversal_differs",
            "It takes back a payment, but no payment posted on this claim has these amounts.",
        )
    return Obstacle("nothing_to_reverse", "It takes back a payment that was never posted here.")


def payment_moves(
    remittance_id: int,
    deposit: int,
    provider_adjustments: Iterable[tuple[int, str, int]],
    suffix: str = "",
) -> list[Move]:
    """The deposit (BPR02, less what an earlier copy deposited) and each PLB pair.

    A pair is (id, account, cents): positive is kept back by the payer, negative was added. `suffix`
    tells a posting after a taking back from the first. Zero is no move, negative is swapped.
    """
    moves: list[Move] = []
    _add(moves, UNAPPLIED, CASH, deposit, f"remittance:{remittance_id}:deposit{suffix}")
    for adjustment_id, account, amount in provider_adjustments:
        origin = f"provider_adjustment:{adjustment_id}{suffix}"
        _add(moves, UNAPPLIED, account, amount, origin)
    return moves


def _add(moves: list[Move], source: str, destination: str, amount: int, origin: str) -> None:
    if amount > 0:
        moves.append(Move(source, destination, amount, origin))
    elif amount < 0:
        moves.append(Move(destination, source, -amount, origin))
