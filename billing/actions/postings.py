"""Posts a remittance: the deposit, every matched claim, the provider adjustments. docs/money.md.

One transaction per remittance, so nobody sees half a check. Running it again writes only what is
new: each move's `origin` is unique.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from billing.actions import posting_facts
from billing.actions.posting_facts import ClaimMove
from billing.models import Posting, Remittance, RemittedClaim
from billing.rules.posting import Move, claim_moves, find_obstacle, payment_moves
from billing.rules.transitions import sources
from billing.staging import NULL, StagedTable, collector_paused, cursor
from rcm import events
from rcm.errors import Refusal
from rcm.models import User
from rcm.money import cents_text

Report = Callable[[int], None]
MOVES = StagedTable(
    "posting",
    {
        "source": "varchar(22)",
        "destination": "varchar(22)",
        "amount": "numeric(12,2)",
        "origin": "varchar(80)",
        "service_line_id": "bigint",
        "remitted_line_id": "bigint",
        "claim_id": "bigint",
        "remitted_claim_id": "bigint",
    },
)
INSERT = """
INSERT INTO billing_posting (
    practice_id, remittance_id, posted_on, created_by_id, source, destination, amount, origin,
    service_line_id, remitted_line_id, claim_id, remitted_claim_id
)
SELECT %(practice)s, %(remittance)s, %(today)s, %(by)s, source, destination, amount, origin,
       service_line_id, remitted_line_id, claim_id, remitted_claim_id
FROM staged_posting
ON CONFLICT (practice_id, origin) DO NOTHING
"""
WAITING = """
UPDATE billing_remittedclaim r SET exception = w.reason
FROM unnest(%(ids)s::bigint[], %(reasons)s::text[]) AS w(id, reason)
WHERE r.id = w.id AND r.practice_id = %(practice)s
"""
# Claims are joined by their key alone: the remitted claims are the practice's, the walls hold, and
# a second filter by practice misleads the planner while tables have no statistics.
# The claims that have just posted: matched, and nothing stands in their way.
POSTING_NOW = """
remittance_id = %(remittance)s AND practice_id = %(practice)s
AND state = 'matched' AND exception = ''
"""
ADVANCE = f"""
UPDATE billing_claim c
SET status = 'adjudicated', adjudicated_at = coalesce(c.adjudicated_at, now()),
    payer_claim_control_number =
        coalesce(nullif(r.number, ''), c.payer_claim_control_number)
FROM (
    SELECT DISTINCT ON (claim_id) claim_id, payer_claim_control_number AS number
    FROM billing_remittedclaim
    WHERE {POSTING_NOW} AND status_code NOT IN ('22', '23', '25')
    ORDER BY claim_id, position DESC
) r
WHERE c.id = r.claim_id AND c.status = ANY(%(sources)s)
"""  # noqa: S608  a constant of ours
TELL = f"""
INSERT INTO rcm_event (
    practice_id, name, subject_type, subject_id, patient_id, data, created_by_id
)
SELECT r.practice_id,
       CASE r.status_code WHEN '22' THEN 'claim.payment_reversed' ELSE 'claim.adjudicated' END,
       'claim', c.id, c.patient_id,
       jsonb_build_object('remittance', r.remittance_id, 'remitted_claim', r.id,
                          'paid', r.amount_paid::text), %(by)s
FROM (SELECT * FROM billing_remittedclaim WHERE {POSTING_NOW}) r
JOIN billing_claim c ON c.id = r.claim_id
"""  # noqa: S608  a constant of ours
FINISH = f"""
UPDATE billing_remittedclaim SET state = 'posted' WHERE {POSTING_NOW}
"""  # noqa: S608  a constant of ours


@transaction.atomic
def post_remittance(
    remittance: Remittance, *, by: User | None = None, report: Report = lambda count: None
) -> Remittance:
    """Post everything of the remittance that can be posted and is not posted yet.

    Ends as posted, or partly posted when claims wait for a person. `report` is told how many claims
    are behind it. Raises Refusal for a held one.
    """
    locked = Remittance.objects.select_for_update(of=("self",)).get(pk=remittance.pk)
    if locked.state == Remittance.State.HELD:
        raise Refusal("remittance_held", f"This remittance is held: {locked.hold_message}")
    if locked.state == Remittance.State.RECORDED:
        raise Refusal("remittance_not_matched", "This remittance is not matched yet.")
    with collector_paused(), cursor() as db:
        MOVES.open(db)
        moves = post_claims(db, locked, by, report)
        moves += write_moves(db, locked, [plain(move) for move in head_moves(locked)], by)
        names: dict[str, Any] = {
            "practice": locked.practice_id,
            "remittance": locked.pk,
            "sources": [*sources("adjudicated"), "adjudicated"],
            "by": by.pk if by else None,
        }
        for statement in (ADVANCE, TELL, FINISH):
            db.execute(statement, names)
        finished = db.rowcount
    waiting = locked.claims.exclude(state=RemittedClaim.State.POSTED).count()
    # A claim denied in full posts without a move.
    is_new = locked.posted_at is None or moves > 0 or finished > 0
    locked.posted_at = locked.posted_at or timezone.now()
    locked.state = Remittance.State.PARTLY_POSTED if waiting else Remittance.State.POSTED
    locked.save(update_fields=["state", "posted_at"])
    if is_new:
        events.record("remittance.posted", locked, by=by, moves=moves, waiting=waiting)
        events.notify("remittance.posted", locked.practice_id, locked.pk)
    return locked


def head_moves(remittance: Remittance) -> list[Move]:
    """The deposit and the provider adjustments."""
    adjustments = posting_facts.provider_adjustments(remittance)
    paid = posting_facts.cents(remittance.amount_paid)
    return payment_moves(remittance.pk, paid, adjustments)


def plain(move: Move) -> ClaimMove:
    """A move of the payment itself: of no claim."""
    return ClaimMove(move, None, None)


def post_claims(db: CursorWrapper, remittance: Remittance, by: User | None, report: Report) -> int:
    """Write the moves of all matched claims, 1,000 at a time; say of the others why they wait."""
    payments = posting_facts.payments_of(db, remittance)
    overrides = posting_facts.Overrides(remittance.practice_id)
    written = seen = 0
    for claims in posting_facts.claims_of(db, remittance):
        moves: list[ClaimMove] = []
        waiting: dict[int, str] = {}
        for claim, payer_id in claims:
            obstacle = find_obstacle(claim, payments)
            if obstacle:
                waiting[claim.id] = obstacle
            else:
                found = claim_moves(claim, overrides.of(payer_id))
                moves += [ClaimMove(move, claim.claim_id, claim.id) for move in found]
        written += write_moves(db, remittance, moves, by)
        clear = [claim.id for claim, _ in claims if claim.has_waited and claim.id not in waiting]
        note_waiting(db, remittance, waiting | dict.fromkeys(clear, ""))
        seen += len(claims)
        report(seen)
    return written


def note_waiting(db: CursorWrapper, remittance: Remittance, reasons: dict[int, str]) -> None:
    """Store why claims wait, or that they no longer do."""
    if reasons:
        db.execute(
            WAITING,
            {
                "ids": list(reasons),
                "reasons": list(reasons.values()),
                "practice": remittance.practice_id,
            },
        )


def write_moves(
    db: CursorWrapper, remittance: Remittance, moves: list[ClaimMove], by: User | None
) -> int:
    """COPY and INSERT … SELECT; how many were new."""
    if not moves:
        return 0
    MOVES.fill(
        db,
        [
            f"{move.source}\t{move.destination}\t{cents_text(move.amount)}\t{move.origin}\t"
            f"{move.service_line_id or NULL}\t{move.remitted_line_id or NULL}\t"
            f"{claim_id or NULL}\t{remitted_claim_id or NULL}"
            for move, claim_id, remitted_claim_id in moves
        ],
    )
    db.execute(
        INSERT,
        {
            "practice": remittance.practice_id,
            "remittance": remittance.pk,
            "today": timezone.localdate(),
            "by": by.pk if by else None,
        },
    )
    return db.rowcount


def preview(remittance: Remittance, *, limit: int = 1000) -> list[ClaimMove]:
    """The moves posting would make now, of at most `limit` claims; nothing is written."""
    posted = set(
        Posting.objects.filter(practice_id=remittance.practice_id, remittance=remittance)
        .filter(origin__startswith="remittance:")
        .values_list("origin", flat=True)
    )
    moves = [] if posted else [plain(move) for move in head_moves(remittance)]
    with cursor() as db:
        payments = posting_facts.payments_of(db, remittance)
        overrides = posting_facts.Overrides(remittance.practice_id)
        for claims in posting_facts.claims_of(db, remittance, limit=limit):
            for claim, payer_id in claims:
                if not find_obstacle(claim, payments):
                    found = claim_moves(claim, overrides.of(payer_id))
                    moves += [ClaimMove(move, claim.claim_id, claim.id) for move in found]
            break
    return moves
