"""Scripted transport faults: armed through the control folder, taken once by the SFTP server.

A fault is armed by name and fires `times` times (one unless told otherwise). While nothing is
armed the server behaves well. Faults live in memory: a restart forgets them.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

NAMES = (
    "refuse_login",
    "disconnect_after_bytes",
    "stall",
    "disk_full",
    "refuse_rename",
    "deny_rename",
    "lose_rename",
    "list_twice",
)


class FaultRefused(ValueError):
    """The fault asked for is unknown or its figures make no sense."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One armed fault.

    `deny_rename` renames and says no, `lose_rename` renames and cuts the line, `list_twice` shows
    each file twice. `bytes` counts what passes before a disconnect or a full disk, `seconds` is how
    long a stall lasts, `direction` says whether uploads or downloads are hit.
    """

    name: str
    times: int = 1
    bytes: int = 0
    seconds: float = 0.0
    direction: str = "upload"


def read_fault(raw: Mapping[str, Any]) -> Fault:
    """A control file's content as a Fault; raises FaultRefused with the reason."""
    name = str(raw.get("fault", ""))
    if name not in NAMES:
        raise FaultRefused(f"unknown fault {name!r}; known: {', '.join(NAMES)}")
    direction = str(raw.get("direction", "upload"))
    if direction not in ("upload", "download"):
        raise FaultRefused("direction must be upload or download")
    try:
        fault = Fault(
            name=name,
            times=int(raw.get("times", 1)),
            bytes=int(raw.get("bytes", 0)),
            seconds=float(raw.get("seconds", 0)),
            direction=direction,
        )
    except (TypeError, ValueError) as error:
        raise FaultRefused("times, bytes and seconds must be numbers") from error
    if fault.times < 1 or fault.bytes < 0 or not 0 <= fault.seconds <= 600:
        raise FaultRefused("times from 1, bytes from 0, seconds from 0 to 600")
    return fault


class ArmedFaults:
    """The faults waiting to happen, shared by the control loop and every connection."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        with self._lock:
            self._armed.append(fault)

    def clear(self) -> int:
        """Disarm everything; returns how many were still waiting."""
        with self._lock:
            count = len(self._armed)
            self._armed.clear()
        return count

    def find(self, name: str, direction: str = "upload") -> Fault | None:
        """The first armed fault of that name and direction, without using it up."""
        with self._lock:
            return next(
                (f for f in self._armed if (f.name, f.direction) == (name, direction)), None
            )

    def take(self, name: str, direction: str = "upload") -> Fault | None:
        """Use up one firing of the fault; None when none is armed."""
        with self._lock:
            for index, fault in enumerate(self._armed):
                if (fault.name, fault.direction) != (name, direction):
                    continue
                if fault.times > 1:
                    self._armed[index] = replace(fault, times=fault.times - 1)
                else:
                    del self._armed[index]
                return fault
        return None
