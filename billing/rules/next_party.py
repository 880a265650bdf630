"""Who owes once a payer has decided: the payer, the next payer, the patient, or nobody.

`receivable_of_share` says where posting puts the patient's share; `next_step` says of a claim what
is to be done now. Nothing is asked for twice: what a payer has forwarded (crossover) waits for the
payer it went to, and a patient is asked last. Amounts are integer cents.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

RECEIVABLES: Mapping[str, str] = {
    "P": "primary_receivable",
    "S": "secondary_receivable",
    "T": "tertiary_receivable",
}
PATIENT_RECEIVABLE = "patient_receivable"
RANK_NAMES = {"P": "primary", "S": "secondary", "T": "tertiary"}
# CLP02 19, 20, 21: adjudicated as primary, secondary or tertiary, and forwarded to the next payer.
FORWARDED = frozenset({"19", "20", "21"})
# Remarks (MOA, LQ) that say the same: sent on to the supplemental insurer, to Medicaid, to several.
FORWARDED_REMARKS = frozenset({"MA07", "MA18", "N89"})
# A forwarded claim is silent for long when the next payer has not answered after so many days.
CROSSOVER_DAYS = 30
ORDER = "PST"
_NEXT = {"P": "S", "S": "T"}

PAYER_OWES = "payer_owes"
SECONDARY_DUE = "secondary_due"
SECONDARY_SENT = "secondary_sent"
CROSSOVER_WAITING = "crossover_waiting"
PATIENT_SHARE = "patient_share"
CREDIT = "credit"
CLOSED = "closed"
UNDECIDED = "undecided"
REPLACED = "replaced"


def receivable_of_share(
    rank: str, status_code: str, later_ranks: Collection[str], *, has_forwarded: bool = False
) -> str:
    """The account a share left by the payer of `rank` moves to.

    `later_ranks` are the ranks (SBR01) of the patient's other coverages active on the day of
    service. A forwarded claim waits for the next payer even when we know no such coverage: asking
    the patient for money a crossover payer owes is the worse mistake. `has_forwarded`: the payer
    said so by a remark or a crossover party instead of the status.
    """
    following = _NEXT.get(rank)
    is_forwarded = status_code in FORWARDED or has_forwarded
    if following and (following in later_ranks or is_forwarded):
        return RECEIVABLES[following]
    if rank == "P" and "T" in later_ranks:
        return RECEIVABLES["T"]
    return PATIENT_RECEIVABLE


def is_forwarded(status_code: str, remarks: Collection[str], *, names_next_payer: bool) -> bool:
    """Did the payer send the claim on? By status, by NM1*TT, or by a remark of claim or line."""
    return status_code in FORWARDED or names_next_payer or not FORWARDED_REMARKS.isdisjoint(remarks)


@dataclass(frozen=True, slots=True)
class NextFacts:
    """One claim as the ledger and the payers have it now.

    `balances`: account to cents, debits positive. `is_decided`: a posted decision stands that was
    not reversed, the newest of `decided_on`; `forwarded`: it says the claim went on, to
    `forwarded_to` when it names one. `answered`: ranks of other payers that answered a crossover.
    `later_ranks`: other coverages active on the day of service;
    `later_claims`: rank of each other claim of the same part of the visit to whether it is
    answered.
    """

    rank: str
    payer_name: str
    balances: Mapping[str, int]
    is_decided: bool = False
    answered: Collection[str] = ()
    decided_on: date | None = None
    was_reversed: bool = False
    forwarded: bool = False
    forwarded_to: str = ""
    later_ranks: Collection[str] = ()
    later_claims: Mapping[str, bool] = field(default_factory=dict)
    is_replaced: bool = False


class Step(NamedTuple):
    """What comes next, about how many cents, in a sentence; `ask_on`: when silence is too long.

    `rank` is that of the payer to be billed next.
    """

    code: str
    amount: int
    sentence: str
    ask_on: date | None = None
    is_late: bool = False
    rank: str = ""


def next_step(facts: NextFacts, *, today: date, crossover_days: int = CROSSOVER_DAYS) -> Step:
    """The one next step of a claim."""
    owed = {rank: facts.balances.get(account, 0) for rank, account in RECEIVABLES.items()}
    patient = facts.balances.get(PATIENT_RECEIVABLE, 0)
    if facts.is_replaced:
        return Step(REPLACED, sum(owed.values()), "A corrected claim took the place of this one.")
    if not facts.is_decided:
        text = "The payer took its decision back; a new one is expected."
        told = text if facts.was_reversed else f"{facts.payer_name} has not decided yet."
        return Step(UNDECIDED, sum(owed.values()), told)
    if credit := -sum(min(amount, 0) for amount in (*owed.values(), patient)):
        return Step(CREDIT, credit, f"{_dollars(credit)} came in more than was owed.")
    answered = {facts.rank, *facts.answered}
    for rank in (rank for rank in RECEIVABLES if owed[rank] > 0):
        if rank in answered or rank not in later_than(facts.rank):
            who = facts.payer_name if rank == facts.rank else f"The {RANK_NAMES[rank]} payer"
            text = f"{who} still owes {_dollars(owed[rank])}: denied or paid short."
            return Step(PAYER_OWES, owed[rank], text)
        return _wait_for(rank, owed[rank], facts, today, crossover_days)
    if patient > 0:
        return _patient_step(patient, answered, facts, today, crossover_days)
    return Step(CLOSED, 0, "Paid and explained to the cent; nobody owes anything.")


def _patient_step(
    amount: int, answered: set[str], facts: NextFacts, today: date, crossover_days: int
) -> Step:
    """The patient's balance is the patient's only when no coverage is left to ask."""
    for rank in later_than(facts.rank):
        is_open = rank in facts.later_ranks and rank not in answered
        if is_open and not facts.later_claims.get(rank, False):
            return _wait_for(rank, amount, facts, today, crossover_days)
    following = _NEXT.get(max(answered, key=ORDER.index))
    if facts.forwarded and following and not facts.later_claims.get(following, False):
        return _wait_for(following, amount, facts, today, crossover_days)
    return Step(PATIENT_SHARE, amount, f"The patient owes {_dollars(amount)}; no payer is left.")


def later_than(rank: str) -> str:
    """The ranks behind this one, in order."""
    return ORDER[ORDER.index(rank) + 1 :]


def _wait_for(rank: str, amount: int, facts: NextFacts, today: date, crossover_days: int) -> Step:
    """A share that belongs to the payer of `rank`: billed already, forwarded, or to be billed."""
    name, dollars = RANK_NAMES[rank], _dollars(amount)
    if rank in facts.later_claims:
        text = f"{dollars} is with the {name} payer: its claim was drafted already."
        return Step(SECONDARY_SENT, amount, text)
    if facts.forwarded:
        ask_on = facts.decided_on + timedelta(days=crossover_days) if facts.decided_on else None
        is_late = ask_on is not None and today >= ask_on
        whom = facts.forwarded_to or f"the {name} payer"
        text = f"{facts.payer_name} sent it on to {whom}, so {dollars} is not billed again."
        if ask_on:
            text += f" Ask about it {'now' if is_late else 'from ' + ask_on.strftime('%m/%d/%Y')}."
        return Step(CROSSOVER_WAITING, amount, text, ask_on, is_late)
    known = "" if rank in facts.later_ranks else ", but no such coverage is known any more"
    text = f"{dollars} is to be billed to the {name} payer{known}."
    return Step(SECONDARY_DUE, amount, text, rank=rank)


def _dollars(cents: int) -> str:
    whole, rest = divmod(cents, 100)
    return f"${whole:,}.{rest:02d}"
