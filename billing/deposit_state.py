"""Whether a payment's money came, and which payment a bank line is: what lists show of it.

`deposit_states` is for any page that lists remittances: three statements for a whole page.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    CharField,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast, Coalesce, Greatest, Right, TruncDate
from django.utils import timezone

from billing.models import BankLine, DepositMatch, Remittance
from billing.rules import deposits as rules
from rcm.money import ZERO, to_cents

MONEY = DecimalField(max_digits=14, decimal_places=2)
# Payments of others, tests and takebacks bring no money here; of one that a person keyed as
# well the keyed one waits for it.
NOT_OURS = [
    "keyed_by_hand",
    "other_practice",
    "test_file",
    "negative_payment",
    "debit_payment",
    "foreign_currency",
]
# Rows that carry more than their columns (`matched`, `left`, `since`, `payer_key`) are typed Any.
# What the payer says it pays with this remittance, less what earlier parts of the payment brought.
EXPECTED = F("amount_paid") - F("amount_elsewhere")
LABELS = {
    "not_needed": "No money due",
    "waiting": "Waiting",
    "overdue": "Overdue",
    "differs": "Differs",
    "partly": "Partly",
    "matched": "Matched",
}


@dataclass(frozen=True)
class DepositState:
    """`difference` is what came less what the payer said, of all money under the trace number."""

    state: str
    expected: Decimal
    deposited: Decimal
    due_on: date
    difference: Decimal = ZERO

    @property
    def label(self) -> str:
        return LABELS[self.state]


def active_sum(side: str) -> Coalesce:
    """What stands matched of a row; `side` is the column of DepositMatch that names it."""
    of_one = DepositMatch.objects.filter(**{side: OuterRef("pk")}, undone_at=None)
    total = of_one.order_by().values(side).annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total, output_field=MONEY), Value(ZERO), output_field=MONEY)


def left_of(amount: F | CombinedExpression) -> ExpressionWrapper:
    return ExpressionWrapper(amount - F("matched"), output_field=MONEY)


def lines_with_rest(lines: QuerySet[BankLine]) -> QuerySet[Any]:
    """Bank lines with `matched` and what is left of them."""
    rows = lines.annotate(matched=active_sum("bank_line"))
    return rows.annotate(left=left_of(F("amount")), payer_key=Right("payer_identifier", 9))


def payments(remittances: QuerySet[Remittance]) -> QuerySet[Any]:
    """Those that bring this practice money, with the key of their payer."""
    rows = remittances.exclude(Q(hold_code__in=NOT_OURS) | Q(state="replaced"))
    rows = rows.filter(amount_paid__gt=F("amount_elsewhere"))
    return rows.annotate(payer_key=Right("payer_identifier", 9))


def payments_with_rest(remittances: QuerySet[Remittance]) -> QuerySet[Any]:
    """Payments with `matched`, what is left of them, and since when money is expected."""
    rows = payments(remittances).annotate(matched=active_sum("remittance"))
    since = Greatest("paid_on", TruncDate("recorded_at"))
    return rows.annotate(left=left_of(EXPECTED), since=since)


def open_lines(practice_id: int) -> QuerySet[Any]:
    rows = lines_with_rest(BankLine.objects.filter(practice_id=practice_id))
    return rows.exclude(left=0)


def open_payments(practice_id: int) -> QuerySet[Any]:
    rows = payments_with_rest(Remittance.objects.filter(practice_id=practice_id))
    return rows.filter(left__gt=0)


def near(day: str) -> tuple[Any, Any]:
    """The days around the outer row's `day` in which a trace number means the same payment."""
    return OuterRef(day) - timedelta(days=rules.NEAR), OuterRef(day) + timedelta(days=rules.NEAR)


def around(day: date) -> tuple[date, date]:
    """The same around one day."""
    return day - timedelta(days=rules.NEAR), day + timedelta(days=rules.NEAR)


def has_open_line(practice_id: int) -> Q:
    """For payments: money under the same trace number that is no part of a match."""
    lines = open_lines(practice_id).exclude(trace_key="")
    own = lines.filter(trace_key=OuterRef("trace_key"), deposited_on__range=near("paid_on"))
    own = own.filter(Q(payer_key="") | Q(payer_key=OuterRef("payer_key")))
    # Few lines are open: the first condition is a look into a small set and spares the second.
    return Q(trace_key__in=lines.values("trace_key")) & Q(Exists(own))


def differing_payments(practice_id: int) -> QuerySet[Any]:
    """Payments whose money came in part, or came and is not the amount, or came twice."""
    rows = payments_with_rest(Remittance.objects.filter(practice_id=practice_id))
    return rows.filter(Q(matched__gt=0, left__gt=0) | has_open_line(practice_id))


def differing_lines(practice_id: int) -> QuerySet[Any]:
    """Open lines whose trace number belongs to a payment that is told: too much or too little."""
    told = payments(Remittance.objects.filter(practice_id=practice_id))
    told = told.filter(trace_key=OuterRef("trace_key"), paid_on__range=near("deposited_on"))
    named = Cast(OuterRef("payer_key"), CharField())
    same = Q(named="") | Q(payer_key=OuterRef("payer_key"))
    lines = open_lines(practice_id).exclude(trace_key="")
    return lines.filter(Exists(told.annotate(named=named).filter(same)))


def missing_payments(practice_id: int) -> QuerySet[Any]:
    """Payments without any money so far, late or not."""
    return open_payments(practice_id).filter(~has_open_line(practice_id), matched=0)


def unexplained_lines(practice_id: int) -> QuerySet[Any]:
    """Money no payment is told of, late or not."""
    lines = open_lines(practice_id)
    return lines.exclude(pk__in=differing_lines(practice_id).values("pk"))


def overdue_payments(practice_id: int, today: date) -> QuerySet[Any]:
    """Payments whose money is missing three business days after we could first expect it."""
    return missing_payments(practice_id).filter(since__lte=rules.overdue_since(today))


def overdue_lines(practice_id: int, today: date) -> QuerySet[Any]:
    """Money whose remittance is missing three business days after it came."""
    lines = unexplained_lines(practice_id)
    return lines.filter(deposited_on__lte=rules.overdue_since(today))


def deposit_states(
    practice_id: int, remittances: Iterable[Remittance], today: date | None = None
) -> dict[int, DepositState]:
    """The state of each remittance by its id; three statements whatever their number."""
    ids = [remittance.pk for remittance in remittances]
    all_of = Remittance.objects.filter(practice_id=practice_id, pk__in=ids)
    rows = list(payments_with_rest(all_of))
    by_key: dict[str, list[Any]] = defaultdict(list)
    keys = {row.trace_key for row in rows if row.trace_key}
    for line in open_lines(practice_id).filter(trace_key__in=keys):
        by_key[line.trace_key].append(line)
    today = today or timezone.localdate()
    states = {row.pk: state_of(row, by_key[row.trace_key], today) for row in rows}
    for remittance in remittances:
        if remittance.pk not in states:
            states[remittance.pk] = DepositState("not_needed", ZERO, ZERO, remittance.paid_on)
    return states


def state_of(row: Any, lines: list[Any], today: date) -> DepositState:
    """One payment (of `payments_with_rest`) with the open lines of its trace number."""
    own = [
        line
        for line in lines
        if rules.same_payer(rules.payer_key(line.payer_identifier), row.payer_key)
        and abs((line.deposited_on - row.paid_on).days) <= rules.NEAR
    ]
    due = rules.due_on(row.paid_on, row.since)
    expected = row.matched + row.left
    state = rules.payment_state(
        expected=to_cents(expected),
        deposited=to_cents(row.matched),
        has_open_line=bool(own),
        due=due,
        today=today,
    )
    loose: Decimal = sum((line.left for line in own), ZERO)
    return DepositState(state, expected, row.matched, due, row.matched + loose - expected)
