"""Which claims of a remittance post now and into which accounts: a temporary table, for this
transaction only, that preview and posting share.

The rules decide once per situation (rank, status, coverages; payer, group, reason) and for each
claim that is not simply paid; everything else is joined. The number of statements does not depend
on the number of claims.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.backends.utils import CursorWrapper

from billing import crossover, policies
from billing.models import Remittance
from billing.rules.policy import Held
from billing.rules.posting import (
    REVERSAL,
    Obstacle,
    Payment,
    UnusualClaim,
    account_of,
    accounts_of,
    find_obstacle,
    pair_reversals,
)
from billing.treatments import Overrides
from payers.rules.treatment import treat
from rcm.money import to_cents

# Claims are joined by their key alone: the remitted claims are the practice's, the walls hold, and
# a second filter by practice misleads the planner while tables have no statistics.
PLAN = f"""
CREATE TEMPORARY TABLE staged_plan ON COMMIT DROP AS
SELECT r.id, r.position, r.claim_id, r.status_code, r.amount_billed, r.amount_paid,
       r.payer_claim_control_number, r.match_method = 'person' AS is_chosen, r.is_released,
       c.rank::text AS rank, c.payer_id, c.patient_id,
       coalesce(v.ranks, '') AS ranks, {crossover.forwarded_by_claim("r")} AS forwarded,
       c.payer_id IS DISTINCT FROM %(payer)s::bigint AS is_other_payer, NULL::bigint AS reverses_id,
       CASE r.posting_round WHEN 0 THEN '' ELSE '#' || r.posting_round END AS suffix,
       false AS waits
FROM billing_remittedclaim r
JOIN billing_claim c ON c.id = r.claim_id
LEFT JOIN LATERAL (
    SELECT string_agg(DISTINCT o.rank, '' ORDER BY o.rank) AS ranks FROM payers_coverage o
    WHERE o.patient_id = c.patient_id AND o.starts_on <= c.date_of_service
      AND (o.ends_on IS NULL OR o.ends_on >= c.date_of_service)
) v ON true
WHERE r.practice_id = %(practice)s AND r.remittance_id = %(remittance)s AND r.state = 'matched'
  -- What a person took back posts again only when a person says so.
  AND r.exception_code <> 'taken_back'
"""  # noqa: S608  constants of ours
FORWARDED_BY_LINES = f"""
UPDATE staged_plan p SET forwarded = true
FROM (SELECT DISTINCT remitted_claim_id FROM billing_remittedline l
      WHERE l.practice_id = %(practice)s AND l.remittance_id = %(remittance)s
        AND l.remitted_claim_id BETWEEN %(first_id)s AND %(last_id)s
        AND {crossover.forwarded_by_line("l")}) n
WHERE n.remitted_claim_id = p.id
"""  # noqa: S608  constants of ours
ANALYZE = "ANALYZE staged_plan"
OTHER_WAYS = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
BY_KEY = "; ".join(f"SET LOCAL {way} = off" for way in OTHER_WAYS)
BY_CHOICE = "; ".join(f"SET LOCAL {way} = on" for way in OTHER_WAYS)
UNUSUAL = """
SELECT p.id, p.claim_id, p.position, p.status_code, p.amount_billed, p.amount_paid,
       p.payer_claim_control_number, p.is_chosen, p.is_released, coalesce(l.positions, '{}'),
       d.id IS NOT NULL
FROM staged_plan p
LEFT JOIN (
    SELECT id, row_number() OVER (
        PARTITION BY claim_id, status_code, payer_claim_control_number, amount_billed, amount_paid
        ORDER BY state <> 'posted', position
    ) AS turn
    FROM billing_remittedclaim
    WHERE practice_id = %(practice)s AND remittance_id = %(remittance)s AND claim_id IS NOT NULL
      AND status_code <> '22' AND payer_claim_control_number <> ''
) d ON d.id = p.id AND d.turn > 1
LEFT JOIN (
    SELECT remitted_claim_id, array_agg(position ORDER BY position) AS positions
    FROM billing_remittedline
    WHERE practice_id = %(practice)s AND remittance_id = %(remittance)s
      AND remitted_claim_id BETWEEN %(first_id)s AND %(last_id)s
      AND service_line_id IS NULL AND amount_billed <> 0
    GROUP BY remitted_claim_id
) l ON l.remitted_claim_id = p.id
WHERE p.status_code = ANY('{22,23,25}') OR l.positions IS NOT NULL
    OR d.id IS NOT NULL
ORDER BY p.position
"""
# Payments of claims a reversal names: posted and not taken back, or about to post beside it.
PAYMENTS = """
SELECT p.id, p.claim_id, p.status_code, p.amount_billed, p.amount_paid,
       p.payer_claim_control_number, p.remittance_id = %(remittance)s
FROM billing_remittedclaim p
WHERE p.practice_id = %(practice)s AND p.claim_id = ANY(%(claims)s) AND p.state = 'posted'
  AND p.status_code NOT IN ('23', '25')
  AND NOT EXISTS (SELECT 1 FROM billing_remittedclaim t WHERE t.reverses_id = p.id)
UNION ALL
SELECT id, claim_id, status_code, amount_billed, amount_paid, payer_claim_control_number, true
FROM staged_plan
WHERE claim_id = ANY(%(claims)s) AND NOT waits AND status_code NOT IN ('22', '23', '25')
"""
# Nobody may take such a payment back meanwhile; one that is taken back by now is left out.
HOLD_PAYMENTS = """
SELECT id FROM billing_remittedclaim p
WHERE practice_id = %(practice)s AND id = ANY(%(payments)s) AND state = 'posted'
  AND NOT EXISTS (SELECT 1 FROM billing_remittedclaim t WHERE t.reverses_id = p.id)
ORDER BY id FOR UPDATE
"""
WAIT = """
UPDATE staged_plan SET waits = true WHERE id = ANY(%(ids)s)
"""
PAIR = """
UPDATE staged_plan p SET reverses_id = w.payment
FROM unnest(%(ids)s::bigint[], %(payments)s::bigint[]) AS w(id, payment) WHERE p.id = w.id
"""
# Rows of a remittance lie together: a range of ids is one short walk along an index.
RANGE = "SELECT min(id), max(id) FROM staged_plan"
SITUATIONS = "SELECT DISTINCT rank, status_code, ranks, forwarded, is_other_payer FROM staged_plan"
REASONS = """
SELECT DISTINCT p.payer_id, a."group", a.reason
FROM billing_adjustment a
JOIN staged_plan p ON p.id = a.remitted_claim_id
WHERE a.practice_id = %(practice)s AND a.remittance_id = %(remittance)s
  AND a.remitted_claim_id BETWEEN %(first_id)s AND %(last_id)s
"""
ACCOUNTS = """
CREATE TEMPORARY TABLE staged_accounts (
    rank text, status_code text, ranks text, forwarded boolean, is_other_payer boolean,
    owed text, share text
) ON COMMIT DROP
"""
TREATMENTS = """
CREATE TEMPORARY TABLE staged_treatment (
    payer_id bigint, "group" text, reason text, account text
) ON COMMIT DROP
"""
# Which account posting rules give single adjustments.
KINDS = """
CREATE TEMPORARY TABLE staged_kind (
    adjustment_id bigint PRIMARY KEY, account text
) ON COMMIT DROP
"""
DROP = "DROP TABLE IF EXISTS staged_plan, staged_accounts, staged_treatment, staged_kind"

Names = dict[str, Any]


class Plan(NamedTuple):
    """The claims that wait, and why; what the posting rules say of the others."""

    waiting: dict[int, Obstacle]
    decisions: policies.Decisions


def make_plan(db: CursorWrapper, remittance: Remittance) -> Plan:
    """Fill the staged tables; which claims wait.

    In staged_treatment an empty account means: whoever owes the claim's share.
    """
    names: Names = {
        "practice": remittance.practice_id,
        "remittance": remittance.pk,
        "payer": remittance.payer_id,
    }
    db.execute(DROP)
    # Everything is found by its key: without statistics the planner might read a whole table.
    db.execute(BY_KEY)
    db.execute(PLAN, names)
    db.execute(BY_CHOICE)
    db.execute(RANGE)
    names["first_id"], names["last_id"] = db.fetchone()
    db.execute(FORWARDED_BY_LINES, names)
    db.execute(ANALYZE)
    # One join must not compare every line of a remittance with every claim of it.
    db.execute("SET LOCAL enable_nestloop = off")
    decisions = policies.find_decisions(db, remittance)
    waiting = find_waiting(db, names, decisions.held)
    fill_accounts(db)
    fill_treatments(db, names)
    fill_kinds(db, decisions)
    db.execute("SET LOCAL enable_nestloop = on")
    return Plan(waiting, decisions)


def find_waiting(db: CursorWrapper, names: Names, held: Mapping[int, Held]) -> dict[int, Obstacle]:
    """Ask the rules about every claim that is not simply paid, and pair the reversals.

    What posting rules hold waits too, so that no reversal takes it back before it posted.
    """
    db.execute(UNUSUAL, names)
    unusual = [unusual_claim(row) for row in db.fetchall()]
    waiting = {pk: Obstacle(one.code, one.sentence, one.rule_id) for pk, one in held.items()}
    reversals = []
    for claim in unusual:
        obstacle = find_obstacle(claim)
        if obstacle is not None:
            waiting[claim.id] = obstacle
        elif claim.status_code == REVERSAL:
            reversals.append(claim)
    note_waiting(db, waiting)
    if reversals:
        claims = list({reversal.claim_id for reversal in reversals})
        db.execute(PAYMENTS, names | {"claims": claims})
        payments = hold_payments(db, names, [payment(row) for row in db.fetchall()])
        pairing = pair_reversals(reversals, payments)
        note_waiting(db, pairing.obstacles)
        waiting |= pairing.obstacles
        ids, paid = list(pairing.pairs), list(pairing.pairs.values())
        db.execute(PAIR, {"ids": ids, "payments": paid})
    return waiting


def hold_payments(db: CursorWrapper, names: Names, payments: list[Payment]) -> list[Payment]:
    """Lock the posted ones; what has been taken back since is left out."""
    ids = [row.id for row in payments]
    db.execute(HOLD_PAYMENTS, names | {"payments": ids})
    usable = {row[0] for row in db.fetchall()}
    db.execute("SELECT id FROM staged_plan WHERE id = ANY(%(payments)s)", {"payments": ids})
    usable |= {row[0] for row in db.fetchall()}
    return [row for row in payments if row.id in usable]


def note_waiting(db: CursorWrapper, ids: Iterable[int]) -> None:
    found = list(ids)
    if found:
        db.execute(WAIT, {"ids": found})


def unusual_claim(row: tuple[Any, ...]) -> UnusualClaim:
    pk, claim_id, position, status_code, billed, paid, *rest = row
    return UnusualClaim(
        pk, claim_id, position, status_code, to_cents(billed), to_cents(paid), *rest
    )


def payment(row: tuple[Any, ...]) -> Payment:
    pk, claim_id, status_code, billed, paid, *rest = row
    return Payment(pk, claim_id, status_code, to_cents(billed), to_cents(paid), *rest)


def fill_accounts(db: CursorWrapper) -> None:
    """Let the rules say, per rank, status and active coverages, who owes and who is next."""
    db.execute(SITUATIONS)
    found = db.fetchall()
    db.execute(ACCOUNTS)
    for situation in sorted(found):
        rank, status_code, ranks, forwarded, is_other = situation
        accounts = accounts_of(
            rank, status_code, ranks, has_forwarded=forwarded, is_other_payer=is_other
        )
        db.execute(
            "INSERT INTO staged_accounts VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [*situation, accounts.owed, accounts.share],
        )


def fill_kinds(db: CursorWrapper, decisions: policies.Decisions) -> None:
    """What posting rules make of single adjustments comes before their treatment."""
    db.execute(KINDS)
    if decisions.kinds:
        accounts = [account_of(kind) for kind in decisions.kinds.values()]
        db.execute(
            "INSERT INTO staged_kind SELECT * FROM unnest(%s::bigint[], %s::text[])",
            [list(decisions.kinds), accounts],
        )


def fill_treatments(db: CursorWrapper, names: Names) -> None:
    """Let the rules say, per payer, group and reason, which account an adjustment goes to."""
    db.execute(REASONS, names)
    reasons = defaultdict(list)
    for payer_id, group, reason in db.fetchall():
        reasons[payer_id].append((group, reason))
    db.execute(TREATMENTS)
    overrides = Overrides(names["practice"])
    rows: list[Any] = []
    for payer_id, found in reasons.items():
        own = overrides.of(payer_id)
        for group, reason in found:
            account = account_of(treat(group, reason, own))
            if account is not None:
                rows += [payer_id, group, reason, account]
    if rows:
        places = ", ".join(["(%s, %s, %s, %s)"] * (len(rows) // 4))
        db.execute(f"INSERT INTO staged_treatment VALUES {places}", rows)  # noqa: S608  constants
