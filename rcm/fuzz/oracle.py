"""What an 835 adds up to, straight from its bytes. Shares no line of code with the reader.

Splits by hand, sums with Decimal, tolerates what people do to files (line breaks, blanks, a mark
before ISA). What is no plain amount makes its payment one that does not add up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

_AMOUNT = re.compile(r"-?(\d+(\.\d{0,2})?|\.\d{1,2})", re.ASCII)
LONGEST_HEADER = 600
_HEADER = re.compile(r"ISA([^A-Za-z0-9 \r\n])")


@dataclass
class Told:
    """What was billed, what was paid, what the CAS in between take off."""

    billed: Decimal
    paid: Decimal
    cut: Decimal = Decimal(0)

    @property
    def holds(self) -> bool:
        return self.billed - self.cut == self.paid


@dataclass
class Payment:
    """One ST 835: BPR02, PLB, and per CLP its own figures and those of its SVC."""

    trace: str = ""
    paid: Decimal = Decimal(0)
    kept: Decimal = Decimal(0)
    claims: list[tuple[Told, list[Told]]] = field(default_factory=list)
    is_plain: bool = True

    @property
    def is_balanced(self) -> bool:
        """All amounts are amounts and all three equations hold."""
        return (
            self.is_plain
            and all(
                claim.holds
                and all(line.holds for line in lines)
                and (not lines or sum(line.billed for line in lines) == claim.billed)
                for claim, lines in self.claims
            )
            and sum(claim.paid for claim, _ in self.claims) - self.kept == self.paid
        )

    def amount(self, elements: list[str], index: int) -> Decimal:
        text = elements[index] if len(elements) > index else ""
        if _AMOUNT.fullmatch(text):
            return Decimal(text)
        self.is_plain = False
        return Decimal(0)

    def take(self, elements: list[str]) -> None:
        """Add one segment; a lone CAS or SVC belongs to nobody and is the reader's to refuse."""
        name = elements[0]
        if name == "BPR":
            self.paid = self.amount(elements, 2) * (-1 if elements[3:4] == ["D"] else 1)
        elif name == "TRN":
            self.trace = "".join(elements[2:3])
        elif name == "CLP":
            self.claims.append((Told(self.amount(elements, 3), self.amount(elements, 4)), []))
        elif name == "SVC" and self.claims:
            self.claims[-1][1].append(Told(self.amount(elements, 2), self.amount(elements, 3)))
        elif name == "CAS" and self.claims:
            claim, lines = self.claims[-1]
            for index in range(3, len(elements) + 1, 3):
                if any(elements[index - 1 : index + 1]):
                    cut = self.amount(elements, index)
                    for told in (claim, *lines[-1:]):
                        told.cut += cut
        elif name == "PLB":
            for index in range(4, len(elements) + 1, 2):
                if any(elements[index - 1 : index + 1]):
                    self.kept += self.amount(elements, index)


def payments(content: bytes) -> list[Payment]:
    """Every ST 835 of the bytes, in order."""
    found: list[Payment] = []
    open_payment: Payment | None = None
    for elements in segments(content.decode("latin-1")):
        if elements[0] in ("ISA", "IEA", "GS", "GE", "ST", "SE"):
            open_payment = None
        if elements[:2] == ["ST", "835"]:
            open_payment = Payment()
            found.append(open_payment)
        elif open_payment is not None:
            open_payment.take(elements)
    return found


def segments(text: str) -> Iterator[list[str]]:
    """The elements of every segment; separators as each ISA sets them."""
    at = 0
    while header := _HEADER.search(text, at):
        at = header.end()
        head = text[header.start() : header.start() + LONGEST_HEADER]
        fields = head.split(header[1], 16)
        if len(fields) < 17:
            continue
        tail = fields[16].lstrip("\r\n")
        ending = "\n" if tail[1:3] == "\r\n" else tail[1:2]
        at = header.start() + len(head) - len(tail) + 1 + tail[1:3].count("\r\n") + len(ending)
        yield ["ISA"]
        while ending and at < len(text):
            end = text.find(ending, at)
            end = len(text) if end < 0 else end
            segment = text[at:end].replace("\r", "").replace("\n", "").lstrip(" \t\x00\x1a")
            if _HEADER.match(segment):
                break
            at = end + 1
            elements = segment.split(header[1])
            yield elements
            if elements[0] == "IEA":
                break
