"""The text inside files of documents: PDF with a text layer, DOCX, plain text.

A PDF without text is a scan: it is kept and read on screen. Which library and why:
docs/decisions/0018-text-of-charts.md.
"""

import io
import zipfile
from typing import NamedTuple
from xml.etree import ElementTree

from coding.rules.told import FileTold, Unusable
from rcm.pdf import NotReadable, read_text

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT = "text/plain"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# A document unfolds to this many bytes of XML at most.
MOST_XML = 50 * 1024 * 1024
SEND_AGAIN = "Open the file on your own machine; if it is damaged there too, have it sent again."


class ReadFile(NamedTuple):
    """What a file says; `text` is empty for a scan. `pages` is None where pages are not fixed."""

    text: str
    pages: int | None


def media_type_of(content: bytes) -> str:
    """By the first bytes; names tell nothing. Empty when it is none of ours."""
    if content.lstrip(b"\r\n\t \xef\xbb\xbf")[:5] == b"%PDF-":
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return DOCX if is_docx(content) else ""
    return TEXT if b"\0" not in content[:4096] else ""


def is_docx(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def read_file(file: FileTold) -> ReadFile:
    """The text of a file. Raises Unusable for one that is damaged, locked or of another kind."""
    kind = media_type_of(file.content)
    if kind == PDF:
        return read_pdf(file)
    if kind == DOCX:
        return ReadFile(read_docx(file), None)
    if kind == TEXT:
        return ReadFile(read_plain(file), None)
    text = f"{file.name} is no PDF, Word or text file."
    raise Unusable("file_kind_unknown", text, place=file.name, advice=SEND_AGAIN)


def read_pdf(file: FileTold) -> ReadFile:
    try:
        pages = read_text(file.content)
    except NotReadable as error:
        raise Unusable("file_damaged", str(error), place=file.name, advice=SEND_AGAIN) from error
    text = "\n\n".join(page.strip() for page in pages if page.strip())
    return ReadFile(text.replace("\0", ""), len(pages))


def read_docx(file: FileTold) -> str:
    """Paragraphs in order; a table's cells are separated by tabs."""
    try:
        with (
            zipfile.ZipFile(io.BytesIO(file.content)) as archive,
            archive.open("word/document.xml") as member,
        ):
            xml = member.read(MOST_XML + 1)
        if len(xml) > MOST_XML:
            raise Unusable("file_too_large", f"{file.name} unfolds without end.", place=file.name)
        # Word writes UTF-8 and no document type; one could define texts that unfold without end.
        if b"<!DOCTYPE" in xml or b"\0" in xml:
            raise ValueError("document type")
        root = ElementTree.fromstring(xml)  # noqa: S314  (no document type, bounded)
    except (zipfile.BadZipFile, ValueError, KeyError, EOFError, OSError) as error:
        text = f"{file.name} is damaged: no text can be read from it."
        raise Unusable("file_damaged", text, place=file.name, advice=SEND_AGAIN) from error
    except (ElementTree.ParseError, RuntimeError, NotImplementedError) as error:
        text = f"{file.name} is damaged or locked: no text can be read from it."
        raise Unusable("file_damaged", text, place=file.name, advice=SEND_AGAIN) from error
    lines = [paragraph(node) for node in root.iter(f"{WORD}p")]
    return "\n".join(lines).strip()


def paragraph(node: ElementTree.Element) -> str:
    """Its own text: paragraphs inside it (text boxes) are lines of their own."""
    parts = []
    for child in node:
        if child.tag == f"{WORD}t":
            parts.append(child.text or "")
        elif child.tag == f"{WORD}tab":
            parts.append("\t")
        elif child.tag in (f"{WORD}br", f"{WORD}cr"):
            parts.append("\n")
        elif child.tag != f"{WORD}p":
            parts.append(paragraph(child))
    return "".join(parts)


def read_plain(file: FileTold) -> str:
    """UTF-8, else Windows-1252. Raises Unusable with the byte that is neither."""
    try:
        return file.content.decode("utf-8-sig").replace("\r\n", "\n").replace("\0", "")
    except UnicodeDecodeError:
        try:
            return file.content.decode("cp1252").replace("\r\n", "\n").replace("\0", "")
        except UnicodeDecodeError as error:
            text = f"{file.name} is no text at byte {error.start:,}."
            raise Unusable("encoding_wrong", text, place=file.name, advice=SEND_AGAIN) from error
