"""A thousand dollars and more: exact, as text with or without a comma, and never a float."""

from decimal import Decimal

from django.test import Client

from billing.models import Posting
from denials.models import Denial, WriteOffRequest
from payers.actions.code_lists import load_code_lists
from rcm.models import Practice
from tests.acceptance.kit import D, arrive, billed, book_of
from tests.billing import remitting as r
from tests.billing.books import assert_ledger

AMOUNT = "1234567.89"


def denied(north: Practice) -> Denial:
    load_code_lists()
    claim = billed(north, ("27447", AMOUNT))
    content = r.content("0.00", r.echo(claim, ("0.00", f"CO-29 {AMOUNT}")), method="NON")
    arrive(north, content)
    return Denial.objects.get()


def test_a_biller_cannot_write_off_so_much(north: Practice, ben_client: Client) -> None:
    denial = denied(north)
    body = {"note": "Filed late, not worth an appeal"}
    assert ben_client.post(f"/denials/{denial.pk}/write-off/", body).status_code == 302
    assert not Posting.objects.filter(destination="write_off").exists()
    assert WriteOffRequest.objects.get().state == "requested"
    denial.refresh_from_db()
    assert denial.state == "open"
    assert_ledger(north)


def test_a_write_off_of_more_than_a_thousand_is_exact(north: Practice, mia_client: Client) -> None:
    denial = denied(north)
    page = mia_client.get(f"/denials/{denial.pk}/", follow=True)
    assert b"1,234,567.89" in page.content
    body = {"note": "Filed late, not worth an appeal"}
    answer = mia_client.post(f"/denials/{denial.pk}/write-off/", body)
    assert answer.status_code in (200, 302, 303)
    move = Posting.objects.get(destination="write_off")
    assert move.amount == D(AMOUNT)
    assert isinstance(move.amount, Decimal)
    assert book_of(denial.claim) == {"revenue": -D(AMOUNT), "write_off": D(AMOUNT)}
    assert_ledger(north)


def test_a_large_payment_is_exact_to_the_cent(north: Practice) -> None:
    claim = billed(north, ("27447", AMOUNT))
    arrive(north, r.content("1234567.88", r.echo(claim, ("1234567.88", "CO-45 0.01"))))
    assert book_of(claim) == {
        "revenue": D("-1234567.89"),
        "unapplied": D("1234567.88"),
        "contractual": D("0.01"),
    }
    assert_ledger(north)


def test_the_api_gives_amounts_as_text(north: Practice, mia_client: Client) -> None:
    claim = billed(north, ("27447", AMOUNT))
    arrive(north, r.content("1234567.89", r.echo(claim, ("1234567.89",))))
    row = mia_client.get("/api/remittances/").json()["results"][0]
    assert row["amount_paid"] == AMOUNT
