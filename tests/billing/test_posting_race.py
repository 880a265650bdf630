"""A payer's reversal and a person's taking back at one payment: committed for real."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event as Signal

import pytest
from django.db import connection

from billing import ledger
from billing.actions.postings import post_remittance
from billing.actions.takebacks import reverse_claim, reverse_remittance
from billing.books import disagreements
from billing.models import Posting, Remittance, RemittedClaim
from rcm import access
from rcm.models import Practice, Role, User
from tests import make
from tests.billing import remitting as r

PAID = ("72.00", "CO-45 73.00", "PR-2 20.00")
WAITS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def stage(transactional_db: None) -> tuple[Practice, User, RemittedClaim, Remittance]:
    """A payment that is posted, and a reversal of it that is about to post."""
    practice = make.practice()
    with access.acting_in(practice.pk):
        ben = make.member(practice, Role.BILLER, "ben@example.test", "Ben", "Carver")
        claim = make.claim(practice)
        paid = r.posted(practice, r.content("72.00", r.echo(claim, PAID)))
        told = r.echo(claim, PAID, status="22")
        back = (r.plb("FB", "-72.00"),)
        reversal = r.recorded(
            practice, r.content("0.00", told, adjustments=back, trace_number="CHECK2")
        )
        return practice, ben, paid.claims.get(), reversal


def meanwhile(practice: Practice, act: Callable[[], object], pool: ThreadPoolExecutor) -> Future:
    """Begin `act` on another connection; returns once it waits for a lock of ours, or is done."""
    begun = Signal()

    def run() -> None:
        try:
            with access.acting_in(practice.pk):
                begun.set()
                act()
        finally:
            connection.close()

    future = pool.submit(run)
    assert begun.wait(30)
    limit = time.monotonic() + 30
    while not future.done() and time.monotonic() < limit:
        with connection.cursor() as db:
            db.execute(WAITS)
            if db.fetchone()[0]:
                break
        time.sleep(0.02)
    return future


@pytest.mark.parametrize("whole", [False, True], ids=["one claim", "the whole payment"])
def test_a_reversal_does_not_pair_with_a_payment_that_is_being_taken_back(
    stage: tuple[Practice, User, RemittedClaim, Remittance], whole: bool
) -> None:
    practice, ben, paid, reversal = stage
    with ThreadPoolExecutor(1) as pool:
        with access.acting_in(practice.pk):
            if whole:
                reverse_remittance(paid.remittance, reason="Wrong day", by=ben)
            else:
                reverse_claim(paid, reason="Wrong patient", by=ben)
            future = meanwhile(
                practice, lambda: post_remittance(Remittance.objects.get(pk=reversal.pk)), pool
            )
            assert not future.done(), "it does not wait for the person"
        future.result(30)
    with access.acting_in(practice.pk):
        row = reversal.claims.get()
        assert (row.state, row.exception_code) == ("matched", "nothing_to_reverse")
        assert row.reverses is None
        assert not Posting.objects.filter(remitted_claim=row).exists()
        assert list(disagreements(practice)) == []
        assert ledger.ledger_sum(practice) == 0
