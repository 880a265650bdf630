"""The files of `rcm.fuzz.remittances` as lists: segments end in ``~``, elements in ``*``."""

from collections.abc import Callable
from random import Random

Mutator = Callable[[Random, bytes], bytes]
Segments = list[list[str]]

# Where each segment holds money.
AMOUNTS = {
    "BPR": (2,),
    "CLP": (3, 4),
    "SVC": (2, 3),
    "CAS": (3, 6, 9, 12),
    "PLB": (4, 6, 8, 10, 12, 14),
}
INNER = ("ST", "SE", "GS", "GE", "ISA", "IEA")


def split(content: bytes) -> Segments:
    """Segments as lists of elements."""
    texts = content.decode("latin-1").rstrip("~").split("~")
    return [text.split("*") for text in texts]


def join(segments: Segments) -> bytes:
    return ("~".join("*".join(segment) for segment in segments) + "~").encode("latin-1")


def recount(segments: Segments) -> Segments:
    """Right SE01, GE01 and control numbers again, so that only the money gives a change away."""
    first, transactions = 0, 0
    for index, segment in enumerate(segments):
        if segment[0] == "ST":
            first, transactions = index, transactions + 1
            segment[2] = f"{transactions:04d}"
        elif segment[0] == "SE":
            segment[1:] = [str(index - first + 1), f"{transactions:04d}"]
        elif segment[0] == "GE":
            segment[1] = str(transactions)
            transactions = 0
    return segments


def claim_blocks(segments: Segments) -> list[tuple[int, int]]:
    """Where each CLP begins and ends."""
    found = []
    for start, segment in enumerate(segments):
        if segment[0] == "CLP":
            ends = ("CLP", "PLB", "SE", "LX")
            end = next(at for at in range(start + 1, len(segments)) if segments[at][0] in ends)
            found.append((start, end))
    return found
