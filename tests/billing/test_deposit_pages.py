"""The deposits page: few keys, plain forms, exact differences; bank files; API; command; tasks."""

import csv
import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import BankLine, BankStatement, DepositMatch, Remittance
from billing.tasks import match_deposits, sweep_deposits
from rcm import access
from rcm.models import Practice, User
from tests.billing import banking as b

HTMX = {"HX-Request": "true"}


def page(client: Client, query: str = "", **headers: str) -> str:
    response = client.get(f"/deposits/{query}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def today() -> date:
    return timezone.localdate()


@pytest.fixture
def waiting(north: Practice, ben: User) -> Practice:
    """A check deposit of 50.00 and the payment it is, unknown to each other."""
    b.payment(north, "50.00", "CHECK77", paid_on=today())
    b.entered(north, "50.00", ben, deposited_on=today(), description="UNIFIED counter")
    return north


def test_the_first_row_stands_on_top_with_its_best_offer(
    waiting: Practice, ben_client: Client
) -> None:
    text = page(ben_client)
    assert "Bank line" in text
    assert "CHECK77" in text
    assert "75 of 100: same amount, payer named, 0 business days apart, same method" in text
    assert "nothing left" in text
    assert f'name="with" value="{Remittance.objects.get().pk}"' in text


def test_one_key_matches_the_offer(waiting: Practice, ben_client: Client) -> None:
    line, paid = BankLine.objects.get(), Remittance.objects.get()
    body = {"item": f"line-{line.pk}", "with": paid.pk, "tab": "to_match"}
    response = ben_client.post("/deposits/matches/", body, headers=HTMX)
    assert response.status_code == 200
    assert json.loads(response["HX-Trigger"]) == {"toast": {"text": "Matched $50.00."}}
    assert "Nothing waits here" in response.content.decode()
    made = DepositMatch.objects.get()
    assert (made.method, str(made.amount)) == ("amount", "50.00")


def test_without_script_the_same_form_leads_back(waiting: Practice, ben_client: Client) -> None:
    line, paid = BankLine.objects.get(), Remittance.objects.get()
    body = {"item": f"payment-{paid.pk}", "with": line.pk, "tab": "overdue"}
    response = ben_client.post("/deposits/matches/", body)
    assert response.url == "/deposits/?tab=overdue"  # type: ignore[attr-defined]  # a redirect
    assert DepositMatch.objects.count() == 1
    again = ben_client.post("/deposits/matches/", body)
    assert again.status_code == 422
    assert DepositMatch.objects.count() == 1


def test_a_person_may_choose_another_row_and_sees_the_difference(
    waiting: Practice, ben_client: Client
) -> None:
    other = b.payment(waiting, "30.00", "CHECK78", paid_on=today())
    line = BankLine.objects.get()
    text = page(ben_client, f"?item=line-{line.pk}&with={other.pk}")
    assert "$20.00<small>too much</small>" in text
    none = page(ben_client, f"?item=line-{line.pk}&with=")
    assert 'aria-disabled="true"' in none
    body = {"item": f"line-{line.pk}", "with": other.pk}
    ben_client.post("/deposits/matches/", body)
    assert DepositMatch.objects.get().method == "person"
    assert "$20.00" in page(ben_client)


def test_a_sum_of_payments_is_offered_when_it_is_the_only_one(
    north: Practice, ben: User, ben_client: Client
) -> None:
    for amount in ("10.00", "21.00", "43.00", "99.00"):
        b.payment(north, amount, f"C{amount}", paid_on=today())
    b.entered(north, "64.00", ben, payer_identifier="999999999", deposited_on=today())
    text = page(ben_client)
    assert "70 of 100: the only sum that fits, same payer" in text
    assert text.count('<input type="hidden" name="with"') == 2


def test_the_tabs_hold_what_is_overdue_and_what_differs(
    north: Practice, ben_client: Client
) -> None:
    long_ago = today() - timedelta(days=20)
    b.payment(north, "50.00", "LATE1", paid_on=long_ago)
    b.payment(north, "9.00", "NEW1", paid_on=today())
    b.payment(north, "10.00", "SHORT1", paid_on=today())
    b.imported(north, b.statement((900, "SHORT1"), (7000, "NOERA1"), day=long_ago))
    overdue = page(ben_client, "?tab=overdue", **HTMX)
    assert [name for name in ("LATE1", "NOERA1", "NEW1", "SHORT1") if name in overdue] == [
        "LATE1",
        "NOERA1",
    ]
    differs = page(ben_client, "?tab=differs", **HTMX)
    assert "SHORT1" in differs
    assert "−$1.00" in differs
    assert "LATE1" not in differs
    to_match = page(ben_client, "?tab=to_match", **HTMX)
    assert "NEW1" in to_match
    assert "SHORT1" not in to_match
    assert "<title>" not in to_match


def test_a_match_is_undone_from_the_matched_tab(waiting: Practice, ben_client: Client) -> None:
    line, paid = BankLine.objects.get(), Remittance.objects.get()
    ben_client.post("/deposits/matches/", {"item": f"line-{line.pk}", "with": paid.pk})
    match = DepositMatch.objects.get()
    assert 'data-key="u"' in page(ben_client, "?tab=matched")
    response = ben_client.post(f"/deposits/matches/{match.pk}/undoing/", {"tab": "matched"})
    assert response.url == "/deposits/?tab=matched"  # type: ignore[attr-defined]  # a redirect
    assert "undone" in page(ben_client, "?tab=matched")
    match.refresh_from_db()
    assert match.undone_at is not None


def test_what_is_no_payment_is_set_aside_with_a_reason(
    waiting: Practice, ben_client: Client
) -> None:
    item = f"line-{BankLine.objects.get().pk}"
    refused = ben_client.post("/deposits/explanations/", {"item": item, "reason": ""})
    assert refused.status_code == 422
    assert not DepositMatch.objects.exists()
    ben_client.post("/deposits/explanations/", {"item": item, "reason": "Patients"})
    assert DepositMatch.objects.get().reason == "Patients"
    gone = ben_client.post("/deposits/explanations/", {"item": item, "reason": "Patients"})
    assert gone.status_code == 404


def test_the_search_finds_trace_payer_text_and_amount(
    waiting: Practice, ben_client: Client
) -> None:
    for text, is_found in (("check77", True), ("counter", True), ("$50", True), ("51.00", False)):
        assert ("Nothing open matches" not in page(ben_client, f"?q={text}")) == is_found


def test_a_page_of_many_rows_takes_as_many_statements(north: Practice, ben_client: Client) -> None:
    counts = []
    page(ben_client)
    for number in (3, 40):
        for at in range(number):
            b.payment(north, "5.00", f"P{number}-{at}", paid_on=today())
        b.imported(north, b.statement(*((700 + at, f"L{number}-{at}") for at in range(number))))
        with CaptureQueriesContext(connection) as queries:
            page(ben_client)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 27


def test_open_items_are_exported_as_csv(north: Practice, ben: User, ben_client: Client) -> None:
    b.payment(north, "1234.50", "EFT0001", payer_name="=UNIFIED")
    b.entered(north, "7.00", ben, description="+1 DEPOSIT")
    response = ben_client.get("/deposits/open.csv")
    rows = list(csv.DictReader(StringIO(response.content.decode())))
    assert [(row["side"], row["open"], row["trace_number"]) for row in rows] == [
        ("bank", "7.00", ""),
        ("payment", "1234.50", "EFT0001"),
    ]
    assert (rows[0]["text"], rows[1]["text"]) == ("'+1 DEPOSIT", "'=UNIFIED")
    assert rows[1]["due"] == "2026-11-25"


# Bringing lines in --------------------------------------------------------------------------------


def upload(client: Client, content: bytes, name: str = "bank.bai") -> str:
    file = SimpleUploadedFile(name, content)
    response = client.post("/deposits/statements/", {"file": file}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_a_bank_file_is_brought_in_and_shown(north: Practice, ben_client: Client) -> None:
    text = upload(ben_client, b.statement((500, "EFT0001")))
    assert "bank.bai: Lines: 1 new." in text
    assert "EFT0001" in text
    assert "bank.bai" in ben_client.get("/deposits/statements/").content.decode()


def test_a_broken_bank_file_names_its_faults(north: Practice, ben_client: Client) -> None:
    text = upload(ben_client, b"date,amount\n11/20/2026,1.00\n11/99/2026,x\n", "bank.csv")
    assert "“11/99/2026” is no date." in text
    assert "“x” is no amount." in text
    assert BankStatement.objects.get().state == "failed"
    assert not BankLine.objects.exists()


def test_an_empty_form_is_answered_with_what_is_missing(
    north: Practice, ben_client: Client
) -> None:
    assert ben_client.post("/deposits/statements/").status_code == 422
    response = ben_client.post("/deposits/lines/", {"amount": "x"})
    assert response.status_code == 422
    assert "Give the day." in response.content.decode()
    assert not BankLine.objects.exists()


def test_a_deposit_is_entered_by_hand(north: Practice, ben_client: Client) -> None:
    body = {"deposited_on": "2026-11-20", "amount": "12.50", "method": "check"}
    response = ben_client.post("/deposits/lines/", body | {"trace_number": "0055"})
    assert response.status_code == 302
    line = BankLine.objects.get()
    assert (str(line.amount), line.trace_number, line.trace_key) == ("12.50", "0055", "55")


def test_the_command_tells_programs_what_became_of_the_file(
    north: Practice, tmp_path: Path
) -> None:
    path = tmp_path / "bank.bai"
    path.write_bytes(b.statement((500, "EFT0001")))
    out = StringIO()
    access.open_walls([])
    call_command("import_bank_file", path, practice=north.npi, json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert (told["state"], told["lines_new"], told["amount"], told["faults"]) == (
        *("read", 1, "5.00"),
        [],
    )
    path.write_bytes(b.bai2(b.movement(500), file_total=1))
    with pytest.raises(CommandError, match=r"^bank\.bai was not used\.$"):
        call_command("import_bank_file", path, practice=north.npi, json=True, stdout=out)
    with pytest.raises(CommandError, match=r"^No practice has the NPI 1\.$"):
        call_command("import_bank_file", path, practice="1")


def test_the_tasks_match_what_came_before_its_remittance(north: Practice) -> None:
    b.imported(north, b.statement((500, "EFT0001"), (700, "EFT0002")))
    first = b.payment(north, "5.00", "EFT0001")
    b.payment(north, "7.00", "EFT0002")
    assert match_deposits(north.pk, first.pk) == 1
    assert match_deposits(north.pk, 0) == 0
    sweep_deposits()
    access.open_walls([north.pk])
    assert DepositMatch.objects.count() == 2


def test_the_api_gives_lines_with_what_is_open_and_matches(
    north: Practice, ben_client: Client
) -> None:
    b.payment(north, "5.00", "EFT0001")
    b.imported(north, b.statement((500, "EFT0001"), (700, "EFT0002")))
    told = ben_client.get("/api/bank-lines/?is_open=true").json()["results"]
    assert [(row["trace_number"], row["amount"], row["amount_open"]) for row in told] == [
        ("EFT0002", "7.00", "7.00")
    ]
    assert ben_client.get("/api/bank-lines/?is_open=false").json()["count"] == 1
    match = ben_client.get("/api/deposits/?method=trace&is_undone=false").json()["results"][0]
    assert (match["amount"], match["undone_at"]) == ("5.00", None)
