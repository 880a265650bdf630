"""The pages of paper EOBs: the list, the grid, rows as they are saved, scanned pages."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse

from billing.actions import manual_batches, manual_pages, manual_rows
from billing.models import ManualBatch, ManualClaim, ManualLine, ManualPage, Remittance
from rcm import access
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import keying as k
from tests.billing import remitting as r

PAID = {"paid": "72.00", "coinsurance": "20.00", "contract": "="}
HTMX = {"HX-Request": "true"}
HEAD = {
    "method": "CHK",
    "trace_number": "55120",
    "control_total": "$1,204.16",
    "paid_on": "2026-11-20",
}


@pytest.fixture
def batch(north: Practice, ben: User) -> ManualBatch:
    return k.opened(north, "72.00", by=ben)


@pytest.fixture
def line(north: Practice, ben: User, batch: ManualBatch) -> ManualLine:
    return manual_rows.add_claim(batch, make.claim(north), by=ben).lines.get()


def text_of(client: Client, batch: ManualBatch) -> str:
    answer = client.get(reverse("manual_batch", args=[batch.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def url_of(line: ManualLine) -> str:
    return reverse("manual_line", args=[line.manual_claim.batch_id, line.pk])


def test_a_batch_is_opened_from_its_form(north: Practice, ben_client: Client) -> None:
    payer = make.payer(north)
    answer = ben_client.post(reverse("manual_opening"), HEAD | {"payer": payer.pk})
    batch = ManualBatch.objects.get()
    assert answer["Location"] == reverse("manual_batch", args=[batch.pk])
    assert (batch.control_total, batch.trace_number) == (Decimal("1204.16"), "55120")
    assert "No claims yet" in text_of(ben_client, batch)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"control_total": "1,00"}, "“1,00” is not an amount such as 1,000.00."),
        ({"control_total": "(5.00)"}, "The amount of a payment is not negative."),
        ({"control_total": "0"}, "A payment of 0.00 is “No payment”, and no other is."),
        ({"paid_on": "20.11.2026"}, "Enter a valid date."),
    ],
)
def test_a_head_that_is_wrong_says_what(
    north: Practice, ben_client: Client, changes: dict[str, str], message: str
) -> None:
    body = HEAD | {"payer": make.payer(north).pk} | changes
    answer = ben_client.post(reverse("manual_opening"), body)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not ManualBatch.objects.exists()


def test_a_check_that_came_as_835_asks_for_a_reason(north: Practice, ben_client: Client) -> None:
    told = r.echo(make.claim(north), ("72.00", "CO-45 93.00"))
    r.posted(north, r.content("72.00", told, trace_number="55120"))
    body: dict[str, Any] = HEAD | {"payer": make.payer(north).pk}
    answer = ben_client.post(reverse("manual_opening"), body)
    assert answer.status_code == 422
    assert "835 55120 of 11/20/2026, 72.00 (posted) is here already" in answer.content.decode()
    assert not ManualBatch.objects.exists()
    ben_client.post(reverse("manual_opening"), body | {"reason": "A second check"})
    text = text_of(ben_client, ManualBatch.objects.get())
    assert "Keyed because: A second check" in text


def test_the_list_shows_what_is_left(
    north: Practice, ben: User, ben_client: Client, batch: ManualBatch
) -> None:
    k.keyed(batch, make.claim(north), {"paid": "70.00", "contract": "="}, by=ben)
    manual_rows.add_provider_adjustment(
        batch, code="FB", reference="", amount=Decimal("-0.50"), by=ben
    )
    text = ben_client.get(reverse("manual_batches")).content.decode()
    assert "$72.00" in text
    assert "$1.50" in text
    closed = ben_client.get(reverse("manual_batches"), {"state": "closed"}).content.decode()
    assert "No batch in this state" in closed


def test_the_list_and_the_grid_cost_the_same_for_more_rows(
    north: Practice, ben: User, ben_client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(4):
        batch = k.opened(north, f"{number + 1}.00", trace_number=f"N{number}", by=ben)
    for _ in range(5):
        k.keyed(batch, make.claim(north), PAID, by=ben)
    ben_client.get("/manual/")
    with django_assert_max_num_queries(20):
        ben_client.get(reverse("manual_batches"))
    with django_assert_max_num_queries(26):
        text_of(ben_client, batch)


def test_a_claim_is_added_by_number_or_by_name(
    north: Practice, ben_client: Client, batch: ManualBatch
) -> None:
    first, second = make.claim(north), make.claim(north)
    url = reverse("manual_claims", args=[batch.pk])
    ben_client.post(url, {"claim": f" {first.patient_control_number.lower()} "})
    assert ManualClaim.objects.get().claim == first
    answer = ben_client.post(url, {"claim": "Okaf, De"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Choose one of the claims of this name." in text
    assert first.patient_control_number in text
    assert second.patient_control_number in text
    ManualClaim.objects.get()
    lone = make.claim(
        north, encounter=make.encounter(north, patient=make.patient(north, last_name="Ibarra"))
    )
    ben_client.post(url, {"claim": "ibarra"})
    assert ManualClaim.objects.last().claim == lone  # type: ignore[union-attr]  # there are two
    assert ben_client.post(url, {"claim": "Nobody"}).status_code == 422


def test_the_same_claim_twice_asks_on_the_page(
    north: Practice, ben_client: Client, batch: ManualBatch, line: ManualLine
) -> None:
    url = reverse("manual_claims", args=[batch.pk])
    answer = ben_client.post(url, {"claim": "T000001"})
    assert answer.status_code == 409
    assert "Claim T000001 is in this batch already, as number 1." in answer.content.decode()
    assert ManualClaim.objects.count() == 1
    ben_client.post(url, {"claim": "T000001", "again": "on"})
    assert ManualClaim.objects.filter(is_repeat=True).count() == 1


def test_a_row_saves_and_says_what_is_left(ben_client: Client, line: ManualLine) -> None:
    answer = ben_client.post(
        url_of(line), {"paid": "71.99", "contract": "=", "version": "1"}, headers=HTMX
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in text
    assert "Saved. $0.01 left to post." in text
    assert 'data-left="1"' in text
    assert 'value="2"' in text
    line.refresh_from_db()
    assert (line.amount_paid, line.adjustments) == (Decimal("71.99"), [["CO", "45", 9301]])


def test_a_row_saves_without_script(ben_client: Client, line: ManualLine) -> None:
    answer = ben_client.post(url_of(line), PAID | {"version": "1"})
    batch = line.manual_claim.batch
    there = reverse("manual_batch", args=[batch.pk])
    assert answer["Location"] == f"{there}#manual-line-{line.pk}"
    text = text_of(ben_client, batch)
    assert 'value="72.00"' in text
    assert 'value="73.00"' in text


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_cell_that_is_no_amount_keeps_what_was_typed(
    ben_client: Client, line: ManualLine, headers: dict[str, str]
) -> None:
    answer = ben_client.post(url_of(line), {"paid": "72.0", "version": "1"}, headers=headers)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Not saved. “72.0” is not an amount such as 1,000.00." in text
    assert headers or 'value="72.0"' in text
    line.refresh_from_db()
    assert (line.amount_paid, line.version) == (None, 1)


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_row_changed_meanwhile_shows_both_versions(
    ben: User, ben_client: Client, line: ManualLine, headers: dict[str, str]
) -> None:
    k.key(line.manual_claim, {"paid": "72.00"}, by=ben)
    body = {"paid": "70.00", "version": "1"}
    answer = ben_client.post(url_of(line), body, headers=headers)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Paid is <b>72.00</b>, you typed <b>70.00</b>." in text
    line.refresh_from_db()
    assert line.amount_paid == Decimal("72.00")
    assert ben_client.post(url_of(line), body | {"version": "2"}).status_code == 302


def test_a_row_of_somebody_else_is_read_only(
    batch: ManualBatch, line: ManualLine, mia_client: Client
) -> None:
    answer = mia_client.post(url_of(line), PAID | {"version": "1"}, headers=HTMX)
    assert answer.status_code == 423
    assert "Ben Carver is keying claim T000001" in answer.content.decode()
    text = text_of(mia_client, batch)
    assert "Ben Carver keys it until" in text
    assert 'name="paid"' not in text
    lock = reverse("manual_claim_lock", args=[batch.pk, line.manual_claim_id])
    assert mia_client.post(lock).status_code == 423
    ManualClaim.objects.update(locked_until=None)
    assert mia_client.post(lock).status_code == 204
    line.refresh_from_db()
    assert line.amount_paid is None


def test_an_overpaid_row_asks_why(ben_client: Client, line: ManualLine) -> None:
    body = {"paid": "200.00", "others": "CO-45 -35.00", "version": "1"}
    text = ben_client.post(url_of(line), body, headers=HTMX).content.decode()
    assert "Paid above its charge." in text
    assert "tone-amber" in text
    assert 'name="reason"' in text


def test_closing_and_reopening_from_the_page(
    north: Practice, ben_client: Client, batch: ManualBatch, line: ManualLine
) -> None:
    closing = reverse("manual_closing", args=[batch.pk])
    assert ben_client.post(closing).status_code == 422
    ben_client.post(url_of(line), PAID | {"version": "1"})
    answer = ben_client.post(closing, follow=True)
    text = answer.content.decode()
    remittance = Remittance.objects.get()
    assert "Closed and read only. Remittance 55120 is posted." in text
    assert reverse("remittance", args=[remittance.pk]) in text
    assert 'name="paid"' not in text
    assert ben_client.get(reverse("remittance", args=[remittance.pk])).status_code == 200
    reopening = reverse("manual_reopening", args=[batch.pk])
    assert ben_client.post(reopening).status_code == 422
    text = ben_client.post(reopening, {"reason": "Wrong claim"}, follow=True).content.decode()
    assert "Reopened by Ben Carver on" in text
    assert ": Wrong claim" in text
    remittance.refresh_from_db()
    assert remittance.hold_code == "taken_back"


def test_kept_back_money_is_added_and_removed(ben_client: Client, batch: ManualBatch) -> None:
    url = reverse("manual_adjustments", args=[batch.pk])
    assert ben_client.post(url, {"code": "W", "amount": "5"}).status_code == 422
    assert ben_client.post(url, {"code": "WO", "amount": "0.00"}).status_code == 422
    ben_client.post(url, {"code": "wo", "reference": "REF1", "amount": "(5.00)"})
    row = batch.provider_adjustments.get()
    assert (row.code, row.amount) == ("WO", Decimal("-5.00"))
    assert "$67.00" in text_of(ben_client, batch)
    ben_client.post(reverse("manual_adjustment_removal", args=[batch.pk, row.pk]))
    assert not batch.provider_adjustments.exists()


def test_an_empty_batch_is_deleted_from_the_page(ben_client: Client, batch: ManualBatch) -> None:
    assert "Delete empty batch" in text_of(ben_client, batch)
    ben_client.post(reverse("manual_deletion", args=[batch.pk]))
    assert not ManualBatch.objects.exists()


def add(client: Client, batch: ManualBatch, name: str, content: bytes) -> Any:
    upload = SimpleUploadedFile(name, content, content_type="image/png")
    return client.post(reverse("manual_pages", args=[batch.pk]), {"file": upload})


@pytest.mark.parametrize(
    ("name", "content", "kind", "shown"),
    [
        ("scan.pdf", k.PDF, "application/pdf", "pdf"),
        ("scan.exe", k.JPEG, "image/jpeg", "jpg"),
        ("scan.html", k.png(), "image/png", "png"),
    ],
)
def test_a_scanned_page_is_served_as_what_it_is(
    ben_client: Client, batch: ManualBatch, name: str, content: bytes, kind: str, shown: str
) -> None:
    """Never with the name or type a browser claimed."""
    assert add(ben_client, batch, name, content).status_code == 302
    page = ManualPage.objects.get()
    answer = ben_client.get(reverse("manual_page", args=[batch.pk, page.pk]))
    assert answer.content == content
    headers = ("Content-Type", "Content-Disposition", "Content-Security-Policy")
    assert [answer[header] for header in headers] == [
        kind,
        f'attachment; filename="eob-{batch.pk}-1.{shown}"',
        "sandbox; default-src 'none'",
    ]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert Event.objects.filter(name="manual_page.viewed", subject_id=page.pk).exists()
    assert ("<img" in text_of(ben_client, batch)) == (kind != "application/pdf")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("scan.png", b"<svg onload='alert(1)'/>", "The file is not a whole PDF, PNG or JPEG."),
        ("scan.png", k.png(extra=b"<script>"), "The file is not a whole PDF, PNG or JPEG."),
        ("scan.pdf", b"<html>" + k.PDF, "The file is not a whole PDF, PNG or JPEG."),
        ("scan.pdf", b"", "The file is empty."),
        ("scan.pdf", k.PDF + b" " * (1024 * 1024), "The page is larger than 1 MB."),
    ],
)
@override_settings(MANUAL_PAGE_LIMIT=1024 * 1024)
def test_what_is_no_page_is_refused(
    ben_client: Client, batch: ManualBatch, name: str, content: bytes, message: str
) -> None:
    answer = add(ben_client, batch, name, content)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not ManualPage.objects.exists()


def test_a_name_that_is_a_path_is_only_a_name(
    ben: User, ben_client: Client, batch: ManualBatch
) -> None:
    page = manual_pages.add_page(batch, "../../<b>x</b>.png", k.png(), by=ben)
    assert page.name == "b>.png"
    with pytest.raises(Refusal) as refusal:
        manual_pages.add_page(batch, "again.png", k.png(), by=ben)
    assert refusal.value.code == "page_is_here"
    ben_client.post(reverse("manual_page_removal", args=[batch.pk, page.pk]))
    assert not ManualPage.objects.exists()


def test_a_closed_batch_keeps_its_pages(north: Practice, ben: User, batch: ManualBatch) -> None:
    page = manual_pages.add_page(batch, "a.png", k.png(), by=ben)
    k.keyed(batch, make.claim(north), PAID, by=ben)
    manual_batches.close_batch(batch, by=ben)
    page = ManualPage.objects.select_related("batch").get(pk=page.pk)
    for attempt in (
        lambda: manual_pages.add_page(batch, "b.pdf", k.PDF, by=ben),
        lambda: manual_pages.remove_page(page, by=ben),
    ):
        with pytest.raises(Refusal) as refusal:
            attempt()
        assert refusal.value.code == "batch_closed"
    assert ManualPage.objects.count() == 1


def test_a_page_of_another_practice_is_not_there(
    south: Practice, ben: User, batch: ManualBatch, otto_client: Client
) -> None:
    page = manual_pages.add_page(batch, "a.png", k.png(), by=ben)
    access.open_walls([])
    answer = otto_client.get(reverse("manual_page", args=[batch.pk, page.pk]))
    assert answer.status_code == 404
