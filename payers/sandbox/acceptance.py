"""May a claim enter adjudication? The 277CA verdict of payer and clearinghouse. Pure.

A rejected claim was never here: it gets no claim number and may come again as frequency 1.
Category and status codes are X12 lists 507 and 508, by number.
"""

from datetime import date

from payers.sandbox.behaviour import Payer, Rejection
from payers.sandbox.conditions import matches_any_line
from rcm.x12.acknowledgment_277ca import ClaimStatus, Status, StatusInformation
from rcm.x12.claim_837p import Claim

ACCEPTED = Status("A2", "20", "PR")
UNKNOWN_PAYER = Status("A7", "153", "PR")
BAD_MEMBER_ID = Status("A7", "164", "IL")
CHARGES_DISAGREE = Status("A7", "178")
DUPLICATE = Status("A3", "54")
ORIGINAL_MISSING = Status("A6", "464")
ORIGINAL_UNKNOWN = Status("A7", "464")


def find_rejection(claim: Claim, payer: Payer | None, received_on: date) -> Status | None:
    """Why the claim is turned away; None when it may go on."""
    if payer is None:
        return UNKNOWN_PAYER
    if not claim.subscriber.member_id:
        return BAD_MEMBER_ID
    if claim.amount_billed != sum(line.amount_billed for line in claim.lines):
        return CHARGES_DISAGREE
    if claim.frequency in ("7", "8") and not claim.payer_claim_control_number:
        return ORIGINAL_MISSING
    return _find_scripted_rejection(payer.rejections, claim, received_on)


def _find_scripted_rejection(
    rejections: tuple[Rejection, ...], claim: Claim, received_on: date
) -> Status | None:
    for rule in rejections:
        if matches_any_line(rule.when, claim, received_on):
            return Status(rule.category, rule.status, rule.entity)
    return None


def describe_claim(claim: Claim, status: Status, *, today: date, icn: str = "") -> ClaimStatus:
    """Loop 2200D for one claim: WQ with the payer's claim number, or U with the reason."""
    person = claim.patient.person if claim.patient else claim.subscriber.person
    days = [line.date_of_service for line in claim.lines]
    information = StatusInformation(
        statuses=(status,),
        effective_on=today,
        action="WQ" if icn else "U",
        amount=claim.amount_billed,
    )
    return ClaimStatus(
        patient_control_number=claim.patient_control_number,
        information=(information,),
        last_name=person.last_name,
        first_name=person.first_name,
        member_id=claim.subscriber.member_id,
        payer_claim_control_number=icn,
        date_of_service=min(days, default=None),
        date_of_service_end=max(days) if len(set(days)) > 1 else None,
    )


def find_line_fingerprints(claim: Claim) -> dict[int, str]:
    """What makes two lines the same service, by line position.

    Payer, member, patient's birth date, date of service, code and modifiers.
    """
    born = claim.patient.birth_date if claim.patient else claim.subscriber.birth_date
    return {
        line.position: "|".join(
            (
                claim.payer.payer_id,
                claim.subscriber.member_id,
                str(born),
                line.date_of_service.isoformat(),
                line.procedure_code,
                *sorted(line.modifiers),
            )
        )
        for line in claim.lines
    }
