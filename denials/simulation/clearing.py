"""The sandbox clearinghouse in our own process: its SFTP server, and payers on our clock."""

import asyncio
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from payers.sandbox.behaviour import Behaviour
from payers.sandbox.clearinghouse import Clearinghouse, Settings
from payers.sandbox.faults import ArmedFaults
from payers.sandbox.folders import Folders
from payers.sandbox.server import Account, OpenFiles, open_host_key, start_server
from payers.sandbox.state import State

START_SECONDS = 30


@contextmanager
def clearinghouse(
    root: Path, behaviour: Behaviour, mailboxes: list[str], clock: Callable[[], datetime]
) -> Iterator[Clearinghouse]:
    """It listens on loopback, and the environment says where; it works when it is told to."""
    folders = Folders(root)
    folders.create()
    for name in mailboxes:
        (folders.inbound / name).mkdir(mode=0o700, exist_ok=True)
        (folders.outbound / name / "archive").mkdir(mode=0o700, parents=True, exist_ok=True)
    state, files = State(folders.state / "sandbox.sqlite3"), OpenFiles()
    house = Clearinghouse(
        folders, state, behaviour, Settings(delay_seconds=0), files.is_being_written, clock
    )
    with listening(folders, files):
        yield house
    state.close()


@contextmanager
def listening(folders: Folders, files: OpenFiles) -> Iterator[None]:
    """The SFTP server in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    key, password = open_host_key(folders.state / "host_key"), secrets.token_urlsafe(24)
    server = asyncio.run_coroutine_threadsafe(
        start_server(
            "127.0.0.1", 0, key, Account("sandbox", password), folders.files, ArmedFaults(), files
        ),
        loop,
    ).result(START_SECONDS)
    os.environ |= {
        "RCM_SANDBOX_HOST": "127.0.0.1",
        "RCM_SANDBOX_PORT": str(server.get_port()),
        "RCM_SANDBOX_HOST_KEY": key.export_public_key("openssh").decode().strip(),
        "RCM_CHANNEL_SECRET_SANDBOX": password,
    }
    try:
        yield
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(START_SECONDS)
