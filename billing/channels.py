"""SFTP to a clearinghouse, its host key always verified. Nothing here writes to the database.

Three ways a conversation can fail, which callers must keep apart:
ChannelUnavailable before a byte of ours was taken, ServerRefused when the server said no to a file
(it is not there under its name), OutcomeUnknown when the line broke in between.
"""

import asyncio
import os
import posixpath
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import asyncssh
from django.conf import settings

from payers.models import Channel

CONNECT_SECONDS = 15
TALK_SECONDS = 120
SETTLE_SECONDS = 2.0
PIECE = 64 * 1024
# The name under which the demo's clearinghouse is reached wherever it listens.
SANDBOX = "sandbox"

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


def resolve(channel: Channel) -> Address:
    """The channel's address; the secret comes from the environment by its name.

    Raises ChannelUnavailable when the secret or the host key is not configured.
    """
    host, port, host_key = channel.host, channel.port, channel.host_key
    if host == SANDBOX:
        host = os.environ.get("RCM_SANDBOX_HOST", "127.0.0.1")
        port = int(os.environ.get("RCM_SANDBOX_PORT", port))
        host_key = os.environ.get("RCM_SANDBOX_HOST_KEY", host_key)
    password = os.environ.get(channel.secret_name, "")
    if not password:
        raise ChannelUnavailable(f"The password {channel.secret_name} is not configured.")
    if not host_key:
        raise ChannelUnavailable(f"The host key of {channel.name} is not configured.")
    return Address(host, port, host_key, channel.username, password)


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


def _talk(address: Address, ask: Callable[[asyncssh.SFTPClient], Awaitable[Answer]]) -> Answer:
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


async def _size_of(client: asyncssh.SFTPClient, path: str) -> int | None:
    """The bytes of a file on the server; None when there is none."""
    try:
        found = await client.stat(path)
    except asyncssh.SFTPNoSuchFile:
        return None
    size: int | None = found.size
    return size


def put(channel: Channel, name: str, content: bytes) -> None:
    """Upload under a hidden temporary name, check its size, then rename: nobody reads half a file.

    A file that is there already, whole and under its name, is not sent again. Raises
    ChannelUnavailable (nothing sent), ServerRefused (the server said no) or OutcomeUnknown.
    """
    address = resolve(channel)
    final = posixpath.join(channel.folder_out, name)
    temporary = posixpath.join(channel.folder_out, f".{name}.part")

    state = {"begun": False, "renamed": False}

    async def upload(client: asyncssh.SFTPClient) -> None:
        if await _size_of(client, final) == len(content):
            state["renamed"] = True
            return
        state["begun"] = True
        async with client.open(temporary, "wb") as remote:
            for start in range(0, len(content), PIECE):
                await remote.write(content[start : start + PIECE])
        kept = await _size_of(client, temporary)
        if kept != len(content):
            raise ServerRefused(f"The server kept {kept or 0} of {len(content)} bytes.")
        try:
            await client.rename(temporary, final)
        except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection):
            raise
        except asyncssh.SFTPError:
            # Some servers rename and say no all the same.
            if await _size_of(client, final) != len(content):
                raise
        state["renamed"] = True

    try:
        _talk(address, upload)
    except ServerRefused:
        raise
    except ChannelUnavailable as error:
        if state["renamed"]:
            return
        if state["begun"]:
            raise OutcomeUnknown("The line broke while the file was being sent.") from error
        raise


def is_there(channel: Channel, name: str, size: int) -> bool:
    """Is a file of this name and size in the folder we upload to? Raises ChannelUnavailable.

    False is no proof that it never arrived: the receiver may have taken it away already.
    """

    async def look(client: asyncssh.SFTPClient) -> bool:
        return await _size_of(client, posixpath.join(channel.folder_out, name)) == size

    return _talk(resolve(channel), look)


def fetch(channel: Channel, *, limit: int = 20) -> list[tuple[str, bytes]]:
    """Up to `limit` waiting files with their content, by name; they stay where they are.

    Hidden files are uploads in progress, and so is a file that grows while it is read: it is left
    for the next time. A file shown twice is taken once, one above
    settings.INTERCHANGE_FILE_LIMIT is left alone. Call `archive` only when the bytes are safely
    stored. Raises ChannelUnavailable.
    """

    async def take(client: asyncssh.SFTPClient) -> list[tuple[str, bytes]]:
        waiting: dict[str, int] = {}
        async for entry in client.scandir(channel.folder_in):
            name, attributes = str(entry.filename), entry.attrs
            is_file = attributes.type == asyncssh.FILEXFER_TYPE_REGULAR
            if is_file and not name.startswith(".") and not name.endswith((".part", ".tmp")):
                waiting[name] = attributes.size or 0
        files = []
        for name, size in sorted(waiting.items())[:limit]:
            if size > settings.INTERCHANGE_FILE_LIMIT:
                continue
            path = posixpath.join(channel.folder_in, name)
            async with client.open(path, "rb") as remote:
                content: bytes = await remote.read()  # type: ignore[assignment]  # mode "rb"
            if len(content) == size and await _is_settled(client, path, content):
                files.append((name, content))
        return files

    return _talk(resolve(channel), take)


async def _is_settled(client: asyncssh.SFTPClient, path: str, content: bytes) -> bool:
    """Is the file still as it was read? One without its end gets a moment to grow."""
    if content.lstrip().startswith(b"ISA") and b"IEA" not in content[-200:]:
        await asyncio.sleep(SETTLE_SECONDS)
    return await _size_of(client, path) == len(content)


def archive(channel: Channel, *names: str) -> None:
    """Move fetched files to archive/ below their folder; a name already there is replaced.

    Raises ChannelUnavailable; a file that is gone already is fine.
    """
    folder = posixpath.join(channel.folder_in, "archive")

    async def move(client: asyncssh.SFTPClient) -> None:
        if not await client.isdir(folder):
            await client.makedirs(folder, exist_ok=True)
        for name in names:
            source, target = posixpath.join(channel.folder_in, name), posixpath.join(folder, name)
            if not await client.exists(source):
                continue
            if await client.exists(target):
                await client.remove(target)
            await client.rename(source, target)

    _talk(resolve(channel), move)
