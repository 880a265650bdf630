"""One trial: take two files in while something breaks, let it recover, compare the books."""

import gc
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from django.db import connection
from psycopg2.extensions import connection as Connection

from billing import tasks_in
from billing.faults import books, payments
from billing.faults.planted import Tasks, planted_tasks
from billing.faults.seeding import Seeded, seed
from rcm import every_practice
from rcm.embedded.servers import EmbeddedServers
from rcm.faults import crash_points
from rcm.faults.observer import Observer
from rcm.faults.workers import Messages, fork, join, message_for, work_off
from rcm.models import Practice

TASKS: Tasks = {
    "billing.tasks.read_file": tasks_in.read_file,
    "billing.tasks.post_remittance": tasks_in.post_remittance,
    "billing.tasks.sweep_files": tasks_in.sweep_files,
    "billing.tasks.sweep_remittances": tasks_in.sweep_remittances,
}
SWEEPS = ("billing.tasks.sweep_files", "billing.tasks.sweep_remittances")
CHUNK_PRACTICES = 25
ROUNDS = 3
STRUCK = 7  # exit code of a worker in which a strike fell that it outlived


class NotAsExpected(Exception):
    """The uninterrupted run is not what the facts say: there is nothing to compare with."""


@dataclass(slots=True)
class Result:
    """What one trial saw."""

    is_hit: bool = False
    is_wrong: bool = False
    is_half_visible: bool = False


class Ground:
    """Servers, queue, observer and practices for trials, one after the other."""

    def __init__(self, servers: EmbeddedServers, logs: Path, planted: str | None) -> None:
        self.servers, self.logs = servers, logs
        self.tasks = TASKS | (planted_tasks(planted) if planted else {})
        self.messages = Messages(servers.broker_url)
        self.seen_by = self.connect()
        self.seeded: list[Seeded] = []
        self.made = 0
        self.points: list[str] = []
        self.seconds = 1.0
        self.first_wrong = ""

    def connect(self) -> Connection:
        """A connection that sees all practices, to look and never to write."""
        made = psycopg2.connect(self.servers.owner_database_url)
        made.autocommit = True
        return made

    def next_practice(self) -> Seeded:
        """A fresh practice whose two files wait to be read."""
        if not self.seeded:
            found = self.logs / "seeded.json"
            first, self.made = self.made, self.made + CHUNK_PRACTICES

            def make() -> None:
                made = seed(range(first, first + CHUNK_PRACTICES), self.messages)
                rows = [(row.practice_id, [m.decode() for m in row.messages]) for row in made]
                found.write_text(json.dumps(rows))

            if join(fork(make, self.logs / "seeding.log")):
                raise NotAsExpected((self.logs / "seeding.log").read_text()[-2000:])
            self.seeded = [
                Seeded(pk, tuple(message.encode() for message in messages))
                for pk, messages in json.loads(found.read_text())
            ]
        return self.seeded.pop(0)

    def start_worker(
        self,
        practice_id: int,
        strike_at: int = 0,
        strike: crash_points.Strike = crash_points.kill_worker,
    ) -> int:
        """A worker that takes what is in the queue and ends; its number.

        Its sweeps look at the trial's practice only: the others are not part of the trial.
        """

        def work() -> int:
            crash_points.watch(strike_at, strike)
            mine = Practice.objects.filter(pk=practice_id)
            setattr(every_practice, "practices", lambda: list(mine.all()))  # noqa: B010  mypy
            work_off(self.messages, self.tasks)
            return STRUCK if crash_points.COUNTER.has_struck else 0

        return fork(work, self.logs / "workers.log")

    def run_worker(self, practice_id: int) -> None:
        join(self.start_worker(practice_id))

    def warm_up(self) -> None:
        """Do here once what every worker does, so that its forks find caches and modules ready."""
        for seeded in seed(range(1), self.messages):
            self.messages.send(*seeded.messages)
            work_off(self.messages, self.tasks)
        connection.close()
        self.made = 1
        gc.collect()
        gc.freeze()

    def run_uninterrupted(self) -> None:
        """Learn what must come out, how many points there are and how long it takes."""
        self.warm_up()
        for turn in range(2):
            seeded = self.next_practice()
            self.messages.send(*seeded.messages)
            started = time.monotonic()
            if turn:
                self.run_worker(seeded.practice_id)
            else:
                self.points = self.list_points()
            self.seconds = time.monotonic() - started
            self.expected = books.Expected(self.seen_by, seeded.practice_id)
            found = {name: (row[0], row[5]) for name, row in self.expected.payments.items()}
            if found != payments.OUTCOMES:
                raise NotAsExpected(f"{found}\n{self.worker_log()}")
        self.observer = Observer(
            self.servers.owner_database_url, self.expected.find_halves, self.logs
        )
        self.observer.start()

    def list_points(self) -> list[str]:
        """Run what waits and name every point on the way."""
        listed = self.logs / "points.json"

        def work() -> None:
            crash_points.watch(names=True)
            work_off(self.messages, self.tasks)
            listed.write_text(json.dumps(crash_points.COUNTER.names))

        if join(fork(work, self.logs / "workers.log")):
            raise NotAsExpected(self.worker_log())
        return list(json.loads(listed.read_text()))

    def worker_log(self) -> str:
        return (self.logs / "workers.log").read_text()[-2000:]

    def run_trial(self, fault: Callable[["Ground", Seeded], bool]) -> Result:
        """Break, look at once, recover, deliver everything once more, compare."""
        seeded = self.next_practice()
        practice_id = seeded.practice_id
        complaints = self.observer.complaints
        self.messages.clear()
        self.messages.send(*seeded.messages)
        self.observer.watch(practice_id)
        result = Result(is_hit=fault(self, seeded))
        halves = self.expected.find_halves(self.seen_by, practice_id)
        self.recover(practice_id)
        self.deliver_again(seeded)
        self.observer.watch(0)
        result.is_half_visible = bool(halves) or self.observer.complaints > complaints
        result.is_wrong = self.is_wrong(practice_id)
        return result

    def recover(self, practice_id: int) -> None:
        """Redelivery of what was not acknowledged, then the sweeps as long as something waits."""
        self.messages.restore()
        self.run_worker(practice_id)
        for _ in range(ROUNDS):
            if books.is_finished(self.seen_by, practice_id):
                return
            self.messages.send(*map(message_for, SWEEPS))
            self.run_worker(practice_id)

    def deliver_again(self, seeded: Seeded) -> None:
        """Every task of the trial once more, when all is over."""
        posts = [message_for("billing.tasks.post_remittance", *ids) for ids in self.posts(seeded)]
        self.messages.send(*seeded.messages, *posts)
        self.run_worker(seeded.practice_id)

    def posts(self, seeded: Seeded) -> Iterator[tuple[int, int]]:
        """Arguments of the posting tasks of all payments recorded so far."""
        with self.seen_by.cursor() as db:
            db.execute(
                "SELECT id FROM billing_remittance WHERE practice_id = %s ORDER BY id",
                [seeded.practice_id],
            )
            yield from ((seeded.practice_id, row[0]) for row in db.fetchall())

    def is_wrong(self, practice_id: int) -> bool:
        """Do ledger and outcome differ from those of the uninterrupted run? Notes the first."""
        pairs = (
            (books.ledger_of(self.seen_by, practice_id), self.expected.ledger),
            (books.outcome_of(self.seen_by, practice_id), self.expected.outcome),
        )
        for found, expected in pairs:
            if found != expected and not self.first_wrong:
                more = [row for row in found if row not in expected]
                less = [row for row in expected if row not in found]
                self.first_wrong = (
                    f"practice {practice_id}: {len(found)} rows instead of {len(expected)}, "
                    f"too much {more[:3]}, missing {less[:3]}"
                )
        return any(found != expected for found, expected in pairs)

    def restart_postgres(self) -> bool:
        """Start it again if it was stopped, and connect anew; False when it was not."""
        if self.servers.undertaker is None or self.servers.postgres.child().is_running():
            return False
        self.servers.postgres.stop()
        self.servers.postgres.start(self.servers.undertaker)
        with suppress(psycopg2.Error):
            self.seen_by.close()
        self.seen_by = self.connect()
        return True

    def restart_valkey(self) -> bool:
        """Start it again, empty, if it was killed; False when it was not."""
        if self.servers.undertaker is None or self.servers.valkey.child().is_running():
            return False
        self.servers.valkey.stop()
        self.servers.valkey.start(self.servers.undertaker)
        return True

    def stop(self) -> None:
        self.observer.stop()
        self.seen_by.close()
