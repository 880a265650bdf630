"""What the database itself refuses of bank lines and matches, and the practice walls."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing.actions.deposits import undo_match
from billing.models import BankLine, BankStatement, DepositMatch, Remittance
from rcm import access
from rcm.models import Practice, User
from tests.billing import banking as b


def made(north: Practice, ben: User, **changes: object) -> DepositMatch:
    """A match by the table alone, without the action."""
    fields = {
        "bank_line": BankLine.objects.first(),
        "remittance": Remittance.objects.first(),
        "amount": Decimal("5.00"),
        "method": "person",
        "matched_by": ben,
    }
    return DepositMatch.objects.create(practice=north, **fields | changes)


@pytest.fixture
def pair(north: Practice, ben: User) -> Practice:
    """A line of 10.00 and a payment of 8.00 that do not know each other."""
    b.payment(north, "8.00", "A1")
    b.entered(north, "10.00", ben, description="Deposit")
    return north


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"amount": Decimal("8.01")}, "more than payment"),
        ({"amount": Decimal("10.01"), "remittance": None, "reason": "x"}, "more than bank line"),
        ({"amount": Decimal("-1.00")}, "more than bank line"),
        ({"amount": Decimal("0.00")}, "deposit_match_has_amount"),
        ({"remittance": None}, "deposit_match_sides"),
        ({"remittance": None, "bank_line": None, "reason": "x"}, "deposit_match_sides"),
        ({"method": "amount", "matched_by": None}, "deposit_match_by_whom"),
    ],
)
def test_the_database_refuses_a_match(
    pair: Practice, ben: User, changes: dict[str, object], rule: str
) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        made(pair, ben, **changes)
    assert not DepositMatch.objects.exists()


def test_two_matches_together_never_exceed_a_side(pair: Practice, ben: User) -> None:
    first = made(pair, ben, amount=Decimal("5.00"))
    with pytest.raises(IntegrityError, match="more than payment"), transaction.atomic():
        made(pair, ben, amount=Decimal("3.01"))
    undo_match(first, by=ben)
    assert made(pair, ben, amount=Decimal("8.00")).pk


def test_a_match_is_never_changed_or_deleted(pair: Practice, ben: User) -> None:
    match = made(pair, ben)
    rows = DepositMatch.objects.filter(pk=match.pk)
    for change in ({"amount": 4}, {"reason": "x"}, {"matched_by": None}):
        with pytest.raises(IntegrityError, match="can only be undone"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        rows.delete()
    undo_match(match, by=ben)
    with pytest.raises(IntegrityError, match="can only be undone"), transaction.atomic():
        rows.update(undone_at=None)


def test_a_bank_line_is_never_changed(pair: Practice) -> None:
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        BankLine.objects.update(amount=1)
    with pytest.raises(IntegrityError, match="bank_line_has_amount"), transaction.atomic():
        BankLine.objects.create(practice=pair, deposited_on=b.DAY, amount=0, identity="x")
    with pytest.raises(IntegrityError, match="bank_line_has_origin"), transaction.atomic():
        BankLine.objects.create(practice=pair, deposited_on=b.DAY, amount=1, identity="x")


def test_the_same_bytes_or_line_twice_are_refused_by_the_database(
    pair: Practice, ben: User
) -> None:
    fields = {"practice": pair, "content": b"", "size": 0, "sha256": "a" * 64}
    BankStatement.objects.create(**fields)
    with pytest.raises(IntegrityError, match="bank_statement_once"), transaction.atomic():
        BankStatement.objects.create(**fields)
    known = BankLine.objects.get()
    with pytest.raises(IntegrityError, match="bank_line_once"), transaction.atomic():
        BankLine.objects.create(
            practice=pair, deposited_on=b.DAY, amount=1, identity=known.identity, created_by=ben
        )


def test_a_match_joins_rows_of_one_practice(pair: Practice, south: Practice, otto: User) -> None:
    of_north = BankLine.objects.get()
    access.open_walls([south.pk])
    theirs = b.payment(south, "8.00", "A1")
    with pytest.raises(IntegrityError), transaction.atomic():
        made(south, otto, bank_line=of_north, remittance=theirs)
    assert not DepositMatch.objects.exists()


def test_money_of_one_practice_never_matches_a_payment_of_another(
    north: Practice, south: Practice
) -> None:
    theirs = b.payment(north, "5.00", "EFT0001")
    access.open_walls([south.pk])
    b.imported(south, b.statement((500, "EFT0001")))
    assert not DepositMatch.objects.exists()
    access.open_walls([north.pk])
    assert b.state(theirs) == ("waiting", "-5.00")
    assert not BankLine.objects.exists()
