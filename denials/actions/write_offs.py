"""Giving money up: at once up to a person's limit, above it when a second person approves.

docs/denials.md. Until then the amount stays owed by the payer and the denial says what waits.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.actions.transfers import take_back_moves
from billing.models import Account
from denials.actions.cases import require
from denials.actions.moves import move_rows, moves_of, resolve_rows, rows_in
from denials.actions.routing import record_each
from denials.models import Denial, WriteOffLimit, WriteOffLine, WriteOffRequest
from denials.rules.write_offs import OTHER, REASONS, is_above
from denials.verb_facts import Case, gather
from rcm import access, events
from rcm.errors import Refusal
from rcm.models import Practice, Role, User

State = WriteOffRequest.State


def check_reason(reason: str, note: str) -> None:
    """Raises Refusal for a reason that is none, or "other" without words."""
    if reason not in REASONS:
        message = "Choose a reason of the list."
        raise Refusal("reason_unknown", message, fields={"reason": message})
    if reason == OTHER and not note.strip():
        raise Refusal("reason_missing", "Say why it is written off.", fields={"note": "Required."})


def give_up(cases: Sequence[Case], *, by: User, reason: str, note: str) -> list[Denial]:
    """Write down what is given up or asked for; the rows whose money moves at once.

    Four statements at most.
    """
    made = WriteOffRequest.objects.bulk_create(
        WriteOffRequest(
            practice_id=case.first.practice_id,
            amount=case.amount,
            reason=reason,
            note=note.strip()[:300],
            needs_approval=is_above(case.amount, case.facts.limit),
            state=State.REQUESTED if is_above(case.amount, case.facts.limit) else State.APPROVED,
            requested_by=by,
        )
        for case in cases
    )
    pairs = list(zip(cases, made, strict=True))
    WriteOffLine.objects.bulk_create(
        WriteOffLine(
            practice_id=request.practice_id,
            request=request,
            denial=row,
            amount=row.amount,
            is_open=request.needs_approval,
        )
        for case, request in pairs
        for row in case.rows
    )
    asked = [(case, request) for case, request in pairs if request.needs_approval]
    facts = [
        (row, {"request": request.pk, "amount": str(request.amount)})
        for case, request in asked
        for row in case.rows
    ]
    record_each("denial.write_off_requested", facts, by=by)
    waiting = {request.pk for _, request in asked}
    return [row for case, request in pairs if request.pk not in waiting for row in case.rows]


def take(request: WriteOffRequest, state: str) -> tuple[WriteOffRequest, list[Denial]]:
    """Lock the denials of a request and then it. Raises Refusal 409 when somebody was first."""
    rows = Denial.objects.select_for_update(of=("self",)).filter(write_off_lines__request=request)
    denials = list(rows.select_related("claim").order_by("pk"))
    locked = WriteOffRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.state != state:
        word = locked.get_state_display().lower()
        raise Refusal("request_changed", f"Somebody was first: it is {word} now.", status=409)
    return locked, denials


def close(request: WriteOffRequest, state: str, **fields: Any) -> None:
    """A request ends; its lines wait no longer."""
    request.state = state
    for name, value in fields.items():
        setattr(request, name, value)
    request.save(update_fields=["state", *fields])
    request.lines.update(is_open=False)


@transaction.atomic
def approve(request: WriteOffRequest, *, by: User, note: str = "") -> WriteOffRequest:
    """A second person lets it go: the money moves and the denials are resolved.

    Raises Refusal 403 for the one who asked and without the right, 409 when somebody was first or
    the payer owes less by now.
    """
    locked, rows = decide(request, by)
    finish = decided(by, note)
    close(locked, State.APPROVED, **finish)
    events.record("write_off.approved", locked, by=by, amount=str(locked.amount))
    words = locked.note or REASONS[locked.reason]
    move_rows(rows, Account.WRITE_OFF, "write_off", by=by)
    resolve_rows(rows, Denial.Resolution.WRITTEN_OFF, by=by, note=words)
    return locked


@transaction.atomic
def decline(request: WriteOffRequest, *, note: str, by: User) -> WriteOffRequest:
    """A second person says no, with a reason; the denial goes on as it was."""
    if not note.strip():
        message = "Say why it is declined."
        raise Refusal("reason_missing", message, fields={"note": message})
    locked, rows = decide(request, by, is_approval=False)
    close(locked, State.DECLINED, **decided(by, note))
    tell("write_off.declined", "denial.write_off_declined", locked, rows, by)
    return locked


def decide(
    request: WriteOffRequest, by: User, *, is_approval: bool = True
) -> tuple[WriteOffRequest, list[Denial]]:
    """The locked request and its denials, if `by` may decide it."""
    locked, rows = take(request, State.REQUESTED)
    membership = access.membership_of(by, locked.practice_id)
    if membership is None or "denials.approve" not in access.CAPABILITIES[membership.role]:
        raise Refusal("not_allowed", "A manager has to decide this.", status=403)
    if locked.requested_by_id == by.pk:
        raise Refusal(
            "own_request", "You asked for it yourself: another manager has to decide.", status=403
        )
    moved_on = next((row for row in rows if row.state not in ("open", "pended")), None)
    if is_approval and moved_on is not None:
        word = moved_on.get_state_display().lower()
        raise Refusal(
            "denial_already_worked", f"Somebody was first: this denial is {word} now.", status=409
        )
    return locked, rows


def decided(by: User, note: str) -> dict[str, Any]:
    return {
        "decided_by": by,
        "decided_at": timezone.now(),
        "decision_note": note.strip()[:300],
    }


def tell(
    name: str, of_denial: str, request: WriteOffRequest, rows: Sequence[Denial], by: User | None
) -> None:
    """On the request, and on each of its denials."""
    events.record(name, request, by=by, amount=str(request.amount))
    record_each(of_denial, [(row, {"request": request.pk}) for row in rows], by=by)


@transaction.atomic
def withdraw(request: WriteOffRequest, *, by: User) -> WriteOffRequest:
    """Undo of a request: by the one who asked, or somebody who may approve."""
    locked, rows = take(request, State.REQUESTED)
    membership = access.membership_of(by, locked.practice_id)
    may_approve = membership and "denials.approve" in access.CAPABILITIES[membership.role]
    if locked.requested_by_id != by.pk and not may_approve:
        raise Refusal("not_yours", f"{locked.requested_by} asked for it.", status=403)
    close(locked, State.WITHDRAWN)
    tell("write_off.withdrawn", "denial.write_off_withdrawn", locked, rows, by)
    return locked


def lapse(denials: Collection[Denial]) -> int:
    """Requests of locked denials that ended otherwise wait for nobody; how many."""
    lines = WriteOffLine.objects.filter(denial__in=[row.pk for row in denials], is_open=True)
    requests = list(
        WriteOffRequest.objects.select_for_update(of=("self",))
        .filter(pk__in=lines.values("request"), state=State.REQUESTED)
        .order_by("pk")
    )
    for_all = WriteOffRequest.objects.filter(pk__in=[each.pk for each in requests])
    if requests:
        for_all.update(state=State.LAPSED)
        WriteOffLine.objects.filter(request__in=requests).update(is_open=False)
        facts: list[events.Fact] = [(each.pk, None, {}) for each in requests]
        practice_id = requests[0].practice_id
        events.record_each("write_off.lapsed", WriteOffRequest, practice_id, facts, by=None)
    return len(requests)


@transaction.atomic
def take_back(denial: Denial, *, by: User) -> Decimal:
    """Undo of a write-off or of billing the patient: the money moves back; how much.

    The denial is open again. Raises Refusal 409 when there is nothing to take back.
    """
    [case] = gather(denial.practice, [denial.pk], verb="take-back", by=by, is_locked=True)
    require(case, "take-back")
    rows = case.rows
    if case.first.resolution == Denial.Resolution.WRITTEN_OFF:
        rows = rows_of_request(case)
    take_back_rows(rows, by=by)
    return sum((row.amount for row in rows), Decimal(0))


def rows_of_request(case: Case) -> list[Denial]:
    """The rows of a case that were given up with its first one; all where nothing was kept."""
    lines = WriteOffLine.objects.filter(request__state=State.APPROVED)
    request = lines.filter(denial=case.first).order_by("-pk").values("request")[:1]
    together = set(lines.filter(request__in=request).values_list("denial_id", flat=True))
    return [row for row in case.rows if row.pk in together] or case.rows


def take_back_rows(rows: Sequence[Denial], *, by: User) -> None:
    """Move the money of locked, resolved rows back; they are open again."""
    practice_id = rows[0].practice_id
    origins = {f"denial:{row.pk}:" for row in rows}
    claims = {row.claim_id for row in rows}
    found = [
        pk
        for verb in ("write_off", "patient")
        for pk, origin in moves_of(practice_id, claims, verb)
        .filter(reversed_by=None)
        .values_list("pk", "origin")
        if ":".join(origin.split(":")[:2]) + ":" in origins
    ]
    take_back_moves(practice_id, found, by=by)
    lines = WriteOffLine.objects.filter(denial__in=[row.pk for row in rows])
    WriteOffRequest.objects.filter(pk__in=lines.values("request"), state=State.APPROVED).update(
        state=State.UNDONE
    )
    rows_in(rows).update(
        state=Denial.State.OPEN,
        resolution="",
        resolution_note="",
        resolved_at=None,
        resolved_by=None,
        pended_until=None,
    )
    record_each("denial.taken_back", [(row, {"resolution": row.resolution}) for row in rows], by=by)


@transaction.atomic
def set_limit(practice: Practice, role: str, amount: Decimal | None, *, by: User) -> WriteOffLimit:
    """What a role may write off alone from now on; None is any amount.

    Raises Refusal for a role that does not work on denials, and for an amount below zero.
    """
    if role not in access.roles_with("denials.work"):
        message = "This role does not work on denials."
        raise Refusal("role_wrong", message, fields={"role": message})
    if amount is not None and amount < 0:
        message = "A limit is not below zero."
        raise Refusal("amount_wrong", message, fields={"amount": message})
    row, _ = WriteOffLimit.objects.update_or_create(
        practice=practice, role=Role(role), defaults={"amount": amount}
    )
    said = None if amount is None else str(amount)
    events.record("write_off_limit.set", row, by=by, role=role, amount=said)
    return row
