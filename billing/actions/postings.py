"""Posts a remittance: the deposit, every matched claim, the provider adjustments. docs/money.md.

One transaction per remittance, so nobody sees half a check. Running it again writes only what is
new: a claim is posted by its state, and each move's `origin` is unique.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from billing.actions import policy_events, posting_moves, posting_plan
from billing.models import ProviderAdjustment, Remittance, RemittedClaim
from billing.rules.posting import Move, Obstacle, payment_moves
from billing.rules.transitions import sources
from billing.staging import collector_paused, cursor
from payers.rules.provider_adjustments import account_of
from rcm import events
from rcm.errors import Refusal
from rcm.models import User
from rcm.money import cents_text, to_cents

Report = Callable[[int], None]
INSERT_HEAD = """
INSERT INTO billing_posting (
    practice_id, remittance_id, posted_on, created_by_id, source, destination, amount, origin
)
VALUES (%(practice)s, %(remittance)s, %(today)s, %(by)s,
        %(source)s, %(destination)s, %(amount)s, %(origin)s)
"""
WAITING = """
UPDATE billing_remittedclaim r
SET exception = w.message, exception_code = w.code, held_by_rule_id = w.rule
FROM unnest(%(ids)s::bigint[], %(codes)s::text[], %(messages)s::text[], %(rules)s::bigint[])
    AS w(id, code, message, rule)
WHERE r.id = w.id AND r.practice_id = %(practice)s
"""
ADVANCE = """
UPDATE billing_claim c
SET status = 'adjudicated', adjudicated_at = coalesce(c.adjudicated_at, now()),
    payer_claim_control_number =
        coalesce(nullif(r.number, ''), c.payer_claim_control_number)
FROM (
    SELECT DISTINCT ON (claim_id) claim_id,
           CASE WHEN is_other_payer AND status_code IN ('2', '3', '20', '21') THEN ''
                ELSE payer_claim_control_number END AS number
    FROM staged_plan
    WHERE NOT waits AND status_code NOT IN ('22', '23', '25')
    ORDER BY claim_id, position DESC
) r
WHERE c.id = r.claim_id AND c.status = ANY(%(sources)s)
"""
TELL = """
INSERT INTO rcm_event (
    practice_id, name, subject_type, subject_id, patient_id, data, created_by_id
)
SELECT %(practice)s,
       CASE status_code WHEN '22' THEN 'claim.payment_reversed' ELSE 'claim.adjudicated' END,
       'claim', claim_id, patient_id,
       jsonb_build_object('remittance', %(remittance)s, 'remitted_claim', id,
                          'paid', amount_paid::text), %(by)s
FROM staged_plan WHERE NOT waits
"""
FINISH = """
UPDATE billing_remittedclaim r
SET state = 'posted', exception = '', exception_code = '', held_by_rule_id = NULL,
    reverses_id = p.reverses_id
FROM staged_plan p
WHERE p.id = r.id AND NOT p.waits AND r.practice_id = %(practice)s
"""
# Reversals of other remittances that waited for a payment this one has now posted.
WAITING_REVERSALS = """
SELECT DISTINCT w.remittance_id FROM billing_remittedclaim w
JOIN staged_plan p ON p.claim_id = w.claim_id AND NOT p.waits
WHERE w.practice_id = %(practice)s AND w.remittance_id <> %(remittance)s
  AND w.state = 'matched' AND w.exception <> ''
  AND w.exception_code = ANY('{nothing_to_reverse,reversal_differs}')
"""


class ClaimMove(NamedTuple):
    """A move and the claims it belongs to; both None for moves of the payment itself."""

    move: Move
    claim_id: int | None
    remitted_claim_id: int | None


@transaction.atomic
def post_remittance(
    remittance: Remittance, *, by: User | None = None, report: Report = lambda count: None
) -> Remittance:
    """Post everything of the remittance that can be posted and is not posted yet.

    Ends as posted, or partly posted when claims wait for a person. `report` is told how many claims
    are behind it. Raises Refusal for one that is held, replaced or not matched.
    """
    locked = Remittance.objects.select_for_update(of=("self",)).get(pk=remittance.pk)
    refuse_unready(locked)
    names = names_of(locked, by)
    with collector_paused(), cursor() as db:
        waiting, decisions = posting_plan.make_plan(db, locked)
        moves = write_head(db, locked, names)
        seen = 0
        for span, count in posting_moves.spans(db):
            moves += posting_moves.write_span(db, names, span)
            seen += count
            report(seen)
        moves += posting_moves.write_taken_back(db, names)
        db.execute(ADVANCE, names)
        db.execute(TELL, names)
        db.execute(FINISH, names)
        finished = db.rowcount
        note_waiting(db, locked, waiting)
        policy_events.record_applied(locked, decisions, waiting=waiting, by=by)
        db.execute(WAITING_REVERSALS, names)
        others = [row[0] for row in db.fetchall()]
    close(locked, by=by, moves=moves, finished=finished)
    for other in others:
        events.enqueue_on_commit("billing.tasks.post_remittance", locked.practice_id, other)
    return locked


def refuse_unready(remittance: Remittance) -> None:
    """Raises Refusal when nothing of it may reach the ledger."""
    if remittance.state == Remittance.State.HELD:
        raise Refusal("remittance_held", f"This remittance is held: {remittance.hold_message}")
    if remittance.state == Remittance.State.REPLACED:
        raise Refusal(
            "remittance_replaced", f"Remittance {remittance.replaced_by_id} has replaced this one."
        )
    if remittance.state == Remittance.State.RECORDED:
        raise Refusal("remittance_not_matched", "This remittance is not matched yet.")


def names_of(remittance: Remittance, by: User | None) -> dict[str, Any]:
    """What the statements name."""
    return {
        "practice": remittance.practice_id,
        "remittance": remittance.pk,
        "today": timezone.localdate(),
        "by": by.pk if by else None,
        "sources": [*sources("adjudicated"), "adjudicated"],
    }


def close(remittance: Remittance, *, by: User | None, moves: int, finished: int) -> None:
    """Set the state by what still waits; tell when something was posted."""
    waiting = remittance.claims.exclude(state=RemittedClaim.State.POSTED).count()
    # A claim denied in full posts without a move.
    is_new = remittance.posted_at is None or moves > 0 or finished > 0
    remittance.posted_at = remittance.posted_at or timezone.now()
    state = Remittance.State.PARTLY_POSTED if waiting else Remittance.State.POSTED
    remittance.state = state
    remittance.save(update_fields=["state", "posted_at"])
    if is_new:
        events.record("remittance.posted", remittance, by=by, moves=moves, waiting=waiting)
        events.notify("remittance.posted", remittance.practice_id, remittance.pk)


def head_moves(remittance: Remittance) -> list[Move]:
    """The deposit and the provider adjustments."""
    rows = ProviderAdjustment.objects.filter(remittance=remittance).order_by("position")
    adjustments = [
        (pk, account_of(code), to_cents(amount))
        for pk, code, amount in rows.values_list("pk", "code", "amount")
    ]
    deposit = to_cents(remittance.amount_paid - remittance.amount_elsewhere)
    suffix = f"#{remittance.posting_round}" if remittance.posting_round else ""
    return payment_moves(remittance.pk, deposit, adjustments, suffix)


def write_head(db: CursorWrapper, remittance: Remittance, names: dict[str, Any]) -> int:
    """The deposit enters once per posting; how many moves."""
    if remittance.posted_at is not None:
        return 0
    moves = head_moves(remittance)
    for move in moves:
        db.execute(
            INSERT_HEAD,
            names
            | {"source": move.source, "destination": move.destination, "origin": move.origin}
            | {"amount": cents_text(move.amount)},
        )
    return len(moves)


def note_waiting(db: CursorWrapper, remittance: Remittance, waiting: dict[int, Obstacle]) -> None:
    """Store why claims wait."""
    if waiting:
        db.execute(
            WAITING,
            {
                "ids": list(waiting),
                "codes": [obstacle.code for obstacle in waiting.values()],
                "rules": [obstacle.rule_id for obstacle in waiting.values()],
                "messages": [obstacle.message[:300] for obstacle in waiting.values()],
                "practice": remittance.practice_id,
            },
        )


@transaction.atomic
def preview(remittance: Remittance, *, limit: int = 1000) -> list[ClaimMove]:
    """The moves posting would make now, of at most `limit` claims; nothing is written."""
    remittance = Remittance.objects.get(pk=remittance.pk)
    moves: list[ClaimMove] = []
    if remittance.posted_at is None:
        moves = [ClaimMove(move, None, None) for move in head_moves(remittance)]
    with cursor() as db:
        posting_plan.make_plan(db, remittance)
        moves += planned(posting_moves.show_moves(db, remittance, limit))
    return moves


def planned(rows: Iterable[tuple[Any, ...]]) -> list[ClaimMove]:
    return [
        ClaimMove(Move(source, destination, to_cents(amount), origin, own, line), claim, remitted)
        for source, destination, amount, origin, own, line, claim, remitted in rows
    ]
