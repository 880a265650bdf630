"""Balances come from the moves, and the moves cannot be bent."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from billing import ledger
from billing.models import Posting
from rcm.models import Practice
from tests import make
from tests.billing.books import assert_ledger, charge


def move(practice: Practice, **changes: Any) -> Posting:
    fields = {
        "source": "unapplied",
        "destination": "cash",
        "amount": Decimal("10.00"),
        "origin": "test:1",
        "posted_on": make.TODAY,
    }
    return Posting.objects.create(practice=practice, **fields | changes)


def test_balances_of_claims_and_accounts(north: Practice) -> None:
    claim = make.claim(north, ("99213", "165.00"), ("36415", "12.50"))
    other = make.claim(north)
    charge(claim)
    move(north)
    expected = {"revenue": Decimal("-177.50"), "primary_receivable": Decimal("177.50")}
    balances = ledger.claim_balances(north.pk, [claim.pk, other.pk])
    assert balances == {claim.pk: expected, other.pk: {}}
    assert ledger.account_balances(north) == expected | {
        "unapplied": Decimal("-10.00"),
        "cash": Decimal("10.00"),
    }
    assert_ledger(north, unapplied="10.00")


def test_balances_cost_one_statement(north: Practice, django_assert_num_queries: Any) -> None:
    claims = [make.claim(north) for _ in range(5)]
    charge(*claims)
    with django_assert_num_queries(1):
        ledger.claim_balances(north.pk, [claim.pk for claim in claims])


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"amount": Decimal("0.00")}, "posting_amount_positive"),
        ({"amount": Decimal("-1.00")}, "posting_amount_positive"),
        ({"destination": "unapplied"}, "posting_between_two_accounts"),
        ({"destination": "pocket"}, "posting_accounts_known"),
        ({"origin": "taken"}, "posting_origin_once"),
    ],
)
def test_the_database_refuses_a_bent_move(
    north: Practice, changes: dict[str, Any], constraint: str
) -> None:
    move(north, origin="taken")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        move(north, **changes)
    assert Posting.objects.count() == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE billing_posting SET amount = 1", "DELETE FROM billing_posting"]
)
def test_a_move_is_never_changed_or_deleted(north: Practice, statement: str) -> None:
    move(north)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        connection.cursor().execute(statement)
    assert Posting.objects.get().amount == Decimal("10.00")
