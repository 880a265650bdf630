"""Looks at what is committed, all the time, while others work, die and try again.

A process of its own with its own connection. It knows nothing of what it looks at: a function
answers with one sentence for each thing that must not be seen.
"""

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2
from psycopg2.extensions import connection as Connection

from rcm.faults.workers import fork, join

Look = Callable[[Connection, int], list[str]]
PAUSE_SECONDS = 0.01
KEPT = 20


class Observer:
    """`watch` names the practice to look at; `complaints` is what was seen, `looks` how often."""

    def __init__(self, url: str, look: Look, folder: Path) -> None:
        self._url, self._look = url, look
        self._numbers = multiprocessing.get_context("fork").Array("q", 3)
        self._written = folder / "seen.log"
        self._log = folder / "observer.log"
        self._child = 0

    def start(self) -> None:
        self._child = fork(self._run, self._log)

    def stop(self) -> None:
        if self._child:
            os.kill(self._child, signal.SIGKILL)
            join(self._child)
            self._child = 0

    def watch(self, practice_id: int) -> None:
        """Look at this practice from now on; 0 rests."""
        self._numbers[0] = practice_id

    @property
    def looks(self) -> int:
        """Snapshots so far."""
        return int(self._numbers[1])

    @property
    def complaints(self) -> int:
        """Snapshots in which something was wrong."""
        return int(self._numbers[2])

    def examples(self) -> list[str]:
        """The first complaints in words."""
        return self._written.read_text().splitlines() if self._written.exists() else []

    def _run(self) -> None:
        while True:
            # The server may be stopped under us: then we come again.
            with contextlib.suppress(psycopg2.Error):
                seen_by = psycopg2.connect(self._url)
                seen_by.autocommit = True
                while True:
                    self._look_once(seen_by)
                    time.sleep(PAUSE_SECONDS)
            time.sleep(PAUSE_SECONDS)

    def _look_once(self, seen_by: Connection) -> None:
        practice_id = int(self._numbers[0])
        if not practice_id:
            return
        found = self._look(seen_by, practice_id)
        self._numbers[1] += 1
        if found:
            self._numbers[2] += 1
            if self._numbers[2] <= KEPT:
                with self._written.open("a") as out:
                    out.write("\n".join(found) + "\n")
