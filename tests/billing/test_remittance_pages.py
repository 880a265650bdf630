"""The pages of what comes in: lists, one payment, one file, posting and matching by hand."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.actions.remittances import match_claim
from billing.models import InterchangeFile, Posting, Remittance
from billing.remittance_list import with_counts
from rcm.models import Event, Job, Practice, User
from tests import make
from tests.billing import remitting as r


def page(client: Client, name: str, *args: int) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


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
    assert event.data == {"remitted_claims": [row.claims.get().pk], "candidates": []}


def test_seeing_a_payment_names_the_claims_it_suggests(north: Practice, ben_client: Client) -> None:
    claim = make.claim(north)
    line = r.line("99499", "100.00", "72.00", "CO-45 28.00")
    row = r.posted(north, r.content("72.00", r.clp("LOST", "100.00", "72.00", line)))
    assert claim.patient_control_number in page(ben_client, "remittance", row.pk)
    seen = {"remitted_claims": [row.claims.get().pk], "candidates": [claim.pk]}
    assert Event.objects.get(name="remittance.viewed").data == seen
    ben_client.get(reverse("exceptions"))
    viewed = Event.objects.get(name="remitted_claim.viewed")
    assert viewed.data == {"candidates": [claim.pk]}


def test_a_payments_page_never_reads_the_bytes_of_a_file(
    north: Practice, ben_client: Client
) -> None:
    told = r.echo(make.claim(north), ("72.00", "CO-45 93.00"))
    row = r.posted(north, r.content("72.00", told))
    r.read(north, r.content("72.00", told, number=2), "again.835")
    more = r.clp("X1", "5.00", "5.00")
    added = r.read(north, r.content("77.00", told, more, number=3), "more.835").remittances.get()
    with CaptureQueriesContext(connection) as seen:
        assert "again.835" in page(ben_client, "remittance", row.pk)
        assert "Adds to" in page(ben_client, "remittance", added.pk)
        page(ben_client, "files")
    column = '"billing_interchangefile"."content"'
    assert [query["sql"] for query in seen.captured_queries if column in query["sql"]] == []


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


def test_the_list_costs_the_same_whatever_it_shows(north: Practice, ben_client: Client) -> None:
    counts = []
    for number in range(6):
        content = r.content("5.00", r.clp("X1", "5.00", "5.00"), trace_number=f"T{number}")
        r.recorded(north, content)
        with CaptureQueriesContext(connection) as seen:
            page(ben_client, "remittances")
        counts.append(len(seen))
    assert counts[1] == counts[-1] <= 20


def test_the_list_tells_what_posted_by_itself_and_whether_the_money_came(
    north: Practice, ben_client: Client
) -> None:
    first, second = make.claim(north), make.claim(north)
    known = r.echo(first, ("72.00", "CO-45 93.00"))
    line = r.line("99213", "165.00", "72.00", "CO-45 93.00")
    lost = r.clp("X1", "165.00", "72.00", line, position=2, parties=())
    today = timezone.localdate()
    row = r.posted(north, r.content("144.00", known, lost, paid_on=today))
    match_claim(row.claims.get(patient_control_number="X1"), second, by=User.objects.first())
    shown = with_counts(Remittance.objects.all()).get()
    assert (shown.state, shown.automatic, shown.exceptions) == ("posted", 1, 0)
    assert "Waiting" in page(ben_client, "remittances")


def test_a_payment_told_with_more_claims_adds_up_with_what_was_deposited_before(
    north: Practice, ben_client: Client
) -> None:
    first, second = make.claim(north), make.claim(north)
    one = r.echo(first, ("72.00", "CO-45 93.00"))
    two = r.echo(second, ("50.00", "CO-45 115.00"))
    old = r.posted(north, r.content("72.00", one))
    file = r.read(north, r.content("122.00", one, two, number=2), "more.835")
    new = file.remittances.get()
    text = page(ben_client, "remittance", new.pk)
    for words in ("Check states", "$122.00", "Deposited before", "New money", "$50.00", "adds up"):
        assert words in text, words
    link = f'Adds to <a class="link" href="/remittances/{old.pk}/">remittance {old.pk}</a>'
    assert link in text
    back = page(ben_client, "remittance", old.pk)
    assert (
        f'Repeated, with more claims in <a class="link" href="/files/{file.pk}/">more.835</a>'
        in back
    )
    assert "1 of 2 entries known" in back
    assert f'href="/remittances/{new.pk}/">remittance {new.pk}</a>' in back


def test_a_file_says_which_payment_it_repeats(north: Practice, ben_client: Client) -> None:
    make.payer(north)
    content = r.content("5.00", r.clp("X1", "5.00", "5.00"))
    row = r.recorded(north, content)
    again = r.read(north, content.replace(b"*000000001*", b"*000000009*"), "again.835")
    received = timezone.localdate(row.recorded_at)
    text = page(ben_client, "file", again.pk)
    assert f'Duplicate of <a class="link" href="/remittances/{row.pk}/">' in text
    assert f"(check CHECK1 of Unified Care, received {received:%m/%d} in a.835)" in text
    told = page(ben_client, "remittance", row.pk)
    assert f'Received again in <a class="link" href="/files/{again.pk}/">again.835</a>' in told


def test_a_new_version_and_what_it_replaces_link_to_each_other(
    north: Practice, ben_client: Client
) -> None:
    claim = make.claim(north)
    wrong = r.recorded(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 92.00"))))
    right = r.recorded(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00")), number=2))
    assert f'Replaced by <a class="link" href="/remittances/{right.pk}/">' in page(
        ben_client, "remittance", wrong.pk
    )
    assert f'Replaces <a class="link" href="/remittances/{wrong.pk}/">' in page(
        ben_client, "remittance", right.pk
    )
    shown = ben_client.get(reverse("remittances"), {"state": "replaced"}).content.decode()
    assert f"/remittances/{wrong.pk}/" in shown
    assert f"/remittances/{right.pk}/" not in shown


def test_a_whole_posting_is_undone_with_a_reason_and_released_again(
    north: Practice, ben_client: Client
) -> None:
    claim = make.claim(north)
    row = r.posted(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00"))))
    undo = reverse("remittance_undo", args=[row.pk])
    assert undo in page(ben_client, "remittance", row.pk)
    assert ben_client.post(undo, {"reason": " "}).status_code == 422
    assert Posting.objects.count() == 3
    done = ben_client.post(undo, {"reason": "Wrong bank"}, follow=True).content.decode()
    assert "The posting of CHECK1 is taken back by reversing moves." in done
    assert "The posting was taken back: Wrong bank" in done
    release = reverse("remittance_post_again", args=[row.pk])
    assert release in done
    assert ben_client.post(undo, {"reason": "again"}).status_code == 422
    again = ben_client.post(release, follow=True).content.decode()
    assert "Payment CHECK1 is posted." in again
    assert release not in again
    refused = ben_client.post(release)
    assert refused.status_code == 422
    assert Posting.objects.count() == 9


def test_a_payment_that_does_not_add_up_says_why_it_cannot_be_released(
    north: Practice, ben_client: Client
) -> None:
    row = r.recorded(north, r.content("5.01", r.clp("X1", "5.00", "5.00")))
    text = page(ben_client, "remittance", row.pk)
    assert "It does not add up: the payer has to send a new version." in text
    assert reverse("remittance_post_again", args=[row.pk]) not in text
    answer = ben_client.post(reverse("remittance_post_again", args=[row.pk]))
    assert answer.status_code == 422
    assert not Posting.objects.exists()


def test_a_payment_being_posted_links_to_its_job(north: Practice, ben_client: Client) -> None:
    row = r.recorded(north, r.content("5.00", r.clp("X1", "5.00", "5.00")))
    job = Job.objects.create(
        practice=north,
        kind="posting",
        label="Posting",
        state="running",
        subject_type="remittance",
        subject_id=row.pk,
        can_cancel=True,
    )
    text = page(ben_client, "remittance", row.pk)
    assert "It is being posted right now." in text
    assert f'href="/jobs/{job.pk}/"' in text
