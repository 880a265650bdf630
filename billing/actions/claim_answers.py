"""The claims of a 277CA, a thousand at a time: matched by our number, recorded, moved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from billing.actions.claim_status import advance_claims
from billing.models import Claim, ClaimAcknowledgment, ClaimFinding, FileProblem, InterchangeFile
from billing.rules.claim_statuses import deciding_information, describe_information
from billing.rules.findings import BLOCKING
from rcm.x12.acknowledgment_277ca import (
    ClaimAcknowledgmentStart,
    ClaimStatus,
    StatusInformation,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One statement about one claim of ours."""

    claim_id: int
    status: ClaimStatus
    information: StatusInformation
    message: str

    @property
    def is_rejection(self) -> bool:
        return self.information.action == "U"


def record_answers(
    file: InterchangeFile, start: ClaimAcknowledgmentStart, statuses: Sequence[ClaimStatus]
) -> int:
    """Record and apply up to 1,000 statements; how many were new. At most ten SQL statements."""
    statuses = _unrecorded(file, statuses)
    if not statuses:
        return 0
    claim_ids = dict(
        Claim.objects.filter(
            practice_id=file.practice_id,
            patient_control_number__in={s.patient_control_number for s in statuses},
        ).values_list("patient_control_number", "pk")
    )
    answers, unknown = [], []
    for status in statuses:
        information = deciding_information(status)
        claim_id = claim_ids.get(status.patient_control_number)
        if claim_id is None or information is None:
            unknown.append(status)
        else:
            message = describe_information(information)
            answers.append(Answer(claim_id, status, information, message))
    _note_unknown(file, unknown)
    ClaimAcknowledgment.objects.bulk_create(_row(file, start, answer) for answer in answers)
    _store_payer_numbers(file.practice_id, answers)
    _move(file, answers)
    return len(answers)


def _unrecorded(file: InterchangeFile, statuses: Sequence[ClaimStatus]) -> list[ClaimStatus]:
    """Those not recorded from this file yet; a statement's position is its segment's number."""
    positions = [status.segment_number for status in statuses]
    known = set(
        ClaimAcknowledgment.objects.filter(file=file, position__in=positions).values_list(
            "position", flat=True
        )
    )
    return [status for status in statuses if status.segment_number not in known]


def _row(
    file: InterchangeFile, start: ClaimAcknowledgmentStart, answer: Answer
) -> ClaimAcknowledgment:
    first = answer.information.statuses[0] if answer.information.statuses else None
    return ClaimAcknowledgment(
        practice_id=file.practice_id,
        claim_id=answer.claim_id,
        file=file,
        position=answer.status.segment_number,
        action=answer.information.action[:2],
        category=first.category[:3] if first else "",
        status_code=first.code[:4] if first else "",
        entity=first.entity[:3] if first else "",
        message=answer.message[:264],
        payer_claim_control_number=answer.status.payer_claim_control_number[:50],
        source_name=start.source_name[:60],
    )


def _store_payer_numbers(practice_id: int, answers: Iterable[Answer]) -> None:
    """REF*1K of accepted claims: proof of timely filing, and REF*F8 of a later replacement."""
    numbers = {
        answer.claim_id: answer.status.payer_claim_control_number[:50]
        for answer in answers
        if answer.status.payer_claim_control_number and not answer.is_rejection
    }
    if not numbers:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_claim SET payer_claim_control_number = given.number"
            " FROM unnest(%s::bigint[], %s::text[]) AS given(id, number)"
            " WHERE billing_claim.id = given.id AND billing_claim.practice_id = %s"
            # The 835 has the last word on the number (CLP07).
            " AND billing_claim.adjudicated_at IS NULL",
            [list(numbers), list(numbers.values()), practice_id],
        )


def _move(file: InterchangeFile, answers: Sequence[Answer]) -> None:
    """Accept first, then reject: the worse of two statements in one file stands."""
    rejected = {answer.claim_id: answer for answer in answers if answer.is_rejection}
    accepted = [answer.claim_id for answer in answers if not answer.is_rejection]
    practice_id = file.practice_id
    advance_claims(practice_id, accepted, Claim.Status.ACCEPTED, by=None, file=file.pk)
    moved = advance_claims(
        practice_id, list(rejected), Claim.Status.REJECTED, by=None, file=file.pk
    )
    now = timezone.now()
    ClaimFinding.objects.bulk_create(
        ClaimFinding(
            practice_id=practice_id,
            claim_id=claim_id,
            code="claim_rejected",
            severity=BLOCKING,
            message=rejected[claim_id].message[:300],
            fix="Correct it, check the claim again and send it as an original.",
            source=f"277CA {file.name}"[:100],
            found_at=now,
        )
        for claim_id in moved
    )


def _note_unknown(file: InterchangeFile, statuses: Iterable[ClaimStatus]) -> None:
    """Statements about claims we never sent: shown with the file, once each."""
    statuses = list(statuses)
    if not statuses:
        return
    known = set(
        FileProblem.objects.filter(file=file, code="unknown_claim").values_list(
            "segment_number", flat=True
        )
    )
    FileProblem.objects.bulk_create(
        FileProblem(
            practice_id=file.practice_id,
            file=file,
            code="unknown_claim",
            severity="warning",
            message="The 277CA answers a claim that is not one of ours.",
            segment_number=status.segment_number,
            byte_offset=status.byte_offset,
            loop="2200D",
            element="TRN02",
        )
        for status in statuses
        if status.segment_number not in known
    )
