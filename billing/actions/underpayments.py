"""Lines paid below contract or custom: found every night, disputed or accepted by people."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from billing import underpaid_lines as sql
from billing.expected import expected_of
from billing.models import Claim, Underpayment
from payers.rules.treatment import PATIENT_SHARE_REASONS
from rcm import events
from rcm.errors import Refusal
from rcm.models import Event, Practice, User

FEWEST = 20
# The first look goes so far back; later ones from a day before the last.
FIRST_LOOK = timedelta(days=400)
OVERLAP = timedelta(days=1)
CHUNK = 500
# A contract is exact but for rounding; below custom has to be a dollar and 2 % at least.
LEAST_CONTRACT = Decimal("0.05")
LEAST_USUAL = Decimal("1.00")
LEAST_SHARE = Decimal("0.02")
REFRESHED = "practice.underpayments_found"

State = Underpayment.State
VERBS: dict[str, tuple[tuple[State, ...], State]] = {
    "dispute": ((State.OPEN,), State.DISPUTED),
    "acceptance": ((State.OPEN, State.DISPUTED), State.ACCEPTED),
    "reopening": ((State.DISPUTED, State.ACCEPTED), State.OPEN),
}
EVENTS = {
    State.DISPUTED: "underpayment.disputed",
    State.ACCEPTED: "underpayment.accepted",
    State.OPEN: "underpayment.reopened",
    State.RECOVERED: "underpayment.recovered",
}


def quarter_of(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def learn_usual(practice: Practice, today: date) -> None:
    """Learn this quarter and the one before anew from what is posted. Two statements."""
    since = quarter_of(quarter_of(today) - timedelta(days=1))
    with connection.cursor() as db:
        for statement in (sql.FORGET, sql.LEARN):
            db.execute(statement, {**shared(practice), "since": since, "today": today})


def shared(practice: Practice) -> dict[str, Any]:
    return {
        "practice": practice.pk,
        "shares": sorted(PATIENT_SHARE_REASONS),
        "fewest": FEWEST,
        "least_contract": LEAST_CONTRACT,
        "least_usual": LEAST_USUAL,
        "least_share": LEAST_SHARE,
    }


@transaction.atomic
def find_underpayments(practice: Practice, today: date) -> dict[str, int]:
    """Learn, then look at every answer posted since the last look: how many are below, recovered.

    Safe to repeat: one row per remitted line. The statements are constant but for those per 500
    claims of payers with a contract.
    """
    Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)
    learn_usual(practice, today)
    terms = {**shared(practice), "posted_since": last_look(practice)}
    with connection.cursor() as db:
        db.execute(sql.STAGE, terms)
        db.execute("ANALYZE answered_lines")
        db.execute(sql.STAGE_EXPECTED)
        db.execute(sql.WITH_CONTRACT, terms)
        contracted = [claim_id for (claim_id,) in db.fetchall()]
    for at in range(0, len(contracted), CHUNK):
        expect(practice, contracted[at : at + CHUNK])
    with connection.cursor() as db:
        db.execute(sql.BELOW_CONTRACT, terms)
        by_contract = db.rowcount
        db.execute(sql.BELOW_USUAL, terms)
        by_custom = db.rowcount
        db.execute(sql.RECOVERED, terms)
        recovered = [pk for (pk,) in db.fetchall()]
        db.execute("DROP TABLE answered_lines, contracted_lines")
    record(practice, State.RECOVERED, recovered, by=None)
    found = {"contract": by_contract, "usual": by_custom, "recovered": len(recovered)}
    events.record(REFRESHED, practice, by=None, **found)
    return found


def last_look(practice: Practice) -> datetime:
    """A day before the last look, so that nothing posted during it is missed."""
    last = Event.objects.filter(
        practice=practice, subject_type="practice", subject_id=practice.pk, name=REFRESHED
    ).order_by("-pk")
    moment = last.values_list("created_at", flat=True).first()
    return moment - OVERLAP if moment else timezone.now() - FIRST_LOOK


def expect(practice: Practice, claim_ids: Collection[int]) -> None:
    """Stage what the contracts say of the lines of these claims."""
    claims = list(
        Claim.objects.filter(practice=practice, pk__in=claim_ids).select_related(
            "payer", "coverage"
        )
    )
    found = [
        (claim_id, one)
        for claim_id, lines in expected_of(practice, claims).items()
        for one in lines
        if one.amount is not None
    ]
    with connection.cursor() as db:
        db.execute(
            sql.EXPECT,
            {
                "claims": [claim_id for claim_id, _ in found],
                "positions": [one.position for _, one in found],
                "amounts": [one.amount for _, one in found],
                "bases": [one.basis for _, one in found],
            },
        )


@transaction.atomic
def decide(practice: Practice, ids: Collection[int], verb: str, *, by: User, note: str = "") -> int:
    """Dispute, accept or reopen lines; how many. Three statements however many.

    Those somebody has moved meanwhile stay. Raises Refusal 409 when none is left, 422 when an
    acceptance does not say why.
    """
    before, after = VERBS[verb]
    if after == State.ACCEPTED and not note.strip():
        raise Refusal("reason_missing", "Say why it is accepted.", fields={"note": "Required."})
    waiting = Underpayment.objects.select_for_update(of=("self",)).filter(
        practice=practice, pk__in=list(ids), state__in=before
    )
    pks = list(waiting.order_by("pk").values_list("pk", flat=True))
    if not pks:
        raise Refusal("already_decided", "Somebody was first: no line is left.", status=409)
    Underpayment.objects.filter(pk__in=pks).update(
        state=after, note=note.strip()[:300], decided_by=by, decided_at=timezone.now()
    )
    record(practice, after, pks, by=by)
    return len(pks)


def record(practice: Practice, state: State, pks: Collection[int], *, by: User | None) -> None:
    facts: list[tuple[int, None, dict[str, Any]]] = [(pk, None, {}) for pk in pks]
    events.record_each(EVENTS[state], Underpayment, practice.pk, facts, by=by)
