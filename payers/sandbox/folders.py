"""The sandbox's folders, and how a file appears in one: under a temporary name, then renamed.

Only `files/` is visible over SFTP; everything else under the root is the sandbox's own.
"""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ACCEPTED_SUFFIXES = (".837", ".270", ".276", ".x12", ".edi", ".txt")
MAILBOX = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class Folders:
    """Paths under one sandbox root; `create` makes them, private to this user."""

    root: Path

    @property
    def files(self) -> Path:
        """What an SFTP client sees as ``/``."""
        return self.root / "files"

    @property
    def inbound(self) -> Path:
        """Where clients leave 837 files."""
        return self.files / "inbound"

    @property
    def outbound(self) -> Path:
        """Where answers wait; clients remove them or move them to `archive`."""
        return self.files / "outbound"

    @property
    def archive(self) -> Path:
        return self.outbound / "archive"

    @property
    def work(self) -> Path:
        """Inbound files taken up and not yet answered: looked at again after a crash."""
        return self.root / "work"

    @property
    def received(self) -> Path:
        """Inbound files that were answered."""
        return self.root / "received"

    @property
    def control(self) -> Path:
        return self.root / "control"

    @property
    def control_results(self) -> Path:
        return self.control / "done"

    @property
    def state(self) -> Path:
        return self.root / "state"

    def create(self) -> None:
        """Make every folder; safe to repeat."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (
            self.inbound,
            self.archive,
            self.work,
            self.received,
            self.control_results,
            self.state,
        ):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_atomically(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write under a hidden temporary name in the same folder, sync, rename."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def find_complete_files(folder: Path) -> Iterator[Path]:
    """Inbound files whose name says they are complete, oldest first.

    Hidden names and .tmp/.part are uploads in progress; other suffixes are not ours to read.
    Mailboxes (folders in the inbound folder) are looked into as well, one level deep.
    """
    found: list[tuple[int, Path]] = []
    for place in (folder, *find_mailboxes(folder)):
        for path in place.iterdir():
            name = path.name.lower()
            if name.startswith(".") or not name.endswith(ACCEPTED_SUFFIXES):
                continue
            if path.is_file() and not path.is_symlink():
                found.append((path.stat().st_mtime_ns, path))
    for _, path in sorted(found):
        yield path


def find_mailboxes(inbound: Path) -> list[Path]:
    """The mailboxes clients made under the inbound folder."""
    return sorted(
        path for path in inbound.iterdir() if MAILBOX.fullmatch(path.name) and path.is_dir()
    )


def name_work_file(path: Path, inbound: Path, moment: int) -> str:
    """A name of its own for an inbound file that keeps the moment and the mailbox."""
    mailbox = path.parent.name if path.parent != inbound else ""
    return f"{moment:020d}@{mailbox}@{path.name}"


def read_mailbox(work_name: str) -> str:
    """The mailbox in a work file's name; empty for the common inbound folder."""
    return work_name.split("@", 2)[1]
