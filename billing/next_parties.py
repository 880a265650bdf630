"""The next step of claims, for lists: one statement whatever their number (rules.next_party).

The statement gives the facts of each claim and, for counting and filtering, the step they lead to;
a property test holds its CASE against the pure rule.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from billing import crossover
from billing.rules.next_party import (
    PATIENT_RECEIVABLE,
    RECEIVABLES,
    NextFacts,
    Step,
    next_step,
)
from rcm.money import to_cents

RECEIVABLE_ACCOUNTS = [*RECEIVABLES.values(), PATIENT_RECEIVABLE]
# Balances; decisions no payer took back (or took its taking back back); other claims.
FACTS = """
WITH owed AS (
    SELECT claim_id,
           sum(amount) FILTER (WHERE account = 'primary_receivable') AS p,
           sum(amount) FILTER (WHERE account = 'secondary_receivable') AS s,
           sum(amount) FILTER (WHERE account = 'tertiary_receivable') AS t,
           sum(amount) FILTER (WHERE account = 'patient_receivable') AS patient
    FROM (SELECT claim_id, destination AS account, amount FROM billing_posting
          WHERE practice_id = %(practice)s AND destination = ANY(%(accounts)s) {of_claims}
          UNION ALL
          SELECT claim_id, source, -amount FROM billing_posting
          WHERE practice_id = %(practice)s AND source = ANY(%(accounts)s) {of_claims}) sides
    GROUP BY claim_id
), decided AS (
    SELECT r.claim_id, max(r.id) AS last_id,
           bool_or(r.status_code IN ('2', '20') AND m.payer_id IS DISTINCT FROM c.payer_id) AS by_s,
           bool_or(r.status_code IN ('3', '21') AND m.payer_id IS DISTINCT FROM c.payer_id) AS by_t
    FROM (SELECT id, claim_id, remittance_id, status_code FROM billing_remittedclaim x
          WHERE practice_id = %(practice)s AND state = 'posted' {of_claims}
            AND status_code NOT IN ('22', '23', '25')
            AND NOT EXISTS (
                SELECT 1 FROM billing_remittedclaim t WHERE t.reverses_id = x.id
                  AND NOT EXISTS (
                      SELECT 1 FROM billing_remittedclaim u WHERE u.reverses_id = t.id))) r
    JOIN billing_claim c ON c.id = r.claim_id
    JOIN billing_remittance m ON m.id = r.remittance_id
    GROUP BY r.claim_id
), facts AS (
    SELECT c.id, c.rank, c.date_of_service, y.short_name AS payer_name,
           coalesce(o.p, 0) AS p, coalesce(o.s, 0) AS s, coalesce(o.t, 0) AS t,
           coalesce(o.patient, 0) AS patient, d.last_id IS NOT NULL AS is_decided,
           coalesce(d.by_s, false) AS by_s, coalesce(d.by_t, false) AS by_t, m.paid_on,
           EXISTS (SELECT 1 FROM billing_remittedclaim k
                   WHERE k.claim_id = c.id AND k.state = 'posted' AND k.status_code = '22')
               AS was_reversed,
           coalesce({forwarded}, false) AS forwarded,
           coalesce((SELECT e ->> 2 FROM jsonb_array_elements(r.details -> 'parties') e
                     WHERE e ->> 0 = 'TT' LIMIT 1), '') AS forwarded_to,
           ARRAY(SELECT v.rank FROM payers_coverage v
                 WHERE v.patient_id = c.patient_id AND v.id <> c.coverage_id
                   AND v.starts_on <= c.date_of_service
                   AND (v.ends_on IS NULL OR v.ends_on >= c.date_of_service)) AS later_ranks,
           coalesce((SELECT jsonb_object_agg(rank, is_answered) FROM (
               SELECT x.rank, bool_or(x.adjudicated_at IS NOT NULL) AS is_answered
               FROM billing_claim x
               WHERE x.encounter_id = c.encounter_id AND x.rank <> c.rank
                 AND x.part = c.part AND x.status <> 'voided'
               GROUP BY x.rank) others), '{{}}'::jsonb) AS later_claims,
           EXISTS (SELECT 1 FROM billing_claim b
                   WHERE b.replaces_id = c.id AND b.status <> 'voided') AS is_replaced
    FROM billing_claim c
    JOIN payers_payer y ON y.id = c.payer_id
    LEFT JOIN owed o ON o.claim_id = c.id
    LEFT JOIN decided d ON d.claim_id = c.id
    LEFT JOIN billing_remittedclaim r ON r.id = d.last_id
    LEFT JOIN billing_remittance m ON m.id = r.remittance_id
    WHERE c.practice_id = %(practice)s AND c.status <> 'voided' AND {which}
), answers AS (
    SELECT facts.*, rank = 'S' OR by_s AS has_s, rank = 'T' OR by_t AS has_t FROM facts
), waits AS (
    SELECT answers.*,
           CASE WHEN NOT is_decided OR is_replaced OR least(p, s, t, patient) < 0 OR p > 0
                THEN NULL
                WHEN s > 0 THEN CASE WHEN rank = 'P' AND NOT has_s THEN 'S' END
                WHEN t > 0 THEN CASE WHEN NOT has_t THEN 'T' END
                WHEN patient <= 0 THEN NULL
                WHEN rank = 'P' AND NOT has_s AND 'S' = ANY(later_ranks)
                     AND NOT coalesce((later_claims ->> 'S')::boolean, false) THEN 'S'
                WHEN NOT has_t AND 'T' = ANY(later_ranks)
                     AND NOT coalesce((later_claims ->> 'T')::boolean, false) THEN 'T'
                WHEN forwarded AND NOT has_t AND NOT coalesce((
                     later_claims ->> CASE WHEN has_s THEN 'T' ELSE 'S' END)::boolean, false)
                THEN CASE WHEN has_s THEN 'T' ELSE 'S' END
           END AS waits_for
    FROM answers
), steps AS (
    SELECT waits.*,
           CASE WHEN is_replaced THEN 'replaced'
                WHEN NOT is_decided THEN 'undecided'
                WHEN least(p, s, t, patient) < 0 THEN 'credit'
                WHEN waits_for IS NOT NULL AND later_claims ? waits_for THEN 'secondary_sent'
                WHEN waits_for IS NOT NULL AND forwarded THEN 'crossover_waiting'
                WHEN waits_for IS NOT NULL THEN 'secondary_due'
                WHEN p > 0 OR s > 0 OR t > 0 THEN 'payer_owes'
                WHEN patient > 0 THEN 'patient_share'
                ELSE 'closed' END AS code,
           CASE WHEN is_replaced OR NOT is_decided THEN p + s + t
                WHEN least(p, s, t, patient) < 0
                THEN -(least(p, 0) + least(s, 0) + least(t, 0) + least(patient, 0))
                WHEN p > 0 THEN p
                WHEN s > 0 THEN s
                WHEN t > 0 THEN t
                ELSE patient END AS amount
    FROM waits
)
"""
COLUMNS = """
SELECT id, rank, payer_name, p, s, t, patient, is_decided, by_s, by_t, paid_on, was_reversed,
       forwarded, forwarded_to, later_ranks, later_claims, is_replaced
FROM steps
"""
DECIDED = "c.adjudicated_at IS NOT NULL"
ONE_BY_ONE = "c.id = ANY(%(claims)s)"


class StepTotal(NamedTuple):
    """How many claims stand at a step, and the dollars it is about."""

    claims: int
    amount: Decimal


def step_totals(practice_id: int) -> dict[str, StepTotal]:
    """Step to its claims and dollars, of all claims a payer ever decided. One statement."""
    query = _facts() + "SELECT code, count(*), sum(amount) FROM steps GROUP BY code"  # noqa: S608  constants of ours
    rows = _run(query, practice_id)
    return {code: StepTotal(count, amount) for code, count, amount in rows}


def claims_at(practice_id: int, code: str, today: date, start: int, end: int) -> dict[int, Step]:
    """Claims of one step from `start` to `end`, oldest service first. One statement."""
    order = "WHERE code = %(code)s ORDER BY date_of_service, id LIMIT %(limit)s OFFSET %(offset)s"
    names = {"code": code, "limit": max(end - start, 0), "offset": start}
    return _steps(_run(_facts() + COLUMNS + order, practice_id, names), today)


def steps_of(practice_id: int, claim_ids: Iterable[int], today: date) -> dict[int, Step]:
    """Claim id to its next step; voided claims have none. One statement."""
    names = {"claims": list(claim_ids)}
    query = _facts(of_claims="AND claim_id = ANY(%(claims)s)", which=ONE_BY_ONE) + COLUMNS
    return _steps(_run(query, practice_id, names), today)


class StepRows(Sequence[tuple[int, Step]]):
    """The claims of one step as a sequence a Paginator can cut: (claim id, step)."""

    def __init__(self, practice_id: int, code: str, today: date, count: int) -> None:
        self._of = (practice_id, code, today)
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, cut: Any) -> Any:
        return list(claims_at(*self._of, cut.start or 0, cut.stop or self._count).items())


def _facts(*, of_claims: str = "", which: str = DECIDED) -> str:
    return FACTS.format(of_claims=of_claims, which=which, forwarded=crossover.forwarded("r"))


def _run(query: str, practice_id: int, names: dict[str, Any] | None = None) -> list[tuple]:
    with connection.cursor() as db:
        shared: dict[str, Any] = {"practice": practice_id, "accounts": RECEIVABLE_ACCOUNTS}
        db.execute(query, shared | (names or {}))
        return db.fetchall()


def _steps(rows: Iterable[tuple], today: date) -> dict[int, Step]:
    return {
        row[0]: next_step(facts, today=today, crossover_days=settings.CROSSOVER_DAYS)
        for row in rows
        for facts in [_facts_of(row)]
    }


def _facts_of(row: tuple) -> NextFacts:
    _, rank, payer_name, p, s, t, patient, is_decided, by_s, by_t, *rest = row
    paid_on, was_reversed, forwarded, forwarded_to, later_ranks, later_claims, is_replaced = rest
    accounts = zip(RECEIVABLE_ACCOUNTS, (p, s, t, patient), strict=True)
    return NextFacts(
        rank=rank,
        payer_name=payer_name,
        balances={account: to_cents(amount) for account, amount in accounts},
        is_decided=is_decided,
        answered=[rank for rank, has in (("S", by_s), ("T", by_t)) if has],
        decided_on=paid_on,
        was_reversed=was_reversed,
        forwarded=forwarded,
        forwarded_to=forwarded_to,
        later_ranks=later_ranks,
        later_claims=json.loads(later_claims),
        is_replaced=is_replaced,
    )
