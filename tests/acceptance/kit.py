"""A file comes in, and everything that follows from it happens, as the workers do it."""

from decimal import Decimal

from billing import ledger, tasks
from billing.actions.files import receive_file
from billing.models import Claim, InterchangeFile, Posting, Remittance
from denials import tasks as denial_tasks
from rcm.models import Practice
from tests import make
from tests.billing.books import book_of, charge

__all__ = [
    "BOOK_72",
    "D",
    "OWED_165",
    "PAID_72",
    "account",
    "arrive",
    "billed",
    "book_of",
    "cash",
    "moves",
    "states",
]

D = Decimal
PAID_72 = ("72.00", "CO-45 73.00", "PR-2 20.00")
# What 99213 for 165.00 leaves behind when it is paid like that.
BOOK_72 = {
    "revenue": D("-165.00"),
    "unapplied": D("72.00"),
    "contractual": D("73.00"),
    "patient_receivable": D("20.00"),
}
OWED_165 = {"revenue": D("-165.00"), "primary_receivable": D("165.00")}


def arrive(practice: Practice, content: bytes, name: str = "a.835") -> InterchangeFile:
    """Receive a file; read, match, post and open denials, every task twice as if sent twice."""
    file = receive_file(practice, name, content)
    for file_id in ids(InterchangeFile.objects.filter(direction="in", state="received")):
        tasks.read_file(practice.pk, file_id)
        tasks.read_file(practice.pk, file_id)
    known = dict(Remittance.objects.values_list("pk", "posted_at"))
    for remittance_id in ids(Remittance.objects.filter(state__in=["recorded", "ready"])):
        tasks.post_remittance(practice.pk, remittance_id)
        tasks.post_remittance(practice.pk, remittance_id)
    for row in Remittance.objects.exclude(posted_at=None):
        if known.get(row.pk) != row.posted_at:
            denial_tasks.open_denials(practice.pk, row.pk)
    file.refresh_from_db()
    return file


def ids(rows: object) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))  # type: ignore[attr-defined]  # any model


def billed(practice: Practice, *lines: tuple[str, str], **changes: object) -> Claim:
    """A claim the payer has, its charges in the ledger."""
    claim = make.claim(practice, *lines, **changes)
    charge(claim)
    return claim


def moves() -> list[tuple[str, str, str, str]]:
    """The whole ledger: origin, from, to, amount."""
    rows = Posting.objects.order_by("pk")
    return [(row.origin, row.source, row.destination, str(row.amount)) for row in rows]


def cash(practice: Practice) -> Decimal:
    """What payers have sent."""
    return ledger.account_balances(practice).get("cash", D(0))


def account(practice: Practice, name: str) -> Decimal:
    return ledger.account_balances(practice).get(name, D(0))


def states() -> list[str]:
    """The state of every remittance, in order of arrival."""
    return list(Remittance.objects.order_by("pk").values_list("state", flat=True))
