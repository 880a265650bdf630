"""What is inside a zip or gzip archive, within limits. Nothing is ever written to a disk, so names
inside an archive are only names.
"""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

MAX_MEMBERS = 1000
ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
GZIP = b"\x1f\x8b"


class Member(NamedTuple):
    """One file of an archive."""

    name: str
    content: bytes


class BadArchive(Exception):
    """Why the archive is not used, in one sentence."""


def is_archive(content: bytes) -> bool:
    """By its first bytes; names tell nothing."""
    return content.startswith((ZIP, EMPTY_ZIP, GZIP))


def no_file(_content: bytes) -> bool:
    """Whatever begins as an archive is one."""
    return False


def open_archive(
    content: bytes, *, limit: int, is_file: Callable[[bytes], bool] = no_file
) -> list[Member]:
    """The files inside, folders left out. Raises BadArchive when it is damaged, encrypted, holds
    more than MAX_MEMBERS files, another archive, or more than `limit` bytes in all.

    `is_file` knows files that are archives by their first bytes only, as Word documents are.
    """
    members: list[Member] = []
    left = limit
    try:
        for name, stream in _streams(content):
            data = stream.read(left + 1)
            left -= len(data)
            if left < 0:
                size = limit // 1024 // 1024
                raise BadArchive(f"Unpacked, the archive is larger than {size} MB.")
            if is_archive(data) and not is_file(data):
                raise BadArchive(f"{_shown(name)} is itself an archive; only one level is opened.")
            members.append(Member(name, data))
    except (zipfile.BadZipFile, EOFError, OSError, zlib.error, NotImplementedError) as error:
        raise BadArchive("The archive is damaged and cannot be opened.") from error
    except RuntimeError as error:  # what zipfile raises for a password
        raise BadArchive("The archive is encrypted. Send it without a password.") from error
    if not members:
        raise BadArchive("The archive holds no file.")
    return members


def _streams(content: bytes) -> Iterator[tuple[str, io.BufferedIOBase | gzip.GzipFile]]:
    if content.startswith(GZIP):
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            yield "content", stream
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MAX_MEMBERS:
            raise BadArchive(f"The archive holds more than {MAX_MEMBERS:,} files.")
        for entry in entries:
            with archive.open(entry) as member:
                yield entry.filename, member  # type: ignore[misc]  # ZipExtFile is one


def _shown(name: str) -> str:
    return name.rpartition("/")[2][:80] or "A file"
