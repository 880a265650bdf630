"""Which folder holds what.

An ordinary user has everything under one root (`.run/`). As root, what PostgreSQL owns lies in a
store of its own, because its user may not enter the caller's folders and we never change theirs.
"""

import contextlib
import hashlib
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rcm.embedded.accounts import Account
from rcm.embedded.errors import CannotStart
from rcm.embedded.undertaker import remove_paths

ROOT_STORE = Path("/var/lib/rcm-embedded")
LONGEST_SOCKET_PATH = 90  # the kernel's limit is 107 bytes; PostgreSQL appends to the name
SOCKET_NAME = ".s.PGSQL.5432.lock"
STORE_NOTE = "postgres-store"


@dataclass(frozen=True)
class Layout:
    """`clusters` holds PostgreSQL's files, one folder per major version."""

    root: Path
    clusters: Path
    postgres_sockets: Path
    valkey_sockets: Path
    logs: Path

    @property
    def valkey(self) -> Path:
        """Valkey's working folder."""
        return self.root / "valkey"

    def paths(self) -> list[Path]:
        """Every folder and file of ours: the root last, before it what lies outside."""
        folders = (self.clusters, self.postgres_sockets, self.valkey_sockets)
        outside = [folder for folder in folders if not folder.is_relative_to(self.root)]
        if self.clusters.parent == ROOT_STORE:
            outside.append(_owner_note(self.clusters))
        return [*outside, self.root]

    def socket_folders(self) -> set[Path]:
        """One folder for an ordinary user, two for root."""
        return {self.postgres_sockets, self.valkey_sockets}

    def tidy(self) -> None:
        """Remove the sockets' folders when nothing is left in them."""
        for folder in self.socket_folders():
            with contextlib.suppress(OSError):
                folder.rmdir()

    def remove(self) -> None:
        """Remove every file of these servers, the root included."""
        remove_paths(self.paths())


def prepare_layout(root: Path, account: Account | None, logs: Path | None = None) -> Layout:
    """Make the folders that are missing. Raises CannotStart when one is not safely ours."""
    root = root.resolve()
    logs = logs or root / "logs"
    for folder in (root, logs, root / "valkey"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sockets = _socket_folder(root)
    if account is None:
        return Layout(root, root, sockets, sockets, logs)
    store = _find_store(root)
    _make_private(store, account.user_id, account.group_id)
    own_sockets = store / "sockets"
    _make_private(own_sockets, account.user_id, account.group_id)
    return Layout(root, store, own_sockets, sockets, logs)


def _socket_folder(root: Path) -> Path:
    """Inside the root when the path is short and plain, else a private folder for short names.

    A comma in the path would split PostgreSQL's list of folders, a space would break URLs.
    """
    inside = root / "sockets"
    if _is_good_for_sockets(inside):
        folder = inside
    else:
        temporary = Path(tempfile.gettempdir())
        if not _is_good_for_sockets(temporary / "rcm-0123456789ab"):
            temporary = Path("/tmp")  # noqa: S108 - _make_private refuses a folder not ours
        folder = temporary / f"rcm-{_fingerprint(root)}"
    _make_private(folder, os.geteuid(), os.getegid())
    return folder


def _is_good_for_sockets(folder: Path) -> bool:
    is_plain = re.fullmatch(r"[A-Za-z0-9/._-]+", str(folder)) is not None
    return is_plain and len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET_PATH


def _fingerprint(root: Path) -> str:
    return hashlib.sha256(f"{os.geteuid()}:{root}".encode()).hexdigest()[:12]


def _make_private(folder: Path, user_id: int, group_id: int) -> None:
    """Make the folder for one user only; refuse one that somebody else put there."""
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, user_id, group_id)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != user_id or found.st_mode & 0o077:
            raise CannotStart(f"{folder} is not a private folder of ours: remove it.") from None


def _find_store(root: Path) -> Path:
    """Root's store for this root folder; a renamed checkout finds its old one again."""
    ROOT_STORE.mkdir(mode=0o755, parents=True, exist_ok=True)
    note = root / STORE_NOTE
    usual = ROOT_STORE / _fingerprint(root)
    if note.is_file():
        remembered = Path(note.read_text().strip())
        owner = _owner_note(remembered)
        is_ours = remembered.parent == ROOT_STORE and owner.is_file()
        if is_ours and (owner.read_text() == str(root) or not Path(owner.read_text()).exists()):
            usual = remembered
    note.write_text(f"{usual}\n")
    _owner_note(usual).write_text(str(root))
    return usual


def _owner_note(store: Path) -> Path:
    """Beside the store, not in it: only root may write it."""
    return store.with_name(f"{store.name}.root-folder")
