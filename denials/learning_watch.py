"""What rules drafted from denials did since they are in force, month by month."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from denials.learning import RuleOfGroup
from denials.rules.drafting import FEWEST_FOR_A_RATE
from denials.rules.earning import QUIET_DAYS, Lately

# A finding still open on a sent claim: the claim went out in spite of it.
MONTHS = """
WITH fired AS (
    SELECT f.code, f.claim_id, min(f.found_at) AS found_at,
        bool_or(f.resolved_at IS NULL) AS stands
    FROM billing_claimfinding f
    WHERE f.practice_id = %(practice)s AND f.code = ANY(%(codes)s)
    GROUP BY f.code, f.claim_id
)
SELECT f.code, date_trunc('month', f.found_at)::date AS month,
    count(*),
    count(*) FILTER (WHERE f.code = ANY(c.overridden_codes)),
    count(*) FILTER (WHERE f.stands AND c.submitted_at IS NOT NULL),
    count(*) FILTER (WHERE f.stands AND c.adjudicated_at IS NOT NULL),
    count(*) FILTER (WHERE f.stands AND d.reason IS NOT NULL),
    count(*) FILTER (WHERE f.found_at >= %(lately)s),
    count(*) FILTER (WHERE f.stands AND c.adjudicated_at >= %(lately)s),
    count(*) FILTER (WHERE f.stands AND c.adjudicated_at >= %(lately)s AND d.reason IS NOT NULL)
FROM fired f
JOIN billing_claim c ON c.id = f.claim_id
JOIN unnest(%(codes)s::text[], %(reasons)s::text[]) AS w(code, reason) ON w.code = f.code
LEFT JOIN LATERAL (
    SELECT d.reason FROM denials_denial d
    WHERE d.practice_id = %(practice)s AND d.claim_id = c.id AND d.reason = w.reason LIMIT 1
) d ON true
GROUP BY 1, 2 ORDER BY 1, 2 DESC
"""


class Month(NamedTuple):
    """Claims of one month: hit, let go by a person, sent in spite, decided of those, denied."""

    month: date
    fired: int
    overridden: int
    sent: int
    decided: int
    denied: int

    @property
    def precision(self) -> Decimal | None:
        """Denied of the decided; None below twenty."""
        if self.decided < FEWEST_FOR_A_RATE:
            return None
        return Decimal(self.denied) / self.decided


class Watched(NamedTuple):
    """The months of a rule, newest first, and its last half year."""

    months: list[Month]
    lately: Lately


def watch(practice_id: int, rules: Sequence[RuleOfGroup], today: date) -> Mapping[int, Watched]:
    """Id of the link -> what its rule did, all versions together. One statement."""
    owner = {rule.code: each for each in rules for rule in each.versions}
    codes = sorted(owner)
    terms: dict[str, Any] = {
        "practice": practice_id,
        "codes": codes,
        "reasons": [owner[code].learned.reason for code in codes],
        "lately": today - timedelta(days=QUIET_DAYS),
    }
    sums: dict[int, dict[date, list[int]]] = {each.learned.pk: {} for each in rules}
    lately = {each.learned.pk: [0, 0, 0] for each in rules}
    with connection.cursor() as db:
        db.execute(MONTHS, terms)
        for code, month, *figures in db.fetchall():
            pk = owner[code].learned.pk
            before = sums[pk].get(month, [0] * 5)
            sums[pk][month] = [a + b for a, b in zip(before, figures[:5], strict=True)]
            lately[pk] = [a + b for a, b in zip(lately[pk], figures[5:], strict=True)]
    return {
        each.learned.pk: Watched(
            [Month(month, *found) for month, found in sorted(sums[each.learned.pk].items())][::-1],
            lately_of(lately[each.learned.pk], each, today),
        )
        for each in rules
    }


def days_in_force(each: RuleOfGroup, today: date) -> int:
    """Since the first version was enabled."""
    enabled = [rule.enabled_at for rule in each.versions if rule.enabled_at]
    return (today - min(enabled).date()).days if enabled else 0


def lately_of(figures: Sequence[int], each: RuleOfGroup, today: date) -> Lately:
    fired, decided, denied = figures
    return Lately(fired, decided, denied, days_in_force(each, today))
