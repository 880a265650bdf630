"""What every X12 writer shares: clean values, envelope, counts, control numbers.

Writers compose segments with the usual separators ``* : ^ ~``; other separators are put in at the
end. Values pass `Cleaner` first, so that no separator, control character or character outside
the X12 basic set can come from data.
"""

import hashlib
import re
import unicodedata
from datetime import datetime
from typing import BinaryIO

from rcm.x12.envelope import Delimiters, Envelope, Written
from rcm.x12.memo import Memo
from rcm.x12.values import format_cents, format_date

_BASIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!\"&'()+,-./;?="
_FOLDED = str.maketrans({"Ø": "O", "Æ": "AE", "Œ": "OE", "Ł": "L", "Đ": "D", "Þ": "TH"})
_MARKS = "*^:~"
# The usual separators inside of values, when an envelope has others: out of the way meanwhile.
_SHIELDED = str.maketrans(_MARKS, "\ue000\ue001\ue002\ue003")
_UNSHIELDED = str.maketrans("\ue000\ue001\ue002\ue003", _MARKS)
LARGEST_CONTROL_NUMBER = 999_999_999


class Cleaner(Memo[str, str]):
    """Text to the X12 basic set: upper case, accents folded, anything else a single blank."""

    __slots__ = ("_is_clean", "_unwanted")

    def __init__(self, delimiters: Delimiters) -> None:
        super().__init__(self._clean, 16_384)
        own = delimiters.element + delimiters.component + delimiters.segment + delimiters.repetition
        allowed = re.escape("".join(mark for mark in _BASIC if mark not in own))
        self._is_clean = re.compile(f"[{allowed}]+(?: [{allowed}]+)*").fullmatch
        self._unwanted = re.compile(f"[^{allowed}]+")

    def _clean(self, text: str) -> str:
        if self._is_clean(text):  # nearly all values, since they were checked when entered
            return text
        plain = text.upper()
        if not plain.isascii():
            decomposed = unicodedata.normalize("NFKD", plain.translate(_FOLDED))
            plain = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
        return self._unwanted.sub(" ", plain.upper()).strip()


class SeparatorInText(ValueError):
    """A value holds one of the envelope's separators and cannot be written as it is."""


class AsSaid(Cleaner):
    """Text as it came, for writing back what another party said; SeparatorInText when it cannot be.

    Only what X12 files cannot hold at all (characters outside Latin-1) is folded.
    """

    __slots__ = ("_own",)

    def __init__(self, delimiters: Delimiters) -> None:
        super().__init__(delimiters)
        own = delimiters.element + delimiters.component + delimiters.segment + delimiters.repetition
        self._own = frozenset(own + "\r\n")

    def _clean(self, text: str) -> str:
        if any(mark in self._own for mark in text):
            raise SeparatorInText
        try:
            text.encode("latin-1")
        except UnicodeEncodeError:
            return super()._clean(text)
        return text.translate(_SHIELDED)


def segment(name: str, *elements: str) -> str:
    """One segment without trailing separators; empty when it has no elements."""
    text = "*".join(elements).rstrip("*")
    return f"{name}*{text}~" if text else ""


def composite(*parts: str) -> str:
    """Components without trailing separators."""
    return ":".join(parts).rstrip(":")


class InterchangeWriter:
    """Writes one ISA with at most one GS. Text is counted and hashed on its way out."""

    def __init__(self, out: BinaryIO, envelope: Envelope, *, clean: Cleaner | None = None) -> None:
        self.out = out
        self.envelope = envelope
        self.clean = Cleaner(envelope.delimiters) if clean is None else clean
        self.money = Memo(format_cents, 16_384)
        self.days = Memo(format_date, 4_096)
        self.segments = 0
        self.size = 0
        self.transactions = 0
        self.items = 0
        self._digest = hashlib.sha256()
        self._has_group = False
        self._transaction_segments = 0
        self._transaction_number = ""
        delimiters = envelope.delimiters
        wanted = (
            delimiters.element + delimiters.repetition + delimiters.component + delimiters.segment
        )
        if len(set(wanted)) != 4 or len(wanted) != 4 or any(mark.isalnum() for mark in wanted):
            raise ValueError("Four different separators are needed, none a letter or digit.")
        self._marks = None if wanted == "*^:~" else str.maketrans(_MARKS, wanted)
        self.put(self._interchange_header())

    def put(self, text: str) -> None:
        """Write complete segments composed with the usual separators."""
        count = text.count("~")
        self.segments += count
        self._transaction_segments += count
        if self._marks is not None:
            text = text.translate(self._marks).translate(_UNSHIELDED)
        raw = text.encode("latin-1")
        self.size += len(raw)
        self._digest.update(raw)
        self.out.write(raw)

    def start_group(self, functional_id: str, version: str) -> None:
        """GS. One per interchange."""
        envelope, clean = self.envelope, self.clean
        self._has_group = True
        self.put(
            segment(
                "GS",
                functional_id,
                clean[envelope.group_sender or envelope.sender_id][:15],
                clean[envelope.group_receiver or envelope.receiver_id][:15],
                format_date(envelope.created_at),
                f"{envelope.created_at:%H%M}",
                str(_checked(envelope.group_control_number)),
                "X",
                version,
            )
        )

    def start_transaction(self, kind: str, version: str = "") -> None:
        """ST, numbered in sequence within the group; `version` is ST03 where the guide has it."""
        self.transactions += 1
        self._transaction_number = f"{self.transactions:04d}"
        self._transaction_segments = 0
        self.put(segment("ST", kind, self._transaction_number, version))

    def end_transaction(self) -> None:
        """SE with the count of everything since ST."""
        count = str(self._transaction_segments + 1)
        self.put(segment("SE", count, self._transaction_number))

    def finish(self) -> Written:
        """GE and IEA; what was written, for the record."""
        envelope = self.envelope
        if self._has_group:
            self.put(segment("GE", str(self.transactions), str(envelope.group_control_number)))
        self.put(segment("IEA", str(int(self._has_group)), f"{envelope.control_number:09d}"))
        digest = self._digest.hexdigest()
        return Written(self.segments, self.transactions, self.items, self.size, digest)

    def time(self, moment: datetime) -> str:
        """HHMM."""
        return f"{moment:%H%M}"

    def _interchange_header(self) -> str:
        """ISA, exactly 106 bytes."""
        envelope, clean = self.envelope, self.clean
        values = (
            "00",
            " " * 10,
            "00",
            " " * 10,
            f"{clean[envelope.sender_qualifier]:<2.2}",
            f"{clean[envelope.sender_id]:<15.15}",
            f"{clean[envelope.receiver_qualifier]:<2.2}",
            f"{clean[envelope.receiver_id]:<15.15}",
            f"{envelope.created_at:%y%m%d}",
            f"{envelope.created_at:%H%M}",
            "^",
            "00501",
            f"{_checked(envelope.control_number):09d}",
            "1",
            "P" if envelope.usage == "P" else "T",
            ":",
        )
        return f"ISA*{'*'.join(values)}~"


def _checked(number: int) -> int:
    if not 1 <= number <= LARGEST_CONTROL_NUMBER:
        raise ValueError("A control number has one to nine digits.")
    return number
