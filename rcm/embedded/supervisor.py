"""Starts children in order, waits for them, watches them, stops them in the opposite order."""

import contextlib
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from rcm.embedded.children import Child, Undertaker
from rcm.embedded.errors import CannotStart, StopRequested

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
POLL_SECONDS = 0.1
SECONDS_BETWEEN_LINES = 5


class StopFlag:
    """Counts the requests to stop. Handlers only count: nothing is interrupted half-way."""

    def __init__(self) -> None:
        self.count = 0

    def install(self) -> None:
        """Take over Ctrl-C, SIGTERM and a closed terminal."""
        for number in SIGNALS:
            signal.signal(number, self._count)

    def is_hurried(self) -> bool:
        """True from the second request on: stop waiting, kill."""
        return self.count > 1

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1


class Progress:
    """One line per event with the seconds since the start."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self.started = time.monotonic()

    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self.started

    def say(self, text: str) -> None:
        """Write the line at once; a closed terminal is no reason to stop half-way."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(f"[{self.seconds():5.1f} s] {text}\n")
            self._stream.flush()


class Supervisor:
    """The running children of one command, oldest first."""

    def __init__(
        self, undertaker: Undertaker, logs: Path, flag: StopFlag, progress: Progress, cwd: Path
    ) -> None:
        self._undertaker, self._logs, self._cwd = undertaker, logs, cwd
        self._flag, self._progress = flag, progress
        self._deadline = float("inf")
        self.children: list[Child] = []
        self._jobs: list[Child] = []

    def limit_seconds(self, seconds: float) -> None:
        """From now on every wait ends, as a failure, after so many seconds altogether."""
        self._deadline = time.monotonic() + seconds

    def start(
        self, name: str, command: Sequence[str | Path], environment: Mapping[str, str], **how: Any
    ) -> Child:
        """Start a child that stays; `how` goes to Child. The previous log gets another name."""
        log = self._logs / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        child = Child(
            name,
            command,
            environment=environment,
            undertaker=self._undertaker,
            log=log,
            cwd=self._cwd,
            **how,
        )
        self.children.append(child)
        return child

    def wait_until(
        self,
        is_true: Callable[[], bool],
        text: str,
        seconds: float,
        latest: Callable[[], str] = lambda: "",
    ) -> None:
        """Wait for a condition, telling so every few seconds, with the `latest` news if any.

        Raises StopRequested on Ctrl-C, CannotStart when a child dies or time is over.
        """
        started = told = time.monotonic()
        while not is_true():
            self.check()
            now = time.monotonic()
            if now > min(started + seconds, self._deadline):
                raise CannotStart(f"{text}: not within {now - started:.0f} s. Logs: {self._logs}")
            if now - told >= SECONDS_BETWEEN_LINES:
                self._progress.say(f"{text} … {latest()} ({now - started:.0f} s)")
                told = now
            time.sleep(POLL_SECONDS)

    def start_job(
        self, name: str, command: Sequence[str | Path], environment: Mapping[str, str], **how: Any
    ) -> Child:
        """Start a child that ends by itself; `finish` waits for it."""
        child = self.start(name, command, environment, **how)
        self._jobs.append(child)
        return child

    def finish(self, child: Child, text: str, seconds: float) -> int:
        """Wait until a job has ended; returns its exit code."""
        self.wait_until(lambda: not child.is_running(), text, seconds, child.last_line)
        self._jobs.remove(child)
        self.children.remove(child)
        return child.stop()

    def check(self) -> None:
        """Raises StopRequested after Ctrl-C, CannotStart when a child has died."""
        if self._flag.count:
            raise StopRequested
        for child in self.children:
            if not child.is_running() and child not in self._jobs:
                raise CannotStart(
                    f"{child.name} ended unexpectedly with code {child.exit_code}. "
                    f"Last lines of {child.log}:\n{child.tail()}"
                )

    def watch(self) -> None:
        """Stay until something happens: StopRequested or CannotStart, as in `check`."""
        while True:
            self.check()
            time.sleep(POLL_SECONDS)

    def stop(self, *groups: Sequence[str]) -> None:
        """Stop the named children group by group, then all others, newest first.

        Members of a group are asked at once and awaited together.
        """
        for names in [*groups, *([child.name] for child in reversed(self.children))]:
            members = [child for child in self.children if child.name in names]
            for child in members:
                child.ask_to_stop()
            for child in members:
                if child.is_running():
                    self._progress.say(f"stopping {child.name}")
                child.stop(is_hurried=self._flag.is_hurried)
                self.children.remove(child)
