"""Child processes that never outlive us.

Three nets, because each has a hole: children are stopped in order at a clean end; the kernel
signals them when we die (PR_SET_PDEATHSIG, which does not reach grandchildren); the undertaker
ends whole process groups when we are killed. Start children from the main thread only: the
kernel's signal fires when the *thread* that started the child ends.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rcm.embedded import undertaker
from rcm.embedded.accounts import Account

PR_SET_PDEATHSIG = 1
GONE_SECONDS = 2  # what a killed group may need to disappear
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(number: int) -> Callable[[], None]:
    """A function for the moment between fork and exec, after the change of account.

    It has to come after, because changing the user clears the setting.
    """
    parent = os.getpid()

    def set_death_signal() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return set_death_signal


class Undertaker:
    """Our end of the pipe to `undertaker.py`; see there for what it does when we are killed."""

    def __init__(self, *, hold: Sequence[int] = ()) -> None:
        """Start it. `hold`: descriptors it keeps open, so that our locks last until it is done."""
        self._script = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(undertaker.__file__).resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=tuple(hold),
            cwd="/",
        )

    def order(self, *fields: object) -> None:
        """Send one order; a dead undertaker is no reason to stop."""
        line = "\t".join(str(field) for field in fields) + "\n"
        if self._script.stdin is not None:
            with contextlib.suppress(OSError, ValueError):
                self._script.stdin.write(line.encode())
                self._script.stdin.flush()

    def dismiss(self) -> None:
        """Close the pipe and wait until it has ended."""
        if self._script.stdin is not None:
            with contextlib.suppress(OSError):
                self._script.stdin.close()
        self._script.wait()


class Child:
    """One child process in a session of its own, its output in a log file."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        undertaker: Undertaker,
        log: Path,
        output: Path | None = None,
        environment: Mapping[str, str] | None = None,
        account: Account | None = None,
        stop_signal: int = signal.SIGTERM,
        stop_seconds: float = 10,
        cwd: Path | None = None,
        hold: Sequence[int] = (),
    ) -> None:
        """Start it at once. `output` takes standard output away from the log.

        `account` is the user to become; `hold` are descriptors the child inherits.
        """
        self.name, self.log, self.output = name, log, output or log
        self.stop_signal, self.stop_seconds = stop_signal, stop_seconds
        self._undertaker = undertaker
        with log.open("ab") as errors, self.output.open("ab") as written:
            self._child = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=errors,
                env=None if environment is None else dict(environment),
                start_new_session=True,
                preexec_fn=die_with_parent(stop_signal),
                cwd=cwd,
                pass_fds=tuple(hold),
                user=account.user_id if account else None,
                group=account.group_id if account else None,
                extra_groups=[] if account else None,
                umask=0o077 if account else -1,
            )
        self._is_asked = False
        undertaker.order("watch", self.pid, stop_signal, stop_seconds)

    @property
    def pid(self) -> int:
        """Number of the process; the number of its group, too."""
        return self._child.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._child.poll()

    def is_running(self) -> bool:
        """True until the child itself has ended."""
        return self.exit_code is None

    def ask_to_stop(self) -> None:
        """Send the stop signal once and return at once; a second one can mean "drop everything"."""
        if self.is_running() and not self._is_asked:
            self._is_asked = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, self.stop_signal)

    def stop(self, *, is_hurried: Callable[[], bool] = lambda: False) -> int:
        """Stop the child, killing its whole group when its time is over; returns its exit code."""
        self.ask_to_stop()
        limit = time.monotonic() + self.stop_seconds
        while self.is_running() and time.monotonic() < limit and not is_hurried():
            time.sleep(0.02)
        undertaker.signal_group(self.pid, signal.SIGKILL)
        code = self._child.wait()
        undertaker.wait_for_group(self.pid, GONE_SECONDS)
        self._undertaker.order("forget", self.pid)
        return code

    def last_line(self) -> str:
        """The last full line of its output, for progress."""
        with contextlib.suppress(OSError, IndexError):
            return self.output.read_text(errors="replace").splitlines()[-1].strip()[:70]
        return ""

    def tail(self, lines: int = 20) -> str:
        """The last lines of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
