"""Splits a claim that is larger than its guide allows into several, nothing lost.

Professional: 50 lines and 12 diagnoses (TR3 X222, loop 2400 and HI); institutional: 999 lines, a
principal and 24 other diagnoses (X223). Each part is a claim of its own: its lines are renumbered,
its amount is the sum of its lines, its number has a suffix. What other payers made of a line stays
with the line; what they said of the whole claim stays with the first part, and every part balances
(TR3 1.4.4: CLM02 = AMT*D + CAS of 2320 + CAS of 2430). Amounts are cents.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from rcm.x12.claim_837 import LineAdjudication
from rcm.x12.claim_837i import InstitutionalClaim, RevenueLine
from rcm.x12.claim_837p import Claim, ServiceLine
from rcm.x12.split_other_payers import divide_other_payers

PROFESSIONAL_LINES = 50
PROFESSIONAL_DIAGNOSES = 12
INSTITUTIONAL_LINES = 999
OTHER_DIAGNOSES = 24
LONGEST_NUMBER = 20  # CLM01 a payer has to give back (TR3 2300 CLM01 note)
ORIGINAL = "1"

Kind = TypeVar("Kind", Claim, InstitutionalClaim)
Line = TypeVar("Line", ServiceLine, RevenueLine)


@dataclass(frozen=True, slots=True)
class SplitClaim(Generic[Kind]):
    """Part `part` of `of`, counted from 1. A claim that need not be split is part 1 of 1."""

    part: int
    of: int
    claim: Kind


def split_professional(claim: Claim) -> tuple[SplitClaim[Claim], ...]:
    """The claim in parts of at most 50 lines and 12 diagnoses, pointers renumbered.

    Lines stay in their order. Where all diagnoses fit, each part repeats them; otherwise a part has
    those its lines point at, and those no line points at go where there is room. Raises ValueError
    with the reason when the claim cannot be split.
    """
    few = len(claim.diagnoses) <= PROFESSIONAL_DIAGNOSES
    if few and len(claim.lines) <= PROFESSIONAL_LINES:
        return (SplitClaim(1, 1, claim),)
    check_claim(claim)
    rare = claim.rare
    if rare and ((rare.contract and rare.contract.amount is not None) or rare.repricing):
        raise ValueError("A contract or repricing amount of the whole claim cannot be divided.")
    chunks = chunk_by_diagnoses(claim)
    whole = list(range(1, len(claim.diagnoses) + 1))
    kept = [whole for _ in chunks] if few else choose_diagnoses(claim, chunks)
    groups = renumber(chunks)
    payers = divide_other_payers(claim.other_payers, groups)
    paid = divide_amount(claim.amount_paid_by_patient, [total(lines) for lines in groups])
    parts = []
    for index, lines in enumerate(groups):
        places = {old: new for new, old in enumerate(kept[index], 1)}
        parts.append(
            replace(
                claim,
                patient_control_number=number_part(claim.patient_control_number, index + 1),
                amount_billed=total(lines),
                diagnoses=tuple(claim.diagnoses[old - 1] for old in kept[index]),
                lines=tuple(
                    replace(line, pointers=tuple(places[old] for old in line.pointers))
                    for line in lines
                ),
                amount_paid_by_patient=paid[index],
                other_payers=payers[index],
            )
        )
    return link(parts)


def split_institutional(claim: InstitutionalClaim) -> tuple[SplitClaim[InstitutionalClaim], ...]:
    """The claim in parts of at most 999 lines and a principal and 24 other diagnoses.

    Every part has the principal diagnosis; value codes and the amount due from the patient stay
    with the first. Raises ValueError with the reason when the claim cannot be split, such as a stay
    that is paid by its DRG.
    """
    others = claim.other_diagnoses
    count = max(-(-len(claim.lines) // INSTITUTIONAL_LINES), -(-len(others) // OTHER_DIAGNOSES), 1)
    if count == 1:
        return (SplitClaim(1, 1, claim),)
    check_claim(claim)
    if claim.drg:
        raise ValueError("A stay paid by its DRG is one claim and cannot be split.")
    if (claim.contract and claim.contract.amount is not None) or claim.repricing:
        raise ValueError("A contract or repricing amount of the whole claim cannot be divided.")
    if len(claim.lines) < count:
        raise ValueError(f"There are not lines enough for {count} claims.")
    size, left = divmod(len(claim.lines), count)
    ends = [size * number + min(number, left) for number in range(count + 1)]
    groups = renumber([list(claim.lines[a:b]) for a, b in zip(ends, ends[1:], strict=False)])
    payers = divide_other_payers(claim.other_payers, groups)
    parts = [
        replace(
            claim,
            patient_control_number=number_part(claim.patient_control_number, index + 1),
            amount_billed=total(lines),
            lines=tuple(lines),
            other_diagnoses=others[index * OTHER_DIAGNOSES : (index + 1) * OTHER_DIAGNOSES],
            value_codes=() if index else claim.value_codes,
            amount_due_from_patient=None if index else claim.amount_due_from_patient,
            other_payers=payers[index],
        )
        for index, lines in enumerate(groups)
    ]
    return link(parts)


def check_claim(claim: Claim | InstitutionalClaim) -> None:
    """Raise ValueError for a claim that must not be split, whatever its size."""
    if claim.frequency != ORIGINAL:
        raise ValueError("A claim that replaces or voids another cannot be split.")
    if total(claim.lines) != claim.amount_billed:
        raise ValueError("The lines do not add up to the amount billed.")


def total(lines: Sequence[ServiceLine] | Sequence[RevenueLine]) -> int:
    return sum(line.amount_billed for line in lines)


def number_part(number: str, part: int) -> str:
    """The claim number with the part's suffix."""
    numbered = f"{number}-{part}"
    if len(numbered) > LONGEST_NUMBER:
        raise ValueError(
            f"The claim number has no room for a suffix ({LONGEST_NUMBER} characters)."
        )
    return numbered


def link(claims: list[Kind]) -> tuple[SplitClaim[Kind], ...]:
    return tuple(SplitClaim(part, len(claims), claim) for part, claim in enumerate(claims, 1))


def chunk_by_diagnoses(claim: Claim) -> list[list[ServiceLine]]:
    """Lines in their order, as many in a part as its diagnoses allow."""
    known = len(claim.diagnoses)
    chunks: list[list[ServiceLine]] = []
    used: set[int] = set()
    for line in claim.lines:
        own = set(line.pointers)
        if not own <= set(range(1, known + 1)):
            raise ValueError(f"Line {line.position} points at a diagnosis that is not there.")
        if len(own) > PROFESSIONAL_DIAGNOSES:
            most = PROFESSIONAL_DIAGNOSES
            raise ValueError(f"Line {line.position} points at more than {most} diagnoses.")
        is_full = not chunks or len(chunks[-1]) == PROFESSIONAL_LINES
        if known > PROFESSIONAL_DIAGNOSES and len(used | own) > PROFESSIONAL_DIAGNOSES:
            is_full = True
        if is_full:
            chunks.append([])
            used = set()
        chunks[-1].append(line)
        used |= own
    if known > PROFESSIONAL_DIAGNOSES:
        make_room(chunks, known)
    return chunks


def pointed_at(lines: Sequence[ServiceLine]) -> set[int]:
    return {pointer for line in lines for pointer in line.pointers}


def make_room(chunks: list[list[ServiceLine]], known: int) -> None:
    """Halve parts until the diagnoses no line points at have room somewhere."""
    unused = known - len(pointed_at([line for lines in chunks for line in lines]))
    while sum(PROFESSIONAL_DIAGNOSES - len(pointed_at(lines)) for lines in chunks) < unused:
        longest = max(range(len(chunks)), key=lambda index: len(chunks[index]))
        lines = chunks[longest]
        if len(lines) < 2:
            raise ValueError("There are more diagnoses than the lines can be divided among.")
        half = len(lines) // 2
        chunks[longest : longest + 1] = [lines[:half], lines[half:]]


def choose_diagnoses(claim: Claim, chunks: list[list[ServiceLine]]) -> list[list[int]]:
    """Per part the positions of its diagnoses, in the order of the whole claim."""
    kept = [pointed_at(lines) for lines in chunks]
    unused = [
        position
        for position in range(1, len(claim.diagnoses) + 1)
        if not any(position in positions for positions in kept)
    ]
    for positions in kept:
        room = PROFESSIONAL_DIAGNOSES - len(positions)
        positions.update(unused[:room])
        unused = unused[room:]
    return [sorted(positions) for positions in kept]


def renumber(chunks: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Positions from 1 in each part, and in SVD06 with them."""
    groups: list[list[Line]] = []
    for lines in chunks:
        places = {line.position: position for position, line in enumerate(lines, 1)}
        group: list[Line] = []
        for position, line in enumerate(lines, 1):
            told = tuple(_rebundle(each, line.position, places) for each in line.adjudications)
            group.append(replace(line, position=position, adjudications=told))
        groups.append(group)
    return groups


def _rebundle(told: LineAdjudication, position: int, places: dict[int, int]) -> LineAdjudication:
    if told.bundled_into is None:
        return told
    if told.bundled_into not in places:
        message = f"Line {position} was bundled into line {told.bundled_into} of another part."
        raise ValueError(message)
    return replace(told, bundled_into=places[told.bundled_into])


def divide_amount(amount: int | None, most: Sequence[int]) -> list[int | None]:
    """An amount over parts, none more than its `most`; what is beyond all stays with the first."""
    if amount is None:
        return [None for _ in most]
    left = amount
    shares: list[int | None] = []
    for limit in most:
        share = min(left, limit)
        left -= share
        shares.append(share or None)
    shares[0] = (shares[0] or 0) + left
    return shares
