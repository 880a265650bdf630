"""What of the receivable would pass silently: each count must be zero.

The night looks, `check_follow_ups` looks on demand.
"""

from typing import Any

from django.db import connection

from denials.models import Denial
from denials.practice_days import practice_today
from denials.rules.follow_up import LONGEST_REST
from rcm import access
from rcm.models import Membership, Practice

NAMES = ("not_as_the_ledger", "with_gone_owner", "without_next_date", "resting_too_long")
# The moves of each claim and account beside what is kept of them.
UNEQUAL = """
SELECT count(*) FROM (
    SELECT claim_id, account, sum(amount) AS balance FROM (
        SELECT claim_id, destination AS account, amount FROM billing_posting
        WHERE practice_id = %(practice)s
        UNION ALL
        SELECT claim_id, source, -amount FROM billing_posting WHERE practice_id = %(practice)s
    ) sides
    WHERE claim_id IS NOT NULL AND account IN
        ('primary_receivable', 'secondary_receivable', 'tertiary_receivable')
    GROUP BY claim_id, account
) m
FULL JOIN (
    SELECT claim_id, account, balance FROM denials_followup WHERE practice_id = %(practice)s
) f ON f.claim_id = m.claim_id AND f.account = m.account
WHERE coalesce(m.balance, 0) <> coalesce(f.balance, 0)
"""
# Without an owner it stands under Unassigned, without a date it is due: what is neither is lost.
SILENT = """
SELECT
    count(*) FILTER (WHERE owner_id IS NOT NULL AND owner_id <> ALL (%(workers)s)),
    count(*) FILTER (WHERE due_on > %(today)s
        AND next_on IS NULL AND promised_on IS NULL AND clock_on IS NULL),
    count(*) FILTER (WHERE due_on > %(today)s + %(longest)s)
FROM denials_followup f
WHERE practice_id = %(practice)s AND balance > 0 AND NOT EXISTS (
    SELECT 1 FROM denials_denial d
    WHERE d.claim_id = f.claim_id AND d.state = ANY (%(undecided)s))
"""


def count_gaps(practice: Practice) -> dict[str, int]:
    """How many balances differ from the ledger, or would come back to nobody. Three statements."""
    members = Membership.objects.filter(
        practice=practice, role__in=access.roles_with("denials.work")
    )
    told: dict[str, Any] = {
        "practice": practice.pk,
        "today": practice_today(practice),
        "workers": list(members.values_list("user_id", flat=True)),
        "undecided": [str(state) for state in Denial.UNDECIDED],
        # A clock may be of a claim kept for long, a rest may end after a long weekend.
        "longest": LONGEST_REST + 14,
    }
    with connection.cursor() as db:
        db.execute(UNEQUAL, told)
        found = db.fetchone()
        db.execute(SILENT, told)
        return dict(zip(NAMES, (*found, *db.fetchone()), strict=True))
