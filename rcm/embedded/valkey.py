"""A private Valkey on a Unix socket: it carries messages, never the truth."""

import contextlib
import socket
import time

from rcm.embedded.binaries import find_valkey
from rcm.embedded.children import Child, Undertaker
from rcm.embedded.errors import CannotStart
from rcm.embedded.layout import Layout

START_SECONDS = 30


class Valkey:
    """One server; with `durable` its messages survive a crash."""

    def __init__(self, layout: Layout, *, durable: bool) -> None:
        """Finds the program; raises CannotStart when there is none."""
        self._layout, self._durable = layout, durable
        self._program = find_valkey()
        self.socket = layout.valkey_sockets / "valkey.sock"
        self.log = layout.logs / "valkey.log"
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """Address in Celery's form."""
        return f"redis+socket://{self.socket}"

    def start(self, undertaker: Undertaker) -> None:
        """Start and wait until it answers. Raises CannotStart when it does not."""
        options = {
            "--port": "0",
            "--unixsocket": str(self.socket),
            "--unixsocketperm": "700",
            "--dir": str(self._layout.valkey),
            "--save": "",
            "--appendonly": "yes" if self._durable else "no",
            "--daemonize": "no",
        }
        self._child = Child(
            "valkey",
            [self._program, *(part for option in options.items() for part in option)],
            undertaker=undertaker,
            log=self.log,
            cwd=self._layout.valkey,
        )
        limit = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if not self._child.is_running() or time.monotonic() > limit:
                self._child.stop()
                raise CannotStart(f"Valkey did not start; see {self.log}\n{self._child.tail()}")
            time.sleep(0.02)

    def child(self) -> Child:
        """The running server. Raises CannotStart when it was not started."""
        if self._child is None:
            raise CannotStart("Valkey was not started.")
        return self._child

    def stop(self) -> None:
        """Let it write its file and end."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def _is_ready(self) -> bool:
        """True when it answers PING; while it still loads its file it refuses."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(self.socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        return False
