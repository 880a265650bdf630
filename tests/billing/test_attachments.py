"""Files that go with a claim: on its 837, through its versions, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from billing.actions.attachments import NewFile, add_attachment, remove_attachment
from billing.actions.batch_files import write_batch
from billing.actions.claims import (
    draft_claim,
    draft_ready_claims,
    redraft_claim,
    replace_claim,
    scrub_claim,
    void_claim,
)
from billing.actions.submissions import submit_ready
from billing.claim_attachments import carried_by
from billing.models import Claim, ClaimAttachment
from billing.rules.claim_content import attachments_of, read_content
from payers.table_lookup import forget_releases
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from rcm.x12.claim_837 import Attachment
from tests import make
from tests.billing import attaching as a
from tests.billing.attaching import attach
from tests.billing.keying import refused
from tests.billing.outgoing import coded_chart, ready_claim
from tests.billing.test_institutional_claims import facility_chart


def announced(claim: Claim) -> tuple[Attachment, ...]:
    claim.refresh_from_db()
    return attachments_of(read_content(claim.content))


def sent(north: Practice, claim: Claim, ben: User) -> str:
    """The written 837 of the only batch; the claim counts as accepted then."""
    make.channel(north)
    [batch] = submit_ready(north, by=ben)
    assert write_batch(batch)
    batch.refresh_from_db()
    Claim.objects.filter(pk=claim.pk).update(
        status="accepted", payer_claim_control_number="ICN1", accepted_at="2026-11-24T15:00Z"
    )
    claim.refresh_from_db()
    assert batch.file is not None
    return bytes(batch.file.content).decode()


@pytest.fixture
def claim(north: Practice) -> Claim:
    return ready_claim(north)


def test_a_file_is_kept_and_announced_with_its_number(claim: Claim, ben: User) -> None:
    row = attach(claim, by=ben, content=a.pdf(3), name="C:\\scans\\note.pdf")
    assert announced(claim) == (Attachment("09", "FX", row.control_number),)
    assert row.control_number.startswith("NOA1")
    row.refresh_from_db()
    assert (row.name, row.content_type, row.pages) == ("note.pdf", "application/pdf", 3)
    assert bytes(row.content) == a.pdf(3)
    assert (row.encounter_id, row.rank, row.added_to, row.added_by) == (
        *(claim.encounter_id, "P", claim, ben),
    )
    event = Event.objects.get(name="claim.attachment_added")
    assert (event.subject_id, event.patient_id) == (claim.pk, claim.patient_id)
    assert event.data == {"attachment": row.pk, "size": row.size}
    assert claim.status == "ready"


@pytest.mark.parametrize("make_chart", [coded_chart, facility_chart])
def test_the_837_carries_the_number_and_the_gate_takes_it(
    north: Practice, ben: User, make_chart: Callable[..., Any]
) -> None:
    make_chart(north)
    draft_ready_claims(north.pk, today=make.TODAY)
    claim = Claim.objects.get()
    row = attach(claim, by=ben, transmission="BM")
    attach(claim, by=ben, content=a.TEXT, transmission="AA", report_type="OZ")
    text = sent(north, claim, ben)
    assert f"PWK*09*BM***AC*{row.control_number}~PWK*OZ*AA~" in text.replace("\n", "")


def test_a_claim_drafted_anew_keeps_its_files(claim: Claim, ben: User) -> None:
    row = attach(claim, by=ben)
    anew = redraft_claim(claim, by=ben, today=make.TODAY)
    assert announced(anew) == (Attachment("09", "FX", row.control_number),)
    assert list(carried_by(anew)) == list(carried_by(claim)) == [row]


def test_a_single_draft_announces_the_files_of_its_visit(claim: Claim, ben: User) -> None:
    row = attach(claim, by=ben)
    Claim.objects.filter(pk=claim.pk).update(status="voided")
    anew = draft_claim(claim.encounter, by=ben, today=make.TODAY)
    assert announced(anew) == (Attachment("09", "FX", row.control_number),)


def test_a_replacement_keeps_the_files_and_the_original_what_was_sent(
    north: Practice, claim: Claim, ben: User
) -> None:
    row = attach(claim, by=ben)
    sent(north, claim, ben)
    anew = replace_claim(claim, by=ben, today=make.TODAY)
    remove_attachment(row, anew, by=ben, today=make.TODAY)
    other = attach(anew, by=ben, content=a.TEXT)
    assert announced(anew) == (Attachment("09", "FX", other.control_number),)
    assert announced(claim) == (Attachment("09", "FX", row.control_number),)
    assert list(carried_by(anew)) == [other]
    assert list(carried_by(claim)) == [row]
    row.refresh_from_db()
    assert (row.removed_from, row.removed_by) == (anew, ben)
    assert bytes(row.content) == a.pdf()


def test_a_void_repeats_the_files_and_takes_no_others(
    north: Practice, claim: Claim, ben: User
) -> None:
    row = attach(claim, by=ben)
    sent(north, claim, ben)
    void = void_claim(claim, by=ben, reason="Wrong patient", today=make.TODAY)
    scrub_claim(void, by=ben, today=make.TODAY)
    assert announced(void) == (Attachment("09", "FX", row.control_number),)
    with refused("claim_is_void"):
        attach(void, by=ben, content=a.TEXT)
    with refused("claim_is_void"):
        remove_attachment(row, void, by=ben)
    assert list(ClaimAttachment.objects.all()) == [row]


def test_files_for_one_payer_do_not_go_to_another(north: Practice, claim: Claim, ben: User) -> None:
    attach(claim, by=ben)
    other = make.claim(
        north, encounter=claim.encounter, rank="S", status="ready", content=claim.content,
        submitted_at=None, accepted_at=None,
        coverage=make.coverage(claim.patient, rank="S", member_id="UC2"),
    )  # fmt: skip
    scrub_claim(other, by=ben, today=make.TODAY)
    assert announced(other) == ()
    assert list(carried_by(other)) == []


def test_a_removed_file_that_was_never_sent_is_gone(claim: Claim, ben: User) -> None:
    row = attach(claim, by=ben)
    number = row.pk
    remove_attachment(row, claim, by=ben, today=make.TODAY)
    assert announced(claim) == ()
    assert ClaimAttachment.objects.count() == 0
    event = Event.objects.get(name="claim.attachment_removed")
    assert event.data == {"attachment": number, "sha256": row.sha256, "is_kept": False}
    assert attach(claim, by=ben).control_number > row.control_number


def test_the_file_of_a_rejected_sending_is_kept(north: Practice, claim: Claim, ben: User) -> None:
    row = attach(claim, by=ben)
    sent(north, claim, ben)
    Claim.objects.filter(pk=claim.pk).update(status="rejected")
    remove_attachment(row, claim, by=ben, today=make.TODAY)
    assert announced(claim) == ()
    row.refresh_from_db()
    assert row.removed_from == claim
    with refused("attachment_gone"):
        remove_attachment(row, claim, by=ben)


def test_a_sent_claim_changes_no_more(north: Practice, claim: Claim, ben: User) -> None:
    row = attach(claim, by=ben)
    sent(north, claim, ben)
    before = claim.content
    with refused("claim_sent"):
        attach(claim, by=ben, content=a.TEXT)
    with refused("claim_sent"):
        remove_attachment(row, claim, by=ben)
    assert list(ClaimAttachment.objects.all()) == [row]
    assert announced(claim) == attachments_of(read_content(before))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"MZ\x90\x00", "The file is not a whole PDF, PNG, JPEG or TIFF, and no plain text."),
        (a.pdf(password="x"), "The PDF is locked by a password."),
        (b"%PDF-1.4\nnothing\n%%EOF\n", "The PDF is broken."),
        (a.picture("TIFF")[:-40], "The image is broken."),
        (a.pdf(201), "The file takes more than 200 pages."),
        (b"\n" * 14_001 + b"x", "The file takes more than 200 pages."),
        (a.picture("JPEG")[:-300] + b"\xff\xd9", "The image is broken."),
        (b"x" * 1_048_577, "The file is larger than 1 MB."),
    ],
    ids=["program", "locked", "broken", "cut", "long", "long-text", "half-jpeg", "large"],
)
@override_settings(ATTACHMENT_LIMIT=1024 * 1024)
def test_a_file_that_is_none_or_cannot_be_printed_is_refused(
    claim: Claim, ben: User, content: bytes, message: str
) -> None:
    with pytest.raises(Refusal, check=lambda error: error.status == 422, match=message):
        attach(claim, by=ben, content=content)
    assert ClaimAttachment.objects.count() == 0
    assert announced(claim) == ()
    assert not Event.objects.filter(name="claim.attachment_added").exists()


def test_an_empty_file_the_same_bytes_and_an_eleventh_are_refused(claim: Claim, ben: User) -> None:
    with refused("attachment_empty"):
        add_attachment(claim, NewFile("09", "FX", "x", b""), by=ben)
    for number in range(10):
        attach(claim, by=ben, content=b"Note %d" % number)
    with refused("attachment_is_here"):
        attach(claim, by=ben, content=b"Note 3")
    with refused("too_many_attachments"):
        attach(claim, by=ben, content=b"Note 10")
    assert ClaimAttachment.objects.count() == len(announced(claim)) == 10


def test_a_kind_that_is_none_is_refused_by_the_database(claim: Claim, ben: User) -> None:
    row = attach(claim, by=ben)
    for changes, name in (
        ({"report_type": "ZZ"}, "attachment_report_known"),
        ({"transmission": "EM"}, "attachment_way_known"),
        ({"control_number": "a b"}, "attachment_number_well_formed"),
        ({"content_type": "text/html"}, "attachment_type_known"),
        ({"removed_from": claim}, "attachment_removed_has_time"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            ClaimAttachment.objects.filter(pk=row.pk).update(**changes)


def test_drafting_with_files_costs_the_same_number_of_statements_for_one_and_for_twelve(
    north: Practice, ben: User
) -> None:
    def statements(count: int) -> int:
        claims = [ready_claim(north) for _ in range(count)]
        for claim in claims:
            for number in range(2):
                attach(claim, by=ben, content=b"Note %d" % number)
        Claim.objects.filter(pk__in=[claim.pk for claim in claims]).update(status="voided")
        forget_releases()
        with CaptureQueriesContext(connection) as captured:
            assert draft_ready_claims(north.pk, today=make.TODAY) == count
        drafted = Claim.objects.order_by("-pk")[:count]
        assert [len(announced(claim)) for claim in drafted] == [2] * count
        return len(captured)

    assert statements(1) == statements(12)
