"""Learns from a payer's last answers how long its silence may last."""

from django.db import connection, transaction
from django.utils import timezone

from billing.models import AnswerClock
from billing.rules.answer_clocks import CLAIMS, FORM, LOOKED_AT, PAYMENT, expected_within

# Per payer the seconds its last answers took, newest first. Batches by index batch_form_answered,
# claims by claim_by_payer.
LAST_ANSWERS = {
    FORM: """
        SELECT extract(epoch FROM b.form_answered_at - b.sent_at)::bigint
        FROM billing_batch b
        WHERE b.practice_id = p.practice_id AND b.payer_id = p.id
          AND b.form_answered_at IS NOT NULL AND b.sent_at IS NOT NULL
        ORDER BY b.sent_at DESC LIMIT %(limit)s
    """,
    CLAIMS: """
        SELECT extract(epoch FROM said.first_at - last.sent_at)::bigint
        FROM (
            SELECT b.id, b.sent_at FROM billing_batch b
            WHERE b.practice_id = p.practice_id AND b.payer_id = p.id
              AND b.form_answered_at IS NOT NULL AND b.sent_at IS NOT NULL
            ORDER BY b.sent_at DESC LIMIT %(limit)s
        ) last
        CROSS JOIN LATERAL (
            SELECT min(a.received_at) AS first_at FROM billing_claimacknowledgment a
            WHERE a.batch_id = last.id AND a.verdict <> 'received'
        ) said
        WHERE said.first_at IS NOT NULL
        ORDER BY last.sent_at DESC
    """,
    PAYMENT: """
        SELECT extract(epoch FROM c.adjudicated_at - c.accepted_at)::bigint
        FROM billing_claim c
        WHERE c.practice_id = p.practice_id AND c.payer_id = p.id AND c.status = 'adjudicated'
          AND c.adjudicated_at > c.accepted_at
        ORDER BY c.adjudicated_at DESC LIMIT %(limit)s
    """,
}


@transaction.atomic
def learn_clocks(practice_id: int) -> int:
    """Set the clock of every payer with an answer, for each step; how many were set.

    Four statements, however many payers and answers there are.
    """
    now = timezone.now()
    rows = []
    for step in LAST_ANSWERS:
        for payer_id, seconds in _last_answers(practice_id, step):
            rows.append(
                AnswerClock(
                    practice_id=practice_id,
                    payer_id=payer_id,
                    step=step,
                    expected_within=expected_within(step, seconds),
                    answers_count=len(seconds),
                    learned_at=now,
                )
            )
    AnswerClock.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["practice", "payer", "step"],
        update_fields=["expected_within", "answers_count", "learned_at"],
    )
    return len(rows)


def _last_answers(practice_id: int, step: str) -> list[tuple[int, list[int]]]:
    """Payer and the seconds of its last answers; payers that never answered are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.id, ARRAY({LAST_ANSWERS[step]}) FROM payers_payer p"  # noqa: S608  own words
            " WHERE p.practice_id = %(practice)s ORDER BY p.id",
            {"practice": practice_id, "limit": LOOKED_AT},
        )
        return [(payer_id, list(seconds)) for payer_id, seconds in cursor.fetchall() if seconds]
