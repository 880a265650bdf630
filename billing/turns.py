"""Large work of one practice takes turns, so that it never fills all workers of the others."""

from collections.abc import Iterator
from contextlib import contextmanager

from rcm.locks import alone

LOCK_CLASS = 8350  # first key of the advisory locks of practices
LARGE_FILE = 2_000_000  # bytes; about 3,000 claims
LARGE_PAYMENT = 3_000  # claims


@contextmanager
def own_turn(practice_id: int, *, is_large: bool) -> Iterator[bool]:
    """True when the work may begin: it is small, or no other large work of the practice runs.

    Otherwise it is left to the sweep, which asks again.
    """
    if not is_large:
        yield True
        return
    with alone(LOCK_CLASS, practice_id) as is_ours:
        yield is_ours
