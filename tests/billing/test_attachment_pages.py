"""Files that go with a claim: on its page, through the API, and in the packet, read back."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfReader

from billing.attachment_packet import make_packet
from billing.models import Claim, ClaimAttachment
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import attaching as a
from tests.billing.attaching import attach
from tests.billing.keying import refused
from tests.billing.outgoing import ready_claim

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
KIND = {"report_type": "09", "transmission": "FX"}


@pytest.fixture
def claim(north: Practice) -> Claim:
    return ready_claim(north)


def upload(content: bytes = a.TEXT, name: str = "note.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def pages_of(content: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages]


def names_of(claim: Claim) -> list[str]:
    rows = Event.objects.filter(subject_type="claim", subject_id=claim.pk, name__contains="attach")
    return list(rows.order_by("pk").values_list("name", flat=True))


def test_a_file_is_added_saved_and_removed_on_the_page(claim: Claim, ben_client: Client) -> None:
    url = f"/claims/{claim.pk}/"
    answer = ben_client.post(f"{url}attachments/", KIND | {"file": upload()}, follow=True)
    row = ClaimAttachment.objects.get()
    shown = answer.content.decode()
    assert f"note.txt goes with the claim as {row}; it is ready." in shown
    for text in ("Progress notes · By fax · Text, 1 page", "Packet", "Remove note.txt"):
        assert text in shown
    saved = ben_client.get(f"{url}attachments/{row.pk}/")
    assert saved.content == a.TEXT
    assert saved["Content-Disposition"] == f'attachment; filename="{row}.txt"'
    assert saved["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert saved["X-Content-Type-Options"] == "nosniff"
    removed = ben_client.post(f"{url}attachments/{row.pk}/removal/", follow=True)
    assert "note.txt does not go with the claim any more." in removed.content.decode()
    assert ClaimAttachment.objects.count() == 0
    assert names_of(claim) == [
        "claim.attachment_added",
        "claim.attachment_viewed",
        "claim.attachment_removed",
    ]


def test_a_form_without_a_file_or_kind_is_shown_again(claim: Claim, ben_client: Client) -> None:
    answer = ben_client.post(f"/claims/{claim.pk}/attachments/", {"report_type": "ZZ"})
    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode()
    assert "ZZ is not one of the available choices." in answer.content.decode()
    assert ClaimAttachment.objects.count() == 0


def test_a_file_that_is_none_is_refused_on_the_page(claim: Claim, ben_client: Client) -> None:
    file = upload(b"MZ\x90\x00", "note.pdf")
    answer = ben_client.post(f"/claims/{claim.pk}/attachments/", KIND | {"file": file})
    assert answer.status_code == 422
    assert "not a whole PDF, PNG, JPEG or TIFF" in answer.content.decode()
    assert ClaimAttachment.objects.count() == 0


def test_the_page_of_a_sent_claim_shows_its_files_and_offers_no_change(
    claim: Claim, ben: User, ben_client: Client
) -> None:
    attach(claim, by=ben)
    Claim.objects.filter(pk=claim.pk).update(status="accepted", submitted_at=NOW)
    shown = ben_client.get(f"/claims/{claim.pk}/").content.decode()
    assert "note.pdf" in shown
    assert "Remove note.pdf" not in shown
    assert "Add file" not in shown


def test_the_file_of_one_claim_is_not_found_under_another(
    north: Practice, claim: Claim, ben: User, ben_client: Client
) -> None:
    row = attach(claim, by=ben)
    other = ready_claim(north)
    assert ben_client.get(f"/claims/{other.pk}/attachments/{row.pk}/").status_code == 404
    assert ben_client.post(f"/claims/{other.pk}/attachments/{row.pk}/removal/").status_code == 404
    assert ClaimAttachment.objects.count() == 1


def test_the_packet_is_a_cover_sheet_and_every_file_that_is_mailed_or_faxed(
    claim: Claim, ben: User
) -> None:
    note = attach(claim, by=ben, content=a.TEXT, name="note.txt")
    attach(claim, by=ben, content=a.pdf(2), transmission="BM", name="report.pdf")
    attach(claim, by=ben, content=a.picture("TIFF", mode="1", pages=3), name="fax.tif")
    for kind in ("PNG", "JPEG"):
        attach(claim, by=ben, content=a.picture(kind), transmission="AA", name=f"photo.{kind}")
    apart = attach(claim, by=ben, content=b"portal", transmission="EL", name="portal.txt")
    content = make_packet(claim, now=NOW)
    cover, first, *rest = pages_of(content)
    assert (
        f"Claim number {claim.patient_control_number} Payer's claim number none yet "
        "Patient Okafor, Denise Born 03/14/1958 Member id UC10000001"
    ) in cover
    assert "To Unified Care (UNIFD)" in cover
    assert "Pages with this sheet 9" in cover
    assert f"{note} Progress notes (09) By fax note.txt 1 2" in cover
    assert "By mail report.pdf 2 3" in cover
    assert "By fax fax.tif 3 5" in cover
    assert "Kept here, on request photo.JPEG 1 9" in cover
    assert f"Files that go another way Control number What it is Goes {apart}" in cover
    assert "portal.txt" not in cover
    assert "pain is less than in October" in first
    assert f"Attachment {note}" in first
    assert len(rest) == 7
    images = [len(page.images) for page in PdfReader(BytesIO(content)).pages]
    assert images == [0, 0, 0, 0, 1, 1, 1, 1, 1]


def test_a_packet_of_nothing_is_refused(claim: Claim, ben: User, ben_client: Client) -> None:
    attach(claim, by=ben, transmission="EL")
    with refused("no_packet"):
        make_packet(claim, now=NOW)
    assert ben_client.get(f"/claims/{claim.pk}/packet/").status_code == 409
    assert not Event.objects.filter(name="claim.packet_made").exists()


@pytest.mark.parametrize("url", ["/claims/{}/packet/", "/api/claims/{}/packet/"])
def test_the_packet_is_shown_as_pdf_and_recorded(
    claim: Claim, ben: User, ben_client: Client, url: str
) -> None:
    attach(claim, by=ben)
    answer = ben_client.get(url.format(claim.pk))
    assert answer["Content-Type"] == "application/pdf"
    assert len(pages_of(answer.content)) == 2
    event = Event.objects.get(name="claim.packet_made")
    assert (event.subject_id, event.patient_id) == (claim.pk, claim.patient_id)


def add(client: Client, claim: Claim) -> Any:
    body = KIND | {"claim": claim.pk, "file": upload()}
    return client.post("/api/claim-attachments/", body, headers={"Idempotency-Key": "add"})


def remove(client: Client, row_id: int) -> Any:
    url = f"/api/claim-attachments/{row_id}/"
    return client.delete(
        url, content_type="application/json", headers={"Idempotency-Key": "remove"}
    ).json()


def test_the_api_adds_lists_gives_and_removes_once_per_key(
    claim: Claim, ben_client: Client
) -> None:
    url = "/api/claim-attachments/"

    added = add(ben_client, claim)
    assert added.status_code == 201
    row = ClaimAttachment.objects.get()
    assert added.json() == add(ben_client, claim).json()
    assert {name: added.json()[name] for name in ("claim", "control_number", "pages")} == {
        "claim": claim.patient_control_number,
        "control_number": row.control_number,
        "pages": 1,
    }
    listed = ben_client.get(f"{url}?claim={claim.pk}").json()["results"]
    assert [each["id"] for each in listed] == [row.pk]
    assert ben_client.get(f"{url}?claim={claim.pk + 1}").json()["results"] == []
    assert ben_client.get(f"{url}{row.pk}/").json()["id"] == row.pk
    assert ben_client.get(f"{url}{row.pk}/content/").content == a.TEXT
    assert remove(ben_client, row.pk) == {"removed": row.pk}
    assert remove(ben_client, row.pk) == {"removed": row.pk}
    assert ClaimAttachment.objects.count() == 0
    assert names_of(claim) == [
        "claim.attachment_added",
        *["claim.attachment_viewed"] * 2,
        "claim.attachment_removed",
    ]
    assert Event.objects.filter(name="claim.attachments_listed").count() == 2


def test_the_api_refuses_a_file_for_a_sent_claim(north: Practice, ben_client: Client) -> None:
    claim = make.claim(north)
    answer = add(ben_client, claim)
    assert (answer.status_code, answer.json()["code"]) == (409, "claim_sent")
    assert ClaimAttachment.objects.count() == 0
