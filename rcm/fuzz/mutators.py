"""Every way to damage an 835, by name.

A mutator takes the random source and bytes, and gives other bytes. It may find nothing to do and
give the same; the run counts whether it took effect.
"""

from random import Random

from rcm.fuzz import money, structure, wire
from rcm.fuzz.segments import Mutator


def untouched(random: Random, content: bytes) -> bytes:
    """The control group: these have to post."""
    return content


MUTATORS: dict[str, Mutator] = {
    mutator.__name__: mutator
    for mutator in (untouched, *wire.MUTATORS, *structure.MUTATORS, *money.MUTATORS)
}
