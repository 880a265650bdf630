"""SFTP to a partner, its host key always verified. Nothing here knows the database.

A conversation fails in ways callers must keep apart: ChannelUnavailable before a byte of ours was
taken, ServerRefused when the server said no to a file (it is not there under its name),
OutcomeUnknown when the line broke in between.
"""

import asyncio
import os
import posixpath
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import asyncssh
from django.conf import settings

CONNECT_SECONDS = 15
TALK_SECONDS = 120
SETTLE_SECONDS = 2.0
# No file is begun later in a conversation: what was read before must not be lost with its end.
READ_SECONDS = 60

Answer = TypeVar("Answer")

# Below warnings it logs every connection and user name.
asyncssh.set_log_level("WARNING")


class ChannelError(Exception):
    """A conversation that failed; the message is for people and names no secret."""


class ChannelUnavailable(ChannelError):
    """Not reached, not let in, or not who it should be: nothing was sent."""


class ServerRefused(ChannelError):
    """The server answered no: a file being sent is not there under its name."""


class OutcomeUnknown(ChannelError):
    """The line broke after the upload began: the file may or may not be there."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where and as whom to call. `host_key` is one public key in OpenSSH form."""

    host: str
    port: int
    host_key: str
    username: str
    password: str


class Waiting(NamedTuple):
    """What lies in a folder: files with their content, and files too large to read; by name."""

    files: list[tuple[str, bytes]]
    too_large: list[tuple[str, int]]


def password_of(secret_name: str) -> str:
    """The password the environment has under this name. Raises ChannelUnavailable without one."""
    password = os.environ.get(secret_name, "")
    if not password:
        raise ChannelUnavailable(f"The password {secret_name} is not configured.")
    return password


@asynccontextmanager
async def _connected(address: Address) -> AsyncIterator[asyncssh.SFTPClient]:
    """An SFTP session; every failure on the way to it is ChannelUnavailable."""
    try:
        key = asyncssh.import_public_key(address.host_key)
        connection = await asyncssh.connect(
            address.host,
            address.port,
            username=address.username,
            password=address.password,
            known_hosts=([key], [], []),
            client_keys=None,
            agent_path=None,
            config=None,
            connect_timeout=CONNECT_SECONDS,
            login_timeout=CONNECT_SECONDS,
            keepalive_interval=15,
        )
    except asyncssh.HostKeyNotVerifiable as error:
        raise ChannelUnavailable("The server's host key is not the one configured.") from error
    except asyncssh.PermissionDenied as error:
        raise ChannelUnavailable("The server refused the login.") from error
    except (OSError, asyncssh.Error, ValueError, TimeoutError) as error:
        raise ChannelUnavailable("The server could not be reached.") from error
    async with connection:
        try:
            client = await asyncio.wait_for(connection.start_sftp_client(), CONNECT_SECONDS)
        except (OSError, asyncssh.Error, TimeoutError) as error:
            raise ChannelUnavailable("The server offers no SFTP.") from error
        async with client:
            yield client


def talk(address: Address, ask: Callable[[asyncssh.SFTPClient], Awaitable[Answer]]) -> Answer:
    """Run one conversation to its end. Raises ChannelError kinds only."""

    async def conversation() -> Answer:
        async with _connected(address) as client, asyncio.timeout(TALK_SECONDS):
            return await ask(client)

    try:
        return asyncio.run(conversation())
    except ChannelError:
        raise
    except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection) as error:
        raise ChannelUnavailable("The connection broke off.") from error
    except asyncssh.SFTPError as error:
        raise ServerRefused(f"The server refused: {error.reason}") from error
    except (OSError, asyncssh.Error, TimeoutError) as error:
        raise ChannelUnavailable("The connection broke off.") from error


async def size_of(client: asyncssh.SFTPClient, path: str) -> int | None:
    """The bytes of a file on the server; None when there is none."""
    try:
        found = await client.stat(path)
    except asyncssh.SFTPNoSuchFile:
        return None
    size: int | None = found.size
    return size


def fetch(address: Address, folder: str, *, limit: int = 20) -> list[tuple[str, bytes]]:
    """The files `look` reads; one above settings.INTERCHANGE_FILE_LIMIT is left alone."""
    return look(address, folder, limit=limit, largest=settings.INTERCHANGE_FILE_LIMIT).files


def look(address: Address, folder: str, *, limit: int = 20, largest: int) -> Waiting:
    """Up to `limit` waiting files with their content, by name, and the sizes of all that are above
    `largest` bytes, unread; they stay where they are.

    Hidden files are uploads in progress, and so is a file that grows while it is read: it is left
    for the next time and keeps nobody behind it waiting. A file shown twice is taken once. Call
    `move` only when the bytes are safely stored. Raises ChannelUnavailable.
    """

    async def take(client: asyncssh.SFTPClient) -> Waiting:
        until = time.monotonic() + READ_SECONDS
        sizes = await _sizes(client, folder)
        found = Waiting([], [(name, size) for name, size in sizes if size > largest])
        for name, size in sizes:
            if len(found.files) == limit or time.monotonic() > until:
                break
            if size > largest:
                continue
            path = posixpath.join(folder, name)
            async with client.open(path, "rb") as remote:
                content: bytes = await remote.read()  # type: ignore[assignment]  # mode "rb"
            if len(content) == size and await _is_settled(client, path, content):
                found.files.append((name, content))
        return found

    return talk(address, take)


async def _sizes(client: asyncssh.SFTPClient, folder: str) -> list[tuple[str, int]]:
    """The files of a folder with their bytes, by name."""
    waiting: dict[str, int] = {}
    async for entry in client.scandir(folder):
        name, attributes = str(entry.filename), entry.attrs
        is_file = attributes.type == asyncssh.FILEXFER_TYPE_REGULAR
        if is_file and not name.startswith(".") and not name.endswith((".part", ".tmp")):
            waiting[name] = attributes.size or 0
    return sorted(waiting.items())


async def _is_settled(client: asyncssh.SFTPClient, path: str, content: bytes) -> bool:
    """Is the file still as it was read? One without its end gets a moment to grow."""
    if content.lstrip().startswith(b"ISA") and b"IEA" not in content[-200:]:
        await asyncio.sleep(SETTLE_SECONDS)
    return await size_of(client, path) == len(content)


def move(address: Address, folder: str, below: str, names: Iterable[str]) -> None:
    """Move fetched files to a folder `below` theirs; a name already there is replaced.

    Raises ChannelUnavailable; a file that is gone already is fine.
    """
    target_folder = posixpath.join(folder, below)

    async def carry(client: asyncssh.SFTPClient) -> None:
        if not await client.isdir(target_folder):
            await client.makedirs(target_folder, exist_ok=True)
        for name in names:
            source, target = posixpath.join(folder, name), posixpath.join(target_folder, name)
            if not await client.exists(source):
                continue
            if await client.exists(target):
                await client.remove(target)
            await client.rename(source, target)

    talk(address, carry)
