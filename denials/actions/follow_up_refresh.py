"""The night's look at open balances: clocks, parties, owners who left, and how payers pay.

Everything is over all balances of a practice at once, in a constant number of statements.
"""

from typing import Any

from django.conf import settings
from django.db import connection, transaction

from billing.rules.answer_clocks import BOUNDS, CLAIMS, PAYMENT
from denials.practice_days import practice_today
from denials.rules.follow_up import ENOUGH, NEXT_PAYER_DAYS, UNSENT, UNSENT_DAYS
from denials.rules.local_day import ZONES
from rcm import access
from rcm.models import Membership, Practice

# The account of the claim's own rank: its first letter is that of SBR01.
IS_OWN = "upper(left(f.account, 1)) = c.rank"
# A draft may be drafted again with another day; a coverage may be entered later.
PARTIES = f"""
UPDATE denials_followup f SET payer_id = n.payer_id, provider_id = n.provider_id,
    location_id = n.location_id, date_of_service = n.date_of_service
FROM (
    SELECT f.id, e.provider_id, e.location_id, c.date_of_service,
        CASE WHEN {IS_OWN} THEN c.payer_id ELSE (
            SELECT v.payer_id FROM payers_coverage v
            WHERE v.patient_id = c.patient_id AND v.rank = upper(left(f.account, 1))
                AND v.starts_on <= c.date_of_service
                AND (v.ends_on IS NULL OR v.ends_on >= c.date_of_service)
            ORDER BY v.id LIMIT 1) END AS payer_id
    FROM denials_followup f
    JOIN billing_claim c ON c.id = f.claim_id
    JOIN coding_encounter e ON e.id = c.encounter_id
    WHERE f.practice_id = %(practice)s AND f.balance <> 0
) n
WHERE f.id = n.id AND (f.payer_id, f.provider_id, f.location_id, f.date_of_service)
    IS DISTINCT FROM (n.payer_id, n.provider_id, n.location_id, n.date_of_service)
"""  # noqa: S608  statements of our own
# denials.rules.follow_up.clock_day, for all rows.
CLOCKS = f"""
UPDATE denials_followup f SET clock_on = n.clock_on
FROM (
    SELECT f.id, CASE
        WHEN NOT {IS_OWN} THEN
            (coalesce(c.adjudicated_at, c.created_at) AT TIME ZONE %(zone)s)::date + %(next_payer)s
        WHEN c.status = ANY (%(unsent)s) THEN
            (c.created_at AT TIME ZONE %(zone)s)::date + %(unsent_days)s
        WHEN c.status = 'submitted' THEN
            (c.submitted_at AT TIME ZONE %(zone)s)::date
            + coalesce(ceil(extract(epoch FROM said.expected_within) / 86400)::int, %(claims)s)
        WHEN c.status = 'accepted' THEN
            (c.accepted_at AT TIME ZONE %(zone)s)::date
            + coalesce(ceil(extract(epoch FROM paid.expected_within) / 86400)::int, %(payment)s)
        END AS clock_on
    FROM denials_followup f
    JOIN billing_claim c ON c.id = f.claim_id
    LEFT JOIN billing_answerclock said ON said.practice_id = f.practice_id
        AND said.payer_id = c.payer_id AND said.step = 'claims'
    LEFT JOIN billing_answerclock paid ON paid.practice_id = f.practice_id
        AND paid.payer_id = c.payer_id AND paid.step = 'payment'
    WHERE f.practice_id = %(practice)s AND f.balance > 0
) n
WHERE f.id = n.id AND f.clock_on IS DISTINCT FROM n.clock_on
"""  # noqa: S608  statements of our own
# Work of somebody who may not do it any more is nobody's, so that it is seen.
OWNERS = """
UPDATE denials_followup SET owner_id = NULL
WHERE practice_id = %(practice)s AND owner_id IS NOT NULL AND owner_id <> ALL (%(workers)s)
"""
PATTERNS = """
INSERT INTO denials_payerpattern AS p (practice_id, payer_id, answers, median_days, slow_days,
    paid_share, past_slow, past_slow_amount, learned_at)
SELECT %(practice)s, a.payer_id, a.answers, a.median_days, a.slow_days, a.paid_share,
    0, 0, now()
FROM (
    SELECT d.payer_id, count(*) AS answers,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY d.days) AS median_days,
        percentile_disc(0.9) WITHIN GROUP (ORDER BY d.days) AS slow_days,
        least(greatest(round(sum(d.paid) / nullif(sum(d.amount_billed), 0), 4), 0), 1)
            AS paid_share
    FROM (
        SELECT c.payer_id, c.amount_billed, greatest((c.adjudicated_at AT TIME ZONE %(zone)s)::date
                - (c.submitted_at AT TIME ZONE %(zone)s)::date, 0) AS days,
            coalesce(r.paid, 0) AS paid
        FROM billing_claim c
        LEFT JOIN (
            SELECT claim_id, sum(amount_paid) AS paid FROM billing_remittedclaim
            WHERE practice_id = %(practice)s AND state = 'posted' GROUP BY claim_id
        ) r ON r.claim_id = c.id
        WHERE c.practice_id = %(practice)s AND c.submitted_at IS NOT NULL
            AND (c.adjudicated_at AT TIME ZONE %(zone)s)::date > %(today)s - 365
    ) d
    GROUP BY d.payer_id
) a
ON CONFLICT (payer_id) DO UPDATE SET answers = EXCLUDED.answers,
    median_days = EXCLUDED.median_days, slow_days = EXCLUDED.slow_days,
    paid_share = EXCLUDED.paid_share, past_slow = 0, past_slow_amount = 0,
    learned_at = EXCLUDED.learned_at
"""
# What orders the list: cents expected by the payer's share, as far as it is known, times days.
WEIGHTS = """
UPDATE denials_followup f SET weight = n.weight
FROM (
    SELECT f.id, CASE WHEN f.balance > 0 THEN round(f.balance * 100
        * coalesce(CASE WHEN p.answers >= %(enough)s THEN p.paid_share END, 1)
        * greatest(%(today)s - f.date_of_service, 1)) ELSE 0 END AS weight
    FROM denials_followup f
    LEFT JOIN denials_payerpattern p ON p.payer_id = f.payer_id
    WHERE f.practice_id = %(practice)s AND f.balance <> 0
) n
WHERE f.id = n.id AND f.weight <> n.weight
"""
FORGOTTEN = """
DELETE FROM denials_payerpattern WHERE practice_id = %(practice)s AND learned_at < now()
"""
PAST = f"""
UPDATE denials_payerpattern p SET past_slow = n.claims, past_slow_amount = n.amount
FROM (
    SELECT f.payer_id, count(*) AS claims, sum(f.balance) AS amount
    FROM denials_followup f
    JOIN billing_claim c ON c.id = f.claim_id
    JOIN denials_payerpattern p ON p.payer_id = f.payer_id
    WHERE f.practice_id = %(practice)s AND f.balance > 0 AND {IS_OWN}
        AND c.status IN ('submitted', 'accepted') AND p.answers >= %(enough)s
        AND (c.submitted_at AT TIME ZONE %(zone)s)::date + p.slow_days::int < %(today)s
    GROUP BY f.payer_id
) n
WHERE p.practice_id = %(practice)s AND p.payer_id = n.payer_id
"""  # noqa: S608  statements of our own
STEPS = {
    **{"parties": PARTIES, "clocks": CLOCKS, "owners": OWNERS},
    **{"patterns": PATTERNS, "forgotten": FORGOTTEN, "past": PAST, "weights": WEIGHTS},
}


@transaction.atomic
def refresh(practice: Practice) -> dict[str, int]:
    """Set clocks and parties right, take work from those who left, learn how payers pay, and order.

    Step -> rows written. Safe to repeat. Eight statements.
    """
    told = told_of(practice)
    with connection.cursor() as db:
        written = {}
        for name, statement in STEPS.items():
            db.execute(statement, told)
            written[name] = db.rowcount
    return written


def told_of(practice: Practice) -> dict[str, Any]:
    """What the statements are told of a practice, its own day and zone among it."""
    members = Membership.objects.filter(
        practice=practice, role__in=access.roles_with("denials.work")
    )
    return {
        "practice": practice.pk,
        "today": practice_today(practice),
        "zone": zone.key if (zone := ZONES.get(practice.state)) else settings.TIME_ZONE,
        "workers": list(members.values_list("user_id", flat=True)),
        "unsent": sorted(UNSENT),
        "unsent_days": UNSENT_DAYS,
        "next_payer": NEXT_PAYER_DAYS,
        "claims": days_of(CLAIMS),
        "payment": days_of(PAYMENT),
        "enough": ENOUGH,
    }


def days_of(step: str) -> int:
    """Whole days of a step's default, begun ones counted."""
    return -(-int(BOUNDS[step].default.total_seconds()) // 86400)
