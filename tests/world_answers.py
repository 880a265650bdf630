"""Answers to a batch, for the world of tests/world.py: kept, located, as work, and as a clock."""

from datetime import timedelta

from django.utils import timezone

from billing.models import (
    AnswerClock,
    AnswerError,
    Batch,
    BatchAnswer,
    Claim,
    InterchangeFile,
    Rejection,
)


def make_rejection(batch: Batch, claim: Claim, file: InterchangeFile, mark: str) -> Rejection:
    """The claim was refused by a 999, too, five hours ago."""
    practice = batch.practice
    answer = BatchAnswer.objects.create(
        practice=practice, batch=batch, file=file, kind="999", code="R", message=f"{mark} refused"
    )
    AnswerError.objects.create(
        practice=practice,
        answer=answer,
        claim=claim,
        position=7,
        segment="NM1",
        element=9,
        code="7",
        message=f"{mark}: id",
        value_sent=f"ID{mark}",
    )
    AnswerClock.objects.create(
        practice=practice,
        payer=batch.payer,
        step="form",
        expected_within=timedelta(hours=2),
        answers_count=12,
        learned_at=timezone.now(),
    )
    rejected_at = timezone.now() - timedelta(hours=5)
    return Rejection.objects.create(
        practice=practice,
        claim=claim,
        batch=batch,
        file=file,
        source="999",
        reason="999:NM109:7",
        label=f"{mark}: id",
        message=f"The file was rejected for its form (999): {mark}.",
        field="Policy holder, id",
        value_sent=f"ID{mark}",
        rejected_at=rejected_at,
        due_at=rejected_at + timedelta(hours=24),
    )
