"""What nobody would come to by itself: open denials without a deadline, an owner or a next action.

Each count must be zero. The night looks, `check_denials` looks on demand, the dashboard shows it.
"""

from django.db import connection

# Nobody comes to a denial that waits for a coder without a task, rests without a day, or waits for
# a correction that does not exist.
GAPS = """
SELECT
    count(*) FILTER (WHERE NOT EXISTS (
        SELECT 1 FROM denials_denialdeadline x WHERE x.denial_id = d.id)),
    count(*) FILTER (WHERE d.owner_queue = '' AND d.assigned_to_id IS NULL),
    count(*) FILTER (WHERE d.state = 'with_coder' AND d.coder_task_id IS NULL
        OR d.state = 'pended' AND d.pended_until IS NULL
        OR d.state = 'resubmitted' AND d.corrected_claim_id IS NULL)
FROM denials_denial d
WHERE d.practice_id = %s AND d.state IN ('open', 'with_coder', 'pended', 'resubmitted')
"""
NAMES = ("without_deadline", "without_owner", "without_next_action")


def count_gaps(practice_id: int) -> dict[str, int]:
    """How many denials of the practice have no deadline, owner or next action. One statement."""
    with connection.cursor() as db:
        db.execute(GAPS, [practice_id])
        return dict(zip(NAMES, db.fetchone(), strict=True))
