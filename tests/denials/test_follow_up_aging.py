"""The aging matrix beside the ledger added up move by move."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from denials import follow_up_list as listing
from denials.follow_up_aging import matrix, names_of
from denials.models import FollowUp
from denials.practice_days import practice_today
from rcm import access
from rcm.models import Practice
from tests import make
from tests.billing import remitting as r
from tests.billing.books import charge
from tests.billing.crediting import move, overpaid
from tests.denials.denying import denied, pay, sent_claim
from tests.denials.following import aged_by_hand

AGES = (0, 30, 31, 60, 61, 90, 91, 120, 121, 400)


@pytest.fixture
def books(north: Practice) -> Practice:
    """Claims of every age of two payers, some paid in part, one denied, one paid twice."""
    today = practice_today(north)
    other = make.payer(north, name="Blue Plan", short_name="Blue", payer_class="blue", payer_id="B")
    for at, days in enumerate(AGES):
        patient = make.patient(north)
        served = today - timedelta(days=days)
        payer = other if at % 3 == 0 else make.payer(north)
        make.coverage(patient, payer=payer, starts_on=served)
        amount = Decimal(f"{100 + at}.37")
        visit = make.encounter(north, patient=patient, date_of_service=served)
        claim = make.claim(north, ("99213", str(amount)), encounter=visit)
        charge(claim)
        if at % 4 == 1:
            move(claim, "primary_receivable", "unapplied", "40.11")
    denied(north)
    overpaid(north, "80.25", date_of_service=today - timedelta(days=45))
    return north


def test_the_matrix_ties_to_the_ledger_to_the_cent(books: Practice) -> None:
    found = matrix(books, {"by": "payer"}, practice_today(books))
    columns = [*(bucket.key for bucket in listing.BY_KEY.values()), "credit"]
    shown = {
        (line.label, column): amount
        for line in found.lines
        for column, amount in zip(
            columns, [*(cell.amount for cell in line.cells), line.credit], strict=True
        )
        if amount
    }
    assert shown == aged_by_hand(books)
    whole = sum((row.balance for row in FollowUp.objects.filter(practice=books)), Decimal(0))
    assert found.total.total.amount - found.total.credit == whole
    assert found.total.credit > 0
    assert found.total.total.amount == sum(line.total.amount for line in found.lines)


@pytest.mark.parametrize("by", ["class", "payer", "provider", "location"])
def test_every_cut_has_the_same_sum_and_every_cell_is_the_list_behind_it(
    books: Practice, by: str
) -> None:
    today = practice_today(books)
    found = matrix(books, {"by": by}, today)
    whole = matrix(books, {}, today).total
    assert [cell.amount for cell in found.total.cells] == [cell.amount for cell in whole.cells]
    assert found.total.credit == whole.credit
    for line in (*found.lines, found.total):
        for cell in (*line.cells, line.total):
            query = QueryDict(cell.query)
            rows = listing.filtered(FollowUp.objects.filter(practice=books), query, today)
            rows = listing.in_view(rows, query["view"], today=today, user=None)
            assert sum((row.balance for row in rows), Decimal(0)) == cell.amount


def test_a_payer_that_is_not_known_has_a_row_of_its_own(north: Practice) -> None:
    claim = sent_claim(north, ("99213", "165.00"))
    pay(north, r.echo(claim, ("72.00", "CO-45 73.00", "PR-2 20.00"), status="19"))
    assert FollowUp.objects.get(account="secondary_receivable").payer is None
    for by in ("class", "payer"):
        [line] = matrix(north, {"by": by}, practice_today(north)).lines
        assert (line.label, line.total.amount) == ("Not known", Decimal("20.00"))
        assert "=none" in line.total.query


def test_an_empty_practice_has_an_empty_matrix(north: Practice) -> None:
    found = matrix(north, {"by": "zzz"}, practice_today(north))
    assert (found.by, found.lines, found.total.total.amount) == ("class", [], Decimal(0))


def test_the_matrix_takes_two_statements_and_sees_one_practice(
    books: Practice, south: Practice
) -> None:
    with CaptureQueriesContext(connection) as captured:
        matrix(books, {}, timezone.localdate())
    assert len(captured) == 2
    access.open_walls([south.pk, books.pk])
    assert matrix(south, {}, timezone.localdate()).lines == []
    assert names_of(south, "payer") == {}
