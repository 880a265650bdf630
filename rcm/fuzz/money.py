"""Damage to amounts and claims; where it helps, the counts are put right again."""

from collections.abc import Callable
from random import Random

from rcm.fuzz.segments import AMOUNTS, Mutator, claim_blocks, join, recount, split


def change_amount(random: Random, content: bytes, change: Callable[[str], str]) -> bytes:
    """Change one amount somewhere."""
    segments = split(content)
    places = [
        (segment, index)
        for segment in segments
        for index in AMOUNTS.get(segment[0], ())
        if len(segment) > index and segment[index]
    ]
    segment, index = random.choice(places)
    segment[index] = change(segment[index])
    return join(segments)


def add_cents(text: str, cents: int) -> str:
    whole, _, fraction = text.lstrip("-").partition(".")
    total = int(whole or "0") * 100 + int((fraction + "00")[:2])
    total = (-total if text.startswith("-") else total) + cents
    sign = "-" if total < 0 else ""
    return f"{sign}{abs(total) // 100}.{abs(total) % 100:02d}"


def by_a_cent(random: Random, content: bytes) -> bytes:
    cents = random.choice((1, -1))
    return change_amount(random, content, lambda text: add_cents(text, cents))


def by_the_sign(random: Random, content: bytes) -> bytes:
    def turn(text: str) -> str:
        return text[1:] if text.startswith("-") else f"-{text}"

    return change_amount(random, content, turn)


def three_decimals(random: Random, content: bytes) -> bytes:
    last = random.choice("05")
    return change_amount(random, content, lambda text: f"{add_cents(text, 0)}{last}")


def no_amount(random: Random, content: bytes) -> bytes:
    other = random.choice(
        ("", "12,50", "1E2", "NaN", "$5", "+1", "--1", "1.2.3", " 5", "\xb2", "0x1")
    )
    return change_amount(random, content, lambda text: other)


def huge_amount(random: Random, content: bytes) -> bytes:
    other = random.choice(("9999999999.99", "99999999999", "9" * 30, "-9999999999.99"))
    return change_amount(random, content, lambda text: other)


def two_amounts(random: Random, content: bytes) -> bytes:
    """A cent from here to there: some equations still hold."""
    change = change_amount(random, content, lambda text: add_cents(text, 1))
    return change_amount(random, change, lambda text: add_cents(text, -1))


def all_amounts_huge(random: Random, content: bytes) -> bytes:
    """Balanced and larger than any column: every amount of the file times a billion."""

    def grow(segment: list[str]) -> list[str]:
        places = AMOUNTS.get(segment[0], ())
        return [
            f"{text}000000000" if index in places and text and "." not in text else text
            for index, text in enumerate(segment)
        ]

    return join([grow(segment) for segment in split(content)])


def drop_claim(random: Random, content: bytes) -> bytes:
    segments = split(content)
    start, end = random.choice(claim_blocks(segments))
    del segments[start:end]
    return join(recount(segments))


def double_claim(random: Random, content: bytes) -> bytes:
    segments = split(content)
    start, end = random.choice(claim_blocks(segments))
    segments[end:end] = [list(segment) for segment in segments[start:end]]
    return join(recount(segments))


def unknown_claim(random: Random, content: bytes) -> bytes:
    segments = split(content)
    start, _ = random.choice(claim_blocks(segments))
    segments[start][1] = random.choice(("0", "NOBODY", "X" * 38, "X" * 39, "a'b;--"))
    return join(segments)


def add_provider_adjustment(random: Random, content: bytes) -> bytes:
    segments = split(content)
    places = [at for at, segment in enumerate(segments) if segment[0] == "SE"]
    amount = random.choice(("0.01", "-0.01", "125", "0"))
    place = random.choice(places)
    segments.insert(place, ["PLB", "1457394527", "20261231", "WO:NEW", amount])
    return join(recount(segments))


def drop_provider_adjustments(random: Random, content: bytes) -> bytes:
    kept = [segment for segment in split(content) if segment[0] != "PLB"]
    return join(recount(kept))


def other_payee(random: Random, content: bytes) -> bytes:
    content = content.replace(b"REF*TJ*371234567~", b"REF*TJ*999999999~")
    return content.replace(b"*XX*1457394527", random.choice((b"*XX*1245319599", b"*FI*12", b"")))


MUTATORS: tuple[Mutator, ...] = (
    *(by_a_cent, by_the_sign, three_decimals, no_amount, huge_amount, two_amounts),
    *(all_amounts_huge, drop_claim, double_claim, unknown_claim, add_provider_adjustment),
    *(drop_provider_adjustments, other_payee),
)
