"""SFTP to a clearinghouse, its host key always verified. Nothing here writes to the database.

Three ways a conversation can fail, which callers must keep apart:
ChannelUnavailable before a byte of ours was taken, ServerRefused when the server said no to a file
(it is not there under its name), OutcomeUnknown when the line broke in between.
"""

import os
import posixpath

import asyncssh

from payers.models import Channel
from rcm import sftp
from rcm.sftp import (
    Address,
    ChannelError,
    ChannelUnavailable,
    OutcomeUnknown,
    ServerRefused,
    size_of,
    talk,
)

PIECE = 64 * 1024
# The name under which the demo's clearinghouse is reached wherever it listens.
SANDBOX = "sandbox"

__all__ = [
    "Address",
    "ChannelError",
    "ChannelUnavailable",
    "OutcomeUnknown",
    "ServerRefused",
    "archive",
    "fetch",
    "is_there",
    "put",
    "resolve",
]


def resolve(channel: Channel) -> Address:
    """The channel's address; the secret comes from the environment by its name.

    Raises ChannelUnavailable when the secret or the host key is not configured.
    """
    host, port, host_key = channel.host, channel.port, channel.host_key
    if host == SANDBOX:
        host = os.environ.get("RCM_SANDBOX_HOST", "127.0.0.1")
        port = int(os.environ.get("RCM_SANDBOX_PORT", port))
        host_key = os.environ.get("RCM_SANDBOX_HOST_KEY", host_key)
    password = sftp.password_of(channel.secret_name)
    if not host_key:
        raise ChannelUnavailable(f"The host key of {channel.name} is not configured.")
    return Address(host, port, host_key, channel.username, password)


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
        if await size_of(client, final) == len(content):
            state["renamed"] = True
            return
        state["begun"] = True
        async with client.open(temporary, "wb") as remote:
            for start in range(0, len(content), PIECE):
                await remote.write(content[start : start + PIECE])
        kept = await size_of(client, temporary)
        if kept != len(content):
            raise ServerRefused(f"The server kept {kept or 0} of {len(content)} bytes.")
        try:
            await client.rename(temporary, final)
        except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection):
            raise
        except asyncssh.SFTPError:
            # Some servers rename and say no all the same.
            if await size_of(client, final) != len(content):
                raise
        state["renamed"] = True

    try:
        talk(address, upload)
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
        return await size_of(client, posixpath.join(channel.folder_out, name)) == size

    return talk(resolve(channel), look)


def fetch(channel: Channel, *, limit: int = 20) -> list[tuple[str, bytes]]:
    """Up to `limit` files that wait for us, as rcm.sftp.fetch reads them."""
    return sftp.fetch(resolve(channel), channel.folder_in, limit=limit)


def archive(channel: Channel, *names: str) -> None:
    """Move fetched files to archive/ below their folder, as rcm.sftp.move does."""
    sftp.move(resolve(channel), channel.folder_in, "archive", names)
