"""Which line of ours the payer speaks of, and which claims a person might mean.

Claims: our number, then the payer's, then patient, day and charge together when only one claim has
them all. Lines: REF*6R first, then code, modifiers, charge and day, then code and charge, then
lines the payer split or bundled; each of our lines used once. It never guesses between different
lines.
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


class LineMatch(NamedTuple):
    """Our line; `method`: control_number, split, code, charge, order, unbundled or bundle."""

    service_line_id: int
    method: str


Matches = dict[int, LineMatch]


def match_lines(remitted: Sequence[RemittedLineFact], ours: Sequence[ServiceLineFact]) -> Matches:
    """Remitted line id -> our line, for the lines that fit. The rest is left out.

    A reversal states negative charges; they are compared without sign. Equal lines are taken in
    file order when there are as many of theirs as of ours; otherwise nobody can tell which of ours
    is meant, and a person is asked.
    """
    found: Matches = {}
    _match_numbers(remitted, ours, found)
    if len(found) < len(remitted):
        _match_by(_exact_key, "code", remitted, ours, found)
        # Payers drop modifiers and dates; the charge still tells lines of one code apart.
        _match_by(_loose_key, "charge", remitted, ours, found)
        _match_unbundled(remitted, ours, found)
        _match_bundle(remitted, ours, found)
    return found


def _match_numbers(
    remitted: Sequence[RemittedLineFact], ours: Sequence[ServiceLineFact], found: Matches
) -> None:
    """REF*6R (R 498: it returns on every line that ours was unbundled into)."""
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
            found[line.id] = LineMatch(own.id, "split" if len(lines) > 1 else "control_number")


Line = RemittedLineFact | ServiceLineFact


def _exact_key(line: Line) -> Hashable:
    return line.code, line.modifiers, abs(line.amount_billed), line.served_on


def _loose_key(line: Line) -> Hashable:
    return line.code, abs(line.amount_billed)


def _match_by(
    key: Callable[[Line], Hashable],
    method: str,
    remitted: Sequence[RemittedLineFact],
    ours: Sequence[ServiceLineFact],
    found: Matches,
) -> None:
    """Pair what is still free by equal keys, each of our lines once."""
    free_ours, free_theirs = _free(remitted, ours, found)
    own_by_key: defaultdict[Hashable, list[ServiceLineFact]] = defaultdict(list)
    for own in free_ours:
        own_by_key[key(own)].append(own)
    theirs_by_key: defaultdict[Hashable, list[RemittedLineFact]] = defaultdict(list)
    for line in free_theirs:
        theirs_by_key[key(line)].append(line)
    for value, lines in theirs_by_key.items():
        owns = own_by_key[value]
        if len(owns) == len(lines):
            how = method if len(owns) == 1 else "order"
            for line, own in zip(lines, owns, strict=True):
                found[line.id] = LineMatch(own.id, how)


def _match_unbundled(
    remitted: Sequence[RemittedLineFact], ours: Sequence[ServiceLineFact], found: Matches
) -> None:
    """Several of theirs name the code of one of ours (SVC06), and their charges add up to it."""
    free_ours, free_theirs = _free(remitted, ours, found)
    for own in free_ours:
        parts = [line for line in free_theirs if line.code == own.code and line.id not in found]
        rivals = [other for other in free_ours if other.code == own.code]
        total = sum(abs(line.amount_billed) for line in parts)
        if len(parts) > 1 and len(rivals) == 1 and total == own.amount_billed:
            found.update((line.id, LineMatch(own.id, "unbundled")) for line in parts)


def _match_bundle(
    remitted: Sequence[RemittedLineFact], ours: Sequence[ServiceLineFact], found: Matches
) -> None:
    """One of theirs stands for all of ours that are left, and its charge is theirs together."""
    free_ours, free_theirs = _free(remitted, ours, found)
    billing = [line for line in free_theirs if line.amount_billed]
    if len(billing) == 1 and len(free_ours) > 1:
        line = billing[0]
        if abs(line.amount_billed) == sum(own.amount_billed for own in free_ours):
            same = [own for own in free_ours if own.code == line.code]
            found[line.id] = LineMatch((same or free_ours)[0].id, "bundle")


def _free(
    remitted: Sequence[RemittedLineFact], ours: Sequence[ServiceLineFact], found: Matches
) -> tuple[list[ServiceLineFact], list[RemittedLineFact]]:
    used = {match.service_line_id for match in found.values()}
    return (
        [own for own in ours if own.id not in used],
        [line for line in remitted if line.id not in found],
    )


class NumberedClaim(NamedTuple):
    """A claim of ours with the number the payer echoed. Charge in cents."""

    id: int
    amount_billed: int
    last_name: str
    member_id: str


def contradicts(claim: NumberedClaim, amount_billed: int, last_name: str, member_id: str) -> bool:
    """Nothing but the number agrees: neither charge nor patient. Payers do mistype numbers."""
    if abs(amount_billed) == claim.amount_billed or not (last_name or member_id):
        return False
    is_named = bool(last_name) and last_name.casefold() == claim.last_name.casefold()
    is_member = bool(member_id) and member_id == claim.member_id
    return not (is_named or is_member)


def variants(number: str) -> tuple[str, ...]:
    """How our number may read when a payer pads it with zeros or blanks, or changes its case."""
    plain = number.strip().upper()
    return tuple(dict.fromkeys((number, plain, plain.lstrip("0"))))


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
