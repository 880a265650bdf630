"""What verbs move in the ledger, and the end of denials, for many rows at once.

Callers hold the transaction with the denials locked.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from billing.actions.transfers import Move, move_many
from billing.models import Account, Posting
from denials.actions.appeal_decisions import end_for
from denials.actions.routing import record_each
from denials.models import Denial
from rcm.models import User


def rows_in(denials: Iterable[Denial]) -> QuerySet[Denial]:
    return Denial.objects.filter(pk__in=[row.pk for row in denials])


def move_rows(rows: Sequence[Denial], to: Account, verb: str, *, by: User) -> None:
    """Each row's amount from what the payer owes to another account."""
    if not rows:
        return
    practice_id = rows[0].practice_id
    turns = count_moves(practice_id, {row.claim_id for row in rows}, verb)
    moves = []
    for row in rows:
        turn = turns.get(row.pk, 0)
        # Moved again after it was taken back: another fact.
        origin = f"denial:{row.pk}:{verb}" + (f":{turn + 1}" if turn else "")
        moves.append(Move(row.claim_id, row.service_line_id, to, row.amount, origin))
    move_many(practice_id, moves, by=by)


def moves_of(practice_id: int, claim_ids: Collection[int], verb: str) -> QuerySet[Posting]:
    """What verbs moved on these claims, reversals apart."""
    return Posting.objects.filter(
        practice_id=practice_id,
        claim_id__in=claim_ids,
        origin__startswith="denial:",
        origin__contains=f":{verb}",
        reverses=None,
    )


def count_moves(practice_id: int, claim_ids: Collection[int], verb: str) -> dict[int, int]:
    """Denial id -> how often its amount moved so. One statement."""
    found: dict[int, int] = {}
    for origin in moves_of(practice_id, claim_ids, verb).values_list("origin", flat=True):
        denial_id = int(origin.split(":")[1])
        found[denial_id] = found.get(denial_id, 0) + 1
    return found


def resolve_rows(
    rows: Collection[Denial],
    resolution: Denial.Resolution,
    *,
    by: User | None,
    note: str = "",
    on: date | None = None,
    kept: Mapping[int, Decimal] | None = None,
) -> None:
    """Close locked denials, say how they ended, and end what is appealed of them.

    `on` is the day of the payment that ends them, `kept` what it denies again, by denial.
    """
    if not rows:
        return
    for row in rows:
        row.state, row.resolution = Denial.State.RESOLVED, resolution
    rows_in(rows).update(
        state=Denial.State.RESOLVED,
        resolution=resolution,
        resolution_note=note.strip()[:300],
        resolved_at=timezone.now(),
        resolved_by=by,
    )
    facts = [(row, {"resolution": str(resolution)}) for row in rows]
    record_each("denial.resolved", facts, by=by)
    end_for(rows, by=by, on=on, kept=kept)
