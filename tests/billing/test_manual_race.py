"""Two posters at one batch: committed for real, each with a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from billing.actions import manual_batches, manual_rows
from billing.models import ManualBatch, ManualClaim, ManualLine, Posting, Remittance
from rcm import access
from rcm.errors import Refusal
from rcm.models import Role, User
from tests import make
from tests.billing import keying as k
from tests.billing.books import assert_ledger, charge

PAID = {"paid": "72.00", "contract": "93.00"}


@pytest.fixture
def stage(transactional_db: None) -> tuple[int, int, int, list[User]]:
    """Practice, batch and line with nobody's hands on it, and two billers."""
    practice = make.practice()
    people = [
        make.member(practice, Role.BILLER, f"{name}@example.test", name, "Poster")
        for name in ("one", "two")
    ]
    with access.acting_in(practice.pk):
        claim = make.claim(practice)
        charge(claim)
        batch = k.opened(practice, "72.00", by=people[0])
        row = manual_rows.add_claim(batch, claim, by=people[0])
        ManualClaim.objects.update(locked_by=None, locked_until=None)
        return practice.pk, batch.pk, row.lines.get().pk, people


def at_once(practice_id: int, acts: list[Callable[[], object]]) -> list[str]:
    """Run them side by side; the code of each refusal, or an empty text."""

    def run(act: Callable[[], object]) -> str:
        try:
            with access.acting_in(practice_id):
                act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_one_of_two_posters_gets_the_row(stage: tuple[int, int, int, list[User]]) -> None:
    practice_id, _, line_id, people = stage

    def save(person: User, paid: str) -> Callable[[], object]:
        return lambda: manual_rows.save_line(
            ManualLine.objects.select_related("manual_claim__batch").get(pk=line_id),
            {"paid": paid, "contract": "="},
            version=1,
            by=person,
        )

    codes = at_once(practice_id, [save(people[0], "72.00"), save(people[1], "70.00")])
    assert codes == ["", "claim_locked"]
    with access.acting_in(practice_id):
        line = ManualLine.objects.select_related("manual_claim").get(pk=line_id)
        winner = "72.00" if line.manual_claim.locked_by == people[0] else "70.00"
        assert (str(line.amount_paid), line.version) == (winner, 2)


def test_a_batch_closed_by_two_at_once_posts_once(
    stage: tuple[int, int, int, list[User]],
) -> None:
    practice_id, batch_id, line_id, people = stage
    with access.acting_in(practice_id):
        line = ManualLine.objects.select_related("manual_claim__batch").get(pk=line_id)
        manual_rows.save_line(line, PAID, version=1, by=people[0])
        ManualClaim.objects.update(locked_by=None, locked_until=None)

    def close(person: User) -> Callable[[], object]:
        return lambda: manual_batches.close_batch(ManualBatch.objects.get(pk=batch_id), by=person)

    codes = at_once(practice_id, [close(person) for person in people])
    assert codes == ["", "batch_closed"]
    with access.acting_in(practice_id):
        batch = ManualBatch.objects.select_related("practice").get(pk=batch_id)
        assert Remittance.objects.count() == 1
        assert Posting.objects.filter(destination="cash").count() == 1
        assert_ledger(batch.practice)
