"""Rows of a paper EOB: one claim once, one row in one person's hands, facts the database guards."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from billing.actions import manual_batches, manual_rows
from billing.models import ManualBatch, ManualClaim, ManualLine
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import keying as k
from tests.billing.keying import refused

PAID = {"paid": "72.00", "coinsurance": "20.00", "contract": "="}


def test_the_same_claim_twice_asks(north: Practice, ben: User) -> None:
    claim = make.claim(north)
    batch = k.opened(north, "72.00", by=ben)
    manual_rows.add_claim(batch, claim, by=ben)
    with pytest.raises(Refusal) as refusal:
        manual_rows.add_claim(batch, claim, by=ben)
    assert refusal.value.message == "Claim T000001 is in this batch already, as number 1."
    assert ManualClaim.objects.count() == 1
    assert manual_rows.add_claim(batch, claim, is_again=True, by=ben).is_repeat


def test_a_claim_never_sent_is_refused(north: Practice, ben: User) -> None:
    claim = make.claim(north, status="ready", submitted_at=None, accepted_at=None)
    batch = k.opened(north, "72.00", by=ben)
    with refused("claim_not_sent"):
        manual_rows.add_claim(batch, claim, by=ben)


def test_the_database_keeps_a_claim_from_standing_twice_by_accident(
    north: Practice, ben: User
) -> None:
    claim = make.claim(north)
    batch = k.opened(north, "72.00", by=ben)
    manual_rows.add_claim(batch, claim, by=ben)
    with pytest.raises(IntegrityError, match="manual_claim_once"), transaction.atomic():
        ManualClaim.objects.create(practice=north, batch=batch, claim=claim, position=2)


@pytest.mark.parametrize(
    ("table", "change", "constraint"),
    [
        ("batch", "state = 'lost'", "manual_batch_state_known"),
        ("batch", "control_total = -1", "manual_batch_total_not_negative"),
        ("batch", "state = 'closed'", "manual_batch_closed_has_remittance"),
        ("batch", "state = 'reopened'", "manual_batch_reopened_has_reason"),
        ("claim", "status_code = '9'", "manual_claim_status_known"),
        ("line", "is_left_out = true", "manual_line_left_out_is_empty"),
        ("provideradjustment", "amount = 0", "manual_adjustment_not_zero"),
    ],
)
def test_the_database_guards_the_facts(
    north: Practice, ben: User, table: str, change: str, constraint: str
) -> None:
    batch = k.opened(north, "72.00", by=ben)
    k.keyed(batch, make.claim(north), PAID, by=ben)
    manual_rows.add_provider_adjustment(
        batch, code="WO", reference="", amount=Decimal("1.00"), by=ben
    )
    with (
        pytest.raises(IntegrityError, match=constraint),
        transaction.atomic(),
        connection.cursor() as db,
    ):
        db.execute(f"UPDATE billing_manual{table} SET {change}")  # noqa: S608  words of this test


def test_only_an_empty_batch_is_deleted(north: Practice, ben: User) -> None:
    batch = k.opened(north, "72.00", by=ben)
    row = manual_rows.add_claim(batch, make.claim(north), by=ben)
    with refused("batch_not_empty"):
        manual_batches.delete_batch(batch, by=ben)
    manual_rows.remove_claim(row, by=ben)
    manual_batches.delete_batch(batch, by=ben)
    assert not ManualBatch.objects.exists()
    with refused("batch_gone"):
        manual_rows.add_claim(batch, make.claim(north), by=ben)


def test_a_row_is_in_one_person_s_hands(north: Practice, ben: User, mia: User) -> None:
    batch = k.opened(north, "72.00", by=ben)
    row = manual_rows.add_claim(batch, make.claim(north), by=ben)
    with pytest.raises(Refusal) as refusal:
        k.key(row, PAID, by=mia)
    assert refusal.value.status == 423
    assert refusal.value.message.startswith("Ben Carver is keying claim T000001 (until ")
    assert ManualLine.objects.get().amount_paid is None
    with refused("claim_locked"):
        manual_rows.remove_claim(row, by=mia)
    k.key(row, PAID, by=ben)
    with refused("claim_locked"):
        manual_batches.close_batch(batch, by=mia)
    ManualClaim.objects.update(locked_until="2026-01-01T00:00:00Z")
    manual_rows.lock_claim(row, by=mia)
    row.refresh_from_db()
    assert row.locked_by == mia


def test_a_line_changed_meanwhile_is_not_overwritten(north: Practice, ben: User) -> None:
    batch = k.opened(north, "72.00", by=ben)
    row = manual_rows.add_claim(batch, make.claim(north), by=ben)
    line = row.lines.get()
    first = manual_rows.save_line(line, {"paid": "72.00"}, version=1, by=ben)
    assert (first.is_saved, first.line.version) == (True, 2)
    late = manual_rows.save_line(line, {"paid": "70.00"}, version=1, by=ben)
    assert (late.is_saved, late.entry.paid, late.typed.paid) == (False, 7200, 7000)
    line.refresh_from_db()
    assert (line.amount_paid, line.version) == (Decimal("72.00"), 2)
    assert manual_rows.save_line(line, {"paid": "72.00"}, version=1, by=ben).is_saved
    again = manual_rows.save_line(line, {"paid": "70.00"}, version=2, by=ben)
    assert (again.is_saved, again.line.version) == (True, 3)


def test_cells_that_are_no_amounts_save_nothing(north: Practice, ben: User) -> None:
    batch = k.opened(north, "72.00", by=ben)
    row = manual_rows.add_claim(batch, make.claim(north), by=ben)
    with pytest.raises(Refusal) as refusal:
        k.key(row, {"paid": "72.0", "contract": "1,00"}, by=ben)
    assert refusal.value.fields == {
        "paid": "“72.0” is not an amount such as 1,000.00.",
        "contract": "“1,00” is not an amount such as 1,000.00.",
    }
    assert ManualLine.objects.get().version == 1
    assert not Event.objects.filter(name="manual_line.keyed").exists()
