"""HL7 version 2 as bytes: framing, character sets, delimiters, escapes, batches.

Source: HL7 v2.5.1 chapter 2 (2.5 delimiters, 2.7 escapes, 2.10.3 batches, table 0211). What a
message means is told by coding.rules.hl7_messages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coding.rules.told import Unusable

START, END = b"\x0b", b"\x1c\r"
MOST_SEGMENTS = 20_000
LINES = re.compile(rb"\r\n|\r|\n")
SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}$")
HEADERS = (b"MSH", b"FHS", b"BHS", b"BTS", b"FTS")
# MSH-18 (table 0211) to Python's name.
CHARSETS = {
    "ASCII": "ascii",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    "8859/1": "latin-1",
    "ISO-8859-1": "latin-1",
    "8859/15": "iso8859-15",
    "WINDOWS-1252": "cp1252",
}
# Bytes 80 to 9F are control characters of Latin-1: nobody writes them, so the set is another.
C1 = re.compile(rb"[\x80-\x9f]")


@dataclass(frozen=True, slots=True)
class Delimiters:
    """MSH-1 and MSH-2."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"


@dataclass(frozen=True, slots=True)
class Segment:
    """One line. `number` counts from 1 over the message; fields[0] is the name.

    Field numbers are those of the standard, also in MSH, where MSH-1 is the delimiter itself.
    """

    name: str
    number: int
    fields: tuple[str, ...]
    delimiters: Delimiters

    def raw(self, field: int) -> str:
        return self.fields[field] if field < len(self.fields) else ""

    def repetitions(self, field: int) -> int:
        """How many times a field is said; 0 when it is empty."""
        raw = self.raw(field)
        return raw.count(self.delimiters.repetition) + 1 if raw else 0

    def get(self, field: int, component: int = 1, repetition: int = 1, sub: int = 1) -> str:
        """The text of one component, escapes resolved; empty when it is not said.

        ``""`` (two quotes: delete) stays as it is.
        """
        marks = self.delimiters
        text = self.raw(field)
        if self.name == "MSH" and field <= 2:
            return text
        for mark, number in (
            (marks.repetition, repetition),
            (marks.component, component),
            (marks.subcomponent, sub),
        ):
            parts = text.split(mark) if mark else [text]
            text = parts[number - 1] if number <= len(parts) else ""
        return unescape(text, marks).strip()


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `charset` is what it was read as, `warnings` what was odd about that."""

    segments: tuple[Segment, ...]
    charset: str
    warnings: tuple[str, ...] = ()

    @property
    def header(self) -> Segment:
        return self.segments[0]

    @property
    def type(self) -> str:
        """MSH-9: ``ADT^A01``."""
        return f"{self.header.get(9, 1)}^{self.header.get(9, 2)}"

    @property
    def control_id(self) -> str:
        return self.header.get(10)

    def first(self, name: str) -> Segment | None:
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator[Segment]:
        return (segment for segment in self.segments if segment.name == name)


def unframe(content: bytes) -> bytes:
    """Without an MLLP frame and a byte order mark."""
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t \x0b")
    return text.rstrip(b"\r\n\t \x1c") + b"\r" if text else b""


def canonical(content: bytes) -> bytes:
    """The same message however it was framed and its lines ended: what makes two copies one."""
    return LINES.sub(b"\r", unframe(content))


def is_hl7(content: bytes) -> bool:
    return unframe(content)[:3] in HEADERS


def is_batch(content: bytes) -> bool:
    """More than one message, or one inside a batch envelope."""
    plain = canonical(content)
    return plain[:3] in (b"FHS", b"BHS") or plain.count(b"\rMSH") > 0


def split_batch(content: bytes) -> list[bytes]:
    """The messages of a file in order, each ended by CR. Raises Unusable when the file is not
    whole: FHS without FTS, BHS without BTS, or another number of messages than BTS-1 says.
    """
    messages: list[list[bytes]] = []
    names: list[str] = []
    told = 0
    for line in canonical(content).split(b"\r"):
        name = line[:3]
        if name in HEADERS:
            names.append(name.decode())
        if name == b"MSH":
            messages.append([line])
        elif name == b"BTS":
            count = line[4:].split(line[3:4])[0] if len(line) > 3 else b""
            told += int(count) if count.isdigit() else names.count("MSH") - told
        elif name not in HEADERS and messages and line:
            messages[-1].append(line)
    for opening, closing in (("FHS", "FTS"), ("BHS", "BTS")):
        if names.count(opening) != names.count(closing):
            raise Unusable(
                "batch_not_whole",
                f"The file has {names.count(opening)} {opening} and {names.count(closing)} "
                f"{closing}: its end is missing. Nothing of it was used.",
                place=closing,
                advice="Ask the sender for the whole file.",
            )
    if "BTS" in names and told != len(messages):
        raise Unusable(
            "batch_count_wrong",
            f"BTS-1 says {told:,} messages, the file has {len(messages):,}. Nothing was used.",
            place="BTS-1",
            advice="Ask the sender for the whole file.",
        )
    return [b"\r".join(lines) + b"\r" for lines in messages]


def read_message(content: bytes) -> Message:
    """Read one message in whatever framing and line ends. Raises Unusable with the place."""
    plain = canonical(content)
    if plain[:3] != b"MSH":
        raise Unusable("no_header", "The message does not begin with MSH.", place="MSH")
    marks = read_delimiters(plain)
    text, charset, warnings = decode(plain, marks)
    segments: list[Segment] = []
    for line in join_lines(text, marks):
        fields = line.split(marks.field)
        if fields[0] == "MSH":
            fields.insert(1, marks.field)
        segments.append(Segment(fields[0], len(segments) + 1, tuple(fields), marks))
        if len(segments) > MOST_SEGMENTS:
            message = f"The message has more than {MOST_SEGMENTS:,} segments."
            raise Unusable("too_many_segments", message, place=f"segment {MOST_SEGMENTS + 1}")
    return Message(tuple(segments), charset, warnings)


def read_delimiters(plain: bytes) -> Delimiters:
    """From MSH-1 and MSH-2; each must be another character that is no letter or digit."""
    head = plain[3:20].split(b"\r")[0].decode("latin-1")
    mark = head[:1]
    rest = head[1:].split(mark)[0] if mark else ""
    marks = (mark, *rest[:4])
    is_wrong = any(m.isalnum() or m.isspace() or not m.isprintable() for m in marks)
    if len(marks) < 4 or is_wrong or len(set(marks)) < len(marks):
        raise Unusable(
            "delimiters_wrong",
            "MSH-1 and MSH-2 do not name the delimiters (usually |^~\\&).",
            place="MSH-2",
        )
    return Delimiters(*marks, *[""] * (5 - len(marks)))


def decode(plain: bytes, marks: Delimiters) -> tuple[str, str, tuple[str, ...]]:
    """The text, the character set and warnings. Raises Unusable at the first byte that is wrong.

    Without MSH-18 it is UTF-8, else Latin-1 with a warning.
    """
    header = plain.split(b"\r")[0].decode("latin-1").split(marks.field)
    said = header[17].split(marks.repetition)[0].strip().upper() if len(header) > 17 else ""
    if said and said not in CHARSETS:
        raise Unusable(
            "charset_unknown",
            f"The character set {said[:30]} is not one this system reads.",
            place="MSH-18",
            advice="Send UNICODE UTF-8 or 8859/1.",
        )
    charset = CHARSETS.get(said, "utf-8")
    if (zero := plain.find(b"\0")) >= 0:
        place = place_of_byte(plain, zero, marks)
        text = f"There is a NUL byte in {place}: the message arrived damaged."
        raise Unusable("encoding_wrong", text, place=place)
    try:
        text = plain.decode(charset)
        wrong = C1.search(plain) if charset == "latin-1" else None
        if wrong is None:
            return text, charset, ()
        at = wrong.start()
    except UnicodeDecodeError as error:
        at = error.start
        if not said and not C1.search(plain):
            warning = "MSH-18 names no character set and the text is not UTF-8: read as Latin-1."
            return plain.decode("latin-1"), "latin-1", (warning,)
    place = place_of_byte(plain, at, marks)
    raise Unusable(
        "encoding_wrong",
        f"The byte {plain[at]:02X} in {place} is no {said or 'UTF-8 or Latin-1'} text.",
        place=place,
        advice="The sender writes another character set than MSH-18 says.",
    )


def place_of_byte(plain: bytes, at: int, marks: Delimiters) -> str:
    """``PID-5`` for the byte at an offset."""
    start = plain.rfind(b"\r", 0, at) + 1
    line = plain[start:at].decode("latin-1")
    count = line.count(marks.field)
    return f"{line[:3]}-{count + 1 if line[:3] == 'MSH' else count}"


def join_lines(text: str, marks: Delimiters) -> list[str]:
    """Segments; a line that begins none is the rest of the text before it."""
    lines: list[str] = []
    for line in text.split("\r"):
        name = line.split(marks.field)[0]
        if SEGMENT.match(name) and (len(line) == 3 or line[3] == marks.field):
            lines.append(line)
        elif line.strip() and lines:
            lines[-1] += "\n" + line
    return lines


def unescape(text: str, marks: Delimiters) -> str:
    r"""Resolve \F\ \S\ \T\ \R\ \E\ \Xhh\ and the breaks of formatted text; the rest stays."""
    mark = marks.escape
    if not mark or mark not in text:
        return text
    parts = text.split(mark)
    out = [parts[0]]
    at = 1
    while at < len(parts):
        found = escaped(parts[at], marks) if at + 1 < len(parts) else None
        if found is None:
            out.append(mark + parts[at])
            at += 1
        else:
            out += [found, parts[at + 1]]
            at += 2
    return "".join(out)


def escaped(name: str, marks: Delimiters) -> str | None:
    """What one escape sequence stands for; None when it is none."""
    simple = {
        "F": marks.field,
        "S": marks.component,
        "T": marks.subcomponent,
        "R": marks.repetition,
        "E": marks.escape,
        "H": "",
        "N": "",
        ".br": "\n",
        ".ce": "\n",
        ".sp": "\n",
        ".fi": "",
        ".nf": "",
    }
    if name in simple:
        return simple[name]
    if re.fullmatch(r"X(?:[0-9A-Fa-f]{2})+", name):
        return bytes.fromhex(name[1:]).decode("latin-1")
    if spaces := re.fullmatch(r"\.sp\+?(\d{1,2})", name):
        return "\n" * int(spaces[1])
    return "" if re.fullmatch(r"\.(?:in|ti|sk)[+-]?\d{1,2}", name) else None


def escape(text: str, marks: Delimiters) -> str:
    """Text as it may stand in a component."""
    names = {
        marks.escape: "E",
        marks.field: "F",
        marks.component: "S",
        marks.repetition: "R",
        marks.subcomponent: "T",
    }
    wrapped = {mark: f"{marks.escape}{name}{marks.escape}" for mark, name in names.items() if mark}
    shown = "".join(wrapped.get(character, character) for character in text)
    return shown.replace("\r", " ").replace("\n", " ")
