"""An appeal until it is with the payer: opened, written, complete, sent, and sending undone."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from billing import ledger
from coding.models import Document
from denials.actions import appeal_parts, appeals
from denials.actions import denials as verbs
from denials.actions.appeals import Sending
from denials.appeal_checklist import read_packet
from denials.gaps import count_gaps
from denials.models import Appeal, AppealFile, Denial, DenialDeadline
from denials.models.appeal_files import PACKET
from payers.models import EditTableRelease, NcciPair
from payers.table_lookup import forget_releases
from rcm import pdf
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests.denials.appealing import FAX, NOW, TODAY, denial_of, drafted, ready, submitted, upheld
from tests.denials.denying import denied


def written() -> tuple[int, int, int, list[str]]:
    states = list(Appeal.objects.order_by("pk").values_list("state", flat=True))
    return Event.objects.count(), AppealFile.objects.count(), Appeal.objects.count(), states


def refused(act: Callable[[], object]) -> Refusal:
    """The refusal of `act`; it must have written nothing."""
    before = written()
    with pytest.raises(Refusal) as caught, transaction.atomic():
        act()
    assert written() == before
    return caught.value


def test_a_draft_has_its_level_letter_checklist_and_pages(north: Practice, ben: User) -> None:
    appeal = drafted(north, ben)
    assert (appeal.level, appeal.kind, appeal.state) == (1, "documentation", "draft")
    assert (str(appeal.amount), appeal.deadline) == ("165.00", date(2027, 3, 20))
    assert appeal.template_name == "Documentation, version 1 (built in)"
    assert "{coder_reasoning}" not in appeal.body
    packet = read_packet(appeal, now=NOW)
    assert "denied $165.00 of this claim with CO-252 (" in packet.letter.text
    assert "Line 1: 99213 on 11/02/2026, $165.00 denied" in packet.letter.text
    assert packet.letter.missing == ()
    required = [item.row.kind for item in packet.items if item.row.is_required]
    assert required == ["letter", "remittance", "claim", "chart"]
    assert [page.title for page in packet.documents] == ["Office visit"]
    assert packet.missing == []
    assert denial_of(appeal).state == "open"


def test_appealing_twice_opens_one_draft(north: Practice, ben: User) -> None:
    appeal = drafted(north, ben)
    assert appeals.open_appeal(denial_of(appeal), by=ben, now=NOW) == appeal
    assert Event.objects.filter(name="appeal.opened").count() == 1


def test_one_appeal_per_case_and_level(north: Practice, ben: User) -> None:
    appeal = drafted(north, ben)
    appeal.pk = None
    with pytest.raises(IntegrityError, match="appeal_of_level_once"), transaction.atomic():
        appeal.save(force_insert=True)


def test_a_closed_window_is_said_with_its_day(north: Practice, ben: User) -> None:
    denial = denied(north, "CO-252")
    late = datetime(2027, 3, 22, 18, 0, tzinfo=UTC)
    refusal = refused(lambda: appeals.open_appeal(denial, by=ben, now=late))
    assert (refusal.code, refusal.message) == (
        "no_open_level",
        "This cannot be appealed. Appeal window closed 03/20.",
    )


def test_a_pair_that_no_modifier_unbundles_is_never_appealed(
    north: Practice, ben: User, ana: User
) -> None:
    release = EditTableRelease.objects.create(
        table="ptp_practitioner", name="v1", starts_on=date(2026, 1, 1), row_count=1
    )
    NcciPair.objects.create(
        release=release,
        column_1="20610",
        column_2="99213",
        starts_on=date(2026, 1, 1),
        modifier_indicator=0,
    )
    forget_releases()
    denial = upheld(north, ana, "CO-97", "Two services.")
    line = denial.claim.lines.get()
    line.pk, line.position, line.procedure_code = None, 2, "20610"
    line.line_control_number = "X2"
    line.save()
    refusal = refused(lambda: appeals.open_appeal(denial, by=ben, now=NOW))
    assert refusal.message == (
        "This cannot be appealed. NCCI pair 20610/99213 has modifier indicator 0: never paid"
        " apart, so never appealed."
    )


def test_a_denial_with_the_coder_is_not_appealed(north: Practice, ben: User) -> None:
    denial = denied(north, "CO-50")
    refusal = refused(lambda: appeals.open_appeal(denial, by=ben, now=NOW))
    assert (refusal.status, refusal.message) == (
        409,
        "Somebody was first: this denial is with coder now.",
    )


def test_the_coders_answer_stands_in_the_letter(north: Practice, ben: User, ana: User) -> None:
    denial = upheld(north, ana, "CO-50", "The knee was swollen.")
    appeal = appeals.open_appeal(denial, by=ben, now=NOW)
    packet = read_packet(appeal, now=NOW)
    assert "stands by it: The knee was swollen." in packet.letter.text
    [coder] = [item for item in packet.items if item.row.kind == "coder"]
    assert (coder.is_packed, coder.note) == (True, "Answer of Ana Brandt")


def test_a_saved_letter_is_a_new_version(north: Practice, ben: User) -> None:
    appeal = ready(north, ben)
    saved = appeals.write_letter(appeal, body="Pay {amount}.\r\n", version=1, by=ben)
    assert (saved.body, saved.version, saved.state) == ("Pay {amount}.", 2, "draft")
    refusal = refused(lambda: appeals.write_letter(appeal, body="Mine", version=1, by=ben))
    assert (refusal.code, refusal.status) == ("letter_changed", 409)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("  ", "The letter is empty."),
        (
            "Pay {ammount} and {sum}.",
            "There is no field {ammount}, {sum}. Choose from the list beside the letter.",
        ),
        ("x" * 20_001, "The letter is longer than 20,000 signs."),
    ],
)
def test_a_letter_that_cannot_be_kept(north: Practice, ben: User, body: str, message: str) -> None:
    appeal = drafted(north, ben)
    refusal = refused(lambda: appeals.write_letter(appeal, body=body, version=1, by=ben))
    assert refusal.message == message


def test_a_field_without_a_fact_keeps_the_packet(north: Practice, ben: User) -> None:
    appeal = drafted(north, ben)
    appeals.write_letter(appeal, body="See {authorization}.", version=1, by=ben)
    appeal.refresh_from_db()
    packet = read_packet(appeal, now=NOW)
    assert packet.letter == ("See [Authorization number: missing].", ("authorization",))
    assert packet.missing == ["Appeal letter"]


def test_a_missing_page_blocks_until_a_manager_lets_it_go(
    north: Practice, ben: User, mia: User
) -> None:
    appeal = drafted(north, ben)
    appeal_parts.choose_parts(appeal, documents=[], included=[], by=ben)
    refusal = refused(lambda: appeals.make_ready(appeal, by=ben, now=NOW))
    assert (refusal.code, refusal.message, refusal.data) == (
        "packet_incomplete",
        "Missing: Chart pages. A manager can say that it is not available.",
        {"missing": ["Chart pages"]},
    )
    let_go = {"item": "chart", "reason": "Lost in the flood"}
    assert refused(lambda: appeal_parts.let_go(appeal, **let_go, by=ben)).status == 403
    appeal_parts.let_go(appeal, **let_go, by=mia)
    assert appeals.make_ready(appeal, by=ben, now=NOW).state == "ready"


def test_a_letter_is_never_let_go(north: Practice, ben: User, mia: User) -> None:
    appeal = drafted(north, ben)
    refusal = refused(lambda: appeal_parts.let_go(appeal, item="letter", reason="x", by=mia))
    assert refusal.message == "An appeal needs its letter. Choose another item."


def test_a_page_of_another_chart_does_not_go(north: Practice, ben: User) -> None:
    appeal = drafted(north, ben)
    other = denied(north, "CO-96").claim.encounter.documents.get()
    refusal = refused(
        lambda: appeal_parts.choose_parts(appeal, documents=[other.pk], included=[], by=ben)
    )
    assert refusal.message == "Choose pages of this visit’s chart."


def test_a_file_that_is_none_is_refused(north: Practice, ben: User) -> None:
    appeal = drafted(north, ben)
    add = {"item": "chart", "name": "a.pdf", "by": ben}
    assert refused(lambda: appeal_parts.add_file(appeal, content=b"", **add)).message == (
        "The file is empty."
    )
    refusal = refused(lambda: appeal_parts.add_file(appeal, content=b"%PDF-1.7 x", **add))
    assert refusal.code == "file_not_readable"


def test_sending_uses_the_level_keeps_the_packet_and_leaves_the_money(
    north: Practice, ben: User
) -> None:
    appeal = submitted(north, ben)
    denial = denial_of(appeal)
    assert (appeal.state, appeal.submitted_how, appeal.reference) == ("submitted", "fax", "FAX-77")
    assert (appeal.follow_up_on, denial.state) == (date(2026, 12, 23), "appealed")
    assert "{" not in appeal.sent_letter
    assert DenialDeadline.objects.get(denial=denial, remedy="appeal_1").met_at == NOW
    packet = appeal.files.get(item=PACKET)
    assert (packet.pages, len(pdf.read_text(bytes(packet.content)))) == (5, 5)
    money = ledger.claim_balances(north.pk, [denial.claim_id])[denial.claim_id]
    assert str(money["primary_receivable"]) == "165.00"
    assert count_gaps(north.pk) == dict.fromkeys(
        ("without_deadline", "without_owner", "without_next_action"), 0
    )
    names = Event.objects.filter(subject_type="appeal").order_by("pk")
    assert list(names.values_list("name", flat=True)) == [
        "appeal.opened",
        "appeal.completed",
        "appeal.submitted",
    ]


def test_the_contents_name_the_page_each_part_begins_on(north: Practice, ben: User) -> None:
    appeal = submitted(north, ben)
    pages = pdf.read_text(bytes(appeal.files.get(item=PACKET).content))
    assert "Pages with this sheet" in pages[0]
    for title, page in (("Appeal letter", 2), ("Remittance page", 3), ("Chart: Office visit", 5)):
        assert f"{title}\n{page}\n1" in pages[0] or f"{title} {page} 1" in pages[0]
    assert "To the appeals department of Unified Care" in pages[1]
    assert "CHECK1" in pages[2]


def test_a_draft_that_is_not_ready_is_not_sent(north: Practice, ben: User) -> None:
    appeal = drafted(north, ben)
    refusal = refused(lambda: appeals.submit(appeal, FAX, by=ben, now=NOW))
    assert (refusal.status, refusal.message) == (
        409,
        "Somebody was first: this appeal is draft.",
    )


def test_a_page_withdrawn_since_keeps_a_ready_packet(north: Practice, ben: User) -> None:
    appeal = ready(north, ben)
    appeal.documents.all().delete()
    refusal = refused(lambda: appeals.submit(appeal, FAX, by=ben, now=NOW))
    assert refusal.data == {"missing": ["Chart pages"]}


def test_the_day_to_ask_is_after_today(north: Practice, ben: User) -> None:
    appeal = ready(north, ben)
    sending = Sending("mail", follow_up_on=TODAY)
    assert refused(lambda: appeals.submit(appeal, sending, by=ben, now=NOW)).code == "date_passed"


def test_a_written_off_denial_is_not_sent_and_its_draft_ends(north: Practice, mia: User) -> None:
    appeal = ready(north, mia)
    verbs.write_off(denial_of(appeal), note="Small", by=mia)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.outcome, appeal.decision_note) == (
        "decided",
        "withdrawn",
        "Written off",
    )


def test_undoing_the_sending_opens_everything_again(north: Practice, ben: User) -> None:
    appeal = appeals.undo_submission(submitted(north, ben), by=ben, now=NOW)
    denial = denial_of(appeal)
    assert (appeal.state, appeal.submitted_at, denial.state) == ("ready", None, "open")
    assert not appeal.files.exists()
    assert DenialDeadline.objects.get(denial=denial, remedy="appeal_1").met_at is None
    assert appeals.submit(appeal, FAX, by=ben, now=NOW).state == "submitted"


def test_an_appealed_denial_is_not_worked_otherwise(north: Practice, ben: User) -> None:
    denial = denial_of(submitted(north, ben))
    refusal = refused(lambda: verbs.send_corrected(denial, by=ben))
    assert refusal.message == "Somebody was first: this denial is appealed now."
    assert Document.objects.count() == 1
    assert Denial.objects.get().state == "appealed"
