"""Reads X12 files: the envelope (ISA, GS, ST) here, each transaction in its own reader.

    for item in read(source):
        match item: ...

Items come in file order and are frozen. Bad content never raises: it becomes a Problem, and the
TransactionEnd it lies in says `is_intact` False.
"""

from collections.abc import Iterator
from typing import BinaryIO

from rcm.x12.acknowledgment_999 import InterchangeAcknowledgment
from rcm.x12.elements import ENVELOPE, ContentReader, Reading, pick
from rcm.x12.envelope import (
    GroupStart,
    InterchangeEnd,
    InterchangeStart,
    TransactionEnd,
    TransactionStart,
)
from rcm.x12.items import Item
from rcm.x12.limits import Limits
from rcm.x12.read_277ca import ClaimAcknowledgmentReader
from rcm.x12.read_835 import RemittanceReader
from rcm.x12.read_837i import InstitutionalReader
from rcm.x12.read_837p import ClaimReader
from rcm.x12.read_999 import GroupAcknowledgmentReader
from rcm.x12.tokenizer import Segments
from rcm.x12.values import parse_count

__all__ = ["Item", "read"]

FUNCTIONAL_IDS = {"835": "HP", "837": "HC", "999": "FA", "277": "HN"}
REMEMBERED_NUMBERS = 100_000
ISA_PARTS = 17


def read(source: BinaryIO | bytes, *, limits: Limits | None = None) -> Iterator[Item]:
    """Yield every item of the file. Reads `source` in blocks; memory does not grow with it.

    Only reading `source` itself can raise (OSError).
    """
    return _FileReader(source, limits or Limits()).read()


class _FileReader:
    """Envelope state: what is open, what its trailer must say."""

    def __init__(self, source: BinaryIO | bytes, limits: Limits) -> None:
        self.limits = limits
        self.segments = Segments(source, limits)
        self.interchange: InterchangeStart | None = None
        self.group: GroupStart | None = None
        self.groups = 0
        self.transactions = 0
        self.group_numbers: set[str] = set()
        self.transaction_numbers: set[str] = set()
        self.interchange_errors = 0

    def read(self) -> Iterator[Item]:
        segments = self.segments
        for text in segments:
            elements: list[str] | None = text.split(segments.delimiters.element)
            while elements is not None and elements[0] == "ST":
                elements = yield from self.read_transaction(elements)
            if elements is not None:
                self.take(elements)
            yield from self.take_pending()
        self.close_interchange("the end of the file")
        yield from self.take_pending()

    def take_pending(self) -> list[Item]:
        pending, self.segments.pending = self.segments.pending, []
        return pending

    def take(self, elements: list[str]) -> None:
        name = elements[0]
        if name == "ISA" and len(elements) < ISA_PARTS:
            self.report("invalid_isa", "The ISA segment breaks off.", "ISA")
        elif name == "ISA":
            self.start_interchange(elements)
        elif name == "TA1":
            self.take_interchange_acknowledgment(elements)
        elif name == "GS":
            self.start_group(elements)
        elif name == "GE":
            self.end_group(elements)
        elif name == "IEA":
            self.end_interchange(elements)
        elif name == "SE":
            self.report("stray_trailer", "SE without an ST before it.", "SE")
        else:
            shown = name if name.isalnum() and len(name) <= 3 else "A segment without a proper name"
            self.report("stray_segment", f"{shown} stands outside of any transaction.")

    def report(self, code: str, message: str, element: str | None = None) -> None:
        self.segments.report(code, message, element=element)

    def warn(self, code: str, message: str, element: str | None = None) -> None:
        self.segments.report(code, message, severity="warning", element=element)

    def start_interchange(self, elements: list[str]) -> None:
        self.close_interchange("the next ISA")
        values = [value.strip() for value in elements]
        self.interchange_errors = self.segments.errors
        self.groups = 0
        self.group_numbers.clear()
        self.interchange = InterchangeStart(
            values[5],
            values[6],
            values[7],
            values[8],
            values[13],
            values[15],
            values[9],
            values[10],
            self.segments.delimiters,
            self.segments.number,
            self.segments.offset,
        )
        self.segments.pending.append(self.interchange)

    def take_interchange_acknowledgment(self, elements: list[str]) -> None:
        if self.group is not None:
            self.warn("misplaced_segment", "TA1 belongs between ISA and the first GS.", "TA1")
        elif self.groups:
            self.warn("misplaced_segment", "TA1 stands after a group; it belongs before.", "TA1")
        values = [pick(elements, index) for index in range(1, 6)]
        if values[3] not in ("A", "E", "R"):
            self.report("invalid_code", "TA104 must be A, E or R.", "TA104")
        self.segments.pending.append(InterchangeAcknowledgment(*values))

    def start_group(self, elements: list[str]) -> None:
        self.close_group("the next GS")
        number = pick(elements, 6)
        if number in self.group_numbers:
            self.warn("duplicate_control_number", "GS06 appears twice in the interchange.", "GS06")
        self.remember(self.group_numbers, number)
        self.transactions = 0
        self.transaction_numbers.clear()
        self.groups += 1
        self.group = GroupStart(
            pick(elements, 1), pick(elements, 2), pick(elements, 3), number, pick(elements, 8)
        )
        self.segments.pending.append(self.group)

    def remember(self, numbers: set[str], number: str) -> None:
        if len(numbers) < REMEMBERED_NUMBERS:
            numbers.add(number)

    def end_group(self, elements: list[str]) -> None:
        if self.group is None:
            self.report("stray_trailer", "GE without a GS before it.", "GE")
            return
        if parse_count(pick(elements, 1)) != self.transactions:
            self.report(
                "wrong_count",
                f"GE01 does not say {self.transactions}, the transactions read.",
                "GE01",
            )
        if pick(elements, 2) != self.group.control_number:
            self.report("control_number_mismatch", "GE02 is not the GS06 of its group.", "GE02")
        self.group = None

    def close_group(self, reason: str) -> None:
        if self.group is not None:
            self.report("missing_trailer", f"GE is missing before {reason}.", "GE")
            self.group = None

    def end_interchange(self, elements: list[str]) -> None:
        if self.interchange is None:
            self.report("stray_trailer", "IEA without an ISA before it.", "IEA")
            return
        self.close_group("IEA")
        if parse_count(pick(elements, 1)) != self.groups:
            self.report(
                "wrong_count", f"IEA01 does not say {self.groups}, the groups read.", "IEA01"
            )
        if pick(elements, 2).strip() != self.interchange.control_number:
            self.report(
                "control_number_mismatch", "IEA02 is not the ISA13 of its interchange.", "IEA02"
            )
        self.finish_interchange()

    def close_interchange(self, reason: str) -> None:
        if self.interchange is not None:
            self.close_group(reason)
            self.report("missing_trailer", f"IEA is missing before {reason}.", "IEA")
            self.finish_interchange()

    def finish_interchange(self) -> None:
        if self.interchange is not None:
            is_intact = self.segments.errors == self.interchange_errors
            number = self.interchange.control_number
            self.segments.pending.append(InterchangeEnd(number, self.groups, is_intact))
            self.interchange = None

    def read_transaction(self, elements: list[str]) -> Reading:
        """From ST to SE; returns a segment that broke the transaction off, for the envelope."""
        segments = self.segments
        first, empty, errors = segments.number, segments.empty, segments.errors
        group = self.group
        version = pick(elements, 3) or (group.version if group else "")
        start = TransactionStart(
            pick(elements, 1), pick(elements, 2), version, first, segments.offset
        )
        segments.pending.append(start)
        self.transactions += 1
        if group is None:
            self.report("missing_header", "ST stands outside of a functional group (GS).", "ST")
        if start.control_number in self.transaction_numbers:
            self.report("duplicate_control_number", "ST02 appears twice in the group.", "ST02")
        self.remember(self.transaction_numbers, start.control_number)
        content = self.choose_content(start)
        yield from self.take_pending()
        ended_by = yield from content.read()
        count = segments.number - first + 1
        if ended_by is not None and ended_by[0] == "SE":
            self.check_trailer(start, ended_by, count, segments.empty - empty)
            ended_by = None
        else:
            count -= ended_by is not None
            reason = ended_by[0] if ended_by else "the end of the file"
            self.report("missing_trailer", f"SE is missing before {reason}.", "SE")
        is_intact = segments.errors == errors and not isinstance(content, _SkippedContent)
        segments.pending.append(TransactionEnd(start.type, start.control_number, count, is_intact))
        yield from self.take_pending()
        return ended_by

    def check_trailer(
        self, start: TransactionStart, elements: list[str], count: int, empty: int
    ) -> None:
        # Senders disagree on whether an empty segment counts; either figure is believed.
        if parse_count(pick(elements, 1)) not in (count, count + empty):
            self.report("wrong_count", f"SE01 does not say {count}, the segments read.", "SE01")
        if pick(elements, 2) != start.control_number:
            self.report("control_number_mismatch", "SE02 is not the ST02 it closes.", "SE02")

    def choose_content(self, start: TransactionStart) -> ContentReader:
        """The reader for ST01 and version; one that skips, with a problem, when there is none."""
        expected = FUNCTIONAL_IDS.get(start.type)
        if expected and self.group and self.group.functional_id != expected:
            self.warn(
                "functional_id_mismatch", f"GS01 should be {expected} for a {start.type}.", "GS01"
            )
        segments, version = self.segments, start.version
        if start.type == "835" and version.startswith("005010X221"):
            return RemittanceReader(segments, self.limits)
        if start.type == "837" and version.startswith("005010X222"):
            return ClaimReader(segments)
        if start.type == "837" and version.startswith("005010X223"):
            return InstitutionalReader(segments)
        if start.type == "999" and version.startswith("005010X231"):
            return GroupAcknowledgmentReader(segments)
        if start.type == "277" and version.startswith("005010X214"):
            return ClaimAcknowledgmentReader(segments)
        self.warn(
            "unknown_transaction",
            "This type or version of transaction is not read here; it is skipped.",
            "ST01",
        )
        return _SkippedContent(segments)


class _SkippedContent(ContentReader):
    """A transaction nobody here reads: pass over it, counting."""

    __slots__ = ()

    def read(self) -> Reading:
        for text in self.segments:
            if text[:3].rstrip(self.separator) in ENVELOPE:
                elements = text.split(self.separator)
                if elements[0] in ENVELOPE:
                    return elements
            if self.segments.pending:
                yield from self.take_pending()
        return None
