"""What every claim and account must hold, kept from the facts alone. Imports nothing of ours.

The test tells it what was billed, what payers said and what people did; it never sees a row of the
database. All balances are added up anew from these facts whenever they are asked for.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal("0.00")
PLB_ACCOUNTS = {"WO": "payer_offset", "FB": "payer_offset", "L6": "interest"}
Book = defaultdict[str, Decimal]


@dataclass(eq=False)
class Statement:
    """One CLP. `claim` is None while nobody knows whose it is; a reversal has `is_reversal`.

    `takes` is the payment a posted reversal takes back. A statement taken back alone waits for the
    word of a person (`is_parked`).
    """

    number: int
    payment: "Payment"
    claim: str | None
    billed: Decimal
    paid: Decimal
    contractual: Decimal = ZERO
    share: Decimal = ZERO
    payer_number: str = ""
    is_reversal: bool = False
    is_posted: bool = False
    is_parked: bool = False
    takes: "Statement | None" = None

    @property
    def needs_a_person(self) -> bool:
        """Nothing paid and all of it taken off: nobody here says yes to that."""
        return not self.paid and self.contractual == self.billed


@dataclass(eq=False)
class Payment:
    """One check. Nothing of it counts unless it `stands`."""

    trace: str
    amount: Decimal
    adjustments: tuple[tuple[str, Decimal], ...] = ()
    statements: list[Statement] = field(default_factory=list)
    stands: bool = False


class Oracle:
    """The facts, and what follows from them."""

    def __init__(self) -> None:
        self.charges: dict[str, Decimal] = {}
        self.payments: list[Payment] = []
        self.moved: list[tuple[str, str, Decimal]] = []
        self.given_back: list[tuple[str, Decimal]] = []

    # What happens

    def post(self, payment: Payment) -> None:
        """Everything that can be posted counts; payments before the reversals beside them."""
        payment.stands = True
        open_ones = [
            s for s in payment.statements if s.claim and not s.is_posted and not s.is_parked
        ]
        for statement in open_ones:
            if not statement.is_reversal and not statement.needs_a_person:
                statement.is_posted = True
        for statement in open_ones:
            if statement.is_reversal:
                statement.takes = self.payment_of(statement)
                statement.is_posted = statement.takes is not None

    def payment_of(self, reversal: Statement) -> Statement | None:
        """Same claim, charge and amount, posted and not reversed: by the payer's number, else the
        latest.
        """
        fitting = [
            s
            for s in self.statements()
            if s.is_posted and not s.is_reversal and s.claim == reversal.claim
            if (s.billed, s.paid) == (reversal.billed, reversal.paid) and not self.reversals_of(s)
        ]
        same = [s for s in fitting if s.payer_number == reversal.payer_number]
        return max(same or fitting, key=lambda s: s.number, default=None)

    def take_back(self, payment: Payment) -> bool:
        """False, and nothing happens, when another payment that stands reversed one of its own."""
        own = [s for s in payment.statements if s.is_posted]
        if any(r.payment is not payment for s in own for r in self.reversals_of(s)):
            return False
        payment.stands = False
        for statement in payment.statements:
            statement.is_posted, statement.takes = False, None
        return True

    def release(self, payment: Payment) -> None:
        """A taken back payment counts again; what was taken back alone goes on waiting."""
        self.post(payment)

    def take_back_one(self, statement: Statement) -> bool:
        """False, and nothing happens, when the payer reversed it."""
        if self.reversals_of(statement):
            return False
        statement.is_posted, statement.takes, statement.is_parked = False, None, True
        return True

    # What follows

    def statements(self) -> list[Statement]:
        return [s for payment in self.payments for s in payment.statements]

    def reversals_of(self, statement: Statement) -> list[Statement]:
        return [s for s in self.statements() if s.is_posted and s.takes is statement]

    def books(self) -> dict[str, dict[str, Decimal]]:
        """Claim number -> account -> balance; "" is what belongs to no claim. Zeros left out."""
        books: defaultdict[str, Book] = defaultdict(lambda: defaultdict(lambda: ZERO))
        for number, charge in self.charges.items():
            move(books[number], "revenue", "primary_receivable", charge)
        for payment in self.payments:
            if payment.stands:
                move(books[""], "unapplied", "cash", payment.amount)
                for code, amount in payment.adjustments:
                    move(books[""], "unapplied", PLB_ACCOUNTS[code], amount)
        for statement in self.statements():
            if statement.is_posted:
                take(books[statement.claim or ""], statement)
        for number, account, amount in self.moved:
            move(books[number], "primary_receivable", account, amount)
        for number, amount in self.given_back:
            move(books[number], "cash", "primary_receivable", amount)
        kept = {name: {a: b for a, b in book.items() if b} for name, book in books.items()}
        return {name: book for name, book in kept.items() if book}

    def accounts(self) -> dict[str, Decimal]:
        """Account -> balance over all claims and payments."""
        total: Book = defaultdict(lambda: ZERO)
        for book in self.books().values():
            for account, balance in book.items():
                total[account] += balance
        return {account: balance for account, balance in total.items() if balance}

    def owed(self, number: str) -> Decimal:
        """What the payer still owes on a claim."""
        return self.books().get(number, {}).get("primary_receivable", ZERO)


def take(book: Book, statement: Statement) -> None:
    """A payment, or the opposite of the payment a reversal takes back."""
    facts, sign = (statement.takes, -1) if statement.takes else (statement, 1)
    move(book, "primary_receivable", "unapplied", sign * facts.paid)
    move(book, "primary_receivable", "contractual", sign * facts.contractual)
    move(book, "primary_receivable", "patient_receivable", sign * facts.share)


def move(book: Book, source: str, destination: str, amount: Decimal) -> None:
    book[source] -= amount
    book[destination] += amount
