"""Which provider adjustment is closed by which later one (PLB03; docs/provider-adjustments.md).

Positive reduces a payment, negative increases it: what a payer postponed (negative) it takes later
(positive). Amounts are signed integer cents. Nothing is guessed: what fits no entry, or several,
stays open.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Literal, NamedTuple

from payers.rules.provider_adjustments import meaning_of

Method = Literal["reference", "amount"]

# A part of a reference shorter than this says too little to be a number of something.
SHORTEST_PART = 4
# Medicare composes PLB03-2 by position: 1-2 its own code, 3-19 the control number, 20-30 the
# beneficiary. Only a reference longer than 19 can be one.
CONTROL_NUMBER = slice(2, 19)
BUCKETS = ((30, "0–30 days"), (60, "31–60 days"), (90, "61–90 days"))
OLDEST_BUCKET = "over 90 days"


class Entry(NamedTuple):
    """One PLB pair with what is open of it. `order` puts entries in the payer's time."""

    id: int
    payer: str
    code: str
    keys: frozenset[str]
    trace: str
    amount: int
    claim_id: int | None
    order: tuple[date, int, int]


class Link(NamedTuple):
    """`amount` cents above zero of `closing` close as much of `opening`, the earlier one."""

    opening: int
    closing: int
    amount: int
    method: Method


def normalize(text: str) -> str:
    """Trimmed, upper-case, without leading zeros: payers pad."""
    return text.strip().upper().lstrip("0")


def keys_of(reference: str) -> frozenset[str]:
    """Everything PLB03-2 may name: as a whole, by Medicare's positions, and each of its parts.

    A text without a digit names nothing: it is a word such as OVERPAYMENT.
    """
    parts = [part for part in re.split(r"[^0-9A-Za-z-]+", reference) if len(part) >= SHORTEST_PART]
    if len(reference) > CONTROL_NUMBER.stop:
        parts.append(reference[CONTROL_NUMBER])
    keys = (normalize(text) for text in (reference, *parts))
    return frozenset(key for key in keys if any(letter.isdigit() for letter in key))


def bucket_of(days: int) -> str:
    """The age bucket of an open item."""
    return next((label for limit, label in BUCKETS if days <= limit), OLDEST_BUCKET)


def link(
    items: Iterable[Entry], new: Iterable[Entry], apart: Collection[frozenset[int]] = frozenset()
) -> list[Link]:
    """Close open `items` with `new` entries, by reference first, then by amount.

    The earlier entry of a pair is the opening one, whichever of them is new. `apart` are pairs a
    person took apart: they stay so.
    """
    fresh = sorted(new, key=lambda entry: entry.order)
    known = {entry.id: entry for entry in (*items, *fresh)}
    pool = sorted(known.values(), key=lambda entry: entry.order)
    left = {entry.id: entry.amount for entry in pool}
    links: list[Link] = []
    for entry in fresh:
        for other in _counterparts(entry, pool, left, apart):
            if left[entry.id] and _same_reference(*_ordered(entry, other)):
                links.append(_close(entry, other, left, "reference"))
    for entry in fresh:
        found = [
            other
            for other in _counterparts(entry, pool, left, apart)
            if left[entry.id] == -left[other.id] and _may_close_by_amount(*_ordered(entry, other))
        ]
        if left[entry.id] == entry.amount and len(found) == 1:
            links.append(_close(entry, found[0], left, "amount"))
    return links


def _counterparts(
    entry: Entry, pool: Sequence[Entry], left: dict[int, int], apart: Collection[frozenset[int]]
) -> list[Entry]:
    """Open entries of the same payer and family with the opposite sign, oldest first."""
    family = meaning_of(entry.code).family
    return [
        other
        for other in pool
        if left[entry.id] * left[other.id] < 0
        and other.payer == entry.payer
        and meaning_of(other.code).family == family
        and frozenset((entry.id, other.id)) not in apart
    ]


def _ordered(entry: Entry, other: Entry) -> tuple[Entry, Entry]:
    return (entry, other) if entry.order < other.order else (other, entry)


def _same_reference(earlier: Entry, later: Entry) -> bool:
    """The same reference, or the later one names the payment the earlier one stood in."""
    return bool(earlier.keys & later.keys) or earlier.trace in later.keys


def _may_close_by_amount(earlier: Entry, later: Entry) -> bool:
    """Without a reference only what is taken after it was postponed closes, and 72 with WO.

    Two entries that name different claims of ours are two things.
    """
    is_taken = earlier.amount < 0 < later.amount
    is_acknowledged = "72" in (earlier.code, later.code) and earlier.code != later.code
    differ = None not in (earlier.claim_id, later.claim_id) and earlier.claim_id != later.claim_id
    return (is_taken or is_acknowledged) and not differ


def _close(entry: Entry, other: Entry, left: dict[int, int], method: Method) -> Link:
    amount = min(abs(left[entry.id]), abs(left[other.id]))
    for each in (entry, other):
        left[each.id] += -amount if left[each.id] > 0 else amount
    earlier, later = _ordered(entry, other)
    return Link(earlier.id, later.id, amount, method)
