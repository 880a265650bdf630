"""Coders who ask for the next chart at the same moment: real processes, each with its connection.

There are exactly as many charts as coders. Whoever gets a chart that somebody else got, or none,
is counted; both numbers must be 0.
"""

import multiprocessing
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from typing import Any, NamedTuple

import django
from django.db import connection, connections
from django.utils import timezone

PATIENCE_SECONDS = 300


class Racer(NamedTuple):
    """What one process needs: where the database is, and who asks for which practice."""

    database: Mapping[str, Any]
    practice_id: int
    user_id: int
    rounds: int


@dataclass(frozen=True)
class Outcome:
    """`doubles` got a chart somebody else got too, `missed` got none though one was left."""

    processes: int
    rounds: int
    charts_given: int
    doubles: int
    missed: int
    slowest_round_seconds: str

    @property
    def is_right(self) -> bool:
        return not self.doubles and not self.missed


def race(practice_id: int, user_ids: list[int], rounds: int) -> Outcome:
    """Let each coder ask once per round, all at once; the practice has no other open charts.

    Every second round goes through a list instead of the standard order.
    """
    given = doubles = missed = 0
    slowest = timedelta()
    with racers(practice_id, user_ids, rounds) as (start, answers):
        start.wait(PATIENCE_SECONDS)  # all have loaded
        for _ in range(rounds):
            put_back(practice_id)
            began = time.monotonic()
            start.wait(PATIENCE_SECONDS)
            got = [answers.get() for _ in user_ids]
            slowest = max(slowest, timedelta(seconds=time.monotonic() - began))
            charts = [chart for chart in got if chart is not None]
            given += len(charts)
            missed += len(got) - len(charts)
            doubles += len(charts) - len(set(charts))
    seconds = f"{slowest.total_seconds():.2f}"
    return Outcome(len(user_ids), rounds, given, doubles, missed, seconds)


@contextmanager
def racers(
    practice_id: int, user_ids: list[int], rounds: int
) -> Iterator[tuple[Barrier, "SimpleQueue[int | None]"]]:
    """Processes of their own memory and connection, ready at the line; ended at the end."""
    context = multiprocessing.get_context("spawn")
    start, answers = context.Barrier(len(user_ids) + 1), context.SimpleQueue()
    database = {key: connection.settings_dict[key] for key in ("NAME", "USER")}
    started = [
        context.Process(
            target=ask_each_round,
            args=(Racer(database, practice_id, user_id, rounds), start, answers),
            daemon=True,
        )
        for user_id in user_ids
    ]
    for process in started:
        process.start()
    try:
        yield start, answers
    finally:
        for process in started:
            process.join(10)
            if process.is_alive():
                process.terminate()


def ask_each_round(racer: Racer, start: Barrier, answers: "SimpleQueue[int | None]") -> None:
    """The work of one process. The apps are loaded here: a spawned process knows nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rcm.settings")
    django.setup()
    from coding.actions.encounters import next_encounter
    from coding.queue_page import charts_of
    from rcm import access
    from rcm.models import Practice, User

    connections["default"].settings_dict.update(racer.database)
    practice = Practice.objects.get(pk=racer.practice_id)
    user = User.objects.get(pk=racer.user_id)
    start.wait(PATIENCE_SECONDS)
    for turn in range(racer.rounds):
        within = charts_of(practice, user, {"view": "late"}) if turn % 2 else None
        start.wait(PATIENCE_SECONDS)
        with access.acting_in(practice.pk):
            chart = next_encounter(practice, by=user, within=within)
        answers.put(chart.pk if chart else None)
    connection.close()


def put_back(practice_id: int) -> None:
    """All charts of the practice are nobody's, new, and past their target."""
    from coding.models import Encounter
    from rcm import access

    with access.acting_in(practice_id):
        Encounter.objects.filter(practice=practice_id).update(
            state="new",
            owner=None,
            assigned_to=None,
            locked_until=None,
            skipped_at=None,
            finalized_at=None,
            date_of_service=timezone.localdate() - timedelta(days=9),
        )
