"""Workers to kill: each is a fork of this process, in which everything is imported already.

A worker takes messages from Celery's own queue, runs the task each one names and acknowledges it
afterwards, as our settings tell Celery to (acks late): a message of a killed worker comes again.
"""

import base64
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import redis
from celery import current_app
from django.db import close_old_connections, connection
from kombu import pools

from rcm.embedded.children import die_with_parent

QUEUE, UNACKED = "celery", "faults:unacked"


def kill_myself() -> None:
    """SIGKILL: no handler runs, nothing is flushed, nothing is rolled back by us."""
    os.kill(os.getpid(), signal.SIGKILL)


def fork(work: Callable[[], int | None], log: Path) -> int:
    """Run `work` in a child that dies with us; its number.

    The child's exit code is what `work` returns, 1 and a line in the log when it raises.
    """
    bind = die_with_parent(signal.SIGKILL)
    number = os.fork()
    if number:
        return number
    code = 1
    try:
        bind()
        errors = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(errors, 1)
        os.dup2(errors, 2)
        forget_parent()
        code = work() or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def forget_parent() -> None:
    """Connections of the parent are not ours: neither used nor closed here."""
    connection.connection = None
    pools.reset()
    vars(current_app._get_current_object()).pop("amqp", None)


def join(number: int) -> int:
    """Wait for a child; its exit code, or minus the signal that ended it."""
    _, status = os.waitpid(number, 0)
    return os.waitstatus_to_exitcode(status)


class Messages:
    """Celery's queue in Valkey, seen by a worker or by whoever plays the broker."""

    def __init__(self, url: str) -> None:
        """`url` in Celery's form."""
        self.client: Any = redis.Redis.from_url(url.replace("redis+socket://", "unix://"))

    def clear(self) -> None:
        self.client.delete(QUEUE, UNACKED)

    def flush(self) -> None:
        """FLUSHALL: every message is lost."""
        self.client.flushall()

    def waiting(self) -> list[bytes]:
        """What nobody has taken, oldest first."""
        return list(reversed(self.client.lrange(QUEUE, 0, -1)))

    def send(self, *messages: bytes) -> None:
        """At the end of the queue."""
        if messages:
            self.client.lpush(QUEUE, *messages)

    def take(self) -> bytes | None:
        """The next message; it stays unacknowledged until `acknowledge`."""
        found: bytes | None = self.client.lmove(QUEUE, UNACKED, "RIGHT", "LEFT")
        return found

    def acknowledge(self, message: bytes) -> None:
        self.client.lrem(UNACKED, 1, message)

    def restore(self) -> None:
        """What a dead worker did not acknowledge is next again."""
        while self.client.lmove(UNACKED, QUEUE, "LEFT", "RIGHT"):
            pass


def message_for(task: str, *ids: int) -> bytes:
    """What Celery puts into the queue, as far as `call_of` reads it."""
    body = base64.b64encode(json.dumps([ids, {}, {}]).encode()).decode()
    return json.dumps({"headers": {"task": task}, "body": body}).encode()


def call_of(message: bytes) -> tuple[str, list[Any]]:
    """Name and arguments of a message of Celery's JSON protocol 2."""
    parts = json.loads(message)
    return parts["headers"]["task"], json.loads(base64.b64decode(parts["body"]))[0]


def work_off(messages: Messages, tasks: Mapping[str, Callable[..., Any]]) -> None:
    """Run every message that waits; those of tasks not in `tasks` are dropped.

    As with Celery a task that raises is acknowledged: only a sweep asks for it again.
    """
    while message := messages.take():
        name, arguments = call_of(message)
        if name in tasks:
            try:
                tasks[name](*arguments)
            except Exception:
                traceback.print_exc()
            close_old_connections()
        messages.acknowledge(message)
