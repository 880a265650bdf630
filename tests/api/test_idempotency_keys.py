"""Keys in the database, and requests that race with one of them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from billing.models import Posting, Remittance
from rcm import access
from rcm.models import Event, IdempotencyKey, Practice, Role, User
from tests import make
from tests.api.writing import send
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, book_of, charge
from tests.conftest import signed_in


def test_the_database_keeps_every_key_and_its_answer(north: Practice, ben: User) -> None:
    fields = {"practice": north, "endpoint": "POST /x/", "body_sha256": "0" * 64}
    row = IdempotencyKey.objects.create(**fields, key="a", created_by=ben)
    row.status_code, row.answer = 200, {"id": 1}
    row.save()
    row.answer = {"id": 2}
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        row.save()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        row.delete()
    for key, name in (("a", "idempotency_key_once"), ("", "idempotency_key_visible")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            IdempotencyKey.objects.create(**fields, key=key, created_by=ben)


@pytest.fixture
def committed(transactional_db: None) -> tuple[Practice, Remittance, Client]:
    """A posted payment, committed, and Ben's session."""
    practice = make.practice()
    with access.acting_in(practice.pk):
        ben = make.member(practice, Role.BILLER, "ben@example.test", "Ben", "Carver")
        claim = make.claim(practice)
        charge(claim)
        told = r.echo(claim, ("72.00", "CO-45 93.00"))
        row = r.posted(practice, r.content("72.00", told))
    client = signed_in(ben)
    client.get("/preferences/")
    return practice, row, client


def test_fifty_racing_requests_with_one_key_act_once(
    committed: tuple[Practice, Remittance, Client],
) -> None:
    practice, row, client = committed
    start = Barrier(50, timeout=60)

    def ask(_: int) -> tuple[int, Any, bool]:
        racing = Client()
        racing.cookies = client.cookies
        start.wait()
        try:
            url = f"/api/remittances/{row.pk}/reversal/"
            response = send(racing, url, "undo", {"reason": "Wrong practice"})
            replayed = "Idempotency-Replayed" in response.headers
            return response.status_code, response.json(), replayed
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(50)))
    assert {status for status, *_ in answers} == {200}
    assert all(content == answers[0][1] for _, content, _ in answers)
    assert sorted(replayed for *_, replayed in answers) == [False] + [True] * 49
    with access.acting_in(practice.pk):
        assert Event.objects.filter(name="remittance.taken_back").count() == 1
        assert Posting.objects.filter(reverses__isnull=False).count() == 3
        assert IdempotencyKey.objects.count() == 1
        claim = row.claims.get().claim
        assert claim is not None
        assert book_of(claim)["primary_receivable"] == 165
        assert_ledger(practice)
