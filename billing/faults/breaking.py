"""The faults: each breaks something while one practice's files are taken in; True when it hit."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import closing, suppress

import psycopg2
from psycopg2.extensions import connection as Connection

from billing.faults.seeding import Seeded
from billing.faults.trials import STRUCK, Ground
from rcm.embedded.postgres import SUPERUSER
from rcm.faults.workers import join, message_for

Fault = Callable[[Ground, Seeded], bool]
MOST_DELIVERIES = 5
SECONDS_TO_END = 10


def kill_at(point: int) -> Fault:
    """SIGKILL before the worker's k-th statement, COPY or COMMIT, or right after a COMMIT."""

    def fault(ground: Ground, seeded: Seeded) -> bool:
        return join(ground.start_worker(seeded.practice_id, point)) == -signal.SIGKILL

    return fault


def kill_after(seconds: float) -> Fault:
    """SIGKILL from outside, wherever the worker is by then."""

    def fault(ground: Ground, seeded: Seeded) -> bool:
        worker = ground.start_worker(seeded.practice_id)
        time.sleep(seconds)
        os.kill(worker, signal.SIGKILL)
        return join(worker) == -signal.SIGKILL

    return fault


def deliver_often(chance: random.Random) -> Fault:
    """Each message one to five times, in any order; posting tasks again while others read."""

    def fault(ground: Ground, seeded: Seeded) -> bool:
        repeated = [m for m in seeded.messages for _ in range(chance.randint(1, MOST_DELIVERIES))]
        chance.shuffle(repeated)
        ground.messages.clear()
        ground.messages.send(*repeated)
        ground.run_worker(seeded.practice_id)
        posts = list(ground.posts(seeded)) * chance.randint(1, MOST_DELIVERIES)
        chance.shuffle(posts)
        again = [message_for("billing.tasks.post_remittance", *ids) for ids in posts]
        ground.messages.send(*again)
        ground.run_worker(seeded.practice_id)
        return len(repeated) + len(again) > len(seeded.messages)

    return fault


def work_twice(point: int) -> Fault:
    """Two workers take the same messages at once; one of them is killed when `point` is not 0."""

    def fault(ground: Ground, seeded: Seeded) -> bool:
        ground.messages.clear()
        ground.messages.send(*(m for message in seeded.messages for m in (message, message)))
        pair = [ground.start_worker(seeded.practice_id, at) for at in (point, 0)]
        codes = [join(worker) for worker in pair]
        return codes[0] == -signal.SIGKILL or not point

    return fault


def lose_connection(point: int) -> Fault:
    """The server ends the worker's connection (pg_terminate_backend)."""

    def fault(ground: Ground, seeded: Seeded) -> bool:
        address = ground.servers.postgres.url(SUPERUSER)

        def strike(on: Connection) -> None:
            with closing(psycopg2.connect(address)) as other, other.cursor() as db:
                db.execute("SELECT pg_terminate_backend(%s, 5000)", [on.info.backend_pid])

        return join(ground.start_worker(seeded.practice_id, point, strike)) == STRUCK

    return fault


def stop_postgres(point: int) -> Fault:
    """Immediate stop (SIGQUIT: no checkpoint, every connection cut), then a start with recovery."""

    def fault(ground: Ground, seeded: Seeded) -> bool:
        server = ground.servers.postgres.pid

        def strike(_on: Connection) -> None:
            if server is not None:
                os.kill(server, signal.SIGQUIT)
            time.sleep(0.05)

        is_struck = join(ground.start_worker(seeded.practice_id, point, strike)) == STRUCK
        limit = time.monotonic() + SECONDS_TO_END
        while is_struck and ground.servers.postgres.child().is_running():
            if time.monotonic() > limit:
                return False
            time.sleep(0.01)
        return ground.restart_postgres()

    return fault


def flush_valkey(point: int) -> Fault:
    """FLUSHALL: all messages are gone, those being worked on too."""

    def fault(ground: Ground, seeded: Seeded) -> bool:
        def strike(_on: Connection) -> None:
            ground.messages.flush()

        worker = ground.start_worker(seeded.practice_id, point, strike)
        return join(worker) == STRUCK

    return fault


def kill_valkey(point: int) -> Fault:
    """SIGKILL to Valkey; it comes back empty. The worker goes on without it as far as it can."""

    def fault(ground: Ground, seeded: Seeded) -> bool:
        server = ground.servers.valkey.child()

        def strike(_on: Connection) -> None:
            os.kill(server.pid, signal.SIGKILL)
            time.sleep(0.05)

        with suppress(ChildProcessError):
            join(ground.start_worker(seeded.practice_id, point, strike))
        return ground.restart_valkey()

    return fault
