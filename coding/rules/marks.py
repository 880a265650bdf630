"""Where the words that support a code stand in a note, and the note cut into blocks to show.

Evidence is kept as words, not as places, so that it survives an amended note: words that are not
there any more simply have no mark. Nothing here makes HTML; escaping is the template's.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

HEADING = re.compile(r"[A-Z][A-Z0-9 ,:/&()'\-]{2,60}:?")
ITEM = re.compile(r"\d{1,2}[.)]\s+")


@dataclass(frozen=True)
class Evidence:
    """The words behind one code; `label` is its pointer letter or line number."""

    label: str
    words: str
    is_service: bool = False
    is_suggested: bool = False


@dataclass(frozen=True)
class Piece:
    """A run of text; `label` names the code it supports. It stands once, at the end of the mark."""

    text: str
    evidence: Evidence | None = None
    is_end: bool = False


@dataclass(frozen=True)
class Block:
    """One line of the note: "heading", "item" (numbered, without its number) or "text"."""

    kind: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Span:
    start: int
    end: int
    evidence: Evidence


def find_spans(text: str, evidence: Iterable[Evidence]) -> list[Span]:
    """First place of each evidence, in order of place; where two overlap the earlier one stays.

    White space and letter case do not matter. Words that do not occur are left out.
    """
    found = []
    for item in evidence:
        words = [re.escape(word) for word in item.words.split()]
        if words and (match := re.search(r"\s+".join(words), text, re.IGNORECASE)):
            found.append(Span(match.start(), match.end(), item))
    return without_overlaps(found)


def without_overlaps(found: Iterable[Span]) -> list[Span]:
    """In order of place; of two that overlap the one that begins first."""
    spans: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if not spans or span.start >= spans[-1].end:
            spans.append(span)
    return spans


def join_spans(spans: Iterable[Span], more: Iterable[Span]) -> list[Span]:
    """`spans`, and of `more` those that touch none: what is coded hides what is suggested."""
    first = list(spans)
    free = [
        span
        for span in more
        if not any(span.start < other.end and other.start < span.end for other in first)
    ]
    return sorted([*first, *without_overlaps(free)], key=lambda span: span.start)


def cut_note(text: str, spans: Iterable[Span]) -> list[Block]:
    """The note line by line, marks cut at line ends. Blank lines only separate."""
    ordered = list(spans)
    blocks, start = [], 0
    for line in text.splitlines(keepends=True):
        plain = line.rstrip()
        if plain.strip():
            blocks.append(cut_line(plain, start, ordered))
        start += len(line)
    return blocks


def cut_line(line: str, start: int, spans: list[Span]) -> Block:
    if HEADING.fullmatch(line.strip()):
        heading = line.strip().rstrip(":").capitalize()
        return Block("heading", (Piece(heading),))
    item = ITEM.match(line)
    skip = item.end() if item else 0
    pieces = tuple(cut_pieces(line[skip:], start + skip, spans))
    return Block("item" if item else "text", pieces)


def cut_pieces(text: str, start: int, spans: list[Span]) -> Iterator[Piece]:
    """`text` stands at `start` of the note; runs in and between the marks."""
    at, end = start, start + len(text)
    for span in spans:
        low, high = max(span.start, at), min(span.end, end)
        if low >= high:
            continue
        if low > at:
            yield Piece(text[at - start : low - start])
        yield Piece(text[low - start : high - start], span.evidence, span.end <= end)
        at = high
    if at < end:
        yield Piece(text[at - start :])
