"""The document of an MDM message: TXA and the text or file of its OBX."""

import base64
import binascii
from datetime import datetime, tzinfo

from coding.rules.hl7 import Message, Segment, unescape
from coding.rules.hl7_values import moment
from coding.rules.told import DocumentTold, FileTold, Unusable

# TXA-2 (table 0270) to our kinds and titles.
KINDS = {
    "PR": ("progress_note", "Progress note"),
    "PN": ("procedure_note", "Procedure note"),
    "OP": ("operative", "Operative report"),
    "DI": ("imaging", "Imaging report"),
    "SP": ("pathology", "Pathology report"),
    "LB": ("laboratory", "Laboratory report"),
    "HP": ("progress_note", "History and physical"),
    "CN": ("progress_note", "Consultation"),
    "ED": ("progress_note", "Emergency department note"),
    "DS": ("other", "Discharge summary"),
    "CD": ("other", "Cardiodiagnostics"),
    "TS": ("other", "Transfer summary"),
}
SIGNED = frozenset({"AU", "LA"})
TEXTS = frozenset({"TX", "FT", "ST", ""})
# OBX-5.2 and 5.3 to a media type, in lower case.
MEDIA = {
    "pdf": ("application/pdf", "pdf"),
    "plain": ("text/plain", "txt"),
    "ascii": ("text/plain", "txt"),
    "txt": ("text/plain", "txt"),
    "vnd.openxmlformats-officedocument.wordprocessingml.document": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
    ),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
    ),
}


def document_of(message: Message, txa: Segment, event: str, zone: tzinfo) -> DocumentTold:
    """The document of T01 to T11. Raises Unusable without its number, or without content."""
    number = document_number(txa, 12)
    parent = document_number(txa, 13)
    if not number:
        raise Unusable(
            "document_number_missing",
            "The document has no number (TXA-12), so that it could not be amended later.",
            place="TXA-12",
        )
    kind, title = KINDS.get(txa.get(2).upper(), ("other", txa.get(2, 2) or "Document"))
    if event == "T11" or txa.get(19).upper() in ("CA", "OB"):
        return DocumentTold(number, kind, title, is_cancelled=True, place="TXA")
    relation = {"T06": "addendum", "T10": "replacement"}.get(event, "")
    if relation and not parent:
        what = "addendum" if event == "T06" else "replacement"
        message_text = (
            f"The document is an {what}" if event == "T06" else f"The document is a {what}"
        )
        raise Unusable(
            "document_parent_missing",
            f"{message_text} of another one, which TXA-13 does not name.",
            place="TXA-13",
        )
    text, file = content_of(message)
    if not text.strip() and file is None:
        if event == "T01":
            raise Unusable("no_content", "T01 announces a document without text.", place="OBX-5")
        raise Unusable("no_content", f"{message.type} has no text in OBX-5.", place="OBX-5")
    signed_by, signed_at = signature_of(txa, zone)
    return DocumentTold(
        external_id=number,
        kind=kind,
        title=title[:120],
        text=text,
        signed_by=signed_by[:80],
        signed_at=signed_at,
        parent_id=parent,
        relation=relation,
        file=file,
        place="TXA",
    )


def document_number(txa: Segment, field: int) -> str:
    """An EI as one text: the number, with its authority when there is one."""
    parts = [txa.get(field, component) for component in (1, 2)]
    return "^".join(part for part in parts if part)[:80]


def signature_of(txa: Segment, zone: tzinfo) -> tuple[str, datetime | None]:
    """Who authenticated it and when (TXA-22); its author when only TXA-17 says it is signed."""
    name = person_name(txa, 22)
    status = txa.get(17).upper()
    if name or status in SIGNED:
        when = moment(txa, 22, zone, component=15)
        return name or person_name(txa, 9) or person_name(txa, 5) or "Signed", when
    return "", None


def person_name(segment: Segment, field: int) -> str:
    """``Annika Lindqvist`` of an XCN."""
    names = segment.get(field, 3), segment.get(field, 2)
    return " ".join(name for name in names if name)


def content_of(message: Message) -> tuple[str, FileTold | None]:
    """The text of all OBX in order, and the file one of them encapsulates."""
    lines: list[str] = []
    file = None
    for order, obx in enumerate(message.all("OBX"), 1):
        kind = obx.get(2).upper()
        if kind in TEXTS:
            marks = obx.delimiters
            parts = obx.raw(5).split(marks.repetition)
            lines += [unescape(part, marks) for part in parts]
        elif kind == "ED":
            found = file_of(obx, order)
            if found.media_type == "text/plain":
                lines.append(plain_text(found.content, order))
            elif file is None:
                file = found
            else:
                text = "The message carries two files; one document has one."
                raise Unusable("two_files", text, place=f"OBX-5 ({order})")
        else:
            raise Unusable(
                "content_unknown",
                f"OBX-2 is {kind or 'empty'}: only text (TX, FT, ST) and files (ED) are read.",
                place=f"OBX-2 ({order})",
                advice="A pointer to a file elsewhere (RP) cannot be followed; send the file.",
            )
    return "\n".join(lines), file


def file_of(obx: Segment, order: int) -> FileTold:
    """The file of an ED value, its base64 or hexadecimal resolved."""
    place = f"OBX-5.5 ({order})"
    subtype = (obx.get(5, 3) or obx.get(5, 2)).lower().removeprefix("application/")
    media_type, ending = MEDIA.get(subtype, ("application/octet-stream", "bin"))
    encoding, packed = obx.get(5, 4).lower(), obx.get(5, 5)
    try:
        if encoding == "base64":
            content = base64.b64decode("".join(packed.split()), validate=True)
        elif encoding == "hex":
            content = bytes.fromhex(packed)
        else:
            content = packed.encode()
    except (binascii.Error, ValueError) as error:
        text = f"{place} is not whole {encoding}: the file arrived damaged."
        raise Unusable("file_damaged", text, place=place) from error
    if not content:
        raise Unusable("file_empty", f"{place} holds no file.", place=place)
    name = f"document.{ending}"
    return FileTold(name, media_type, content)


def plain_text(content: bytes, order: int) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = f"OBX-5.5 ({order})"
        text = f"The text file in {place} is not UTF-8 at byte {error.start:,}."
        raise Unusable("encoding_wrong", text, place=place) from error
