"""Ends what a killed supervisor leaves behind.

Runs as a script of its own, outside the supervisor's session, and reads orders from its
standard input until that closes. The supervisor forgets every child it stopped itself, so
at a clean end nothing is left to do here; after `kill -9` of the supervisor the watched
process groups are ended and the temporary folders removed.

Orders, one per line, fields separated by tabs:
    watch   GROUP  SIGNAL  SECONDS    end this process group, SIGKILL after SECONDS
    forget  GROUP
    remove  PATH                      remove this folder or file at the end
    empty   FOLDER                    remove this folder at the end if nothing is in it
"""

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

Watched = dict[int, tuple[int, float]]


def is_group_alive(group: int) -> bool:
    """True while a process of the group runs; zombies nobody reaps do not count."""
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, its_group = entry.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(its_group) == group and state not in "ZX":
            return True
    return False


def signal_group(group: int, number: int) -> None:
    """Signal a whole process group; a group that is gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def read_orders(lines: Iterable[str]) -> tuple[Watched, list[str], list[str]]:
    """Follow orders until the other end closes.

    Returns what is still watched, the paths to remove and the folders to remove when empty.
    """
    watched: Watched = {}
    paths: list[str] = []
    empty: list[str] = []
    for line in lines:
        order, *fields = line.rstrip("\n").split("\t")
        if order == "watch":
            watched[int(fields[0])] = (int(fields[1]), float(fields[2]))
        elif order == "forget":
            watched.pop(int(fields[0]), None)
        elif order == "remove":
            paths.append(fields[0])
        elif order == "empty":
            empty.append(fields[0])
    return watched, paths, empty


def wait_for_group(group: int, seconds: float) -> None:
    """Wait until the group is gone or the seconds are over."""
    limit = time.monotonic() + seconds
    while is_group_alive(group) and time.monotonic() < limit:
        time.sleep(0.05)


def end_groups(watched: Watched) -> None:
    """Signal all groups, last started first, and kill those that outlive their time."""
    started = time.monotonic()
    for group in reversed(watched):
        signal_group(group, watched[group][0])
    for group, (_number, seconds) in watched.items():
        wait_for_group(group, started + seconds - time.monotonic())
        signal_group(group, signal.SIGKILL)


def remove_paths(paths: Iterable[str | Path]) -> None:
    """Remove folders and files; what is gone already is no error."""
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):
            Path(path).unlink()


def main() -> None:
    """Outlive every signal a terminal or a service sends, then clean up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watched, paths, empty = read_orders(sys.stdin)
    end_groups(watched)
    remove_paths(paths)
    for folder in empty:
        with contextlib.suppress(OSError):
            Path(folder).rmdir()


if __name__ == "__main__":
    main()
