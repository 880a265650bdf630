"""A real SFTP server: the sandbox's own, on a free loopback port, in a temporary folder."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from payers.sandbox.faults import ArmedFaults
from payers.sandbox.folders import Folders
from payers.sandbox.server import Account, OpenFiles, start_server
from rcm import events

PASSWORD = "sandbox-password"


class Server:
    """What tests look at: the folders behind the server, and its faults."""

    def __init__(self, folders: Folders) -> None:
        self.folders = folders
        self.faults = ArmedFaults()
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def uploaded(self) -> dict[str, bytes]:
        """Files under their final names."""
        found = sorted(self.folders.inbound.iterdir())
        return {path.name: path.read_bytes() for path in found if not path.name.startswith(".")}

    @property
    def public_key(self) -> str:
        return self.host_key.export_public_key().decode().strip()

    def start(self) -> None:
        self._thread.start()
        acceptor = asyncio.run_coroutine_threadsafe(
            start_server(
                "127.0.0.1",
                0,
                self.host_key,
                Account("practice", PASSWORD),
                self.folders.files,
                self.faults,
                OpenFiles(),
            ),
            self._loop,
        ).result(10)
        self.port = acceptor.get_port()
        self._acceptor = acceptor

    def stop(self) -> None:
        async def close() -> None:
            self._acceptor.close()
            await self._acceptor.wait_closed()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@pytest.fixture
def sftp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The server running, and the environment pointing channels named "sandbox" to it."""
    folders = Folders(tmp_path / "sandbox")
    folders.create()
    server = Server(folders)
    server.start()
    monkeypatch.setenv("RCM_SANDBOX_HOST", "127.0.0.1")
    monkeypatch.setenv("RCM_SANDBOX_PORT", str(server.port))
    monkeypatch.setenv("RCM_SANDBOX_HOST_KEY", server.public_key)
    monkeypatch.setenv("RCM_CHANNEL_SECRET_SANDBOX", PASSWORD)
    yield server
    server.stop()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[int, ...]]]:
    """Messages that would go to the broker."""
    found: list[tuple[str, tuple[int, ...]]] = []
    monkeypatch.setattr(events, "enqueue", lambda task, *ids: found.append((task, ids)))
    return found
