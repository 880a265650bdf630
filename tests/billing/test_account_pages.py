"""The pages and the API of patients' accounts: filters, a form pressed twice, receipts."""

import csv
import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from billing.account_list import AccountList
from billing.models import PatientPayment
from rcm.models import Event, Practice, User
from tests import make
from tests.api.writing import send
from tests.billing.books import charge
from tests.billing.patients import pay, share

D = Decimal


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def fields_of(html: str) -> dict[str, str]:
    """The inputs of the form for a payment, as a browser would send them."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if (
            name
            and name[1] in {"key", "amount", "reference", "paid_on"}
            or (name and name[1].startswith("part_"))
        ):
            found[name[1]] = value[1] if value else ""
    return found


def text_of(content: bytes) -> str:
    return " ".join(" ".join(p.extract_text() for p in PdfReader(BytesIO(content)).pages).split())


def test_the_list_says_why_an_account_gets_no_statement(
    north: Practice, ben_client: Client
) -> None:
    share(north, "20.00", patient=None)
    small = share(north, "4.99")
    text = page(ben_client, "/accounts/")
    assert "2 accounts" in text
    assert "$24.99</b> due from patients" in text
    assert "$4.99 is below the practice&#x27;s minimum of $5.00." in text
    text = page(ben_client, "/accounts/?view=due")
    assert "1 account ·" in text
    assert small.patient.mrn not in text
    text = page(ben_client, "/accounts/?reason=below_minimum")
    assert "1 account ·" in text
    assert small.patient.mrn in text
    assert Event.objects.filter(name="accounts.listed").count() == 3


@pytest.mark.parametrize(
    ("query", "count"),
    [
        *(("q=oka", 2), ("q=okafor, den", 2), ("q=zz", 0), ("age=30", 1), ("age=90", 1)),
        *(("least=20", 1), ("view=credit", 1), ("view=plan", 0), ("view=all", 3)),
    ],
)
def test_accounts_are_filtered(
    north: Practice, ben: User, ben_client: Client, query: str, count: int
) -> None:
    today = timezone.localdate()
    share(north, "20.00", served=today - timedelta(days=90))
    share(north, "10.00", served=today - timedelta(days=20))
    pay(make.patient(north, last_name="Abel"), "5.00", ben)
    assert f"{count} account" in page(ben_client, f"/accounts/?{query}")


def test_the_list_is_saved_as_csv(north: Practice, ben_client: Client) -> None:
    claim = share(north, "20.00")
    response = ben_client.get("/accounts/?format=csv")
    [head, row] = csv.reader(StringIO(response.content.decode()))
    assert row[:6] == [
        *(str(claim.patient_id), claim.patient.mrn, "Okafor, Denise", "20.00", "0.00", "0.00"),
    ]
    assert head[-1] == "No statement because"


def test_pages_of_accounts_follow_each_other_without_gap(north: Practice) -> None:
    for cents in (500, 700, 700, 900):
        share(north, str(D(cents).scaleb(-2)))
    seen, after = [], ""
    for _ in range(5):
        found = AccountList(north, QueryDict(f"after={after}"), timezone.localdate())
        rows = found.page(found.counts()).rows
        seen.append([row.due for row in rows])
        after = f"{rows[0].due}:{rows[0].patient_id}" if rows else after
    dues = [D("9.00"), D("7.00"), D("7.00"), D("5.00")]
    assert seen == [dues, dues[1:], dues[2:], dues[3:], []]


def test_the_statements_of_the_list_and_a_page_do_not_grow(
    north: Practice, ben: User, ben_client: Client
) -> None:
    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            page(ben_client, url)
        return len(queries)

    patient = share(north, "20.00").patient
    pay(patient, "5.00", ben)
    urls = ("/accounts/", f"/accounts/{patient.pk}/", "/api/accounts/")
    count("/accounts/")
    before = [count(url) for url in urls]
    for _ in range(5):
        share(north, "20.00")
        share(north, "20.00", patient=patient)
        pay(patient, "5.00", ben)
    assert [count(url) for url in urls] == before


def test_the_account_shows_visits_payments_and_the_reason(
    north: Practice, ben: User, ben_client: Client
) -> None:
    claim = share(north, "20.00")
    charge(make.claim(north, encounter=make.encounter(north, number="V9", patient=claim.patient)))
    payment = pay(claim.patient, "5.00", ben)
    text = page(ben_client, f"/accounts/{claim.patient_id}/")
    assert "1 insurance line is open ($165.00)." in text
    assert "1 claim is not decided by a payer yet." in text
    assert "Patient payment" in text
    assert f"Take back payment {payment.pk}" in text
    assert Event.objects.get(name="account.viewed").patient_id == claim.patient_id


def test_a_payment_is_shown_where_it_goes_and_pressed_twice_is_one(
    north: Practice, ben_client: Client
) -> None:
    claim = share(north, "20.00")
    url = f"/accounts/{claim.patient_id}/payment/"
    form = fields_of(page(ben_client, url)) | {"amount": "1,020.00", "method": "cash"}
    answer = ben_client.post(url, form | {"step": "show"})
    assert (answer.status_code, answer["Location"]) == (302, f"{url}?draft={quote(form['key'])}")
    shown = page(ben_client, answer["Location"])
    assert "$1,000.00" in shown
    assert not PatientPayment.objects.exists()
    filled = fields_of(shown) | {"method": "cash", "step": "save"}
    assert filled[f"part_{claim.encounter_id}"] == "20.00"
    for _ in range(2):
        assert ben_client.post(url, filled).status_code == 302
    assert PatientPayment.objects.get().amount == D("1020.00")
    # Back asks for nothing a second time; another amount under its key is not posted.
    back = ben_client.get(answer["Location"], follow=True)
    assert "of $1,020.00 is posted already." in back.content.decode()
    changed = ben_client.post(url, filled | {"amount": "5.00"})
    assert changed.status_code == 409
    assert PatientPayment.objects.count() == 1


def test_what_was_typed_for_one_patient_is_shown_for_no_other_and_in_no_address(
    north: Practice, ben_client: Client
) -> None:
    claim = share(north, "20.00")
    other = share(north, "30.00", patient=None)
    url = f"/accounts/{claim.patient_id}/payment/"
    form = fields_of(page(ben_client, url)) | {"amount": "20.00", "method": "check"}
    form |= {"reference": "CHECK 7781", "step": "show"}
    address = ben_client.post(url, form)["Location"]
    assert "7781" not in address
    assert 'value="CHECK 7781"' in page(ben_client, address)
    elsewhere = page(ben_client, address.replace(str(claim.patient_id), str(other.patient_id), 1))
    assert "Where it goes" not in elsewhere
    assert "7781" not in elsewhere
    assert "Where it goes" not in page(ben_client, f"{url}?draft=page:unknown")


@pytest.mark.parametrize("amount", ["-3000", "0", "0.00", "1e3", "abc", ""])
def test_the_form_refuses_what_is_no_amount(
    north: Practice, ben_client: Client, amount: str
) -> None:
    claim = share(north, "20.00")
    url = f"/accounts/{claim.patient_id}/payment/"
    form = fields_of(page(ben_client, url)) | {"amount": amount, "method": "cash", "step": "save"}
    assert ben_client.post(url, form).status_code == 422
    assert not PatientPayment.objects.exists()


def test_a_check_is_taken_back_and_back_again_from_the_page(
    north: Practice, ben: User, ben_client: Client
) -> None:
    payment = pay(share(north, "20.00").patient, "20.00", ben)
    url = f"/accounts/payments/{payment.pk}"
    assert ben_client.post(f"{url}/reversal/", {"reason": ""}).status_code == 422
    assert ben_client.post(f"{url}/reversal/", {"reason": "Returned"}).status_code == 302
    payment.refresh_from_db()
    assert payment.is_reversed
    assert ben_client.post(f"{url}/restoration/").status_code == 302
    payment.refresh_from_db()
    assert not payment.is_reversed


def test_a_receipt_names_what_was_paid(north: Practice, ben: User, ben_client: Client) -> None:
    claim = share(north, "20.00")
    payment = pay(claim.patient, "50.00", ben, method="card", reference="A77")
    response = ben_client.get(f"/accounts/payments/{payment.pk}/receipt/")
    assert response["Content-Type"] == "application/pdf"
    text = text_of(response.content)
    for words in (
        *("Denise Okafor", "Card A77", "Kept for later visits", "$30.00", "$20.00"),
        *("Received $50.00", f"{claim.date_of_service:%m/%d/%Y}"),
    ):
        assert words in text
    ben_client.post(f"/accounts/payments/{payment.pk}/reversal/", {"reason": "Disputed"})
    again = ben_client.get(f"/accounts/payments/{payment.pk}/receipt/")
    assert "Taken back on" in text_of(again.content)
    assert "Disputed" in text_of(again.content)


def test_prepaid_money_is_used_and_asked_back_from_the_page(
    north: Practice, ben: User, ben_client: Client
) -> None:
    patient = share(north, "20.00").patient
    pay(patient, "50.00", ben, parts={})
    assert "Pay what is owed from it" in page(ben_client, f"/accounts/{patient.pk}/")
    url = f"/accounts/{patient.pk}/prepaid/"
    assert ben_client.post(url, {"key": "a"}).status_code == 302
    assert "Ask for a refund" in page(ben_client, f"/accounts/{patient.pk}/")
    body = {"key": "b", "amount": "30.00", "reason": "Moving"}
    back = ben_client.post(f"/accounts/{patient.pk}/prepaid-refund/", body)
    assert back["Location"].startswith("/refunds/")


def test_the_api_takes_a_payment_once_per_key(north: Practice, ben_client: Client) -> None:
    claim = share(north, "20.00")
    url = f"/api/accounts/{claim.patient_id}/payments/"
    body: dict[str, Any] = {
        "amount": "25.00",
        "method": "check",
        "reference": "1041",
        "paid_on": timezone.localdate().isoformat(),
    }
    first = send(ben_client, url, "pay", body)
    assert first.status_code == 201
    assert first.json()["parts"] == [
        {"claim_id": claim.pk, "amount": "20.00"},
        {"claim_id": None, "amount": "5.00"},
    ]
    assert send(ben_client, url, "pay", body).json() == first.json()
    assert send(ben_client, url, "pay", body | {"amount": "26.00"}).status_code == 409
    for amount in ("-3000.00", "0.00"):
        refused = send(ben_client, url, f"n{amount}", body | {"amount": amount})
        assert (refused.status_code, refused.json()["code"]) == (422, "amount_wrong")
    assert PatientPayment.objects.count() == 1
    pk = first.json()["id"]
    taken = send(ben_client, f"/api/patient-payments/{pk}/reversal/", "r", {"reason": "Bad"})
    assert taken.json()["is_reversed"] is True
    back = send(ben_client, f"/api/patient-payments/{pk}/restoration/", "s")
    assert back.json()["is_reversed"] is False


def test_the_api_tells_the_state_and_the_reasons(north: Practice, ben_client: Client) -> None:
    claim = share(north, "4.00")
    [row] = ben_client.get("/api/accounts/?view=excluded").json()["results"]
    assert (row["id"], row["state"]["owed"]) == (claim.patient_id, "4.00")
    assert row["state"]["reasons"] == [
        {"code": "below_minimum", "text": "$4.00 is below the practice's minimum of $5.00."}
    ]
    one = ben_client.get(f"/api/accounts/{claim.patient_id}/").json()
    assert one["visits"][0]["patient"] == "4.00"
    assert ben_client.get("/api/accounts/?view=due").json()["results"] == []
