"""What may be done with a denial, and in words why not: one rule for pages, the API and bulk.

A verb answers for a case: the lines of one claim that are worked together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from denials.rules.write_offs import is_above

OPEN, PENDED, RESOLVED = "open", "pended", "resolved"
WORKABLE = (OPEN, PENDED)
CHANGED = "denial_already_worked"


class Verdict(NamedTuple):
    """May it be done? `why`: why not, or what to know before; a program's code and HTTP status."""

    is_allowed: bool
    why: str = ""
    code: str = ""
    status: int = 422


YES = Verdict(True)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the verdicts depend on.

    `owed` is what the payer owes on the claim and `patient_owes` what the patient does;
    `correction` says whether the claim may be replaced, None when a newer version is there already.
    `limit` is what the person may write off alone (None: any amount), `requested` the amount that
    waits for approval. `correct_by` is the last safe day for a correction, `appeal_by` that of the
    appeal that is open or was last, None without one. `is_claim_open`: nothing has replaced it.
    """

    state: str
    state_label: str
    group: str
    amount: Decimal
    owed: Decimal
    today: date
    limit: Decimal | None = None
    is_asked: bool = False
    requested: Decimal | None = None
    correction: Verdict | None = None
    correct_by: date | None = None
    appeal_by: date | None = None
    has_open_appeal: bool = False
    resolution: str = ""
    patient_owes: Decimal = Decimal(0)
    is_claim_open: bool = True


def workable(facts: CaseFacts) -> Verdict:
    """Nobody has ended it or waits for somebody else's answer."""
    return in_states(facts, *WORKABLE)


def in_states(facts: CaseFacts, *states: str) -> Verdict:
    if facts.state in states:
        return YES
    return Verdict(False, f"This denial is {facts.state_label.lower()} now.", CHANGED, 409)


def unrequested(facts: CaseFacts) -> Verdict:
    """The amount is not promised to somebody's approval."""
    if facts.requested is None:
        return YES
    return Verdict(
        False,
        f"A write-off of ${facts.requested:,.2f} waits for approval. Withdraw it first.",
        "write_off_requested",
        409,
    )


def unanswered(facts: CaseFacts) -> Verdict:
    if not facts.is_asked:
        return YES
    return Verdict(
        False,
        "The coder has answered this denial already. Decide with that answer.",
        "coder_answered",
        409,
    )


def first_no(*verdicts: Verdict) -> Verdict:
    """The first that forbids it, else the first that has something to say."""
    found = [each for each in verdicts if not each.is_allowed] or [
        each for each in verdicts if each.why
    ]
    return found[0] if found else YES


def correct(facts: CaseFacts) -> Verdict:
    late = YES
    if facts.correct_by is not None and facts.correct_by < facts.today:
        late = Verdict(True, f"The window for a corrected claim closed {facts.correct_by:%m/%d}.")
    return first_no(workable(facts), unrequested(facts), facts.correction or YES, late)


def route(facts: CaseFacts) -> Verdict:
    return first_no(workable(facts), unrequested(facts), unanswered(facts))


def owes(facts: CaseFacts) -> Verdict:
    if Decimal(0) < facts.amount <= facts.owed:
        return YES
    return Verdict(
        False,
        f"The payer owes ${facts.owed:,.2f} on this claim, so ${facts.amount:,.2f} cannot be"
        " moved.",
        "not_owed",
    )


def bill_patient(facts: CaseFacts) -> Verdict:
    contract = YES
    if facts.group == "CO":
        contract = Verdict(
            False,
            "The payer's group code is CO: the contract forbids billing the patient for this.",
            "contractual_obligation",
        )
    return first_no(workable(facts), unrequested(facts), contract, owes(facts))


def write_off(facts: CaseFacts) -> Verdict:
    above = YES
    if is_above(facts.amount, facts.limit):
        above = Verdict(True, f"Above your limit of ${facts.limit:,.2f}: it will ask for approval.")
    return first_no(workable(facts), unrequested(facts), owes(facts), above)


def pend(facts: CaseFacts) -> Verdict:
    return first_no(workable(facts), unrequested(facts))


def recategorize(facts: CaseFacts) -> Verdict:
    return in_states(facts, OPEN)


def recategorize_for_coder(facts: CaseFacts) -> Verdict:
    """The same with the queue of the coder, who is asked at once."""
    return first_no(in_states(facts, OPEN), unrequested(facts), unanswered(facts))


def assign(facts: CaseFacts) -> Verdict:
    if facts.state == RESOLVED:
        return in_states(facts)
    return YES


def reopen(facts: CaseFacts) -> Verdict:
    return in_states(facts, PENDED)


def file_appeal(facts: CaseFacts) -> Verdict:
    window = YES
    if not facts.has_open_appeal:
        closed = facts.appeal_by
        why = f"The appeal window closed {closed:%m/%d}." if closed else "No appeal is open."
        window = Verdict(False, why, "no_open_appeal", 409)
    return first_no(workable(facts), window)


def take_back(facts: CaseFacts) -> Verdict:
    """Undo of a write-off or of billing the patient."""
    if facts.state != RESOLVED or facts.resolution not in ("written_off", "patient"):
        return Verdict(False, "Nothing was written off or billed to the patient.", CHANGED, 409)
    if not facts.is_claim_open:
        return Verdict(False, "The claim was replaced since.", "claim_replaced", 409)
    if facts.resolution == "patient" and facts.patient_owes < facts.amount:
        return Verdict(
            False,
            f"The patient owes ${facts.patient_owes:,.2f} by now: the rest was paid or moved.",
            "patient_paid",
            409,
        )
    return YES


RULES: Mapping[str, Callable[[CaseFacts], Verdict]] = {
    "corrected": correct,
    "route": route,
    "bill-patient": bill_patient,
    "write-off": write_off,
    "pend": pend,
    "recategorize": recategorize,
    "assign": assign,
    "reopen": reopen,
    "appeal-filed": file_appeal,
    "take-back": take_back,
}
# Those that move the lines of a case one by one: what is put away or given stays by line.
BY_LINE = frozenset({"pend", "assign", "reopen"})


def verdict(verb: str, facts: CaseFacts, *, for_coder: bool = False) -> Verdict:
    """The answer for one verb. `for_coder`: recategorizing into the queue of the coder."""
    if verb == "recategorize" and for_coder:
        return recategorize_for_coder(facts)
    return RULES[verb](facts)


def verdicts(facts: CaseFacts) -> dict[str, Verdict]:
    """Every verb and its answer."""
    return {verb: rule(facts) for verb, rule in RULES.items()}
