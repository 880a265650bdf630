"""Finds which claim of ours each remitted claim is: by our number, the payer's, or the person.

A thousand at a time, each by the list of its numbers: one join over everything would be left to
the planner, which on tables without statistics may compare every claim with every other.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.backends.utils import CursorWrapper

from billing.rules.matching import (
    CandidateFact,
    NumberedClaim,
    RemittedFact,
    contradicts,
    score_candidate,
    variants,
)

BY_CLAIM_NUMBER = """
SELECT c.patient_control_number, c.id, (c.amount_billed * 100)::bigint, p.last_name, v.member_id
FROM billing_claim c
JOIN rcm_patient p ON p.id = c.patient_id
LEFT JOIN payers_coverage v ON v.id = c.coverage_id
WHERE c.practice_id = %(practice)s AND c.patient_control_number = ANY(%(numbers)s)
"""
# The payer's own number decides only when it names one claim of ours.
BY_PAYER_NUMBER = """
SELECT payer_claim_control_number, min(id) FROM billing_claim
WHERE practice_id = %(practice)s AND payer_claim_control_number <> ''
  AND payer_claim_control_number = ANY(%(numbers)s)
  AND (%(payer)s::bigint IS NULL OR payer_id = %(payer)s)
GROUP BY payer_claim_control_number HAVING count(*) = 1
"""
BY_DAY_AND_CHARGE = """
SELECT DISTINCT ON (a.id, c.id) a.id, c.id, p.last_name, p.first_name, v.member_id,
       (c.amount_billed * 100)::bigint, c.date_of_service
FROM unnest(%(ids)s::bigint[], %(days)s::date[], %(amounts)s::numeric[]) AS a(id, day, amount)
JOIN billing_claim c ON c.practice_id = %(practice)s AND c.date_of_service = a.day
    AND c.amount_billed = a.amount AND c.submitted_at IS NOT NULL
JOIN rcm_patient p ON p.id = c.patient_id
LEFT JOIN payers_coverage v ON v.id = c.coverage_id
"""
NOT_FOUND = "No claim of this practice has this number."
CERTAIN = 100  # percent: patient, day and charge all agree


class Asked(NamedTuple):
    """One remitted claim as matching sees it; `id` is its key. Charge in cents."""

    id: int
    number: str
    payer_number: str
    last_name: str
    first_name: str
    member_id: str
    amount_billed: int
    served_on: date | None


class Found(NamedTuple):
    """Our claim; `method` claim_number, payer_number or person_day_charge, `score` in percent."""

    claim_id: int
    method: str
    score: int | None = None


class Answer(NamedTuple):
    """By key: the claims found, and of the others what a person should know."""

    found: dict[int, Found]
    reasons: dict[int, str]


def find_claims(
    db: CursorWrapper, practice_id: int, payer_id: int | None, asked: Sequence[Asked]
) -> Answer:
    """Look the claims up; those by our number cost one statement, the rest two more."""
    names: dict[str, Any] = {"practice": practice_id, "payer": payer_id}
    answer = Answer({}, {})
    ours = claims_by_number(db, names, asked)
    lost: list[Asked] = []
    for row in asked:
        claim = next((ours[text] for text in variants(row.number) if text in ours), None)
        if claim is None:
            lost.append(row)
        elif contradicts(claim, row.amount_billed, row.last_name, row.member_id):
            answer.reasons[row.id] = (
                "The claim with this number has another patient and another charge."
            )
            lost.append(row)
        else:
            answer.found[row.id] = Found(claim.id, "claim_number")
    if lost:
        find_by_payer_number(db, names, lost, answer)
        find_by_person(db, names, [row for row in lost if row.id not in answer.found], answer)
    for row in lost:
        if row.id not in answer.found:
            answer.reasons.setdefault(row.id, NOT_FOUND)
    return answer


def claims_by_number(
    db: CursorWrapper, names: dict[str, Any], asked: Iterable[Asked]
) -> dict[str, NumberedClaim]:
    numbers = {text for row in asked for text in variants(row.number)}
    db.execute(BY_CLAIM_NUMBER, names | {"numbers": list(numbers)})
    return {
        number: NumberedClaim(pk, cents, last_name, member_id or "")
        for number, pk, cents, last_name, member_id in db.fetchall()
    }


def find_by_payer_number(
    db: CursorWrapper, names: dict[str, Any], lost: Sequence[Asked], answer: Answer
) -> None:
    numbers = [row.payer_number for row in lost if row.payer_number]
    if numbers:
        db.execute(BY_PAYER_NUMBER, names | {"numbers": numbers})
        theirs: dict[str, int] = dict(db.fetchall())
        for row in lost:
            if row.payer_number in theirs:
                answer.found[row.id] = Found(theirs[row.payer_number], "payer_number")


def find_by_person(
    db: CursorWrapper, names: dict[str, Any], lost: Sequence[Asked], answer: Answer
) -> None:
    """Patient, day of service and charge all agree with one claim of ours, and with one only."""
    dated = [row for row in lost if row.served_on is not None]
    if not dated:
        return
    db.execute(
        BY_DAY_AND_CHARGE,
        names
        | {"ids": [row.id for row in dated], "days": [row.served_on for row in dated]}
        | {"amounts": [f"{abs(row.amount_billed)}e-2" for row in dated]},
    )
    candidates: defaultdict[int, list[CandidateFact]] = defaultdict(list)
    for key, claim_id, last, first, member, billed, day in db.fetchall():
        candidates[key].append(CandidateFact(claim_id, last, first, member or "", billed, day))
    for row in dated:
        told = RemittedFact(
            row.last_name, row.first_name, row.member_id, row.amount_billed, row.served_on
        )
        fitting = [c for c in candidates[row.id] if score_candidate(told, c) == CERTAIN]
        if len(fitting) == 1:
            answer.found[row.id] = Found(fitting[0].id, "person_day_charge", CERTAIN)
        elif fitting:
            answer.reasons[row.id] = "Several claims of this patient have this day and charge."
