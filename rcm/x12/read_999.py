"""Reads one 999 (005010X231A1): AK1, each AK2 to IK5 with its errors, AK9."""

from rcm.x12.acknowledgment_999 import (
    ElementError,
    GroupAcknowledgment,
    SegmentError,
    TransactionAcknowledgment,
)
from rcm.x12.elements import ENVELOPE, ContentReader, Reading, pick
from rcm.x12.tokenizer import Segments
from rcm.x12.values import parse_count

TRANSACTION_CODES = ("A", "E", "R", "M", "W", "X")
GROUP_CODES = ("A", "E", "P", "R", "M", "W", "X")


class GroupAcknowledgmentReader(ContentReader):
    """Yields one GroupAcknowledgment at the end of the transaction."""

    __slots__ = ("elements", "errors", "group", "segment", "transaction", "transactions", "verdict")

    def __init__(self, segments: Segments) -> None:
        super().__init__(segments)
        self.group: list[str] | None = None
        self.verdict: list[str] | None = None
        self.transaction: list[str] | None = None
        self.transactions: list[TransactionAcknowledgment] = []
        self.segment: list[str] | None = None
        self.errors: list[SegmentError] = []
        self.elements: list[ElementError] = []

    def read(self) -> Reading:
        ended_by: list[str] | None = None
        for text in self.segments:
            elements = text.split(self.separator)
            if elements[0] in ENVELOPE:
                ended_by = elements
                break
            self.take(elements)
            if self.segments.pending:
                yield from self.take_pending()
        if self.transaction is not None:
            self.report("missing_segment", "IK5 is missing.", "IK5")
            self.close_transaction(["IK5", "R"])
        self.finish()
        yield from self.take_pending()
        return ended_by

    def take(self, elements: list[str]) -> None:
        name = elements[0]
        if name == "AK1" and self.group is None:
            self.group = elements
            self.required(elements, 1)
            self.required(elements, 2)
        elif name == "AK2" and self.transaction is None:
            self.loop = "2000"
            self.transaction = elements
            self.required(elements, 2)
        elif name == "IK3" and self.transaction is not None:
            self.close_segment()
            self.loop = "2100"
            self.segment = elements
        elif name == "IK4" and self.segment is not None:
            place = pick(elements, 1).split(self.component)
            position, part = (parse_count(pick(place, index)) or 0 for index in (0, 1))
            self.elements.append(ElementError(position, pick(elements, 2), pick(elements, 3), part))
        elif name == "CTX" and self.transaction is not None:
            pass  # where in the business data it was: may quote the patient, and IK3 has the place
        elif name == "IK5" and self.transaction is not None:
            self.close_transaction(elements)
        elif name == "AK9" and self.verdict is None:
            self.loop = ""
            self.verdict = elements
        else:
            self.unexpected(name)

    def close_segment(self) -> None:
        elements = self.segment
        if elements is not None:
            position = parse_count(pick(elements, 2)) or 0
            self.errors.append(
                SegmentError(
                    pick(elements, 1),
                    position,
                    pick(elements, 3),
                    pick(elements, 4),
                    tuple(self.elements),
                )
            )
            self.segment = None
            self.elements = []

    def close_transaction(self, elements: list[str]) -> None:
        self.close_segment()
        started = self.transaction
        if started is None:
            return
        code = self.required(elements, 1)
        if code and code not in TRANSACTION_CODES:
            self.report("invalid_code", "IK501 is not one of A, E, R, M, W, X.", "IK501")
        self.transactions.append(
            TransactionAcknowledgment(
                pick(started, 1),
                pick(started, 2),
                code,
                pick(started, 3),
                tuple(self.errors),
                tuple(text for text in elements[2:7] if text),
            )
        )
        self.transaction = None
        self.errors = []
        self.loop = ""

    def finish(self) -> None:
        """Hand on the GroupAcknowledgment; nothing when AK1 or AK9 is missing."""
        group, verdict = self.group, self.verdict
        if group is None or verdict is None:
            name = "AK9" if verdict is None and group is not None else "AK1"
            self.report("missing_segment", f"{name} is missing.", name)
            return
        code = self.required(verdict, 1)
        if code and code not in GROUP_CODES:
            self.report("invalid_code", "AK901 is not one of A, E, P, R, M, W, X.", "AK901")
        counts = []
        for index in (2, 3, 4):
            count = parse_count(pick(verdict, index))
            if count is None:
                name = f"AK9{index:02d}"
                self.report("invalid_number", f"{name} is not a count.", name)
            counts.append(count or 0)
        self.segments.pending.append(
            GroupAcknowledgment(
                pick(group, 1),
                pick(group, 2),
                pick(group, 3),
                code,
                counts[0],
                counts[1],
                counts[2],
                tuple(self.transactions),
                tuple(text for text in verdict[5:10] if text),
            )
        )
