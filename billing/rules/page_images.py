"""What a scanned page really is, from its bytes. A name or a browser may say anything."""

import re
import zlib

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
SUFFIXES = {PDF: "pdf", PNG: "png", JPEG: "jpg"}
NAME_LENGTH = 200
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PDF_HEAD = re.compile(rb"%PDF-[12]\.[0-9]")
# Readers look for the end of a PDF in its last kilobyte; scanners pad with line ends or NUL.
_PDF_TAIL = 1024
_PADDING = b"\x00\r\n "


def page_type(content: bytes) -> str | None:
    """PDF, PNG or JPEG when the bytes are that from the first to the last, else None.

    A file that only begins like an image and then goes on as something else is neither.
    """
    if _is_png(content):
        return PNG
    if content.startswith(b"\xff\xd8\xff") and content.rstrip(_PADDING).endswith(b"\xff\xd9"):
        return JPEG
    if _PDF_HEAD.match(content) and b"%%EOF" in content[-_PDF_TAIL:]:
        return PDF
    return None


def _is_png(content: bytes) -> bool:
    """The signature, IHDR first, every chunk with its checksum, and nothing after IEND."""
    if not content.startswith(_PNG_HEAD):
        return False
    at, names = len(_PNG_HEAD), []
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        name, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            return False
        checksum = int.from_bytes(content[end - 4 : end], "big")
        if zlib.crc32(content[at + 4 : end - 4]) != checksum:
            return False
        names.append(name)
        at = end
        if name == b"IEND":
            break
    return bool(names) and names[0] == b"IHDR" and names[-1] == b"IEND" and at == len(content)


def page_name(name: str) -> str:
    """The last part of a path, without control characters, of a length that can be stored."""
    last = re.split(r"[\\/]", name)[-1]
    clean = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", last).strip(" .")
    return clean[-NAME_LENGTH:] or "page"
