"""The alphabetic index of ICD-10-CM (XML of NCHS), its tables of neoplasms and of drugs too.

letter > mainTerm > term, nested; each has a title, in it words that do not matter (nemod), and a
code, which ends in "-" when more characters follow, or where else to look (see, seeAlso). In the
tables a term has a code in each column (cell), whose headings stand before the first letter.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from coding.rules.code_files.xml_nodes import Node, read_nodes
from coding.rules.phrases import phrase_of
from payers.rules.tables.reading import TableFault

CODE = re.compile(r"[A-Z][0-9A-Z][0-9A-Z](?:\.[0-9A-Z]{0,4})?[-–]?")
# "Abnormal, abnormality, abnormalities": more words for one thing than this are rare.
MOST_NAMES = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """A term of the index: the phrases that mean it, its code, and the terms it refers to."""

    phrases: tuple[str, ...]
    code: str
    see: tuple[str, ...]


@dataclass(slots=True)
class Index:
    """All entries of the files read so far."""

    entries: list[Entry] = field(default_factory=list)

    def read(self, file: str, stream: IO[bytes]) -> None:
        """Take in a file. Raises TableFault for one without letters, titles, or with a bad code."""
        heads: dict[str, str] = {}
        is_empty = True
        for node in read_nodes(file, stream, "letter", "indexHeading"):
            if node.tag == "indexHeading":
                heads = {head.attributes.get("col", ""): head.text for head in node.every("head")}
                continue
            is_empty = False
            for main in node.every("mainTerm"):
                self.entries += read_term(file, main, (), heads)
        if is_empty:
            raise TableFault(file, "letters of the index")

    def terms(self) -> Iterator[tuple[str, str]]:
        """(code, phrase); what refers to another term has the code of that one."""
        codes = {
            phrase: entry.code for entry in self.entries if entry.code for phrase in entry.phrases
        }
        for entry in self.entries:
            found = {codes[target] for target in entry.see if target in codes}
            for code in (entry.code, *sorted(found - {entry.code})):
                if code:
                    for phrase in entry.phrases:
                        yield code, phrase


def read_term(
    file: str, node: Node, above: tuple[Node, ...], heads: dict[str, str]
) -> Iterator[Entry]:
    """The entry of a term and those of the terms below it."""
    title = node.first("title")
    if title is None or not title.whole_text:
        raise TableFault(file, f"a title of {node.tag}", line=node.line)
    path = (*above, title)
    phrases = phrases_of(path)
    targets = [see for tag in ("see", "seeAlso") for see in node.every(tag)]
    code = node.first("code")
    yield Entry(
        phrases=phrases,
        code=read_code(file, code) if code else "",
        see=tuple(phrase_of(target.text) for target in targets),
    )
    for cell in node.every("cell"):
        head = heads.get(cell.attributes.get("col", ""), "")
        if found := read_code(file, cell):
            with_head = tuple(phrase_of(f"{phrase} {head}") for phrase in phrases)
            yield Entry(with_head, found, ())
    for child in node.every("term"):
        yield from read_term(file, child, path, heads)


def read_code(file: str, node: Node) -> str:
    """A code without its dot and hyphen; "" for a cell that has none."""
    text = node.text
    if not text.strip("-–"):
        return ""
    if not CODE.fullmatch(text):
        raise TableFault(file, "a code of ICD-10-CM", line=node.line, found=text)
    return text.rstrip("-–").replace(".", "")


def phrases_of(path: tuple[Node, ...]) -> tuple[str, ...]:
    """One phrase for each name of the main term, and one with all words that do not matter."""
    main, *rest = path
    below = " ".join(title.text for title in rest)
    names = [name for name in main.text.split(",") if name.strip()][:MOST_NAMES]
    phrases = [phrase_of(f"{name} {below}") for name in names]
    if any(title.children for title in path):
        phrases.append(phrase_of(" ".join(title.whole_text for title in path)))
    return unique(phrases)


def unique(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phrase for phrase in phrases if phrase))
