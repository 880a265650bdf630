"""What a file that goes with a claim really is, from its bytes. A name may say anything."""

import re

from billing.rules.page_images import SUFFIXES as PAGE_SUFFIXES
from billing.rules.page_images import page_type

TIFF, TEXT = "image/tiff", "text/plain"
SUFFIXES = {**PAGE_SUFFIXES, TIFF: "tif", TEXT: "txt"}
_TIFF_ORDERS = {b"II*\x00": "little", b"MM\x00*": "big"}
# Anything a printer would not print: such a file is no text.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_UTF_8_MARK = b"\xef\xbb\xbf"


def file_type(content: bytes) -> str | None:
    """PDF, PNG, JPEG, TIFF or plain text (UTF-8) when the bytes are that, else None."""
    if found := page_type(content):
        return found
    if is_tiff(content):
        return TIFF
    return TEXT if read_text(content) is not None else None


def is_tiff(content: bytes) -> bool:
    """The byte order, and a first directory of at least one entry inside the file."""
    order = _TIFF_ORDERS.get(content[:4])
    if order is None or len(content) < 8:
        return False
    first = _number(content, 4, 4, order)
    if first < 8 or first + 2 > len(content):
        return False
    entries = _number(content, first, 2, order)
    return entries > 0 and first + 2 + 12 * entries <= len(content)


def read_text(content: bytes) -> str | None:
    """The text of a UTF-8 file that holds something to read and nothing else, else None.

    A file that begins like one of the other types and is broken is no text.
    """
    if content.startswith(b"%PDF-"):
        return None
    try:
        text = content.removeprefix(_UTF_8_MARK).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.strip() and not _CONTROL.search(text) else None


def _number(content: bytes, at: int, size: int, order: str) -> int:
    return int.from_bytes(content[at : at + size], "little" if order == "little" else "big")
