"""Finds in a file of ours what an acknowledgment points at: the transaction, the claim, the value.

A 999 names a segment by its position in the transaction (ST is 1). That segment belongs to the
claims below it: the header to all, a provider level to its claims, a subscriber level to the next
ones, and from CLM on to one claim. Reads well-formed files only: our own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

# HL03 of the 837: billing provider, subscriber, patient. A deeper level belongs to one above it.
_DEPTHS = {"20": 1, "22": 2, "23": 3}


@dataclass(slots=True)
class SentTransaction:
    """One ST to SE. `claims` are patient control numbers (CLM01) in file order.

    `owners` tells, per segment, the range of `claims` the segment speaks for.
    """

    control_number: str
    delimiters: tuple[str, str]
    segments: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    owners: list[tuple[int, int]] = field(default_factory=list)

    def claims_at(self, position: int) -> list[str]:
        """Whom the segment at `position` (ST = 1) speaks for; nobody when there is none."""
        if not 1 <= position <= len(self.owners):
            return []
        first, last = self.owners[position - 1]
        return self.claims[first:last]

    def name_at(self, position: int) -> str:
        """The segment's id, such as N4; empty when there is none."""
        return self._elements(position)[0]

    def value_at(self, position: int, element: int, component: int = 0) -> str:
        """An element as it was sent, or one component of it; empty when there is none."""
        elements = self._elements(position)
        text = elements[element] if 0 < element < len(elements) else ""
        if not component:
            return text
        parts = text.split(self.delimiters[1])
        return parts[component - 1] if component <= len(parts) else ""

    def text_at(self, position: int) -> str:
        """A whole segment as it was sent, without its terminator."""
        return self.segments[position - 1] if 1 <= position <= len(self.segments) else ""

    def segments_of(self, claim: str) -> list[str]:
        """The segments that speak for this claim alone: its own loops and those that lead to it."""
        if claim not in self.claims:
            return []
        index = self.claims.index(claim)
        return [
            text
            for text, owner in zip(self.segments, self.owners, strict=True)
            if owner == (index, index + 1)
        ]

    def _elements(self, position: int) -> list[str]:
        return self.text_at(position).split(self.delimiters[0])


def read_sent(content: bytes) -> list[SentTransaction]:
    """The transactions of a file of ours, in file order; none when it is no interchange."""
    if not content.startswith(b"ISA") or len(content) < 106:
        return []
    delimiters = (chr(content[3]), chr(content[104]))
    texts = (text.strip("\r\n") for text in content.decode("latin-1").split(chr(content[105])))
    return list(_transactions(texts, delimiters))


def _transactions(texts: Iterable[str], delimiters: tuple[str, str]) -> Iterator[SentTransaction]:
    is_open = False
    for text in texts:
        name = text.split(delimiters[0], 1)[0]
        if name == "ST":
            sent = SentTransaction(text.split(delimiters[0])[2], delimiters)
            is_open = True
        if is_open:
            sent.segments.append(text)
        if name == "SE" and is_open:
            is_open = False
            _find_owners(sent)
            yield sent


def _find_owners(sent: SentTransaction) -> None:
    """Per segment the depth it stands at and the claims begun before; then where that ends."""
    separator = sent.delimiters[0]
    marks: list[tuple[int, int]] = []
    depth = 0
    for text in sent.segments:
        elements = text.split(separator)
        if elements[0] == "HL":
            depth = _DEPTHS.get(elements[3] if len(elements) > 3 else "", depth)
        elif elements[0] == "CLM":
            depth = 4
            sent.claims.append(elements[1] if len(elements) > 1 else "")
        elif elements[0] == "SE":
            depth = 0
        first = 0 if depth == 0 else len(sent.claims) - (depth == 4)
        marks.append((depth, first))
    # Backwards: a level ends where the next one of its depth, or of a lesser one, begins.
    ends = [len(sent.claims)] * 5
    owners: list[tuple[int, int]] = []
    previous: tuple[int, int] | None = None
    for mark in reversed(marks):
        level, first = mark
        if previous is not None and previous[0] and mark != previous and level >= previous[0]:
            ends[previous[0] :] = [previous[1]] * (5 - previous[0])
        owners.append((0, len(sent.claims)) if level == 0 else (first, ends[level]))
        if level == 4:
            owners[-1] = (first, first + 1)
        previous = mark
    sent.owners = owners[::-1]
