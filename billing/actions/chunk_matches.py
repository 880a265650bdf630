"""Matches claims while they are recorded, so that no row has to be changed afterwards."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.backends.utils import CursorWrapper

from billing.actions.claim_matches import Answer, Asked, find_claims
from billing.actions.line_matches import find_lines, line_numbers
from billing.rules.matching import LineMatch, Matches, RemittedLineFact
from rcm.x12.remittance_835 import Party, RemittedClaim, RemittedLine

NOBODY = Party("", "", "", "", "", "", "", "")


class ChunkMatch(NamedTuple):
    """What was found for a chunk; claims and lines by the keys they are recorded under."""

    claims: Answer
    lines: Matches


def people_of(claim: RemittedClaim) -> tuple[Party, Party]:
    """The patient (NM1*QC) and the subscriber (NM1*IL), NOBODY where there is none."""
    patient = subscriber = NOBODY
    for party in claim.parties:
        if party.entity == "QC":
            patient = party
        elif party.entity == "IL":
            subscriber = party
    return patient, subscriber


def ask(key: int, claim: RemittedClaim) -> Asked:
    """What matching needs to know of a claim just read."""
    patient, subscriber = people_of(claim)
    served_on = next((line.date_of_service for line in claim.lines if line.date_of_service), None)
    if served_on is None:
        served_on = next((day.on for day in claim.dates if day.qualifier == "232"), None)
    return Asked(
        key,
        claim.patient_control_number,
        claim.payer_claim_control_number,
        patient.last_name,
        patient.first_name,
        subscriber.identifier or patient.identifier,
        claim.amount_billed,
        served_on,
    )


def line_fact(key: int, line: RemittedLine) -> RemittedLineFact:
    """SVC06, the code we submitted, counts before SVC01 when the payer restated it."""
    is_restated = bool(line.submitted_code)
    return RemittedLineFact(
        key,
        line.line_control_number,
        line.submitted_code if is_restated else line.procedure_code,
        line.submitted_modifiers if is_restated else line.modifiers,
        line.amount_billed,
        line.date_of_service,
    )


def match_chunk(
    db: CursorWrapper,
    practice_id: int,
    payer_id: int | None,
    claims: Sequence[RemittedClaim],
    claim_ids: Sequence[int],
    line_ids: Sequence[int],
) -> ChunkMatch:
    """Find the claims and lines of a chunk. `line_ids` run through the lines of all claims.

    Nearly every line echoes our number (REF*6R); only where one does not, the rules are asked.
    """
    asked = [ask(key, claim) for key, claim in zip(claim_ids, claims, strict=True)]
    answer = find_claims(db, practice_id, payer_id, asked)
    numbers = line_numbers(db, {found.claim_id for found in answer.found.values()})
    lines: Matches = {}
    unclear: dict[int, tuple[int, list[RemittedLineFact]]] = {}
    first = 0
    for key, claim in zip(claim_ids, claims, strict=True):
        keys = line_ids[first : first + len(claim.lines)]
        first += len(claim.lines)
        found = answer.found.get(key)
        if found is None or not keys:
            continue
        own = [numbers.get(line.line_control_number) for line in claim.lines]
        named = {line[0] for line in own if line is not None and line[1] == found.claim_id}
        if len(named) == len(keys):
            for line_key, line in zip(keys, own, strict=True):
                if line is not None:
                    lines[line_key] = LineMatch(line[0], "control_number")
        else:
            facts = [line_fact(k, line) for k, line in zip(keys, claim.lines, strict=True)]
            unclear[key] = (found.claim_id, facts)
    if unclear:
        lines |= find_lines(db, unclear)
    return ChunkMatch(answer, lines)
