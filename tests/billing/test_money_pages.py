"""The pages of payer balances, unapplied money, credits and refunds, and their endpoints."""

import csv
from decimal import Decimal
from io import StringIO

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.actions.offsets import link_provider_adjustments
from billing.actions.refunds import request_refund
from billing.models import OffsetLink, Posting, ProviderAdjustment, Refund, Remittance, WorkOwner
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import remitting as r
from tests.billing.crediting import overpaid, unpaid

D = Decimal
HTMX = {"HX-Request": "true"}


def text_of(answer: HttpResponse, status: int = 200) -> str:
    assert answer.status_code == status
    return answer.content.decode()


def check(practice: Practice, trace: str, paid: str, *claims: object, plb: tuple) -> None:
    number = practice.pk * 100 + ProviderAdjustment.objects.count() + 1
    told = r.content(paid, *claims, adjustments=plb, number=number, trace_number=trace)
    link_provider_adjustments(r.posted(practice, told))


@pytest.fixture
def postponed(north: Practice) -> ProviderAdjustment:
    """100.00 postponed for a claim, 40.00 of it taken; interest beside it."""
    make.payer(north)
    make.claim(north)
    check(north, "CHECK1", "101.00", plb=(r.plb("WO", "-100.00", "T000001"), r.plb("L6", "-1.00")))
    check(
        north,
        "CHECK2",
        "60.00",
        r.clp("X", "100.00", "100.00"),
        plb=(r.plb("WO", "40.00", "T000001"),),
    )
    return ProviderAdjustment.objects.get(amount=D("-100.00"))


def test_the_page_says_what_payers_will_take(
    postponed: ProviderAdjustment, ben_client: Client
) -> None:
    text = text_of(ben_client.get(reverse("payer_balances")))
    assert "Payers will take <b>$60.00</b> from their next checks" in text
    assert "Overpayment taken back" in text
    assert "−$60.00" in text
    payers = text_of(ben_client.get(reverse("payer_balances"), {"state": "payers"}))
    assert "Unified Care" in payers
    assert "?state=open&amp;payer=1999999999" in payers
    final = text_of(ben_client.get(reverse("payer_balances"), {"state": "final"}))
    assert "Interest for late payment" in final
    closed = text_of(ben_client.get(reverse("payer_balances"), {"state": "closed"}))
    assert "$40.00" in closed


def test_the_pane_shows_the_chain_and_what_the_reference_names(
    postponed: ProviderAdjustment, ben_client: Client
) -> None:
    url = reverse("payer_balance", args=[postponed.pk])
    text = text_of(ben_client.get(url, headers=HTMX))
    assert "<html" not in text
    assert "The payer added $100.00 to this check and will take $60.00 from a next one." in text
    assert f"/claims/{postponed.claim_id}/" in text
    assert "$40.00 of CHECK1 closed by CHECK2: same reference." in text
    assert text_of(ben_client.get(url, follow=True)).count("data-chosen") == 1


def test_a_person_takes_apart_and_links_again(
    postponed: ProviderAdjustment, ben_client: Client
) -> None:
    made = OffsetLink.objects.get()
    answer = ben_client.post(reverse("payer_balance_unlink", args=[made.pk]), follow=True)
    assert "$40.00 is open again." in text_of(answer)
    url = reverse("payer_balance_link", args=[postponed.pk])
    for typed in ("-3000", "40.01", "1,00"):
        answer = ben_client.post(url, {"other": made.closing_id, "amount": typed})
        assert answer.status_code == 422
    assert OffsetLink.objects.filter(undone="").count() == 0
    answer = ben_client.post(url, {"other": made.closing_id, "amount": "$15.00"}, follow=True)
    assert "$15.00 closed." in text_of(answer)
    assert OffsetLink.objects.get(undone="").amount == D("15.00")


def test_the_export_holds_the_tab_and_runs_nothing(
    north: Practice, postponed: ProviderAdjustment, ben_client: Client
) -> None:
    Remittance.objects.filter(pk=postponed.remittance_id).update(trace_number="=1+1")
    answer = ben_client.get(reverse("payer_balances"), {"format": "csv"})
    [row] = csv.DictReader(StringIO(text_of(answer)))
    assert row["payment"] == "'=1+1"
    assert (row["amount"], row["open"], row["state"]) == ("-100.00", "-60.00", "open")
    assert row["payer"] == "Unified Care"


def test_lists_take_the_same_number_of_statements_whatever_they_hold(
    north: Practice, ben_client: Client
) -> None:
    make.payer(north)
    ben_client.get("/preferences/")

    def fill(at: int) -> None:
        overpaid(north)
        claim = r.clp(f"NOBODY{at}", "10.00", "10.00")
        check(north, f"CHECK{at}", "15.00", claim, plb=(r.plb("CS", "-5.00", f"A{at}"),))

    def statements() -> list[int]:
        counts = []
        for name in ("payer_balances", "unapplied", "credits", "api-credit-list"):
            with CaptureQueriesContext(connection) as captured:
                assert ben_client.get(reverse(name)).status_code == 200
            counts.append(len(captured))
        return counts

    fill(0)
    few = statements()
    for at in range(1, 7):
        fill(at)
    assert statements() == few


def test_unapplied_money_is_listed_with_its_reason_and_given_to_a_person(
    north: Practice, ben: User, ben_client: Client
) -> None:
    make.payer(north)
    remittance = r.posted(north, r.content("10.00", r.clp("NOBODY", "10.00", "10.00")))
    text = text_of(ben_client.get(reverse("unapplied")))
    assert "<b>$10.00</b> received and not explained, 1 payment" in text
    assert "1 claim: No claim of this practice has this number." in text
    url = reverse("unapplied_owner", args=[remittance.pk])
    answer = ben_client.post(url, {"person": ben.pk}, follow=True)
    assert "Ben Carver works on payment CHECK1." in text_of(answer)
    assert WorkOwner.objects.get().owner == ben
    accounts = text_of(ben_client.get(reverse("unapplied"), {"view": "accounts"}))
    assert "Interest paid by payers" in accounts
    assert "−$10.00" in accounts


def test_a_credit_is_refunded_from_the_page(north: Practice, ben: User, ben_client: Client) -> None:
    claim = overpaid(north, "1000.00")
    text = text_of(ben_client.get(reverse("credits")))
    assert "<b>$1,000.00</b> is not ours" in text
    assert Event.objects.filter(name="claims.listed", data={"claims": [claim.pk]}).exists()
    pane = ben_client.get(reverse("credit", args=[claim.pk, "primary_receivable"]), headers=HTMX)
    assert "$1,000.00 belongs to Unified Care, since 11/01/2026." in text_of(pane)
    assert "To be returned by 12/31/2026" in text_of(pane)
    url = reverse("credit_refund", args=[claim.pk, "primary_receivable"])
    body = {"kind": "refund", "reason": "Paid twice"}
    for typed in ("-3000", "1,000.01", "0", "ten", "1e3"):
        assert ben_client.post(url, body | {"amount": typed}).status_code == 422
    assert not Refund.objects.exists()
    answer = ben_client.post(url, body | {"amount": "1,000.00"}, follow=True)
    assert "needs the approval of a manager" in text_of(answer)
    assert Refund.objects.get().amount == D("1000.00")
    assert "You asked for it: another person has to approve it." in text_of(answer)


def test_a_manager_approves_and_a_biller_pays_and_undoes(
    north: Practice, ben: User, ben_client: Client, mia_client: Client
) -> None:
    claim = overpaid(north, "500.00")
    refund = request_refund(
        claim,
        account="primary_receivable",
        kind="refund",
        amount=D("500.00"),
        reason="Paid twice",
        by=ben,
    )
    decision = reverse("refund_decision", args=[refund.pk, "approve"])
    assert ben_client.post(decision).status_code == 403
    assert "Approve <kbd>3</kbd>" in text_of(
        mia_client.get(reverse("refund", args=[refund.pk]), follow=True)
    )
    assert "is approved." in text_of(mia_client.post(decision, follow=True))
    payment = reverse("refund_payment", args=[refund.pk])
    assert ben_client.post(payment).status_code == 422
    answer = ben_client.post(payment, {"reference": "CHECK 77"}, follow=True)
    assert "is paid." in text_of(answer)
    assert "Cash → Owed by the primary payer" in text_of(answer)
    assert Posting.objects.filter(origin=f"refund:{refund.pk}").exists()
    answer = ben_client.post(reverse("refund_cancellation", args=[refund.pk]), follow=True)
    assert "is cancelled." in text_of(answer)


def test_an_offset_names_its_claim(north: Practice, ben_client: Client) -> None:
    claim, target = overpaid(north), unpaid(north)
    url = reverse("credit_refund", args=[claim.pk, "primary_receivable"])
    body = {"kind": "offset", "amount": "80.00", "reason": "Same payer", "target": "T9"}
    assert ben_client.post(url, body).status_code == 422
    number = f" {target.patient_control_number.lower()} "
    text_of(ben_client.post(url, body | {"target": number}, follow=True))
    assert Refund.objects.get().target_claim == target


def test_an_account_that_is_none_is_not_there(north: Practice, ben_client: Client) -> None:
    claim = overpaid(north)
    assert ben_client.get(reverse("credit", args=[claim.pk, "cash"])).status_code == 404
    refund = reverse("credit_refund", args=[claim.pk, "cash"])
    body = {"kind": "refund", "amount": "1.00", "reason": "x"}
    assert ben_client.post(refund, body).status_code == 422


def test_the_endpoints_show_amounts_as_text(
    postponed: ProviderAdjustment, north: Practice, ben: User, ben_client: Client
) -> None:
    answer = ben_client.get("/api/provider-adjustments/", {"state": "open"}).json()
    [row] = answer["results"]
    assert (row["amount"], row["amount_open"], row["label"], row["kind"], row["state"]) == (
        *("-100.00", "-60.00", "Overpayment taken back"),
        *("offset", "open"),
    )
    assert row["claim_id"] == postponed.claim_id
    claim = overpaid(north)
    [credit] = ben_client.get("/api/credits/").json()["results"]
    assert credit["patient_control_number"] == claim.patient_control_number
    assert credit["credits"] == [
        {
            "account": "primary_receivable",
            "owner": "payer",
            "amount": "80.00",
            "free": "80.00",
            "identified_on": "2026-11-01",
            "due_on": "2026-12-31",
        }
    ]
    assert ben_client.get(f"/api/credits/{claim.pk}/").json()["credits"] == credit["credits"]
    request_refund(
        claim, account="primary_receivable", kind="refund", amount=D("80.00"), reason="x", by=ben
    )
    [refund] = ben_client.get("/api/refunds/", {"state": "approved"}).json()["results"]
    assert (refund["amount"], refund["needs_approval"]) == ("80.00", False)
