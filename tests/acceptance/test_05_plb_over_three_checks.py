"""PLB over three checks: what the payer carries forward is in view, and ends at zero."""

from datetime import timedelta

from billing.models import Remittance
from rcm.models import Practice
from tests.acceptance.kit import PAID_72, D, account, arrive, billed, cash
from tests.billing import remitting as r
from tests.billing.books import assert_ledger


def adds_up(row: Remittance) -> bool:
    return row.amount_claims - row.amount_provider_adjustments == row.amount_paid


def test_a_balance_carried_forward_is_used_up_and_interest_is_income(north: Practice) -> None:
    one, two, three = billed(north), billed(north), billed(north)
    arrive(north, r.content("72.00", r.echo(one, PAID_72)))

    def check(number: int, paid: str, *claims: object, adjustments: tuple) -> None:
        content = r.content(
            paid,
            *claims,
            adjustments=adjustments,
            trace_number=f"CHECK{number}",
            paid_on=r.PAID_ON + timedelta(days=7 * number),
        )
        arrive(north, content)
        assert_ledger(north)

    carried = (r.plb("FB", "-72.00", "CHECK2"),)
    check(2, "0.00", r.echo(one, PAID_72, status="22"), adjustments=carried)
    assert account(north, "payer_offset") == D("-72.00")
    again = (r.plb("FB", "72.00", "CHECK2"), r.plb("FB", "-22.00", "CHECK3"))
    check(3, "0.00", r.echo(two, ("50.00", "CO-45 115.00")), adjustments=again)
    assert account(north, "payer_offset") == D("-22.00")
    last = (r.plb("FB", "22.00", "CHECK3"), r.plb("L6", "-1.50", "LATE"))
    check(4, "59.50", r.echo(three, ("80.00", "CO-45 85.00")), adjustments=last)
    assert account(north, "payer_offset") == D(0)
    assert account(north, "interest") == D("-1.50")
    assert cash(north) == D("131.50")
    assert [row.state for row in Remittance.objects.all()] == ["posted"] * 4
    assert all(adds_up(row) for row in Remittance.objects.all())


def test_money_kept_back_and_later_given_back_closes_its_offset(north: Practice) -> None:
    one, two = billed(north), billed(north)
    arrive(
        north,
        r.content("52.00", r.echo(one, PAID_72), adjustments=(r.plb("WO", "20.00", "OVER1"),)),
    )
    assert account(north, "payer_offset") == D("20.00")
    assert_ledger(north)
    content = r.content(
        "92.00",
        r.echo(two, PAID_72),
        adjustments=(r.plb("WO", "-20.00", "OVER1"),),
        trace_number="CHECK2",
    )
    arrive(north, content)
    assert (account(north, "payer_offset"), cash(north)) == (D(0), D("144.00"))
    assert_ledger(north)
