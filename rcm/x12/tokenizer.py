"""Bytes to segments, as a stream: one block of the file in memory, never the file.

Separators are read from each ISA. What is tolerated without a word: line breaks and indentation
around segments, lines wrapped at 80 columns, a byte order mark, blanks before ISA, NUL or 0x1A at
the end. Everything else that is wrong becomes a Problem; no content raises.
"""

import re
from collections.abc import Generator, Iterator
from io import BytesIO
from typing import BinaryIO

from rcm.x12.envelope import Delimiters
from rcm.x12.items import Item
from rcm.x12.limits import Limits
from rcm.x12.problems import Problem, Severity

BLOCK_SIZE = 65_536
CAREFUL_SIZE = 8_192
HEADER_SIZE = 600  # an ISA is 106 bytes; unpadded or wrapped ones stay well below this
NULL = "\x00"
NOISE = " \t\r\n\x00\x1a"
_BYTE_ORDER_MARK = "\xef\xbb\xbf"  # the UTF-8 mark, as latin-1 shows it
_INTERCHANGE = re.compile(r"ISA[^A-Za-z0-9 \r\n]")
_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1)


class Segments:
    """Iterate to get each segment's text without its terminator; ISA begins an interchange.

    `number` and `offset` locate the segment handed out last (from 1, and in bytes from 0).
    `pending` collects Problems and finished items for the reader to hand on; `errors` counts the
    errors reported so far.
    """

    __slots__ = (
        "_base",
        "_buffer",
        "_is_at_end",
        "_limits",
        "_next",
        "_size",
        "_source",
        "_stream",
        "delimiters",
        "empty",
        "errors",
        "number",
        "offset",
        "pending",
    )

    def __init__(self, source: BinaryIO | bytes, limits: Limits) -> None:
        self._source = BytesIO(source) if isinstance(source, bytes) else source
        self._limits = limits
        self._buffer = ""
        self._base = 0  # file offset of _buffer[0]
        self._next = 0  # file offset of the next segment
        self._size = 0
        self._is_at_end = False
        self.delimiters = Delimiters()
        self.number = 0
        self.offset = 0
        self.empty = 0
        self.errors = 0
        self.pending: list[Item] = []
        self._stream = self._read()

    def report(
        self,
        code: str,
        message: str,
        *,
        severity: Severity = "error",
        loop: str | None = None,
        element: str | None = None,
    ) -> None:
        """Add a Problem located at the current segment."""
        if severity == "error":
            self.errors += 1
        number = self.number or None
        self.pending.append(Problem(code, message, severity, number, self.offset, loop, element))

    def __iter__(self) -> Iterator[str]:
        """Always the same iterator: readers hand it to each other and go on where it stands."""
        return self._stream

    def _read(self) -> Iterator[str]:
        # Flat on purpose: every further level of generators would cost each segment.
        room = self._limits.element_size
        while self._find_interchange():
            header = self._read_header()
            if header is None:
                continue
            yield header
            is_over = False
            while not is_over:
                last, ending = self._find_plain_end()
                if last < 0:
                    is_over = yield from self._read_unusual()
                    continue
                offset, step = self._next, len(ending)
                for text in self._buffer[:last].split(ending):
                    size = len(text)
                    self.number += 1
                    self.offset = offset
                    if size > room:
                        self._check_sizes(text)
                    yield text
                    offset += size + step
                self._drop(last + step)
                self._fill()

    def _find_plain_end(self) -> tuple[int, str]:
        """Where the last whole segment of the buffer ends, and what all of them end with.

        That is the terminator, or the terminator and one line break. -1 when anything in the
        buffer asks for a closer look: other line breaks, blanks, empty segments, ISA, IEA.
        """
        mark = self.delimiters.segment
        if mark != "\n":  # the line break after the segment before
            self._drop(len(self._buffer) - len(self._buffer.lstrip("\r\n")))
        buffer = self._buffer
        first = buffer.find(mark)
        if first < 0 or NULL in buffer:
            return -1, mark
        ending = mark
        if mark != "\n":
            after = buffer[first + 1 : first + 3]
            ending += after if after == "\r\n" else "\n" if after[:1] == "\n" else ""
        last = buffer.rfind(ending)
        block = ending + buffer[: last + len(ending)]
        if any(ending + follower in block for follower in (mark, " ", "\t", "ISA", "IEA")):
            return -1, mark
        count = block.count(mark)
        breaks = {"\r": block.count("\r"), "\n": block.count("\n")}
        if block.count(ending) != count or any(
            found != (count if line_break in ending else 0) for line_break, found in breaks.items()
        ):
            return -1, mark
        return last, ending

    def _fill(self) -> bool:
        """Append one block to the buffer; False at the end of the file or of its allowance."""
        if self._is_at_end:
            return False
        block = self._source.read(BLOCK_SIZE)
        self._size += len(block)
        if self._size > self._limits.file_size:
            keep = max(0, len(block) - (self._size - self._limits.file_size))
            block = block[:keep]
            self._is_at_end = True
            self.report(
                "file_too_large",
                f"The file is larger than {self._limits.file_size} bytes; the rest is not read.",
            )
        if not block:
            self._is_at_end = True
            return False
        self._buffer += block.decode("latin-1")
        return True

    def _drop(self, count: int) -> None:
        if not count:
            return
        self._buffer = self._buffer[count:]
        self._base += count
        self._next = self._base

    def _find_interchange(self) -> bool:
        """Move the buffer to the next ISA. Text on the way there is reported, once."""
        is_reported = False
        while True:
            if self._base == 0 and self._buffer.startswith(_BYTE_ORDER_MARK):
                self._drop(len(_BYTE_ORDER_MARK))
            self._drop(len(self._buffer) - len(self._buffer.lstrip(NOISE)))
            if len(self._buffer) < HEADER_SIZE and self._fill():
                continue
            if not self._buffer:
                break
            found = _INTERCHANGE.search(self._buffer)
            if found is not None and found.start() == 0:
                return True
            if not is_reported:
                is_reported = True
                self._report_stray_text()
            # Three characters may be the beginning of an ISA cut by the block.
            self._drop(found.start() if found else max(1, len(self._buffer) - 3))
        if self.number == 0 and not is_reported:
            self.offset = 0
            self.report("empty_file", "The file is empty.")
        return False

    def _report_stray_text(self) -> None:
        self.offset = self._base
        if self.number == 0 and _INTERCHANGE.search(self._buffer) is None:
            self.report("not_x12", "The file does not begin with an ISA segment: it is not X12.")
        else:
            self.report("stray_text", "There is text outside of any interchange (ISA to IEA).")

    def _read_header(self) -> str | None:
        """Read the ISA at the start of the buffer: set the delimiters and return its text."""
        text = self._buffer[:HEADER_SIZE]
        parts = text.split(text[3], 16)
        self.offset = self._base
        self.number += 1
        tail = parts[16].lstrip("\r\n") if len(parts) == 17 else ""
        values = [part.replace("\r", "").replace("\n", "") for part in parts[1:16]]
        component, ending = tail[:1], tail[1:2]
        marks = {text[3], component, ending}
        if len(marks) != 3 or any(mark.isalnum() or mark in " " for mark in marks):
            self.report("invalid_isa", "The ISA segment is broken: its separators cannot be told.")
            self._drop(3)
            return None
        if tuple(map(len, values)) != _WIDTHS:
            self.report(
                "isa_width",
                "The ISA segment does not have its fixed 106 bytes.",
                severity="warning",
            )
        length = len(text) - len(tail) + 2
        if ending == "\r" and tail[2:3] == "\n":
            ending = "\n"
            length += 1
        repetition = values[10]
        is_separator = len(repetition) == 1 and not repetition.isalnum()
        self.delimiters = Delimiters(text[3], repetition if is_separator else "", component, ending)
        self._drop(length)
        return self._without_null(text[3].join(["ISA", *values, component]))

    def _read_unusual(self) -> Generator[str, None, bool]:
        """One step where the buffer is not plain; True when the interchange is over."""
        ending = self.delimiters.segment
        last = self._buffer.rfind(ending)
        if last >= 0:
            # A small piece: an interchange may end in it and the next have other separators.
            near = self._buffer.rfind(ending, 0, CAREFUL_SIZE)
            return (yield from self._read_carefully(near if near >= 0 else last, ending))
        if len(self._buffer) > self._limits.segment_size:
            self._skip_long_segment(ending)
            return False
        if self._fill():
            return False
        yield from self._read_last()
        return True

    def _read_carefully(self, last: int, ending: str) -> Generator[str, None, bool]:
        """Strip what surrounds segments; True when the interchange is over."""
        skipped = 0
        for raw in self._buffer[:last].split(ending):
            start = self._next
            self._next += len(raw) + 1
            text = raw.replace("\r", "").replace("\n", "").lstrip(" \t")
            if not text:
                skipped += ending != "\n"
                continue
            offset = start + raw.index(text[0])
            # The next ISA, where IEA is missing, may already have other separators.
            if _INTERCHANGE.match(text):
                self._drop(offset - self._base)
                return True
            self.number += 1
            self.offset = offset
            if skipped:
                self._report_empty(skipped)
                skipped = 0
            if NULL in text:
                text = self._without_null(text)
            if len(text) > self._limits.element_size:
                self._check_sizes(text)
            yield text
            if text[:3] == "IEA" and text[3:4] == self.delimiters.element:
                self._drop(self._next - self._base)
                return True
        if skipped:
            self._report_empty(skipped)
        self._drop(last + 1)
        return False

    def _read_last(self) -> Iterator[str]:
        """What stands after the last terminator: noise, or a segment that was cut."""
        raw = self._buffer
        text = raw.replace("\r", "").replace("\n", "").strip(NOISE)
        if _INTERCHANGE.match(text):
            self._drop(raw.index("I"))
            return
        if text:
            self.offset = self._next + raw.index(text[0])
            self.number += 1
            self.report(
                "missing_terminator",
                "The last segment has no terminator: the file may have been cut.",
                severity="warning" if text.startswith("IEA") else "error",
            )
            yield self._without_null(text)
        self._drop(len(self._buffer))

    def _without_null(self, text: str) -> str:
        """A NUL byte inside of a segment is said aloud and not handed on: nothing can store it."""
        if NULL not in text:
            return text
        self.report("null_byte", "A NUL byte stands inside of a segment.")
        return text.replace(NULL, "\ufffd")

    def _report_empty(self, count: int) -> None:
        self.empty += count
        self.report(
            "empty_segment",
            f"Empty segments, skipped: {count}.",
            severity="warning",
        )

    def _check_sizes(self, text: str) -> None:
        room = self._limits.element_size
        if any(len(element) > room for element in text.split(self.delimiters.element)):
            self.report("element_too_long", f"An element is longer than {room} bytes.")

    def _skip_long_segment(self, ending: str) -> None:
        self.number += 1
        self.offset = self._next
        limit = self._limits.segment_size
        self.report("segment_too_long", f"A segment is longer than {limit} bytes; it is skipped.")
        while ending not in self._buffer:
            self._drop(len(self._buffer))
            if not self._fill():
                return
        self._drop(self._buffer.index(ending) + 1)
