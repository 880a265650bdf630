"""Which line of ours the payer speaks of, and which claims a person might mean.

Lines: REF*6R first, then code, modifiers, charge and day, then code and charge; in file order,
each of our lines used once. It never guesses between different lines.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from datetime import date
from typing import NamedTuple


class RemittedLineFact(NamedTuple):
    """`code` is what we submitted when the payer says so (SVC06), else SVC01. Charge in cents."""

    id: int
    line_control_number: str
    code: str
    modifiers: tuple[str, ...]
    amount_billed: int
    served_on: date | None


class ServiceLineFact(NamedTuple):
    """One line of our claim. Charge in cents."""

    id: int
    line_control_number: str
    code: str
    modifiers: tuple[str, ...]
    amount_billed: int
    served_on: date


def match_lines(
    remitted: Sequence[RemittedLineFact], ours: Sequence[ServiceLineFact]
) -> dict[int, int]:
    """Remitted line id -> service line id, for the lines that fit. The rest is left out.

    A reversal states negative charges; they are compared without sign.
    """
    found: dict[int, int] = {}
    numbers = {line.line_control_number: line for line in ours if line.line_control_number}
    named: defaultdict[str, list[RemittedLineFact]] = defaultdict(list)
    for line in remitted:
        if line.line_control_number in numbers:
            named[line.line_control_number].append(line)
    for number, lines in named.items():
        own = numbers[number]
        # One line paid as several keeps its number on each part; then the charges add up to ours.
        is_split = sum(abs(line.amount_billed) for line in lines) == own.amount_billed
        for line in lines if is_split else lines[:1]:
            found[line.id] = own.id
    if len(found) < len(remitted):
        for key in (_exact_key, _loose_key):
            _match_by(key, remitted, ours, found)
    return found


Line = RemittedLineFact | ServiceLineFact


def _exact_key(line: Line) -> Hashable:
    return line.code, line.modifiers, abs(line.amount_billed), line.served_on


def _loose_key(line: Line) -> Hashable:
    # Payers drop modifiers and dates; the charge still tells lines of one code apart.
    return line.code, abs(line.amount_billed)


def _match_by(
    key: Callable[[Line], Hashable],
    remitted: Sequence[RemittedLineFact],
    ours: Sequence[ServiceLineFact],
    found: dict[int, int],
) -> None:
    """Pair what is still free by equal keys, in file order; identical lines are interchangeable."""
    used = set(found.values())
    free: defaultdict[Hashable, list[int]] = defaultdict(list)
    for own in ours:
        if own.id not in used:
            free[key(own)].append(own.id)
    for line in remitted:
        if line.id not in found and free[key(line)]:
            found[line.id] = free[key(line)].pop(0)


class RemittedFact(NamedTuple):
    """What the payer says of a claim nobody of ours fits yet. Charge in cents."""

    last_name: str
    first_name: str
    member_id: str
    amount_billed: int
    served_on: date | None


class CandidateFact(NamedTuple):
    """One claim of ours that might be meant."""

    id: int
    last_name: str
    first_name: str
    member_id: str
    amount_billed: int
    served_on: date


def score_candidate(remitted: RemittedFact, candidate: CandidateFact) -> int:
    """How well a claim fits, in percent: patient 50, charge 25, day of service 25."""
    is_member = bool(remitted.member_id) and remitted.member_id == candidate.member_id
    is_named = (remitted.last_name.casefold(), remitted.first_name.casefold()) == (
        candidate.last_name.casefold(),
        candidate.first_name.casefold(),
    )
    score = 50 if is_member or is_named else 0
    if not score and remitted.last_name.casefold() == candidate.last_name.casefold():
        score = 30
    score += 25 if abs(remitted.amount_billed) == candidate.amount_billed else 0
    return score + (25 if remitted.served_on == candidate.served_on else 0)


def best_candidates(
    remitted: RemittedFact, candidates: Sequence[CandidateFact], *, at_least: int = 50
) -> list[tuple[CandidateFact, int]]:
    """The three best claims with their score, best first; none below `at_least` percent."""
    scored = [(candidate, score_candidate(remitted, candidate)) for candidate in candidates]
    good = [pair for pair in scored if pair[1] >= at_least]
    return sorted(good, key=lambda pair: (-pair[1], pair[0].id))[:3]
