"""Damage to bytes, encodings and separators, and what people wrap files in."""

import gzip
import io
import re
import zipfile
from random import Random

from rcm.fuzz.money import by_a_cent
from rcm.fuzz.segments import Mutator


def flip_bytes(random: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 8, 20))):
        changed[random.randrange(len(changed))] = random.choice(b"~*:^\r\n\x00AZ09-.\xff ")
    return bytes(changed)


def drop_bytes(random: Random, content: bytes) -> bytes:
    start = random.randrange(len(content))
    return content[:start] + content[start + random.choice((1, 1, 5, 80)) :]


def insert_bytes(random: Random, content: bytes) -> bytes:
    place = random.randrange(len(content))
    return content[:place] + random.randbytes(random.choice((1, 1, 4, 60))) + content[place:]


def cut_end(random: Random, content: bytes) -> bytes:
    return content[: random.randrange(len(content))]


def cut_beginning(random: Random, content: bytes) -> bytes:
    return content[random.randrange(1, len(content)) :]


def repeat_block(random: Random, content: bytes) -> bytes:
    start = random.randrange(len(content))
    end = min(len(content), start + random.randrange(1, 400))
    return content[:end] + content[start:]


def utf16(random: Random, content: bytes) -> bytes:
    return content.decode("latin-1").encode(random.choice(("utf-16", "utf-16-le", "utf-16-be")))


def byte_order_mark(random: Random, content: bytes) -> bytes:
    return random.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) + content


def accents(random: Random, content: bytes) -> bytes:
    name = random.choice(("Ñandú", "Müller", "Größe"))
    return content.replace(b"*ADA*", f"*{name}*".encode(random.choice(("latin-1", "utf-8"))), 1)


def zero_byte(random: Random, content: bytes) -> bytes:
    place = random.choice([match.end() for match in re.finditer(rb"\*[A-Z0-9]", content)])
    return content[:place] + b"\x00" + content[place:]


def carriage_return(random: Random, content: bytes) -> bytes:
    for _ in range(random.choice((1, 3))):
        place = random.randrange(107, len(content))
        content = content[:place] + b"\r" + content[place:]
    return content


def line_breaks(random: Random, content: bytes) -> bytes:
    return content.replace(b"~", random.choice((b"~\r\n", b"~\n", b"~\r", b"~\n\n")))


def wrapped(random: Random, content: bytes) -> bytes:
    width = random.choice((80, 72, 132))
    return b"\r\n".join(content[at : at + width] for at in range(0, len(content), width))


def lower_case(random: Random, content: bytes) -> bytes:
    return content[:106] + content[106:].lower()


def other_separators(random: Random, content: bytes) -> bytes:
    marks = random.choice((b"|>'", b"+;\n", b"\x1d\x1f\x1c", b"!&\r"))
    return content.translate(bytes.maketrans(b"*:~", marks))


def one_other_terminator(random: Random, content: bytes) -> bytes:
    places = [match.start() for match in re.finditer(b"~", content)]
    place = random.choice(places)
    return content[:place] + random.choice((b"'", b"\n", b"", b"~~")) + content[place + 1 :]


def separator_in_text(random: Random, content: bytes) -> bytes:
    return content.replace(b"ADA", random.choice((b"A*A", b"A~A", b"A:A", b"A^A")), 1)


def elements_doubled(random: Random, content: bytes) -> bytes:
    place = random.choice([match.start() for match in re.finditer(rb"\*", content)])
    return content[:place] + b"*" + content[place:]


def pack(random: Random, *contents: bytes) -> bytes:
    """A zip file, sometimes cut."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, content in enumerate(contents):
            packed.writestr(random.choice(("a.835", "../a.835", "x/y.txt")) + str(number), content)
    whole = out.getvalue()
    return whole if random.random() < 0.7 else whole[: random.randrange(1, len(whole))]


def zipped(random: Random, content: bytes) -> bytes:
    others = [by_a_cent(random, content)] if random.random() < 0.3 else []
    return pack(random, content, *others)


def zipped_twice(random: Random, content: bytes) -> bytes:
    return pack(random, zipped(random, content))


def zipped_much(random: Random, content: bytes) -> bytes:
    """Small outside, 5 MB inside."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.835", content[:-30] + b" " * 5_000_000)
    return out.getvalue()


def gzipped(random: Random, content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


MUTATORS: tuple[Mutator, ...] = (
    *(flip_bytes, drop_bytes, insert_bytes, cut_end, cut_beginning, repeat_block),
    *(utf16, byte_order_mark, accents, zero_byte, carriage_return, line_breaks, wrapped),
    *(lower_case, other_separators, one_other_terminator, separator_in_text, elements_doubled),
    *(zipped, zipped_twice, zipped_much, gzipped),
)
