"""Does a scripted condition hold for a line of this claim? Pure."""

import re
from datetime import date

from payers.sandbox.behaviour import Condition
from rcm.x12.claim_837p import Claim, ServiceLine


def matches_line(
    condition: Condition,
    claim: Claim,
    line: ServiceLine,
    received_on: date,
    *,
    is_duplicate: bool = False,
) -> bool:
    """The whole condition for one line.

    `received_on` is the day the claim arrived; `is_duplicate` says that the same line was
    adjudicated on an earlier claim.
    """
    pointed = find_pointed_diagnoses(claim, line)
    others = {
        other.procedure_code
        for other in claim.lines
        if other is not line and other.date_of_service == line.date_of_service
    }
    modifiers = set(line.modifiers)
    checks = (
        not condition.procedure_codes or line.procedure_code in condition.procedure_codes,
        not condition.with_procedures or bool(others & condition.with_procedures),
        not condition.has_diagnosis or any(map(condition.has_diagnosis.has, pointed)),
        not any(map(condition.lacks_diagnosis.has, pointed)),
        not condition.has_modifiers or bool(modifiers & condition.has_modifiers),
        not modifiers & condition.lacks_modifiers,
        condition.units_over is None or line.units > condition.units_over,
        condition.days_since_service_over is None
        or (received_on - line.date_of_service).days > condition.days_since_service_over,
        is_duplicate or not condition.already_adjudicated,
    )
    return all(checks) and _matches_claim(condition, claim)


def matches_any_line(condition: Condition, claim: Claim, received_on: date) -> bool:
    """Whether the condition holds for at least one line of the claim."""
    return any(matches_line(condition, claim, line, received_on) for line in claim.lines)


def find_pointed_diagnoses(claim: Claim, line: ServiceLine) -> list[str]:
    """The diagnosis codes a line points to, primary first; a pointer to nothing is skipped."""
    return [claim.diagnoses[p - 1] for p in line.pointers if 1 <= p <= len(claim.diagnoses)]


def _matches_claim(condition: Condition, claim: Claim) -> bool:
    member_id = claim.subscriber.member_id
    number = claim.patient_control_number
    pattern = condition.member_id_not_matching
    checks = (
        not condition.member_ids or member_id in condition.member_ids,
        member_id.endswith(condition.member_id_suffix),
        not pattern or re.fullmatch(pattern, member_id) is None,
        not condition.patient_control_numbers or number in condition.patient_control_numbers,
        not condition.frequency or claim.frequency in condition.frequency,
        not (condition.lacks_authorization and claim.authorization_number),
        not (condition.rendering_provider_missing and claim.rendering_provider),
    )
    return all(checks)
