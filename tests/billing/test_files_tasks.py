"""Tasks of what comes in: each may run twice, and one bad file stops nobody."""

from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from billing import tasks_in
from billing.actions.files import receive_file
from billing.models import InterchangeFile, Posting, Remittance
from rcm.models import Event, Practice
from tests import make
from tests.billing import remitting as r
from tests.billing.books import assert_ledger

Sent = list[tuple[str, tuple[int, ...]]]


def test_each_step_asks_for_the_next(
    north: Practice, sent: Sent, django_capture_on_commit_callbacks: Any
) -> None:
    claim = make.claim(north)
    content = r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00")))
    with django_capture_on_commit_callbacks(execute=True):
        file = receive_file(north, "a.835", content)
    assert sent == [("billing.tasks.read_file", (north.pk, file.pk))]
    with django_capture_on_commit_callbacks(execute=True):
        tasks_in.read_file(north.pk, file.pk)
    row = Remittance.objects.get()
    assert sent[1:] == [("billing.tasks.post_remittance", (north.pk, row.pk))]
    with django_capture_on_commit_callbacks(execute=True):
        tasks_in.post_remittance(north.pk, row.pk)
    listeners = settings.NOTICES["remittance.posted"]
    assert "denials.tasks.open_denials" in listeners
    assert sent[2:] == [(task, (north.pk, row.pk)) for task in listeners]
    assert_ledger(north)


def test_every_task_may_run_twice(north: Practice, sent: Sent) -> None:
    claim = make.claim(north)
    content = r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00")))
    file = receive_file(north, "a.835", content)
    for _ in range(2):
        tasks_in.read_file(north.pk, file.pk)
    row = Remittance.objects.get()
    for _ in range(2):
        tasks_in.post_remittance(north.pk, row.pk)
    assert Posting.objects.count() == 3
    assert Event.objects.filter(name="remittance.posted").count() == 1


def test_the_sweeps_find_what_a_lost_message_left(
    north: Practice, sent: Sent, django_capture_on_commit_callbacks: Any
) -> None:
    claim = make.claim(north)
    ready = r.recorded(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00"))))
    held = r.recorded(north, r.content("9.00", trace_number="HELD"))
    unread = receive_file(north, "b.835", b"later")
    with django_capture_on_commit_callbacks(execute=True):
        tasks_in.sweep_files()
        tasks_in.sweep_remittances()
    assert sent == [
        ("billing.tasks.read_file", (north.pk, unread.pk)),
        ("billing.tasks.post_remittance", (north.pk, ready.pk)),
    ]
    assert held.state == "held"


def test_a_held_remittance_is_left_alone_by_the_task(north: Practice) -> None:
    row = r.recorded(north, r.content("9.00"))
    tasks_in.post_remittance(north.pk, row.pk)
    assert not Posting.objects.exists()


def test_a_file_that_breaks_our_own_code_is_set_aside(
    north: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = receive_file(north, "a.835", r.content("0.00"))

    def broken(_content: bytes) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("billing.actions.reading.read", broken)
    with pytest.raises(ZeroDivisionError):
        tasks_in.read_file(north.pk, file.pk)
    file.refresh_from_db()
    assert file.state == "failed"
    assert file.note == (
        "Reading stopped with an internal error; the bytes are kept and the log says more."
    )


def test_a_channel_another_poller_holds_is_left_to_it(north: Practice) -> None:
    """The lock is the other session's; nothing is fetched and nothing fails."""
    import psycopg2

    channel_id = 4711
    other = psycopg2.connect(**connection.get_connection_params())
    try:
        other.cursor().execute("SELECT pg_advisory_lock(%s, %s)", [835, channel_id])
        assert tasks_in.fetch_channel(north.pk, channel_id) == 0
    finally:
        other.close()


def test_a_channel_that_cannot_be_reached_waits_for_the_next_beat(
    north: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RCM_CHANNEL_SECRET_SANDBOX", raising=False)
    channel = make.channel(north)
    assert tasks_in.fetch_channel(north.pk, channel.pk) == 0
    assert not InterchangeFile.objects.exists()
