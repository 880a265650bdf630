"""Damage to segments, counters and nesting."""

from random import Random

from rcm.fuzz.segments import AMOUNTS, INNER, Mutator, join, recount, split


def drop_segment(random: Random, content: bytes) -> bytes:
    segments = split(content)
    del segments[random.randrange(len(segments))]
    return join(segments)


def drop_money_segment(random: Random, content: bytes) -> bytes:
    segments = split(content)
    places = [at for at, segment in enumerate(segments) if segment[0] in AMOUNTS]
    del segments[random.choice(places)]
    return join(recount(segments))


def double_segment(random: Random, content: bytes) -> bytes:
    segments = split(content)
    place = random.randrange(len(segments))
    segments.insert(place, list(segments[place]))
    return join(recount(segments) if random.random() < 0.7 else segments)


def swap_segments(random: Random, content: bytes) -> bytes:
    segments = split(content)
    one, two = random.sample(range(len(segments)), 2)
    segments[one], segments[two] = segments[two], segments[one]
    return join(segments)


def swap_neighbours(random: Random, content: bytes) -> bytes:
    segments = split(content)
    inner = [at for at in range(3, len(segments) - 4) if segments[at][0] not in INNER]
    place = random.choice(inner)
    segments[place], segments[place + 1] = segments[place + 1], segments[place]
    return join(segments)


def unknown_segment(random: Random, content: bytes) -> bytes:
    segments = split(content)
    place = random.randrange(3, len(segments) - 2)
    segments.insert(place, random.choice((["ZZZ", "1"], ["NTE", "ADD"], ["CAS"], ["SVC"], ["X"])))
    return join(recount(segments))


def empty_segments(random: Random, content: bytes) -> bytes:
    segments = split(content)
    for _ in range(random.choice((1, 5, 2_000))):
        segments.insert(random.randrange(1, len(segments)), [""])
    return join(segments)


def long_element(random: Random, content: bytes) -> bytes:
    segments = split(content)
    segment = random.choice(segments[2:-2])
    segment[random.randrange(1, len(segment))] = "X" * random.choice((60, 400, 40_000, 300_000))
    return join(segments)


def empty_element(random: Random, content: bytes) -> bytes:
    segments = split(content)
    segment = random.choice(segments[2:-2])
    segment[random.randrange(1, len(segment))] = ""
    return join(segments)


def other_code(random: Random, content: bytes) -> bytes:
    """A status, group, reason, qualifier or procedure that nobody knows."""
    segments = split(content)
    choices = {"CLP": (2,), "CAS": (1, 2), "SVC": (1,), "LQ": (1, 2), "BPR": (1, 3, 4)}
    known = [segment for segment in segments if segment[0] in choices]
    segment = random.choice(known)
    segment[random.choice(choices[segment[0]])] = random.choice(("ZZ", "9", "é", "22", "", "N999"))
    return join(segments)


def wrong_count(random: Random, content: bytes) -> bytes:
    segments = split(content)
    trailers = [segment for segment in segments if segment[0] in ("SE", "GE", "IEA")]
    segment = random.choice(trailers)
    segment[random.choice((1, 1, 2))] = random.choice(("0", "1", "99", "", "X", "-1", "9" * 12))
    return join(segments)


def same_control_number(random: Random, content: bytes) -> bytes:
    segments = split(content)
    for segment in segments:
        if segment[0] in ("ST", "SE"):
            segment[2] = random.choice(("0001", "", "0002"))
    return join(segments)


def file_twice(random: Random, content: bytes) -> bytes:
    return content + random.choice((b"", b"\r\n", b"junk", b"\x1a")) + content


def interchange_inside(random: Random, content: bytes) -> bytes:
    segments = split(content)
    place = random.randrange(2, len(segments) - 1)
    return join([*segments[:place], *segments[:-1], *segments[place:]])


def transaction_inside(random: Random, content: bytes) -> bytes:
    segments = split(content)
    place = random.randrange(3, len(segments) - 2)
    segments.insert(place, ["ST", "835", "0009"])
    return join(segments)


def transaction_twice(random: Random, content: bytes) -> bytes:
    segments = split(content)
    start = next(at for at, segment in enumerate(segments) if segment[0] == "ST")
    end = next(at for at, segment in enumerate(segments) if segment[0] == "SE")
    segments[end + 1 : end + 1] = [list(segment) for segment in segments[start : end + 1]]
    return join(recount(segments))


def other_transaction(random: Random, content: bytes) -> bytes:
    kind = random.choice((b"ST*837*", b"ST*999*", b"ST*277*", b"ST**", b"ST*820*"))
    return content.replace(b"ST*835*", kind, 1)


def other_version(random: Random, content: bytes) -> bytes:
    version = random.choice((b"004010X091A1", b"005010X222A1", b"", b"005010X221"))
    return content.replace(b"005010X221A1", version, 1)


MUTATORS: tuple[Mutator, ...] = (
    *(drop_segment, drop_money_segment, double_segment, swap_segments, swap_neighbours),
    *(unknown_segment, empty_segments, long_element, empty_element, other_code),
    *(wrong_count, same_control_number, file_twice, interchange_inside, transaction_inside),
    *(transaction_twice, other_transaction, other_version),
)
