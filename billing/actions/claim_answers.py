"""The claims of a 277CA, a thousand at a time: matched by our number, recorded, moved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from billing.actions.claim_status import advance_claims
from billing.actions.rejections import (
    Cause,
    claims_still_in,
    current_batches,
    mark_contradicted,
    open_rejections,
)
from billing.models import Batch, Claim, ClaimAcknowledgment, FileProblem, InterchangeFile
from billing.rules.answer_verdicts import ACCEPTED, REJECTED, verdict_of
from billing.rules.claim_content import from_json
from billing.rules.claim_fields import field_of
from billing.rules.claim_statuses import (
    deciding_information,
    deciding_status,
    describe_information,
    describe_status,
)
from rcm.x12.acknowledgment_277ca import (
    ClaimAcknowledgmentStart,
    ClaimStatus,
    LevelStatus,
    StatusInformation,
)

# Our BHT03 is ISA13 and the number of the transaction (rcm.x12.write_837p); it comes back as the
# trace of the batch (2200B TRN02).
NUMBER_LENGTH = 9


@dataclass(frozen=True, slots=True)
class AnswerSource:
    """One 277CA: its file, its start, our batch it names (None for none), its ISA13/ST02."""

    file: InterchangeFile
    start: ClaimAcknowledgmentStart
    batch: Batch | None
    answer_number: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One statement about one claim of ours. `is_current`: about its latest sending."""

    claim_id: int
    status: ClaimStatus
    information: StatusInformation
    message: str
    verdict: str
    batch_id: int | None
    is_current: bool


def find_answered_batch(practice_id: int, trace: str) -> Batch | None:
    """The batch a 277CA names by our BHT03 or by ISA13 alone; None for anything else."""
    number = trace.strip()
    if not (number.isascii() and number.isdigit()):
        return None
    if len(number) > NUMBER_LENGTH:
        number = number[:NUMBER_LENGTH]
    return Batch.objects.filter(
        practice_id=practice_id, interchange_control_number=int(number)
    ).first()


def record_answers(source: AnswerSource, statuses: Sequence[ClaimStatus]) -> int:
    """Record and apply up to 1,000 statements; how many were new. A constant number of SQL."""
    file = source.file
    statuses = _unrecorded(file, statuses)
    if not statuses:
        return 0
    claim_ids = dict(
        Claim.objects.filter(
            practice_id=file.practice_id,
            patient_control_number__in={s.patient_control_number for s in statuses},
        ).values_list("patient_control_number", "pk")
    )
    batches = current_batches(file.practice_id, list(claim_ids.values()))
    answers, unknown = [], []
    for status in statuses:
        information = deciding_information(status)
        claim_id = claim_ids.get(status.patient_control_number)
        if claim_id is None or information is None:
            unknown.append(status)
        else:
            sendings = batches.get(claim_id, [])
            answers.append(_answer(source, claim_id, sendings, status, information))
    _note_unknown(file, unknown)
    ClaimAcknowledgment.objects.bulk_create(_row(source, answer) for answer in answers)
    _store_payer_numbers(file.practice_id, answers)
    _move(source, answers)
    return len(answers)


def _answer(
    source: AnswerSource,
    claim_id: int,
    sendings: Sequence[int],
    status: ClaimStatus,
    information: StatusInformation,
) -> Answer:
    """The statement with the sending it is about: the one it names, else the latest."""
    latest = sendings[-1] if sendings else None
    named = source.batch.pk if source.batch else None
    batch_id = named if named in sendings else latest
    return Answer(
        claim_id,
        status,
        information,
        describe_information(information),
        verdict_of(status),
        batch_id,
        is_current=batch_id == latest,
    )


def _unrecorded(file: InterchangeFile, statuses: Sequence[ClaimStatus]) -> list[ClaimStatus]:
    """Those not recorded from this file yet; a statement's position is its segment's number."""
    positions = [status.segment_number for status in statuses]
    known = set(
        ClaimAcknowledgment.objects.filter(file=file, position__in=positions).values_list(
            "position", flat=True
        )
    )
    return [status for status in statuses if status.segment_number not in known]


def _composites(information: Iterable[StatusInformation]) -> list[list[str]]:
    return [
        [status.category[:3], status.code[:4], status.entity[:3]]
        for part in information
        for status in part.statuses
    ]


def _row(source: AnswerSource, answer: Answer) -> ClaimAcknowledgment:
    first = deciding_status(answer.information)
    status = answer.status
    return ClaimAcknowledgment(
        practice_id=source.file.practice_id,
        claim_id=answer.claim_id,
        file=source.file,
        batch_id=answer.batch_id,
        position=status.segment_number,
        action=answer.information.action[:2],
        verdict=answer.verdict,
        category=first.category[:3] if first else "",
        status_code=first.code[:4] if first else "",
        entity=first.entity[:3] if first else "",
        message=answer.message[:264],
        payer_claim_control_number=status.payer_claim_control_number[:50],
        clearinghouse_number=status.clearinghouse_number[:50],
        source_name=source.start.source_name[:60],
        statuses=_composites(status.information),
        lines=[
            {"line": number[:30], "statuses": _composites(parts)} for number, parts in status.lines
        ],
        effective_on=answer.information.effective_on,
        answer_number=source.answer_number[:20],
        reference=source.start.reference[:50],
    )


def _store_payer_numbers(practice_id: int, answers: Iterable[Answer]) -> None:
    """REF*1K of accepted claims: proof of timely filing, and REF*F8 of a later replacement."""
    numbers = {
        answer.claim_id: answer.status.payer_claim_control_number[:50]
        for answer in answers
        if answer.status.payer_claim_control_number and answer.verdict != REJECTED
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


def _move(source: AnswerSource, answers: Sequence[Answer]) -> None:
    """Accept first, then reject: the worse of two statements about one sending stands."""
    current = [answer for answer in answers if answer.is_current]
    accepted = [answer.claim_id for answer in current if answer.verdict == ACCEPTED]
    rejected: dict[int, Answer] = {}
    for answer in current:
        if answer.verdict == REJECTED:
            rejected.setdefault(answer.claim_id, answer)
    practice_id, file = source.file.practice_id, source.file
    advance_claims(practice_id, accepted, Claim.Status.ACCEPTED, by=None, file=file.pk)
    if accepted and not rejected:
        mark_contradicted(practice_id, accepted)
    if not rejected:
        return
    contents = dict(Claim.objects.filter(pk__in=rejected).values_list("pk", "content"))
    causes = {
        claim_id: _cause(answer, contents.get(claim_id)) for claim_id, answer in rejected.items()
    }
    by_batch: dict[int | None, dict[int, Cause]] = {}
    for claim_id, cause in causes.items():
        by_batch.setdefault(rejected[claim_id].batch_id, {})[claim_id] = cause
    batches = Batch.objects.in_bulk([batch_id for batch_id in by_batch if batch_id])
    for batch_id, of_batch in by_batch.items():
        batch = batches.get(batch_id) if batch_id else None
        open_rejections(file, batch, of_batch, source="277", code="claim_rejected")
    if accepted:
        mark_contradicted(practice_id, accepted)


def _cause(answer: Answer, content: dict[str, object] | None) -> Cause:
    """The first composite that names a field of the claim; all of them in the message."""
    first = deciding_status(answer.information)
    if first is None:
        return Cause("277", answer.message, answer.message)
    field, value = "", ""
    if content:
        claim = from_json(content)
        found = (field_of(status, claim) for status in answer.information.statuses)
        field, value = next((pair for pair in found if pair[0]), ("", ""))
    reason = ":".join((first.category, first.code, first.entity))
    return Cause(reason, describe_status(first), answer.message, field, value)


def apply_levels(source: AnswerSource, levels: Sequence[LevelStatus]) -> None:
    """A refused file or provider without single claims sends all of them back; totals are checked.

    X214: claims below a refused 2200B or 2200C are not listed one by one.
    """
    for number, level in enumerate(levels, 1):
        _check_totals(source.file, number, level)
        if not level.is_rejected or level.listed:
            continue
        if source.batch is None:
            _note(source.file, "unknown_batch", "The 277CA refuses a batch that is not ours.", 0)
            continue
        claims = list(claims_still_in(source.batch).values())
        if level.loop == "2200C":
            of_provider = Claim.objects.filter(
                pk__in=claims, content__billing_provider__npi=level.identifier
            )
            claims = list(of_provider.values_list("pk", flat=True))
        information = next(part for part in level.information if part.action == "U")
        what = "whole file" if level.loop == "2200B" else "billing provider"
        text = f"The {what} was refused: {describe_information(information)}"
        first = information.statuses[0] if information.statuses else None
        reason = f"{level.loop}:{first.category}:{first.code}" if first else level.loop
        causes = dict.fromkeys(claims, Cause(reason, text, text))
        open_rejections(source.file, source.batch, causes, source="277", code="claim_rejected")


def _check_totals(file: InterchangeFile, number: int, level: LevelStatus) -> None:
    """A 277CA whose totals are not those of its claims may have lost some: shown with the file."""
    if level.rejected is None and level.accepted is None:
        return
    stated = (level.accepted or 0, level.rejected or 0)
    listed = (level.listed - level.listed_rejected, level.listed_rejected)
    if stated == listed or (level.is_rejected and not level.listed):
        return
    _note(
        file,
        "totals_differ",
        f"Loop {level.loop} counts {stated[0]} accepted and {stated[1]} rejected claims; "
        f"{listed[0]} and {listed[1]} are listed.",
        number,
    )


def _note(file: InterchangeFile, code: str, message: str, number: int) -> None:
    """Once per file and level, however often it is read."""
    FileProblem.objects.get_or_create(
        practice_id=file.practice_id,
        file=file,
        code=code,
        element=f"HL {number}" if number else "TRN",
        defaults={"severity": "warning", "message": message},
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
