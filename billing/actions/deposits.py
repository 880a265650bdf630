"""Matches bank lines with payments, by trace number or by a person, and undoes it. No money moves:
the ledger books what a payer says (docs/money.md), this says whether it came.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Left
from django.utils import timezone

from billing.deposit_state import lines_with_rest, open_lines, open_payments, payments_with_rest
from billing.models import BankLine, DepositMatch, Remittance
from billing.rules import deposits as rules
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User
from rcm.money import ZERO, from_cents, to_cents

LOCK_CLASS = 820  # as the trigger deposit_sums takes it


def lock_deposits(practice_id: int) -> None:
    """One matching per practice at a time, until the end of the transaction."""
    with connection.cursor() as db:
        db.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, practice_id])


@transaction.atomic
def match_deposits(practice: Practice, *, remittance: Remittance | None = None) -> int:
    """Match what trace numbers prove, of one payment or of all; how many matches were made.

    The number of statements does not grow with the lines. Repeating it adds nothing. What a person
    undid is left to persons.
    """
    lock_deposits(practice.pk)
    free_replaced(practice.pk)
    undone = DepositMatch.objects.filter(bank_line=OuterRef("pk"), undone_by__isnull=False)
    waiting = open_lines(practice.pk).filter(~Exists(undone), left__gt=0).exclude(trace_key="")
    if remittance is not None:
        key = rules.trace_key(remittance.trace_number)
        names = [key, *(key[:end] for end in range(rules.PREFIX, len(key)))]
        waiting = waiting.filter(trace_key__in=names)
    lines = [line_fact(line) for line in waiting]
    payments = [payment_fact(payment) for payment in payments_of(practice.pk, lines)]
    planned = rules.plan_matches(payments, lines)
    if planned:
        write(practice.pk, planned, method=DepositMatch.Method.TRACE)
        events.record("practice.deposits_matched", practice, by=None, matches=len(planned))
    return len(planned)


def free_replaced(practice_id: int) -> None:
    """A payment that another took the place of keeps no money: the new one gets it."""
    DepositMatch.objects.filter(
        practice_id=practice_id, remittance__state="replaced", undone_at=None
    ).update(undone_at=timezone.now())


def payments_of(practice_id: int, lines: Sequence[rules.Line]) -> list[Any]:
    """Open payments with the trace numbers of the lines, or with numbers that begin with them."""
    keys = sorted({line.trace_key for line in lines})
    if not keys:
        return []
    found = list(open_payments(practice_id).filter(trace_key__in=keys))
    named = {row.trace_key for row in found}
    beginnings: dict[int, list[str]] = {}
    for key in keys:
        if key not in named and len(key) >= rules.PREFIX:
            beginnings.setdefault(len(key), []).append(key)
    if not beginnings:
        return found
    rows = open_payments(practice_id).exclude(trace_key__in=keys)
    begins = Q()
    for length, of_length in beginnings.items():
        rows = rows.annotate(**{f"first_{length}": Left("trace_key", length)})
        begins |= Q(**{f"first_{length}__in": of_length})
    return [*found, *rows.filter(begins)]


def line_fact(line: Any) -> rules.Line:
    """A row of `lines_with_rest` for the rules."""
    return rules.Line(
        line.pk,
        line.trace_key,
        rules.payer_key(line.payer_identifier),
        to_cents(line.left),
        line.deposited_on,
        line.description,
        line.method,
    )


def payment_fact(payment: Any) -> rules.Payment:
    """A row of `payments_with_rest` for the rules."""
    return rules.Payment(
        payment.pk,
        payment.trace_key,
        rules.payer_key(payment.payer_identifier),
        to_cents(payment.left),
        payment.paid_on,
        payment.payer_name,
        payment.method,
    )


def write(
    practice_id: int, planned: Iterable[rules.Match], *, method: str, by: User | None = None
) -> list[DepositMatch]:
    rows = [
        DepositMatch(
            practice_id=practice_id,
            bank_line_id=match.line_id,
            remittance_id=match.payment_id,
            amount=from_cents(match.amount),
            method=method,
            matched_by=by,
        )
        for match in planned
    ]
    return DepositMatch.objects.bulk_create(rows, batch_size=2000)


@transaction.atomic
def match_by_person(
    practice: Practice,
    lines: QuerySet[BankLine],
    payments: QuerySet[Remittance],
    *,
    by: User,
    is_suggested: bool = False,
) -> list[DepositMatch]:
    """Put lines and payments together, as far as the smaller side reaches; the rest stays open.

    A line below zero takes back what its payment has. Raises Refusal when a side is empty, or when
    nothing of it is open any more.
    """
    lock_deposits(practice.pk)
    chosen = list(lines_with_rest(lines.filter(practice=practice)))
    paid = list(payments_with_rest(payments.filter(practice=practice)))
    if not chosen or not paid:
        raise Refusal("side_missing", "Choose a bank line and the payment it belongs to.")
    came = [line_fact(line) for line in chosen if line.left > 0]
    planned = rules.allocate([payment_fact(row) for row in paid], came)
    for line in chosen:
        if line.left < 0:
            planned += take_back(line, paid)
    if not planned:
        message = "Nothing of these is open any more: somebody matched them before."
        raise Refusal("already_matched", message, status=409)
    method = DepositMatch.Method.AMOUNT if is_suggested else DepositMatch.Method.PERSON
    rows = write(practice.pk, planned, method=method, by=by)
    for row in rows:
        record_made(row, by)
    return rows


def take_back(line: Any, paid: Sequence[Any]) -> list[rules.Match]:
    """The bank took money back: it is missing of the payments again."""
    missing = -to_cents(line.left)
    planned = []
    for payment in paid:
        part = min(missing, to_cents(payment.matched))
        if part > 0:
            planned.append(rules.Match(line.pk, payment.pk, -part))
            missing -= part
    return planned


def record_made(match: DepositMatch, by: User) -> None:
    events.record(
        "deposit_match.made",
        match,
        by=by,
        bank_line=match.bank_line_id,
        remittance=match.remittance_id,
        amount=str(match.amount),
        method=match.method,
    )


@transaction.atomic
def explain_rest(row: BankLine | Remittance, *, reason: str, by: User) -> DepositMatch:
    """What is left of a line is no payment, or of a payment will not come: a person says why.

    Raises Refusal without a reason, or when nothing is left.
    """
    if not reason.strip():
        message = "Say why."
        raise Refusal("reason_missing", message, fields={"reason": message})
    lock_deposits(row.practice_id)
    is_line = isinstance(row, BankLine)
    rows = (open_lines if is_line else open_payments)(row.practice_id)
    found: Any = rows.filter(pk=row.pk).first()
    if found is None:
        raise Refusal("already_matched", "Nothing of it is open any more.", status=409)
    match = DepositMatch.objects.create(
        practice_id=row.practice_id,
        bank_line_id=row.pk if is_line else None,
        remittance_id=None if is_line else row.pk,
        amount=found.left,
        method=DepositMatch.Method.PERSON,
        reason=reason.strip()[:200],
        matched_by=by,
    )
    record_made(match, by)
    return match


@transaction.atomic
def undo_match(match: DepositMatch, *, by: User) -> DepositMatch:
    """Undo a match and keep it in view. Raises Refusal when it is undone already, or when a return
    that was laid on the same payment must be undone first.
    """
    lock_deposits(match.practice_id)
    locked = DepositMatch.objects.select_related("remittance").get(pk=match.pk)
    if locked.undone_at is not None:
        raise Refusal("already_undone", "This match is undone already.", status=409)
    of_payment = DepositMatch.objects.filter(remittance=locked.remittance, undone_at=None)
    others = of_payment.exclude(pk=locked.pk).aggregate(total=Sum("amount"))["total"] or ZERO
    if locked.remittance is not None and others < 0:
        raise Refusal("return_first", "Undo the return of this payment first.")
    locked.undone_at = timezone.now()
    locked.undone_by = by
    locked.save(update_fields=["undone_at", "undone_by"])
    events.record("deposit_match.undone", locked, by=by, amount=str(locked.amount))
    return locked
