"""The SFTP server: one user, loopback, chrooted to the sandbox's `files` folder.

It logs who connected and which operation failed, never a file's content. Links are refused, so
a client cannot leave its folder. Armed faults (faults.py) strike here and only here.
"""

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import asyncssh

from payers.sandbox.faults import ArmedFaults

log = logging.getLogger("payers.sandbox.server")


@dataclass(frozen=True, slots=True)
class Account:
    """The one login. Empty `password` or no `keys` switches that way of logging in off."""

    user: str
    password: str = ""
    keys: tuple[asyncssh.SSHKey, ...] = ()


class Login(asyncssh.SSHServer):
    """Password or public key, for one account."""

    def __init__(self, account: Account, faults: ArmedFaults) -> None:
        self._account = account
        self._faults = faults

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return bool(self._account.password)

    def validate_password(self, username: str, password: str) -> bool:
        if self._faults.take("refuse_login"):
            log.warning("fault refuse_login: login refused")
            return False
        is_known = hmac.compare_digest(username.encode(), self._account.user.encode())
        is_right = hmac.compare_digest(password.encode(), self._account.password.encode())
        if not (is_known and is_right):
            log.warning("login refused")
        return is_known and is_right

    def public_key_auth_supported(self) -> bool:
        return bool(self._account.keys)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        if self._faults.take("refuse_login"):
            log.warning("fault refuse_login: login refused")
            return False
        return username == self._account.user and any(
            key.public_data == known.public_data for known in self._account.keys
        )


class OpenFiles:
    """Paths being written right now: the simulator leaves them alone until they are closed."""

    def __init__(self) -> None:
        self._writers: dict[str, int] = {}

    def opened(self, path: str) -> None:
        self._writers[path] = self._writers.get(path, 0) + 1

    def closed(self, path: str) -> None:
        left = self._writers.get(path, 0) - 1
        if left > 0:
            self._writers[path] = left
        else:
            self._writers.pop(path, None)

    def is_being_written(self, path: Path) -> bool:
        return str(path) in self._writers


class SandboxFiles(asyncssh.SFTPServer):
    """The file operations of one connection, with faults and without links."""

    def __init__(
        self,
        channel: "asyncssh.SSHServerChannel[bytes]",
        root: Path,
        faults: ArmedFaults,
        open_files: OpenFiles,
    ) -> None:
        super().__init__(channel, chroot=str(root).encode())
        self._faults = faults
        self._open_files = open_files
        self._moved = {"upload": 0, "download": 0}
        self._written_paths: dict[int, str] = {}

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        stream = cast(BinaryIO, super().open(path, pflags, attrs))
        if pflags & asyncssh.FXF_WRITE:
            local = self.map_path(path).decode("utf-8", "replace")
            self._written_paths[id(stream)] = local
            self._open_files.opened(local)
        return stream

    def close(self, file_obj: object) -> None:
        super().close(file_obj)
        if path := self._written_paths.pop(id(file_obj), None):
            self._open_files.closed(path)

    def exit(self) -> None:
        for path in self._written_paths.values():
            self._open_files.closed(path)
        self._written_paths.clear()

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        await self._stall("upload")
        if (full := self._faults.find("disk_full")) and self._moved["upload"] + len(
            data
        ) > full.bytes:
            self._faults.take("disk_full")
            log.warning("fault disk_full: write refused")
            raise asyncssh.SFTPFailure("No space left on device")
        allowed = self._until_disconnect("upload", len(data))
        written = cast(int, super().write(file_obj, offset, data[:allowed]))
        self._moved["upload"] += written
        if allowed < len(data):
            self._disconnect("upload")
        return written

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        await self._stall("download")
        content = cast(bytes, super().read(file_obj, offset, size))
        allowed = self._until_disconnect("download", len(content))
        self._moved["download"] += allowed
        if allowed < len(content):
            self._disconnect("download")
        return content[:allowed]

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        self._refuse_rename()
        super().rename(oldpath, newpath)
        self._after_rename()

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        self._refuse_rename()
        super().posix_rename(oldpath, newpath)
        self._after_rename()

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        is_twice = self._faults.take("list_twice")
        async for entry in super().scandir(path):
            yield entry
            if is_twice:
                yield entry

    def symlink(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPPermissionDenied("Links are not allowed")

    def link(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPPermissionDenied("Links are not allowed")

    async def _stall(self, direction: str) -> None:
        if fault := self._faults.take("stall", direction):
            log.warning("fault stall: %s waits %s s", direction, fault.seconds)
            await asyncio.sleep(fault.seconds)

    def _until_disconnect(self, direction: str, size: int) -> int:
        """How many of the next `size` bytes pass before an armed disconnect strikes."""
        fault = self._faults.find("disconnect_after_bytes", direction)
        if fault is None:
            return size
        return max(0, min(size, fault.bytes - self._moved[direction]))

    def _disconnect(self, direction: str) -> None:
        self._faults.take("disconnect_after_bytes", direction)
        log.warning("fault disconnect_after_bytes: %s cut", direction)
        self.connection.abort()

    def _refuse_rename(self) -> None:
        if self._faults.take("refuse_rename"):
            log.warning("fault refuse_rename: rename refused")
            raise asyncssh.SFTPFailure("Rename failed")

    def _after_rename(self) -> None:
        if self._faults.take("deny_rename"):
            log.warning("fault deny_rename: renamed and refused")
            raise asyncssh.SFTPFailure("Rename failed")
        if self._faults.take("lose_rename"):
            log.warning("fault lose_rename: renamed and cut")
            self.connection.abort()


def open_host_key(path: Path) -> asyncssh.SSHKey:
    """The server's private key, made on the first start and kept for the next ones."""
    if not path.exists():
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(str(path))
        path.chmod(0o600)
    return asyncssh.read_private_key(str(path))


async def start_server(
    host: str,
    port: int,
    host_key: asyncssh.SSHKey,
    account: Account,
    files: Path,
    faults: ArmedFaults,
    open_files: OpenFiles,
) -> asyncssh.SSHAcceptor:
    """Listen on host:port (0 picks a free port); raises OSError when the port is taken."""
    return await asyncssh.listen(
        host,
        port,
        server_host_keys=[host_key],
        server_factory=lambda: Login(account, faults),
        sftp_factory=lambda channel: SandboxFiles(channel, files, faults, open_files),
        allow_scp=False,
        encoding=None,
        keepalive_interval=30,
    )
