"""The files of a published table: as they are, in a folder, or in a .zip of any depth."""

import hashlib
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from rcm.errors import Refusal

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class TableFile:
    """One readable file; `open` gives its bytes from the start each time."""

    name: str
    open: Callable[[], IO[bytes]]

    def lines(self, encoding: str) -> Iterator[str]:
        """Its lines with their ends, as the csv module wants them."""
        with self.open() as stream:
            start = stream.read(3)
        if start == b"\xef\xbb\xbf":
            encoding = "utf-8-sig"
        with io.TextIOWrapper(self.open(), encoding, errors="replace", newline="") as text:
            yield from text


class TableFiles:
    """The files to read, in order of their names. Use as a context: archives are closed at its end.

    Of a folder or an archive only members whose name is `wanted` count; a file that is named itself
    counts whatever its name.
    """

    def __init__(self, paths: Sequence[Path], wanted: re.Pattern[str]) -> None:
        self.paths, self.wanted = paths, wanted
        self.found: list[TableFile] = []
        self.closing = ExitStack()

    def __enter__(self) -> Self:
        try:
            for path in self.paths:
                self.take(path)
        except (OSError, zipfile.BadZipFile) as error:
            self.closing.close()
            raise Refusal("table_file_unreadable", f"{path} cannot be read: {error}.") from error
        except Refusal:
            self.closing.close()
            raise
        self.found.sort(key=lambda file: file.name.lower())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.close()

    @property
    def names(self) -> list[str]:
        return [file.name for file in self.found]

    def named(self, name: str) -> TableFile | None:
        """The file of this name, whatever its folder and case."""
        return next((file for file in self.found if file.name.lower() == name), None)

    def checksum(self) -> str:
        """SHA-256 of all bytes, file after file; of one file what `sha256sum` says."""
        digest = hashlib.sha256()
        for file in self.found:
            with file.open() as stream:
                while block := stream.read(BLOCK):
                    digest.update(block)
        return digest.hexdigest()

    def take(self, path: Path) -> None:
        """Add a file, the wanted files of a folder, or the wanted members of an archive."""
        if path.is_dir():
            for inner in sorted(path.iterdir()):
                if inner.suffix.lower() == ".zip" or self.wanted.fullmatch(inner.name):
                    self.take(inner)
        elif path.suffix.lower() == ".zip":
            self.take_archive(self.closing.enter_context(path.open("rb")))
        elif path.suffix.lower() in (".xlsx", ".xls", ".pdf"):
            raise Refusal(
                "table_file_kind",
                f"{path.name} cannot be read; give the .zip, .txt or .csv of the same release.",
            )
        else:
            with path.open("rb"):
                self.found.append(TableFile(path.name, lambda: path.open("rb")))

    def take_archive(self, stream: IO[bytes]) -> None:
        """Add the wanted members, those of archives inside, too. A twin of a .txt is left out."""
        archive = self.closing.enter_context(zipfile.ZipFile(stream))
        for member in archive.infolist():
            name = member.filename.rpartition("/")[2]
            if name.lower().endswith(".zip"):
                inner = self.closing.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  # closed by `closing`
                with archive.open(member) as source:
                    shutil.copyfileobj(source, inner)
                self.take_archive(cast(IO[bytes], inner))
            elif self.wanted.fullmatch(name):
                self.found.append(TableFile(name, opener(archive, member)))


def opener(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(member)
