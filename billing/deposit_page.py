"""What the deposits page shows: tabs, the two columns, what is offered for the chosen row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from billing import deposit_state as state
from billing.actions.deposits import line_fact, payment_fact
from billing.models import BankLine, BankStatement, DepositMatch, Remittance
from billing.rules import deposits as rules
from billing.rules.deposit_suggestions import Suggestion, suggest_lines, suggest_payments
from rcm.money import ZERO

ROWS = 50
NEARBY = 200  # open rows a suggestion is looked for in
TABS = [
    ("to_match", "To match"),
    ("overdue", "Overdue"),
    ("differs", "Differences"),
    ("matched", "Matched"),
]
OPEN_HEAD = ["side", "date", "due", "state", "trace_number", "payer", "text", "amount", "open"]


@dataclass
class Board:
    """One row to work on, `item`, and the rows of the other side `chosen` for it."""

    item: Any
    is_line: bool
    suggestions: list[dict[str, Any]]
    chosen: list[Any]

    @property
    def key(self) -> str:
        return f"{'line' if self.is_line else 'payment'}-{self.item.pk}"

    @property
    def ids(self) -> list[int]:
        return [row.pk for row in self.chosen]

    def address(self, ids: Sequence[int]) -> str:
        """This item with other rows chosen for it."""
        return f"item={self.key}&" + ("&".join(f"with={pk}" for pk in ids) or "with=")

    def toggled(self, pk: int) -> str:
        ids = self.ids
        return self.address([each for each in ids if each != pk] if pk in ids else [*ids, pk])

    @property
    def difference(self) -> Decimal:
        """What came less what payers said: zero when all of it is explained."""
        other = sum((row.left for row in self.chosen), ZERO)
        return self.item.left - other if self.is_line else other - self.item.left

    @property
    def terms(self) -> list[dict[str, Any]]:
        """The equation at the top of the page."""
        other = sum((row.left for row in self.chosen), ZERO)
        bank, told = (self.item.left, other) if self.is_line else (other, self.item.left)
        note = "nothing left" if not self.difference else "too much" if self.difference > 0 else ""
        return [
            {"label": "Bank", "amount": bank},
            {"label": "Payments", "sign": "−", "amount": told},
            {
                "label": "Difference",
                "sign": "=",
                "amount": self.difference,
                "note": note or "missing",
                "is_result": True,
                "tone": "red" if self.difference else "green",
            },
        ]


def rows_of(tab: str, practice_id: int, today: date) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Bank lines and payments of a tab; those due first come first."""
    if tab == "overdue":
        return state.overdue_lines(practice_id, today), state.overdue_payments(practice_id, today)
    if tab == "differs":
        return state.differing_lines(practice_id), state.differing_payments(practice_id)
    return state.unexplained_lines(practice_id), state.missing_payments(practice_id)


def tabs_of(practice_id: int, today: date, chosen: str) -> list[dict[str, Any]]:
    """The tabs with what waits behind each; the matched ones are not counted."""
    counts: dict[str, int | None] = {"matched": None}
    for name in ("to_match", "overdue", "differs"):
        lines, payments = rows_of(name, practice_id, today)
        counts[name] = lines.count() + payments.count()
    return [
        {"label": label, "url": f"?tab={name}", "count": counts[name], "is_current": name == chosen}
        for name, label in TABS
    ]


def searched(
    lines: QuerySet[Any], payments: QuerySet[Any], text: str
) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Both columns filtered by trace number, payer, text or an exact amount."""
    text = text.strip()
    if not text:
        return lines, payments
    amount = amount_in(text)
    of_line = Q(trace_number__icontains=text) | Q(description__icontains=text)
    of_payment = Q(trace_number__icontains=text) | Q(payer_name__icontains=text)
    if amount is not None:
        of_line, of_payment = of_line | Q(amount=amount), of_payment | Q(amount_paid=amount)
    return lines.filter(of_line), payments.filter(of_payment)


def amount_in(text: str) -> Decimal | None:
    plain = text.replace(",", "").removeprefix("$")
    whole, _, cents = plain.partition(".")
    is_amount = whole.isascii() and whole.isdecimal() and (not cents or cents.isdecimal())
    return Decimal(plain) if is_amount and len(plain) < 14 else None


def column_of_lines(rows: Sequence[Any], board: Board | None, today: date) -> list[Any]:
    """The bank lines with their age, and for a chosen payment the link that adds them."""
    return [
        {"row": row, "age": (today - row.deposited_on).days}
        | due_of_line(row, today)
        | marks(row, board)
        for row in rows
    ]


def column_of_payments(
    rows: Sequence[Any], board: Board | None, practice_id: int, today: date
) -> list[dict[str, Any]]:
    """The payments with their state, and for a chosen bank line the link that adds them."""
    states = state.deposit_states(practice_id, rows, today)
    return [{"row": row, "state": states[row.pk]} | marks(row, board) for row in rows]


def marks(row: Any, board: Board | None) -> dict[str, Any]:
    """How the row stands to the board: the item itself, chosen for it, or free to be added."""
    is_line = isinstance(row, BankLine)
    key = f"{'line' if is_line else 'payment'}-{row.pk}"
    if board is None or board.is_line == is_line:
        return {"key": key, "is_item": board is not None and board.key == key}
    return {"key": key, "toggle": board.toggled(row.pk), "is_chosen": row.pk in board.ids}


def due_of_line(line: BankLine, today: date) -> dict[str, Any]:
    due = rules.due_on(line.deposited_on, line.deposited_on)
    return {"due_on": due, "is_overdue": today >= due}


# The chosen row ----------------------------------------------------------------------------------


def board_of(practice_id: int, query: QueryDict, first: Any) -> Board | None:
    """The row the address names, else `first`; with the rows it names, else the best suggestion."""
    item = named_row(practice_id, query.get("item", "")) or first
    if item is None:
        return None
    is_line = isinstance(item, BankLine)
    others = nearby(practice_id, item)
    suggested = offered(item, others)
    wanted = [int(pk) for pk in query.getlist("with") if pk.isascii() and pk.isdecimal()][:20]
    if not wanted and "with" not in query and suggested:
        wanted = list(suggested[0].ids)
    pool = state.open_payments(practice_id) if is_line else state.open_lines(practice_id)
    if is_line and item.left < 0:
        pool = state.payments_with_rest(Remittance.objects.filter(practice_id=practice_id))
    names = {row.pk: row for row in others}
    suggestions = [
        {"rows": [names[pk] for pk in each.ids], "score": each.score, "why": ", ".join(each.why)}
        | {"ids": each.ids, "is_chosen": sorted(each.ids) == sorted(wanted)}
        | {"address": "&".join(f"with={pk}" for pk in each.ids)}
        for each in suggested
    ]
    return Board(item, is_line, suggestions, list(pool.filter(pk__in=wanted)))


def named_row(practice_id: int, name: str) -> Any:
    """``line-5`` or ``payment-7``, while something of it is open."""
    side, _, pk = name.partition("-")
    rows: Any = {"line": state.open_lines, "payment": state.open_payments}.get(side)
    if rows is None or not pk.isascii() or not pk.isdecimal() or len(pk) > 18:
        return None
    return rows(practice_id).filter(pk=int(pk)).first()


def nearby(practice_id: int, item: Any) -> list[Any]:
    """Open rows of the other side that could belong to it: same trace number, or days not far."""
    is_line = isinstance(item, BankLine)
    if is_line:
        window = Q(paid_on__range=state.around(item.deposited_on))
        rows: QuerySet[Any] = state.open_payments(practice_id)
        if item.left < 0:
            rows = state.payments_with_rest(Remittance.objects.filter(practice_id=practice_id))
            window = Q(trace_key=item.trace_key) & ~Q(trace_key="")
    else:
        rows = state.open_lines(practice_id)
        window = Q(deposited_on__range=state.around(item.paid_on))
    same = Q(trace_key=item.trace_key) & ~Q(trace_key="")
    return list(rows.filter(same | window).order_by("pk")[:NEARBY])


def chosen_rows(practice_id: int, query: QueryDict) -> tuple[Any, Any, bool]:
    """Bank lines and payments a form names, and whether they were offered together."""
    item = named_row(practice_id, query.get("item", ""))
    ids = [int(pk) for pk in query.getlist("with") if pk.isascii() and pk.isdecimal()][:20]
    if item is None:
        return BankLine.objects.none(), Remittance.objects.none(), False
    is_offered = any(
        sorted(each.ids) == sorted(ids) for each in offered(item, nearby(practice_id, item))
    )
    of_line = isinstance(item, BankLine)
    lines = BankLine.objects.filter(practice_id=practice_id, pk__in=[item.pk] if of_line else ids)
    payments = Remittance.objects.filter(
        practice_id=practice_id, pk__in=ids if of_line else [item.pk]
    )
    return lines, payments, is_offered


def offered(item: Any, others: Sequence[Any]) -> list[Suggestion]:
    if isinstance(item, BankLine):
        return suggest_payments(line_fact(item), [payment_fact(other) for other in others])
    return suggest_lines(payment_fact(item), [line_fact(other) for other in others])


# Matched, and the open items as CSV --------------------------------------------------------------


def newest_matches(practice_id: int) -> QuerySet[DepositMatch]:
    """Matches, newest first; the undone ones stay in view."""
    rows = DepositMatch.objects.filter(practice_id=practice_id).order_by("-pk")
    return rows.select_related("bank_line", "remittance", "matched_by", "undone_by")


def open_items(practice_id: int, today: date) -> Iterator[list[Any]]:
    """Every open line and payment, one row each, as OPEN_HEAD names them."""
    differing = set(state.differing_lines(practice_id).values_list("pk", flat=True))
    for line in state.open_lines(practice_id).order_by("deposited_on", "pk"):
        due = due_of_line(line, today)
        late = "overdue" if due["is_overdue"] else "waiting"
        label = "differs" if line.pk in differing else late
        yield [
            *("bank", line.deposited_on, due["due_on"], label, line.trace_number),
            *(line.payer_identifier, line.description, line.amount, line.left),
        ]
    payments = list(state.open_payments(practice_id).order_by("since", "pk"))
    states = state.deposit_states(practice_id, payments, today)
    for payment in payments:
        found = states[payment.pk]
        yield [
            *("payment", payment.paid_on, found.due_on, found.state, payment.trace_number),
            *(payment.payer_identifier, payment.payer_name, payment.amount_paid, payment.left),
        ]


def lines_of(statement: BankStatement) -> QuerySet[Any]:
    """The lines a statement brought, in its order, with what is matched of them."""
    rows = BankLine.objects.filter(practice_id=statement.practice_id, statement=statement)
    return state.lines_with_rest(rows).order_by("line_number", "pk")


def open_rows(practice_id: int, tab: str, query: QueryDict, today: date) -> dict[str, Any]:
    """Both columns of a tab and the board over them."""
    lines, payments = searched(*rows_of(tab, practice_id, today), query.get("q", ""))
    lines, payments = lines.order_by("deposited_on", "pk"), payments.order_by("since", "pk")
    shown_lines, shown = list(lines[:ROWS]), list(payments[:ROWS])
    open_ones: list[Any] = [*shown_lines, *(row for row in shown if row.left > 0)]
    board = board_of(practice_id, query, next(iter(open_ones), None))
    return {
        "board": board,
        "lines": column_of_lines(shown_lines, board, today),
        "payments": column_of_payments(shown, board, practice_id, today),
        "lines_count": lines.count() if len(shown_lines) == ROWS else len(shown_lines),
        "payments_count": payments.count() if len(shown) == ROWS else len(shown),
    }
