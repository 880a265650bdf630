"""Both servers as one thing to start and to stop, with the addresses the application needs."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from rcm.embedded.accounts import find_account
from rcm.embedded.children import Child, Undertaker
from rcm.embedded.errors import CannotStart
from rcm.embedded.layout import prepare_layout
from rcm.embedded.postgres import APPLICATION, OWNER, Postgres
from rcm.embedded.valkey import Valkey

CLEANING_SECONDS = 40


class EmbeddedServers:
    """PostgreSQL and Valkey under one root folder, which they lock while they run.

    `durable` keeps everything through crashes; without it the servers are fast and forgetful.
    `temporary` removes the root folder at the end, also after our own sudden death.
    """

    def __init__(
        self, root: Path, *, durable: bool, temporary: bool = False, logs: Path | None = None
    ) -> None:
        """Only remembers; nothing is looked for or started yet. `logs` may lie elsewhere."""
        self.root, self._logs = root, logs
        self._durable, self._temporary = durable, temporary
        self._lock: int | None = None
        self.is_locked_by_another = False
        self.undertaker: Undertaker | None = None

    def start(self, report: Callable[[str], None] = lambda text: None) -> None:
        """Start what does not run. Raises CannotStart with a plain sentence.

        `report` is told of each step.
        """
        if self.undertaker is not None:
            return
        account = find_account()
        self.layout = prepare_layout(self.root, account, self._logs)
        self.is_locked_by_another = True
        self._lock = _lock_root(self.layout.root, report)
        self.is_locked_by_another = False
        self.undertaker = Undertaker(hold=[self._lock])
        for folder in self.layout.socket_folders():
            self.undertaker.order("empty", folder)
        if self._temporary:
            for path in self.layout.paths():
                self.undertaker.order("remove", path)
        try:
            self.postgres = Postgres(self.layout, account, durable=self._durable)
            self.valkey = Valkey(self.layout, durable=self._durable)
            self.valkey.start(self.undertaker)
            report("Valkey answers")
            self.postgres.start(self.undertaker)
            report(f"PostgreSQL {self.postgres.major} answers")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what runs: messages first, then the truth. Safe to call again."""
        for server in (getattr(self, "valkey", None), getattr(self, "postgres", None)):
            if server is not None:
                server.stop()
        if self.undertaker is not None:
            if self._temporary:
                self.layout.remove()
            else:
                self.layout.tidy()
        if self.undertaker is not None:
            self.undertaker.dismiss()
            self.undertaker = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def forget(self) -> None:
        """Stop and remove all files under the root."""
        self.stop()
        self.layout.remove()

    def children(self) -> list[Child]:
        """Both servers' processes."""
        return [self.postgres.child(), self.valkey.child()]

    @property
    def database_url(self) -> str:
        """For everything but migrations: the role behind the practice walls."""
        return self.postgres.url(APPLICATION)

    @property
    def owner_database_url(self) -> str:
        """For migrations: the role that owns the schema."""
        return self.postgres.url(OWNER)

    @property
    def broker_url(self) -> str:
        """Celery's broker."""
        return self.valkey.url

    def __enter__(self) -> "EmbeddedServers":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _lock_root(root: Path, report: Callable[[str], None]) -> int:
    """Hold the root folder for this process and its undertaker; returns the descriptor.

    Raises CannotStart when another process runs on it. When that one was killed, its undertaker
    holds the lock for the seconds it needs to clean up, and we wait.
    """
    descriptor = os.open(root / "servers.lock", os.O_RDWR | os.O_CREAT, 0o600)
    limit = time.monotonic() + CLEANING_SECONDS
    is_told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode() or "?"
            if not is_told and not _is_alive(holder):
                report("waiting for an earlier run that is being cleaned up")
                is_told = True
            if _is_alive(holder) or time.monotonic() > limit:
                os.close(descriptor)
                raise CannotStart(f"{root} is in use by process {holder}.") from None
            time.sleep(0.1)
        else:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            return descriptor


def _is_alive(pid: str) -> bool:
    try:
        state = Path(f"/proc/{int(pid)}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, ValueError):
        return False
    return state not in "ZX"
