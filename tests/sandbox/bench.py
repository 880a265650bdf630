"""Sends claims to a clearinghouse and reads back what it answered, through our own codec."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TypeVar

from payers.sandbox.clearinghouse import Clearinghouse
from payers.sandbox.folders import write_atomically
from payers.sandbox.requests import ScriptedRequests
from rcm.x12.acknowledgment_277ca import ClaimStatus
from rcm.x12.acknowledgment_999 import GroupAcknowledgment, InterchangeAcknowledgment
from rcm.x12.claim_837p import Claim
from rcm.x12.items import Item
from rcm.x12.problems import Problem
from rcm.x12.reader import read
from rcm.x12.remittance_835 import RemittanceEnd, RemittanceStart, RemittedClaim
from rcm.x12.write_837p import write_claims
from tests.sandbox.cast import SUBMITTER, make_envelope

T = TypeVar("T")


@dataclass(frozen=True)
class Remittance:
    """One 835 as read back."""

    file: str
    start: RemittanceStart
    claims: tuple[RemittedClaim, ...]
    end: RemittanceEnd


def write_837(*claims: Claim, control_number: int = 1, sender: str = "NORTH01") -> bytes:
    """An 837P file from the practice."""
    out = BytesIO()
    write_claims(out, make_envelope(control_number, sender), SUBMITTER, claims)
    return out.getvalue()


def read_all(content: bytes) -> list[Item]:
    """Every item of a file; a problem fails the test."""
    items = list(read(content))
    assert [item for item in items if isinstance(item, Problem)] == []
    return items


def pick(items: Sequence[object], kind: type[T]) -> list[T]:
    return [item for item in items if isinstance(item, kind)]


class Bench:
    """One clearinghouse and its outbound folder."""

    def __init__(self, house: Clearinghouse) -> None:
        self.house = house
        self.requests = ScriptedRequests(house)
        self._sent = 0

    def send(self, *claims: Claim, control_number: int | None = None) -> None:
        """Drop an 837 and let the clearinghouse work until nothing is left."""
        self._sent += 1
        self.drop(write_837(*claims, control_number=control_number or self._sent))

    def drop(self, content: bytes, name: str = "batch.837") -> None:
        write_atomically(self.house.folders.inbound / name, content)
        self.house.run_once()

    def find_files(self, kind: str) -> list[str]:
        """Names of the outbound files of that kind, oldest first."""
        return sorted(path.name for path in self.house.folders.outbound.glob(f"*.{kind}"))

    def read_file(self, name: str) -> bytes:
        return (self.house.folders.outbound / name).read_bytes()

    def read_answers(self, kind: str, item: type[T]) -> list[T]:
        """Every item of one type in the outbound files of one kind."""
        found: list[T] = []
        for name in self.find_files(kind):
            found += pick(read_all(self.read_file(name)), item)
        return found

    @property
    def interchange_acknowledgments(self) -> list[InterchangeAcknowledgment]:
        return self.read_answers("ta1", InterchangeAcknowledgment)

    @property
    def group_acknowledgments(self) -> list[GroupAcknowledgment]:
        return self.read_answers("999", GroupAcknowledgment)

    @property
    def claim_statuses(self) -> list[ClaimStatus]:
        return self.read_answers("277ca", ClaimStatus)

    @property
    def remittances(self) -> list[Remittance]:
        """Every 835 in the outbound folder, oldest first; one ST per file."""
        return [self.read_remittance(name) for name in self.find_files("835")]

    def read_remittance(self, name: str) -> Remittance:
        items = read_all(self.read_file(name))
        (start,), (end,) = pick(items, RemittanceStart), pick(items, RemittanceEnd)
        return Remittance(name, start, tuple(pick(items, RemittedClaim)), end)
