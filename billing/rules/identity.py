"""Is this payment known? What a transaction says against what was recorded under the same payer,
trace number and day (peers ask by check number alone, and so suppress real payments).

A check number repeats over payers and years, one payment may come in several files, and one file
may come again in another envelope. So content decides, claim by claim; where it contradicts itself
a person decides. Amounts are integer cents.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Literal, NamedTuple

Fingerprint = bytes
# Our claim number and whether the statement takes a payment back.
ClaimKey = tuple[str, bool]

Kind = Literal["new", "duplicate", "addition", "part", "new_version", "overlaps"]


class LineContent(NamedTuple):
    """What a line moves: adjustments are (group, reason, cents)."""

    code: str
    modifiers: tuple[str, ...]
    amount_billed: int
    amount_paid: int
    line_control_number: str
    served_on: date | None
    adjustments: tuple[tuple[str, str, int], ...]


def fingerprint_claim(
    number: str,
    payer_number: str,
    status_code: str,
    amount_billed: int,
    amount_paid: int,
    adjustments: Iterable[tuple[str, str, int]],
    lines: Iterable[LineContent],
) -> Fingerprint:
    """Equal for equal statements about a claim, in whatever order and envelope they come."""
    said = (
        *(number, payer_number, status_code, amount_billed, amount_paid),
        sorted(adjustments),
        sorted(map(_plain_line, lines)),
    )
    return blake2b(repr(said).encode(), digest_size=16).digest()


def _plain_line(line: LineContent) -> tuple[object, ...]:
    # Sorted by text, because None and a date cannot be compared.
    return (*line[:5], str(line.served_on), sorted(line.adjustments))


def fingerprint_adjustment(provider: str, code: str, reference: str, amount: int) -> Fingerprint:
    """One PLB pair."""
    said = repr(("PLB", provider, code, reference, amount))
    return blake2b(said.encode(), digest_size=16).digest()


@dataclass(slots=True)
class Content:
    """What one transaction says. `amounts` are what each entry adds to the payment (CLP04, −PLB).

    `is_short` means only the payment's own equation does not hold.
    """

    amount_paid: int
    entries: Counter[Fingerprint] = field(default_factory=Counter)
    amounts: dict[Fingerprint, int] = field(default_factory=dict)
    claims: set[ClaimKey] = field(default_factory=set)
    is_balanced: bool = True
    is_short: bool = False

    def add(self, entry: Fingerprint, amount: int) -> None:
        self.entries[entry] += 1
        self.amounts[entry] = amount

    def total(self, entries: Counter[Fingerprint]) -> int:
        """What these entries add to the payment."""
        return sum(self.amounts[entry] * count for entry, count in entries.items())


@dataclass(slots=True)
class Known:
    """A remittance recorded before. `is_waiting`: held because it does not add up, nothing posted.

    `amount_deposited` is its BPR02 less what an earlier copy had deposited.
    """

    id: int
    content: Content
    amount_deposited: int
    is_waiting: bool = False


class Verdict(NamedTuple):
    """`of`: the remittances it is about. `fresh`: entries not recorded before, for an addition."""

    kind: Kind
    of: tuple[int, ...] = ()
    fresh: Counter[Fingerprint] = Counter()
    known_count: int = 0
    amount_elsewhere: int = 0


def judge(said: Content, known: Sequence[Known]) -> Verdict:
    """What to make of a transaction whose payer, trace number and day are known.

    duplicate: nothing new. part: the rest of a payment held for want of it. new_version: says all a
    held one said, anew. addition: repeats posted claims and adds some, and BPR02 has grown by just
    these. new: another payment. overlaps: none of these, so a person decides.
    """
    recorded: Counter[Fingerprint] = Counter()
    for row in known:
        recorded.update(row.content.entries)
    fresh = said.entries - recorded
    count = (said.entries & recorded).total()
    sharing = [row for row in known if _shares(said, row)]
    if not fresh:
        return _judge_repeated(said, known, count)
    waiting = [row for row in sharing if row.is_waiting]
    if waiting and len(waiting) == len(sharing):
        replaced = [row for row in waiting if row.content.claims <= said.claims]
        if replaced and len(replaced) == len(waiting):
            return Verdict("new_version", _ids(replaced), known_count=count)
        return Verdict("overlaps", _ids(sharing), known_count=count)
    if sharing:
        return _judge_addition(said, sharing, fresh, count)
    for row in known:
        if row.is_waiting and _completes(said, row):
            return Verdict("part", (row.id,))
    return Verdict("new")


def _judge_repeated(said: Content, known: Sequence[Known], count: int) -> Verdict:
    """Everything was said before. Without any entry only an equal payment is a repetition."""
    fitting = [row for row in known if row.content.entries & said.entries]
    if not said.entries:
        fitting = [row for row in known if row.content.amount_paid == said.amount_paid]
    if not fitting:
        return Verdict("new")
    nearest = max(fitting, key=lambda row: ((row.content.entries & said.entries).total(), -row.id))
    # What did not add up and does now was put right at its head, or by leaving something out.
    is_right_now = nearest.is_waiting and said.is_balanced
    if is_right_now and len(fitting) == 1 and nearest.content.claims <= said.claims:
        return Verdict("new_version", (nearest.id,), known_count=count)
    return Verdict("duplicate", (nearest.id,), known_count=count)


def _judge_addition(
    said: Content, sharing: Sequence[Known], fresh: Counter[Fingerprint], count: int
) -> Verdict:
    posted = [row for row in sharing if not row.is_waiting]
    deposited = sum(row.amount_deposited for row in posted)
    is_whole = all(row.content.entries <= said.entries for row in posted)
    grown = said.amount_paid - deposited
    if said.is_balanced and is_whole and len(posted) == len(sharing) and grown == said.total(fresh):
        return Verdict("addition", _ids(posted), fresh, count, deposited)
    return Verdict("overlaps", _ids(sharing), known_count=count)


def _shares(said: Content, row: Known) -> bool:
    """An entry in common, or the same claim said differently."""
    return bool(said.entries & row.content.entries or said.claims & row.content.claims)


def _completes(said: Content, row: Known) -> bool:
    """Two transactions of one payment, each without the other's claims."""
    is_same = said.amount_paid == row.content.amount_paid
    return is_same and said.is_short and row.content.is_short


def _ids(rows: Iterable[Known]) -> tuple[int, ...]:
    return tuple(row.id for row in rows)
