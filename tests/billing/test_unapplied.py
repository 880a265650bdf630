"""Unapplied money by payment, and every account."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing import ledger
from billing.actions.work_owners import assign_credit, assign_unapplied
from billing.models import Account, WorkOwner
from billing.unapplied import account_totals, explain, unapplied_of
from rcm.errors import Refusal
from rcm.models import Practice, User
from tests import make
from tests.billing import remitting as r
from tests.billing.books import charge
from tests.billing.crediting import overpaid

D = Decimal


def test_the_rows_add_up_to_the_ledgers_unapplied_to_the_cent(north: Practice) -> None:
    make.payer(north)
    claim = make.claim(north)
    charge(claim)
    paid = r.echo(claim, ("72.00", "CO-45 93.00"))
    nobody = r.clp("NOBODY", "10.01", "10.01")
    first = r.posted(north, r.content("82.01", paid, nobody))
    back = r.echo(make.claim(north), ("33.33", "CO-45 131.67"), status="22")
    more = r.clp("NOONE", "50.00", "50.00")
    plb = (r.plb("WO", "6.66"),)
    second = r.posted(
        north, r.content("10.01", back, more, adjustments=plb, number=2, trace_number="CHECK2")
    )
    r.posted(north, r.content("0.00", number=3, trace_number="CHECK3"))
    today = timezone.localdate() + timedelta(days=4)
    rows = unapplied_of(north.pk, today)
    explain(rows)
    assert {row.remittance: (row.amount, row.days) for row in rows} == {
        first: (D("10.01"), 4),
        second: (D("16.67"), 4),
    }
    assert sum(row.amount for row in rows) == -ledger.account_balances(north)["unapplied"]
    assert rows[0].why == ("1 claim: No claim of this practice has this number.",)
    assert rows[1].why == (
        "1 claim: It takes back a payment that was never posted here.",
        "1 claim: No claim of this practice has this number.",
    )


def test_an_explained_payment_is_no_row(north: Practice) -> None:
    make.payer(north)
    claim = make.claim(north)
    r.posted(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00"))))
    assert unapplied_of(north.pk, timezone.localdate()) == []


def test_every_account_is_named_with_what_stands_on_it(north: Practice) -> None:
    overpaid(north, on=date(2026, 11, 5))
    make.payer(north)
    r.posted(north, r.content("10.00", r.clp("NOBODY", "10.00", "10.00")))
    totals = account_totals(north.pk, timezone.localdate() + timedelta(days=2))
    by_label = {row.label: row for row in totals}
    assert [row.label for row in totals] == list(Account.labels)
    balances = ledger.account_balances(north)
    assert {row.label: row.balance for row in totals} == {
        account.label: balances.get(account.value, D("0.00")) for account in Account
    }
    assert sum(row.balance for row in totals) == 0
    unapplied = by_label["Unapplied"]
    assert (unapplied.balance, unapplied.count, unapplied.days) == (D("-10.00"), 1, 2)
    assert by_label["Owed by the primary payer"].count == 1
    assert (by_label["Cash"].count, by_label["Cash"].days) == (None, None)


def test_a_payment_has_one_owner_at_a_time(north: Practice, ben: User, mia: User) -> None:
    make.payer(north)
    remittance = r.posted(north, r.content("10.00", r.clp("NOBODY", "10.00", "10.00")))
    assign_unapplied(remittance, to=ben.pk, by=mia)
    assign_unapplied(remittance, to=mia.pk, by=ben)
    owner = WorkOwner.objects.get()
    assert (owner.owner, owner.assigned_by) == (mia, ben)
    rows = unapplied_of(north.pk, timezone.localdate())
    explain(rows)
    assert rows[0].owner == "Mia Dunn"


def test_only_a_biller_of_the_practice_owns_work(
    north: Practice, ben: User, ana: User, otto: User
) -> None:
    claim = overpaid(north)
    for stranger in (ana.pk, otto.pk, 0):
        with pytest.raises(Refusal, match="Choose a person who works on billing"):
            assign_credit(claim, "primary_receivable", to=stranger, by=ben)
    assert not WorkOwner.objects.exists()
    made = assign_credit(claim, "primary_receivable", to=ben.pk, by=ben)
    with pytest.raises(IntegrityError, match="work_owner_of_one_thing"), transaction.atomic():
        WorkOwner.objects.filter(pk=made.pk).update(account="")
    with pytest.raises(IntegrityError, match="work_owner_of_credit_once"), transaction.atomic():
        WorkOwner.objects.create(
            practice=north, claim=claim, account=made.account, owner=ben, assigned_by=ben
        )
