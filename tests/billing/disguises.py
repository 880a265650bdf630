"""One payment as the same payer may send it again: other envelopes, other order, parts, more.

Everything is drawn from a seeded `Random`, so that a failure repeats by its number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

from billing.models import Claim
from rcm.models import Practice
from rcm.money import from_cents
from rcm.x12.envelope import Delimiters
from rcm.x12.remittance_835 import (
    Adjustment,
    ProviderAdjustment,
    RemittanceStart,
    RemittedClaim,
    RemittedLine,
)
from tests import make
from tests.billing import remitting as r
from tests.billing.books import charge

NUMBERS = count(1)
TAKEN_OFF = (("CO", "45"), ("CO", "253"), ("PR", "1"), ("PR", "2"), ("CO", "50"), ("OA", "23"))
CODES = ("99213", "99214", "20610", "93000", "97110")


@dataclass(frozen=True)
class Payment:
    """What a payer says in one ST. `paid` is BPR02 in cents, whatever the claims add up to."""

    trace_number: str
    paid: int
    claims: tuple[RemittedClaim, ...]
    adjustments: tuple[ProviderAdjustment, ...] = ()

    @property
    def total(self) -> int:
        """What the claims and provider adjustments add up to."""
        return total_of(self.claims) - sum(row.amount for row in self.adjustments)

    @property
    def start(self) -> RemittanceStart:
        return r.start("0", amount_paid=self.paid, trace_number=self.trace_number)


def total_of(claims: Sequence[RemittedClaim]) -> int:
    return sum(claim.amount_paid for claim in claims)


def write(*payments: Payment, **envelope: object) -> bytes:
    """A file with numbers of its own, so that no two are equal."""
    parts = [(payment.start, payment.claims, payment.adjustments) for payment in payments]
    return r.content_of(*parts, number=next(NUMBERS), **envelope)


def draw_line(random: Random, position: int, number: str) -> RemittedLine:
    """Billed, taken off for up to three reasons, and something paid."""
    billed = random.randrange(2_000, 60_000)
    taken, left = [], billed - 100
    for group, reason in random.sample(TAKEN_OFF, random.randrange(4)):
        amount = random.randrange(1, left // 2)
        taken.append(Adjustment(group, reason, amount))
        left -= amount
    paid = billed - sum(row.amount for row in taken)
    return r.line(
        random.choice(CODES),
        "0",
        "0",
        number=number,
        position=position,
        amount_billed=billed,
        amount_paid=paid,
        adjustments=tuple(taken),
    )


def draw_claim(random: Random, practice: Practice) -> tuple[Claim, RemittedClaim]:
    """A claim of ours with its charges in the ledger, and what the payer says of it."""
    number = f"D{next(NUMBERS):07d}"
    lines = tuple(
        draw_line(random, position, f"{number}-{position}")
        for position in range(1, random.randrange(2, 5))
    )
    amounts = [(svc.procedure_code, str(from_cents(svc.amount_billed))) for svc in lines]
    claim = make.claim(practice, *amounts, patient_control_number=number)
    charge(claim)
    told = r.clp(
        number,
        "0",
        "0",
        *lines,
        amount_billed=sum(svc.amount_billed for svc in lines),
        amount_paid=sum(svc.amount_paid for svc in lines),
    )
    return claim, told


def draw_payment(random: Random, practice: Practice) -> tuple[list[Claim], Payment]:
    """A balanced payment of two to five claims, every third with money kept back."""
    pairs = [draw_claim(random, practice) for _ in range(random.randrange(2, 6))]
    claims = tuple(told for _, told in pairs)
    kept = random.randrange(1, 1_000) if random.random() < 1 / 3 else 0
    adjustments = (r.plb("WO", str(from_cents(kept))),) if kept else ()
    trace_number = f"TRACE{next(NUMBERS)}"
    payment = Payment(trace_number, total_of(claims) - kept, claims, adjustments)
    return [claim for claim, _ in pairs], payment


# Each takes the payment and gives the files it comes in: (name, bytes).
Files = list[tuple[str, bytes]]


def new_numbers(payment: Payment, random: Random, before: Payment) -> Files:
    """Other ISA13, GS06; the ST02 counts from another payment on."""
    return [("numbers.835", write(payment, created_at=later(random)))]


def later(random: Random) -> datetime:
    return datetime(2026, 11, 21, 7, 0) + timedelta(minutes=random.randrange(1_000))  # noqa: DTZ001  wall clock


def with_line_breaks(payment: Payment, random: Random, before: Payment) -> Files:
    return [("lines.835", write(payment).replace(b"~", b"~\r\n"))]


def other_separators(payment: Payment, random: Random, before: Payment) -> Files:
    return [("marks.835", write(payment, delimiters=Delimiters("|", "!", ">", "'")))]


def split(payment: Payment, random: Random, before: Payment) -> Files:
    """Two files with the claims divided between them, both stating the whole check."""
    one = random.randrange(1, len(payment.claims))
    first = replace(payment, claims=payment.claims[:one], adjustments=())
    rest = replace(payment, claims=payment.claims[one:])
    return [("part1.835", write(first)), ("part2.835", write(rest))]


def merged(payment: Payment, random: Random, before: Payment) -> Files:
    """In one file with a payment known from before."""
    both = [payment, before]
    random.shuffle(both)
    return [("merged.835", write(*both))]


def other_clearinghouse(payment: Payment, random: Random, before: Payment) -> Files:
    """Other ISA and GS ids, the payer spelled otherwise, other contacts and addresses."""
    start = replace(
        payment.start,
        payer_name="UNIFIED CARE INC",
        payer_address=("PO BOX 9", "", "HARTFORD", "CT", "06103"),
        payer_contacts=(("BL", "ERA TEAM", "TE", "8005550199"),),
        payee_name="NORTH MED GRP",
        produced_on=r.PAID_ON + timedelta(days=2),
    )
    content = r.content_of(
        (start, payment.claims, payment.adjustments),
        number=next(NUMBERS),
        sender_id="SECONDHOUSE",
        receiver_id="NORTH2",
    )
    return [("second.835", content)]


def zipped(payment: Payment, random: Random, before: Payment) -> Files:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("night/a.835", write(payment))
    return [("night.zip", out.getvalue())]


def reordered(payment: Payment, random: Random, before: Payment) -> Files:
    claims = list(payment.claims)
    random.shuffle(claims)
    return [("order.835", write(replace(payment, claims=tuple(claims))))]


def partial_then_whole(payment: Payment, random: Random, before: Payment) -> Files:
    """First some claims, then all of them; the first states the whole check or only its part."""
    claims = payment.claims[: random.randrange(1, len(payment.claims))]
    part = replace(payment, claims=claims, adjustments=())
    if random.random() < 1 / 2:
        part = replace(part, paid=part.total)
    return [("some.835", write(part)), ("all.835", write(payment))]


# Every one of these is the same payment again, in whatever order they come.
SAME = (
    new_numbers,
    with_line_breaks,
    other_separators,
    split,
    merged,
    other_clearinghouse,
    zipped,
    reordered,
    partial_then_whole,
)


def renamed(files: Files) -> Files:
    """The same bytes under another name."""
    return [(f"copy-of-{name}", content) for name, content in files]


def with_reversal_pair(payment: Payment, random: Random) -> Payment:
    """A claim taken back and paid again as before, inside the payment: nothing changes."""
    told = random.choice(payment.claims)
    return replace(payment, claims=(*payment.claims, negated(told), told))


def negated(told: RemittedClaim) -> RemittedClaim:
    """CLP02 22: every amount with the opposite sign, reasons as they were."""
    lines = tuple(
        replace(
            svc,
            amount_billed=-svc.amount_billed,
            amount_paid=-svc.amount_paid,
            adjustments=tuple(replace(row, amount=-row.amount) for row in svc.adjustments),
        )
        for svc in told.lines
    )
    return replace(
        told,
        status_code="22",
        amount_billed=-told.amount_billed,
        amount_paid=-told.amount_paid,
        lines=lines,
    )


def with_claim_added(payment: Payment, told: RemittedClaim) -> Payment:
    """One claim more, and the check as much higher."""
    return replace(payment, claims=(*payment.claims, told), paid=payment.paid + told.amount_paid)
