"""What every content reader shares: the segments, their separators, and reading single elements."""

from collections.abc import Generator
from datetime import date
from decimal import Decimal

from rcm.x12.items import Item
from rcm.x12.tokenizer import Segments
from rcm.x12.values import CENTS, DATES, DECIMALS

# The segment that ended the transaction, None at the end of the file.
Reading = Generator[Item, None, list[str] | None]

ENVELOPE = frozenset({"ISA", "IEA", "GS", "GE", "ST", "SE", "TA1"})


class ContentReader:
    """Reads one transaction's segments after ST. Subclasses implement `read`."""

    __slots__ = ("component", "loop", "segments", "separator")

    def __init__(self, segments: Segments) -> None:
        self.segments = segments
        self.separator = segments.delimiters.element
        self.component = segments.delimiters.component
        self.loop = ""

    def read(self) -> Reading:
        """Yield content items and Problems up to SE (or whatever segment breaks it off)."""
        raise NotImplementedError

    def report(self, code: str, message: str, element: str | None = None) -> None:
        """An error at the current segment in the current loop."""
        self.segments.report(code, message, loop=self.loop or None, element=element)

    def warn(self, code: str, message: str, element: str | None = None) -> None:
        """A warning at the current segment in the current loop."""
        self.segments.report(
            code, message, severity="warning", loop=self.loop or None, element=element
        )

    def take_pending(self) -> list[Item]:
        """Hand over what has been collected and begin a new collection."""
        pending, self.segments.pending = self.segments.pending, []
        return pending

    def required(self, elements: list[str], index: int) -> str:
        """The element's text; a `missing_element` error when it is absent or empty."""
        text = elements[index] if len(elements) > index else ""
        if not text:
            name = f"{elements[0]}{index:02d}"
            self.report("missing_element", f"{name} is missing.", name)
        return text

    def cents(self, text: str, element: str) -> int:
        """Cents of a required amount; an error and 0 when it is absent or not an amount."""
        amount = CENTS[text]
        if amount is None:
            self.report_amount(text, element)
            return 0
        return amount

    def report_amount(self, text: str, element: str) -> None:
        """`missing_element` for an empty text, else `invalid_amount`; never quotes the text."""
        if text:
            self.report(
                "invalid_amount",
                f"{element} is not an amount with at most two decimals.",
                element,
            )
        else:
            self.report("missing_element", f"{element} is missing.", element)

    def quantity(self, text: str, element: str) -> Decimal | None:
        """A Decimal, None when absent; an error when the text is not a number."""
        if not text:
            return None
        number = DECIMALS[text]
        if number is None:
            self.report("invalid_number", f"{element} is not a number.", element)
        return number

    def day(self, text: str, element: str) -> date | None:
        """A date, None when absent; a warning when the text is not a date."""
        if not text:
            return None
        on = DATES[text]
        if on is None:
            self.warn("invalid_date", f"{element} is not a date.", element)
        return on

    def unexpected(self, name: str) -> None:
        """A segment this loop does not know: kept in the raw file, said aloud."""
        place = f"in loop {self.loop}" if self.loop else "here"
        shown = name if name.isalnum() and len(name) <= 3 else "A segment without a proper name"
        self.warn("unexpected_segment", f"{shown} is not expected {place} and is not read.")


def pick(elements: list[str], index: int) -> str:
    """The element's text, empty when the segment ends before it."""
    return elements[index] if len(elements) > index else ""


def trim(elements: list[str]) -> tuple[str, ...]:
    """Elements 01 to the last filled one, as text."""
    end = len(elements)
    while end > 1 and not elements[end - 1]:
        end -= 1
    return tuple(elements[1:end])
