"""An 837 file, read into what must be answered: interchanges, groups, transactions, claims.

Reading is `rcm.x12.reader`; this module only sorts its items. Two facts the items do not carry
are taken from the bytes themselves: ISA14 (is a TA1 wanted?) and BHT03 (the batch reference the
277CA must return).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.claim_837p import Claim, Submitter
from rcm.x12.envelope import (
    GroupStart,
    InterchangeEnd,
    InterchangeStart,
    TransactionEnd,
    TransactionStart,
)
from rcm.x12.items import AnyClaim, Item
from rcm.x12.problems import Problem
from rcm.x12.reader import read

HEADER_SEARCH = 2_000


@dataclass
class SentTransaction:
    """One ST as it arrived. Its claims count only when `is_intact`."""

    start: TransactionStart
    batch_reference: str = ""
    submitter: Submitter | None = None
    claims: list[AnyClaim] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_intact: bool = False

    @property
    def is_claims(self) -> bool:
        return self.start.type == "837"


@dataclass
class SentGroup:
    """One GS with its transactions. `problems` are those of GS and GE."""

    start: GroupStart
    transactions: list[SentTransaction] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether GE closes the group with the right count and control number."""
        return not any(problem.severity == "error" for problem in self.problems)


@dataclass
class SentInterchange:
    """One ISA to IEA. `problems` are those of the envelope itself, outside any transaction."""

    start: InterchangeStart
    wants_acknowledgment: bool
    groups: list[SentGroup] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    end: InterchangeEnd | None = None

    @property
    def is_sound(self) -> bool:
        """Whether the envelope may be trusted: it ends, and no error lies in it itself.

        Errors of groups and transactions are answered by 999, not by TA1.
        """
        has_error = any(problem.severity == "error" for problem in self.problems)
        return self.end is not None and not has_error


def read_submission(content: bytes) -> list[SentInterchange]:
    """The interchanges of a file; empty when it is not X12 at all. Never raises for content."""
    return _Sorter(content).sort(read(content))


class _Sorter:
    """Puts the reader's items where they belong."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._interchanges: list[SentInterchange] = []
        self._transaction: SentTransaction | None = None

    def sort(self, items: Iterable[Item]) -> list[SentInterchange]:
        for item in items:
            self._place(item)
        return self._interchanges

    def _place(self, item: Item) -> None:
        if isinstance(item, InterchangeStart):
            elements = self._split(item.byte_offset, item.delimiters.element)
            wants = len(elements) > 14 and elements[14].strip() == "1"
            self._interchanges.append(SentInterchange(item, wants))
            self._transaction = None
            return
        if not self._interchanges:
            return
        interchange = self._interchanges[-1]
        if isinstance(item, GroupStart):
            interchange.groups.append(SentGroup(item))
        elif isinstance(item, TransactionStart):
            self._open_transaction(interchange, item)
        elif isinstance(item, TransactionEnd):
            if self._transaction:
                self._transaction.is_intact = item.is_intact
            self._transaction = None
        elif isinstance(item, InterchangeEnd):
            interchange.end = item
        elif isinstance(item, Problem):
            self._choose_owner(interchange, item).problems.append(item)
        elif isinstance(item, Claim | InstitutionalClaim) and self._transaction:
            self._transaction.claims.append(item)
        elif isinstance(item, Submitter) and self._transaction:
            self._transaction.submitter = item

    def _choose_owner(
        self, interchange: SentInterchange, problem: Problem
    ) -> SentTransaction | SentGroup | SentInterchange:
        if self._transaction:
            return self._transaction
        is_of_group = (problem.element or "").startswith(("GS", "GE"))
        return interchange.groups[-1] if is_of_group and interchange.groups else interchange

    def _split(self, offset: int, element: str) -> list[str]:
        return self._content[offset : offset + HEADER_SEARCH].decode("latin-1").split(element)

    def _open_transaction(self, interchange: SentInterchange, start: TransactionStart) -> None:
        reference = find_batch_reference(
            self._content,
            start.byte_offset,
            interchange.start.delimiters.element,
            interchange.start.delimiters.segment,
        )
        self._transaction = SentTransaction(start, reference)
        if interchange.groups:
            interchange.groups[-1].transactions.append(self._transaction)


def find_batch_reference(content: bytes, offset: int, element: str, segment: str) -> str:
    """BHT03 of the transaction that starts at `offset`; empty when there is no BHT near it."""
    text = content[offset : offset + HEADER_SEARCH].decode("latin-1")
    for written in text.split(segment)[:4]:
        elements = written.strip().split(element)
        if elements[0] == "BHT" and len(elements) > 3:
            return elements[3]
    return ""
