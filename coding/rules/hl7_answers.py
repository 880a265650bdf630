"""Acknowledgments of HL7 v2 (ACK): accepted, in error with the place, or rejected.

Source: HL7 v2.5.1 chapter 2.9 (original mode), MSA table 0008, ERR table 0357. No text of ours
names a patient: the answer may travel further than the message.
"""

import re
from datetime import datetime

from coding.rules.hl7 import END, START, Delimiters, escape, read_delimiters, unframe
from coding.rules.told import Unusable

REQUIRED, TYPE_WRONG, TYPE_UNKNOWN, KEY_UNKNOWN, INTERNAL = "101", "102", "200", "204", "207"
# Our code -> (table 0357, what an answer may say).
ERRORS = {
    "type_unknown": (TYPE_UNKNOWN, "This kind of message is not read here."),
    "identity_change": ("201", "A person decides on merged charts."),
    "time_wrong": (TYPE_WRONG, "Not a time."),
    "day_wrong": (TYPE_WRONG, "Not a day."),
    "encoding_wrong": (TYPE_WRONG, "Not in the character set of MSH-18."),
    "charset_unknown": ("103", "Character set not known."),
    "code_wrong": ("103", "Not a code of its code set."),
    "person_differs": (KEY_UNKNOWN, "The patient differs from the one of this number."),
    "provider_unknown": (KEY_UNKNOWN, "The provider is not known."),
    "location_unknown": (KEY_UNKNOWN, "The location is not known."),
    "visit_unknown": (KEY_UNKNOWN, "The visit is not known."),
    "patient_unknown": (KEY_UNKNOWN, "The patient is not known."),
    "failed_here": (INTERNAL, "It is kept and will be tried again."),
}
PLACE = re.compile(r"([A-Z][A-Z0-9]{2})(?:-(\d+))?(?:\.(\d+))?(?: \((\d+)\))?")


def write_answer(
    content: bytes, code: str, *, at: datetime, control_id: str, error: Unusable | None = None
) -> bytes:
    """An ACK for the message in `content`: AA, AE or AR, with an ERR when there is an error.

    Works for bytes that are no message too: then the answer has what could be read of a header.
    """
    header, marks = header_of(content)
    event = header[8].split(marks.component)[1:2] if len(header) > 8 else []
    names = [header[n] if len(header) > n else "" for n in (4, 5, 2, 3)]
    kind = marks.component.join(["ACK", *event])
    version = header[11] if len(header) > 11 and header[11] else "2.5.1"
    usage = header[10] if len(header) > 10 and header[10] else "P"
    when = f"{at:%Y%m%d%H%M%S}+0000"
    said = header[9] if len(header) > 9 else ""
    mark = marks.field
    first = marks.component + marks.repetition + marks.escape + marks.subcomponent
    rows = [
        ["MSH", first, *names, when, "", kind, escape(control_id, marks), usage, version],
        ["MSA", code, said],
    ]
    if error is not None:
        rows.append(error_row(error, marks))
    return "".join(mark.join(row) + "\r" for row in rows).encode()


def frame(content: bytes) -> bytes:
    """In an MLLP block."""
    return START + content + END


def header_of(content: bytes) -> tuple[list[str], Delimiters]:
    line = unframe(content).split(b"\r")[0].split(b"\n")[0].decode("latin-1")
    try:
        marks = read_delimiters(line.encode("latin-1"))
    except Unusable:
        return [], Delimiters()
    return line.split(marks.field)[:20], marks


def error_row(error: Unusable, marks: Delimiters) -> list[str]:
    """ERR-2 place, ERR-3 code, ERR-4 severity, ERR-8 words."""
    number, words = ERRORS.get(error.code, (REQUIRED, "Not complete or not readable."))
    found = PLACE.match(error.place)
    place = [""]
    if found:
        segment, field, component, order = found.groups()
        place = [segment, order or "1", field or "", "1" if component else "", component or ""]
    spot = marks.component.join(place).rstrip(marks.component)
    code = marks.component.join([number, escape(error.code, marks), "HL70357"])
    return ["ERR", "", spot, code, "E", "", "", "", escape(words, marks)]
