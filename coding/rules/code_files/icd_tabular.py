"""The tabular list of ICD-10-CM (XML of NCHS): titles and notes, and what its codes are.

chapter > section > diag, nested; a diag has name, desc, notes of several kinds and, where its
codes need one, a definition of 7th characters that holds for all below it. The codes with their
7th character are not listed: they are made here, and which of them exist another file says.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import IO, Any

from coding.rules.code_files.xml_nodes import Node, read_nodes
from coding.rules.note_references import references
from payers.rules.tables.reading import TableFault

NAME = re.compile(r"[A-Z][0-9A-Z][0-9A-Z](?:\.[0-9A-Z]{1,4})?")
# Element of the file -> key of Code.notes. Several notes of these are one text of several lines.
TEXTS = {
    "codeFirst": "code_first",
    "useAdditionalCode": "use_additional",
    "codeAlso": "code_also",
    "notes": "notes",
}
LISTS = {"includes": "includes", "excludes1": "excludes1", "excludes2": "excludes2"}
# Those whose codes the checks ask for.
NAMED = {
    "excludes1": "excludes1_codes",
    "code_first": "code_first_codes",
    "use_additional": "use_additional_codes",
}
MANIFESTATION = "in diseases classified elsewhere"


@dataclass(frozen=True, slots=True)
class Above:
    """What a diag takes from the elements around it."""

    excludes1: tuple[str, ...] = ()
    seventh: Mapping[str, str] = field(default_factory=dict)
    blocks: tuple[dict[str, Any], ...] = ()


@dataclass(slots=True)
class TabularCode:
    """One code or heading. `seventh` are the characters its codes end with, with their meaning,
    before it is known which of them exist.
    """

    code: str
    title: str
    notes: dict[str, Any]
    inclusions: tuple[str, ...]
    seventh: Mapping[str, str]
    has_children: bool


def read_tabular(file: str, stream: IO[bytes]) -> Iterator[TabularCode]:
    """Every diag of the file, those above before those below.

    Raises TableFault for a file without chapters, or a diag without a name, a title or its code.
    """
    is_empty = True
    for chapter in read_nodes(file, stream, "chapter"):
        is_empty = False
        around = within(Above(), chapter)
        for section in chapter.every("section"):
            inner = within(around, section)
            for diag in section.every("diag"):
                yield from read_diag(file, diag, inner)
    if is_empty:
        raise TableFault(file, "chapters of the tabular list")


def within(above: Above, node: Node) -> Above:
    """What a chapter or section hands down: its Excludes1 notes and, to be shown, all its notes."""
    notes = notes_of(node)
    block = {"title": node.text_of("desc"), **notes}
    return replace(
        above,
        excludes1=(*notes.get("excludes1", ()), *above.excludes1),
        blocks=(*above.blocks, block),
    )


def read_diag(file: str, diag: Node, above: Above) -> Iterator[TabularCode]:
    name, title = diag.text_of("name"), diag.text_of("desc")
    if not NAME.fullmatch(name):
        raise TableFault(file, "a code with its dot in name", line=diag.line, found=name)
    if not title:
        raise TableFault(file, f"a title (desc) of {name}", line=diag.line)
    notes = notes_of(diag)
    if len(name) == 3:
        # Blocks and chapters are no codes: their Excludes1 are given to the categories.
        notes["excludes1"] = [*notes.get("excludes1", ()), *above.excludes1]
        notes["above"] = list(above.blocks)
    if MANIFESTATION in title.lower():
        notes["is_manifestation"] = True
    seventh = seventh_of(diag) or above.seventh
    children = diag.every("diag")
    yield TabularCode(
        code=name.replace(".", ""),
        title=title,
        notes=with_references(notes),
        inclusions=tuple(texts_of(diag, "inclusionTerm")),
        seventh={} if children else seventh,
        has_children=bool(children),
    )
    for child in children:
        yield from read_diag(file, child, Above(seventh=seventh))


def notes_of(node: Node) -> dict[str, Any]:
    """The notes that stand at the element itself; those above it are read with it."""
    notes: dict[str, Any] = {key: texts_of(node, tag) for tag, key in LISTS.items()}
    notes |= {key: "\n".join(texts_of(node, tag)) for tag, key in TEXTS.items()}
    notes["seventh_note"] = " ".join(texts_of(node, "sevenChrNote"))
    return {key: value for key, value in notes.items() if value}


def texts_of(node: Node, tag: str) -> list[str]:
    found = (note.text for part in node.every(tag) for note in part.every("note"))
    return [text for text in found if text]


def with_references(notes: dict[str, Any]) -> dict[str, Any]:
    """The notes with the codes that some of them name between parentheses, empty ones left out."""
    for key, codes_key in NAMED.items():
        told = notes.get(key, ())
        texts = told.split("\n") if isinstance(told, str) else told
        notes[codes_key] = [code for text in texts for code in references(text)]
    return {key: value for key, value in notes.items() if value}


def seventh_of(diag: Node) -> dict[str, str]:
    """7th character -> what it means. A note after one is another wording of it: not in titles."""
    return {
        part.attributes.get("char", ""): part.text
        for definition in diag.every("sevenChrDef")
        for part in definition.every("extension")
    }


def extended(code: TabularCode, known: Collection[str]) -> list[tuple[str, str, str]]:
    """(code, title, 7th character) of the codes below one that waits for it, if they are `known`.

    Places up to the sixth are filled with X.
    """
    stem = code.code.ljust(6, "X")
    made = (
        (stem + char, f"{code.title}, {meaning}", char) for char, meaning in code.seventh.items()
    )
    return [found for found in made if found[0] in known]
