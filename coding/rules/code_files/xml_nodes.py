"""Published XML read element by element, each with the line it stands on.

Memory holds one of the wanted elements at a time. A document type declaration is refused: the
official files have none, and entities of one can grow without end.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from payers.rules.tables.reading import TableFault, one_line

BLOCK = 1 << 18


@dataclass(slots=True)
class Node:
    """An element: its text (also that after a child inside it), attributes, children and line."""

    tag: str
    attributes: dict[str, str]
    line: int
    pieces: list[str] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text, without that of its children, on one line."""
        return one_line("".join(self.pieces))

    @property
    def whole_text(self) -> str:
        """Its text and that of what is inside it: "Fracture, pathological (traumatic)"."""
        return one_line(" ".join([self.text, *(child.whole_text for child in self.children)]))

    def first(self, tag: str) -> "Node | None":
        return next((child for child in self.children if child.tag == tag), None)

    def every(self, tag: str) -> list["Node"]:
        return [child for child in self.children if child.tag == tag]

    def text_of(self, tag: str) -> str:
        found = self.first(tag)
        return found.text if found else ""


class Builder:
    """Builds each outermost wanted element and hands it over when it ends."""

    def __init__(self, wanted: Collection[str], line: Callable[[], int]) -> None:
        self.wanted, self.line = wanted, line
        self.open: list[Node] = []
        self.finished: list[Node] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.open and tag not in self.wanted:
            return
        node = Node(tag, attributes, self.line())
        if self.open:
            self.open[-1].children.append(node)
            # The words before and after a child are not one word.
            self.open[-1].pieces.append(" ")
        self.open.append(node)

    def end(self, tag: str) -> None:
        if self.open:
            node = self.open.pop()
            if not self.open:
                self.finished.append(node)

    def text(self, piece: str) -> None:
        if self.open:
            self.open[-1].pieces.append(piece)


def read_nodes(file: str, stream: IO[bytes], *wanted: str) -> Iterator[Node]:
    """Every outermost element with one of these names. Raises TableFault when it is no XML."""
    parser = expat.ParserCreate()
    builder = Builder(wanted, lambda: parser.CurrentLineNumber)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text

    def refuse(*declared: object) -> None:
        raise TableFault(file, "no document type declaration", line=parser.CurrentLineNumber)

    parser.StartDoctypeDeclHandler = refuse
    is_last = False
    while not is_last:
        block = stream.read(BLOCK)
        is_last = not block
        try:
            parser.Parse(block, is_last)
        except expat.ExpatError as error:
            reason = expat.errors.messages[error.code]
            raise TableFault(file, f"XML ({reason})", line=error.lineno) from error
        yield from builder.finished
        builder.finished.clear()
