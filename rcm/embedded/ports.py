"""Loopback ports: the listening socket itself is kept, so nobody can take the port in between."""

import socket
from contextlib import suppress

from rcm.embedded.errors import CannotStart

HOST = "127.0.0.1"


def open_listener(preferred: int, *, is_required: bool = False) -> tuple[socket.socket, bool]:
    """Listen on the preferred port, or on any free one when it is taken.

    Returns the listening socket and whether it has the preferred port. 0 asks for any free port.
    Raises CannotStart when the port `is_required` and taken.
    """
    with suppress(OSError):
        return _listen(preferred), True
    if is_required:
        raise CannotStart(f"Port {preferred} is busy. Give another one: bin/demo --port NUMBER")
    return _listen(0), False


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener
