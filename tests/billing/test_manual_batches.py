"""Paper EOBs: what closes posts to the cent, what does not close changes nothing."""

from decimal import Decimal

import pytest

from billing.actions import manual_batches, manual_rows
from billing.actions.takebacks import release_remittance, reverse_remittance
from billing.models import ManualBatch, ManualLine, Posting, Remittance
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import keying as k
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, book_of, charge
from tests.billing.keying import refused

PAID = {"paid": "72.00", "coinsurance": "20.00", "contract": "="}


def test_a_keyed_eob_posts_to_the_cent(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    charge(claim)
    batch = k.opened(north, "67.00", by=ben)
    k.keyed(batch, claim, PAID, by=ben)
    manual_rows.add_provider_adjustment(
        batch, code="wo", reference="T1", amount=Decimal("5.00"), by=ben
    )
    closed = manual_batches.close_batch(batch, by=ben)
    remittance = Remittance.objects.get()
    assert (closed.state, closed.remittance) == ("closed", remittance)
    assert (remittance.source, remittance.state, remittance.file) == ("manual", "posted", None)
    assert remittance.payer == batch.payer
    assert {name: str(amount) for name, amount in book_of(claim).items()} == {
        "revenue": "-165.00",
        "patient_receivable": "20.00",
        "contractual": "73.00",
        "unapplied": "72.00",
    }
    assert_ledger(north)
    [line] = remittance.claims.get().lines.all()
    assert line.line_control_number == f"{claim}-1"
    assert line.service_line == claim.lines.get()
    told = Event.objects.filter(subject_type="manualbatch").order_by("pk")
    names = [event.name for event in told]
    assert names == ["manual_batch.opened", "manual_batch.closed"]


@pytest.mark.parametrize("total", ["71.99", "72.01"])
def test_a_control_total_off_by_a_cent_does_not_close(
    north: Practice, ben: User, total: str
) -> None:
    batch = k.opened(north, total, by=ben)
    k.keyed(batch, make.claim(north), PAID, by=ben)
    with pytest.raises(Refusal) as refusal:
        manual_batches.close_batch(batch, by=ben)
    left = "-0.01" if total == "71.99" else "0.01"
    assert refusal.value.message == f"{left} is left to post. It must be 0.00."
    batch.refresh_from_db()
    assert batch.state == "open"
    assert not Remittance.objects.exists()
    assert not Posting.objects.exists()


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({}, "Claim T000001, line 1 is not keyed yet."),
        ({"paid": "72.00"}, "Claim T000001, line 1 leaves 93.00 open."),
        (
            {"paid": "200.00", "others": "OA-94 -35.00"},
            "Claim T000001, line 1 is paid above its charge: say why.",
        ),
        ({"paid": "x"}, "Claim T000001 has no line on this EOB. Remove it."),
    ],
)
def test_a_line_that_does_not_add_up_keeps_the_batch_open(
    north: Practice, ben: User, cells: dict[str, str], message: str
) -> None:
    batch = k.opened(north, "72.00", by=ben)
    k.keyed(batch, make.claim(north), cells, by=ben)
    with pytest.raises(Refusal) as refusal:
        manual_batches.close_batch(batch, by=ben)
    assert refusal.value.message == message
    assert not Remittance.objects.exists()


def test_a_line_paid_above_its_charge_closes_with_a_reason(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    charge(claim)
    batch = k.opened(north, "200.00", by=ben)
    over = {"paid": "200.00", "others": "CO-45 -35.00", "reason": "Paid by the old fee schedule"}
    k.keyed(batch, claim, over, by=ben)
    manual_batches.close_batch(batch, by=ben)
    assert Remittance.objects.get().state == "posted"
    assert book_of(claim)["contractual"] == Decimal("-35.00")
    assert_ledger(north)


def test_a_line_the_eob_does_not_speak_of_stays_owed(north: Practice, ben: User) -> None:
    claim = make.claim(north, ("99213", "165.00"), ("93000", "55.00"))
    charge(claim)
    batch = k.opened(north, "72.00", by=ben)
    k.keyed(batch, claim, PAID, {"paid": "X"}, by=ben)
    manual_batches.close_batch(batch, by=ben)
    assert Remittance.objects.get().lines_count == 1
    assert book_of(claim)["primary_receivable"] == Decimal("55.00")
    assert_ledger(north)


def test_a_payment_taken_back_on_paper_reverses_the_first(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    charge(claim)
    r.posted(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00"))))
    other = make.claim(north, ("99214", "300.00"))
    charge(other)
    batch = k.opened(north, "28.00", trace_number="9001", by=ben)
    back = manual_rows.add_claim(batch, claim, by=ben)
    manual_rows.save_claim(
        back, status_code="22", payer_claim_control_number="P1", version=back.version, by=ben
    )
    k.key(back, {"paid": "(72.00)", "contract": "-93.00"}, by=ben)
    k.keyed(batch, other, {"paid": "100.00", "contract": "="}, by=ben)
    manual_batches.close_batch(batch, by=ben)
    assert book_of(claim) == {"revenue": Decimal("-165"), "primary_receivable": Decimal("165")}
    assert_ledger(north)


def test_an_open_line_of_a_reversal_is_written_off_with_its_sign(
    north: Practice, ben: User
) -> None:
    batch = k.opened(north, "1.00", by=ben)
    row = manual_rows.add_claim(batch, make.claim(north), by=ben)
    manual_rows.save_claim(row, status_code="22", payer_claim_control_number="", version=1, by=ben)
    [saved] = k.key(row, {"paid": "-72.00", "contract": "="}, by=ben)
    assert saved.entry.adjustments == (("CO", "45", -9300),)


def test_a_claim_with_keyed_lines_does_not_turn_into_a_reversal(north: Practice, ben: User) -> None:
    batch = k.opened(north, "72.00", by=ben)
    row = k.keyed(batch, make.claim(north), PAID, by=ben)
    with refused("lines_keyed"):
        manual_rows.save_claim(
            row, status_code="22", payer_claim_control_number="", version=1, by=ben
        )
    row.refresh_from_db()
    assert row.status_code == "1"


def test_an_empty_batch_does_not_close(north: Practice, ben: User) -> None:
    batch = k.opened(north, "5.00", by=ben)
    with refused("batch_empty"):
        manual_batches.close_batch(batch, by=ben)


def test_a_payment_of_nothing_closes_at_zero(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    batch = k.opened(north, "0.00", method="NON", by=ben)
    row = k.keyed(batch, claim, {"paid": "0", "others": "CO-50 165.00"}, by=ben)
    manual_rows.save_claim(row, status_code="4", payer_claim_control_number="", version=1, by=ben)
    manual_batches.close_batch(batch, by=ben)
    assert Remittance.objects.get().state == "posted"
    assert not Posting.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"control_total": Decimal("-1.00")}, "total_negative"),
        ({"control_total": Decimal("0.00")}, "method_wrong"),
        ({"method": "NON"}, "method_wrong"),
        ({"trace_number": "  "}, "trace_missing"),
    ],
)
def test_a_head_that_is_no_payment_is_refused(
    north: Practice, ben: User, changes: dict[str, object], code: str
) -> None:
    fields: dict[str, object] = {"control_total": Decimal("5.00"), "trace_number": "1"} | changes
    with refused(code):
        k.opened(north, "5.00", **fields, by=ben)  # type: ignore[arg-type]  # named fields
    assert not ManualBatch.objects.exists()


def test_reopening_takes_the_posting_back_and_says_who_and_why(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    charge(claim)
    batch = k.opened(north, "72.00", by=ben)
    row = k.keyed(batch, claim, PAID, by=ben)
    manual_batches.close_batch(batch, by=ben)
    with refused("reason_missing"):
        manual_batches.reopen_batch(batch, reason=" ", by=ben)
    again = manual_batches.reopen_batch(batch, reason="Wrong claim", by=ben)
    assert (again.state, again.reopened_reason, again.reopened_by) == (
        "reopened",
        "Wrong claim",
        ben,
    )
    assert book_of(claim) == {"revenue": Decimal("-165"), "primary_receivable": Decimal("165")}
    assert_ledger(north)
    k.key(row, {"paid": "72.00", "contract": "93.00"}, by=ben)
    manual_batches.close_batch(batch, by=ben)
    assert book_of(claim)["contractual"] == Decimal("93.00")
    assert "patient_receivable" not in book_of(claim)
    assert_ledger(north)
    assert Remittance.objects.filter(state="posted").count() == 1
    told = Event.objects.filter(subject_type="manualbatch").order_by("pk")
    names = [event.name for event in told]
    assert names == [
        "manual_batch.opened",
        "manual_batch.closed",
        "manual_batch.reopened",
        "manual_batch.closed",
    ]


def test_what_a_batch_was_before_is_never_posted_again(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    charge(claim)
    batch = k.opened(north, "72.00", by=ben)
    row = k.keyed(batch, claim, PAID, by=ben)
    manual_batches.close_batch(batch, by=ben)
    first = Remittance.objects.get()
    manual_batches.reopen_batch(batch, reason="Wrong share", by=ben)
    first.refresh_from_db()
    with refused("batch_open"):
        release_remittance(first, by=ben)
    k.key(row, {"paid": "72.00", "contract": "93.00"}, by=ben)
    manual_batches.close_batch(batch, by=ben)
    first.refresh_from_db()
    assert (first.state, first.replaced_by) == (
        "replaced",
        batch.__class__.objects.get().remittance,
    )
    with refused("not_releasable"):
        release_remittance(first, by=ben)
    assert book_of(claim)["unapplied"] == Decimal("72.00")
    assert_ledger(north)


def test_a_posting_taken_back_on_its_own_page_posts_again_while_the_batch_is_closed(
    north: Practice, ben: User
) -> None:
    claim = make.claim(north)
    charge(claim)
    batch = k.opened(north, "72.00", by=ben)
    k.keyed(batch, claim, PAID, by=ben)
    manual_batches.close_batch(batch, by=ben)
    remittance = Remittance.objects.get()
    reverse_remittance(remittance, reason="Looked wrong", by=ben)
    assert release_remittance(remittance, by=ben).state == "posted"
    assert book_of(claim)["unapplied"] == Decimal("72.00")
    assert_ledger(north)


def test_a_batch_whose_posting_was_taken_back_elsewhere_can_be_reopened(
    north: Practice, ben: User
) -> None:
    batch = k.opened(north, "72.00", by=ben)
    k.keyed(batch, make.claim(north), PAID, by=ben)
    closed = manual_batches.close_batch(batch, by=ben)
    assert closed.remittance is not None
    reverse_remittance(closed.remittance, reason="Looked wrong", by=ben)
    assert manual_batches.reopen_batch(batch, reason="To key it anew", by=ben).state == "reopened"
    with refused("batch_open"):
        manual_batches.reopen_batch(batch, reason="Once more", by=ben)


def test_a_closed_batch_takes_no_change(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    batch = k.opened(north, "72.00", by=ben)
    row = k.keyed(batch, claim, PAID, by=ben)
    kept = manual_rows.add_provider_adjustment(
        batch, code="WO", reference="", amount=Decimal("1.00"), by=ben
    )
    manual_rows.remove_provider_adjustment(kept, by=ben)
    manual_batches.close_batch(batch, by=ben)
    tries = [
        lambda: manual_rows.add_claim(batch, claim, is_again=True, by=ben),
        lambda: k.key(row, {"paid": "1.00"}, by=ben),
        lambda: manual_rows.remove_claim(row, by=ben),
        lambda: manual_batches.close_batch(batch, by=ben),
        lambda: manual_batches.delete_batch(batch, by=ben),
        lambda: manual_rows.add_provider_adjustment(
            batch, code="WO", reference="", amount=Decimal("1.00"), by=ben
        ),
    ]
    for attempt in tries:
        with refused("batch_closed"):
            attempt()
    assert ManualLine.objects.get().amount_paid == Decimal("72.00")
    assert Remittance.objects.count() == 1
