"""The pages of what comes in: lists, one payment, one file, posting and matching by hand."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from billing.models import InterchangeFile, Posting, Remittance
from billing.remittance_list import with_counts
from rcm.models import Event, Practice
from tests import make
from tests.billing import remitting as r


def page(client: Client, name: str, *args: int) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_shows_what_waits(north: Practice, ben_client: Client) -> None:
    make.payer(north)
    told = r.clp("NOBODY", "10.00", "10.00")
    row = r.posted(north, r.content("5.00", told, adjustments=(r.plb("WO", "5.00"),)))
    text = page(ben_client, "remittances")
    assert "Unified Care" in text
    assert f"/remittances/{row.pk}/" in text
    assert "Partly posted" in text


def test_the_list_counts_claims_with_a_denial(north: Practice, ben_client: Client) -> None:
    first = make.claim(north, ("99213", "165.00"), ("20610", "148.00"))
    second = make.claim(north)
    denied = r.echo(first, ("0.00", "CO-97 165.00"), ("0.00", "CO-50 148.00"))
    paid = r.echo(second, ("72.00", "CO-45 73.00", "PR-2 20.00"))
    r.posted(north, r.content("72.00", denied, paid))
    row = with_counts(Remittance.objects.all()).get()
    assert (row.denied, row.exceptions) == (1, 0)


def test_the_list_filters_by_state_and_text(north: Practice, ben_client: Client) -> None:
    r.recorded(north, r.content("5.00", r.clp("X1", "5.00", "5.00"), trace_number="GOOD"))
    r.recorded(north, r.content("5.01", r.clp("X1", "5.00", "5.00"), trace_number="HELDONE"))
    url = reverse("remittances")
    assert "GOOD" not in ben_client.get(url, {"state": "held"}).content.decode()
    assert "HELDONE" in ben_client.get(url, {"state": "held"}).content.decode()
    assert "No remittance matches" in ben_client.get(url, {"q": "zzz"}).content.decode()


def test_one_payment_shows_its_equation_and_its_moves_before_posting(
    north: Practice, ben_client: Client
) -> None:
    claim = make.claim(north)
    told = r.echo(claim, ("72.00", "CO-45 73.00", "PR-2 20.00"))
    row = r.recorded(north, r.content("67.00", told, adjustments=(r.plb("WO", "5.00"),)))
    text = page(ben_client, "remittance", row.pk)
    for words in ("Claim payments", "$72.00", "$5.00", "$67.00", "adds up", "Moves if posted now"):
        assert words in text
    assert "Owed by the patient" in text
    assert not Posting.objects.exists()
    event = Event.objects.get(name="remittance.viewed")
    assert event.data == {"remitted_claims": [row.claims.get().pk]}


def test_a_held_payment_says_why_and_offers_no_posting(north: Practice, ben_client: Client) -> None:
    told = r.echo(make.claim(north), ("72.00", "CO-45 92.99"))
    row = r.recorded(north, r.content("72.00", told))
    text = page(ben_client, "remittance", row.pk)
    assert "2 equations do not add up" in text
    assert "CLP 1 SVC 1" in text
    assert "Post what is clean" not in text
    answer = ben_client.post(reverse("remittance_posting", args=[row.pk]))
    assert answer.status_code == 422
    assert not Posting.objects.exists()


def test_posting_by_hand(north: Practice, ben_client: Client) -> None:
    claim = make.claim(north)
    row = r.recorded(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00"))))
    answer = ben_client.post(reverse("remittance_posting", args=[row.pk]), follow=True)
    assert "Payment CHECK1 is posted." in answer.content.decode()
    assert Posting.objects.filter(remittance=row).count() == 3


def test_what_waits_has_suggestions_and_a_form_that_keeps_its_input(
    north: Practice, ben_client: Client
) -> None:
    claim = make.claim(north)
    on = make.SERVED_ON + timedelta(days=1)
    lost = r.line("99213", "165.00", "72.00", "CO-45 93.00", dates=(r.DateReference("472", on),))
    row = r.posted(north, r.content("72.00", r.clp("00T1", "165.00", "72.00", lost)))
    text = page(ben_client, "remittance", row.pk)
    assert "No claim of this practice has this number." in text
    assert "Match T000001" in text
    assert "75% alike" in text
    url = reverse("remittance_match", args=[row.pk, row.claims.get().pk])
    refused = ben_client.post(url, {"claim": "T9"})
    assert refused.status_code == 422
    assert "No claim has the number T9." in refused.content.decode()
    assert 'value="T9"' in refused.content.decode()
    assert row.claims.get().state == "unmatched"
    done = ben_client.post(url, {"claim": claim.patient_control_number}, follow=True)
    assert "Matched with claim T000001." in done.content.decode()
    assert row.claims.get().state == "posted"


def test_a_file_is_brought_in_by_hand_once(north: Practice, ben_client: Client) -> None:
    content = r.content("0.00")
    for words in ("is received and will be read", "were received before"):
        upload = SimpleUploadedFile("mine.835", content)
        answer = ben_client.post(reverse("files"), {"file": upload}, follow=True)
        assert words in answer.content.decode()
    assert InterchangeFile.objects.get().name == "mine.835"


@pytest.mark.parametrize(
    ("upload", "message"),
    [(None, "Choose a file."), (SimpleUploadedFile("e.835", b""), "The file is empty.")],
)
def test_a_bad_upload_says_what_is_wrong(
    north: Practice, ben_client: Client, upload: SimpleUploadedFile | None, message: str
) -> None:
    answer = ben_client.post(reverse("files"), {"file": upload} if upload else {})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not InterchangeFile.objects.exists()


def test_one_file_shows_problems_and_segments(north: Practice, ben_client: Client) -> None:
    content = r.content("7.00", r.clp("X1", "7.00", "7.00")).replace(b"*7*7*", b"*7*seven*")
    file = r.read(north, content)
    text = page(ben_client, "file", file.pk)
    assert "CLP04 is not an amount with at most two decimals." in text
    assert 'id="segment-10"' in text
    assert "Claim: number, status, billed, paid" in text


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00\xff" * 300])
def test_a_file_that_is_no_x12_has_a_page_too(
    north: Practice, ben_client: Client, content: bytes
) -> None:
    file = r.read(north, content)
    assert file.note in page(ben_client, "file", file.pk)


def test_otto_sees_none_of_it(north: Practice, otto_client: Client, ben_client: Client) -> None:
    row = r.recorded(north, r.content("5.00", r.clp("X1", "5.00", "5.00")))
    for name, pk in (("remittance", row.pk), ("file", row.file_id)):
        assert otto_client.get(reverse(name, args=[pk])).status_code == 404
    assert "CHECK1" not in otto_client.get(reverse("remittances")).content.decode()
    assert otto_client.post(reverse("remittance_posting", args=[row.pk])).status_code == 404
    assert not Posting.objects.exists()


def test_a_coder_may_not_see_money(north: Practice, ana_client: Client) -> None:
    assert ana_client.get(reverse("remittances")).status_code == 403


def test_the_list_costs_the_same_whatever_it_shows(
    north: Practice, ben_client: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(6):
        content = r.content("5.00", r.clp("X1", "5.00", "5.00"), trace_number=f"T{number}")
        r.recorded(north, content)
    with django_assert_max_num_queries(20):  # type: ignore[operator]  # a fixture
        page(ben_client, "remittances")
