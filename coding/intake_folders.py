"""The watched folder: one subfolder per practice, named by its NPI. Nothing here knows the database
beyond that name.

Whoever drops files writes them under a hidden name or with the ending .part or .tmp and renames
them when they are whole.
"""

import os
import time
from pathlib import Path

from django.conf import settings

from rcm.models import Practice

DONE, FAILED = "done", "failed"
# Without a rename, a file counts as whole when nobody has written to it for so long.
SETTLE_SECONDS = 2


def folder_of(practice: Practice) -> Path | None:
    """The practice's folder; None when none is watched or it is not there."""
    if not settings.INTAKE_FOLDER:
        return None
    folder = Path(settings.INTAKE_FOLDER) / practice.npi
    return folder if folder.is_dir() else None


def waiting_files(folder: Path) -> list[Path]:
    """Files to take, by name. Links and whatever is being written are left alone."""
    return sorted(
        Path(entry.path)
        for entry in os.scandir(folder)
        if entry.is_file(follow_symlinks=False)
        and not entry.name.startswith(".")
        and not entry.name.endswith((".part", ".tmp"))
    )


def read_settled(path: Path) -> bytes | None:
    """The bytes of a file nobody writes to any more; None while somebody may. One above the limit
    is read just so far that it is seen to be too large. Raises OSError.
    """
    before = path.stat()
    # A clock that is ahead must not keep a file for ever.
    if 0 <= time.time() - before.st_mtime < SETTLE_SECONDS:
        return None
    with path.open("rb") as file:
        content = file.read(settings.INTAKE_LIMIT + 1)
    after = path.stat()
    is_still = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    return content if is_still else None


def move(path: Path, below: str) -> None:
    """Into done/ or failed/ beside it; a name that is taken there gets a number. Raises OSError."""
    target = path.parent / below
    target.mkdir(exist_ok=True)
    name, number = target / path.name, 1
    while name.exists():
        number += 1
        name = target / f"{path.stem}.{number}{path.suffix}"
    path.rename(name)
