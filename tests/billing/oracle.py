"""An independent account of what an 835 means, straight from its text. Shares no code with ours.

It splits segments by hand, uses Decimal, and knows only the reasons the tests use.
"""

from collections import defaultdict
from decimal import Decimal

CONTRACT = {"CO45", "CO253", "CO94"}
SHARE = {"PR1", "PR2", "PR3"}

Balances = dict[str, dict[str, Decimal]]


def expected_balances(content: bytes, charges: dict[str, Decimal]) -> Balances:
    """Claim number -> account -> balance once the file is posted; zero balances left out.

    `charges` are what each claim billed. The key "" holds the accounts of the payment itself.
    """
    books: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for number, charge in charges.items():
        books[number]["revenue"] -= charge
        books[number]["primary_receivable"] += charge
    number = ""
    for text in content.decode("latin-1").split("~"):
        parts = text.strip().split("*")
        if parts[0] == "BPR":
            books[""]["cash"] += Decimal(parts[2])
            books[""]["unapplied"] -= Decimal(parts[2])
        elif parts[0] == "CLP":
            number = parts[1]
            books[number]["unapplied"] += Decimal(parts[4])
            books[number]["primary_receivable"] -= Decimal(parts[4])
        elif parts[0] == "CAS":
            for reason, amount in zip(parts[2::3], parts[3::3], strict=False):
                take(books[number], parts[1] + reason, Decimal(amount))
        elif parts[0] == "PLB":
            for amount in parts[4::2]:
                books[""]["payer_offset"] += Decimal(amount)
                books[""]["unapplied"] -= Decimal(amount)
    return {number: without_zeros(book) for number, book in books.items()}


def take(book: defaultdict[str, Decimal], code: str, amount: Decimal) -> None:
    account = "contractual" if code in CONTRACT else "patient_receivable" if code in SHARE else ""
    if account:
        book[account] += amount
        book["primary_receivable"] -= amount


def without_zeros(book: dict[str, Decimal]) -> dict[str, Decimal]:
    return {account: balance for account, balance in book.items() if balance}
