"""The messages of the application, carried out by ourselves in the order they were sent.

A worker of its own would live by the real clock.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from celery import current_app

# Of these the first id says all; the second one only who rang.
WHOLE_PRACTICE = frozenset({"billing.tasks.draft_ready_claims"})
Message = tuple[str, tuple[int, ...]]


class Machines:
    """What the broker and the worker do otherwise."""

    def __init__(self) -> None:
        self._waiting: deque[Message] = deque()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Messages come here instead of going to the broker."""
        app = current_app._get_current_object()
        app.loader.import_default_modules()
        app.send_task = self._send
        try:
            yield
        finally:
            del app.send_task

    def _send(self, name: str, args: Sequence[int] = (), **_options: Any) -> None:
        """A message that waits already is not sent a second time."""
        message = (name, tuple(args[:1] if name in WHOLE_PRACTICE else args))
        if message not in self._waiting:
            self._waiting.append(message)

    def run(self, *names: str) -> None:
        """Do the tasks of these names, which take nothing, and all that follows from them."""
        for name in names:
            self._send(name)
        while self._waiting:
            name, ids = self._waiting.popleft()
            current_app.tasks[name](*ids)
