"""ISA/GS/ST: who sent what to whom, under which control numbers."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The four separators of one interchange, read from its own ISA."""

    element: str = "*"
    repetition: str = "^"
    component: str = ":"
    segment: str = "~"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a writer needs for ISA and GS. Control numbers come from the database, never from here.

    `created_at` is local wall-clock time of the sender; `usage` is ISA15 (T test, P production).
    """

    sender_id: str
    receiver_id: str
    control_number: int
    group_control_number: int
    created_at: datetime
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    group_sender: str = ""
    group_receiver: str = ""
    usage: str = "T"
    delimiters: Delimiters = Delimiters()


@dataclass(frozen=True, slots=True)
class InterchangeStart:
    """ISA."""

    sender_qualifier: str
    sender_id: str
    receiver_qualifier: str
    receiver_id: str
    control_number: str
    usage: str
    date: str
    time: str
    delimiters: Delimiters
    segment_number: int
    byte_offset: int


@dataclass(frozen=True, slots=True)
class InterchangeEnd:
    """IEA, or the end of the file where IEA is missing (`is_intact` False, a Problem says why)."""

    control_number: str
    groups: int
    is_intact: bool


@dataclass(frozen=True, slots=True)
class GroupStart:
    """GS. `functional_id` is GS01 (HP for 835, HC for 837), `version` is GS08."""

    functional_id: str
    sender: str
    receiver: str
    control_number: str
    version: str


@dataclass(frozen=True, slots=True)
class TransactionStart:
    """ST. `type` is ST01, `version` ST03 or the group's GS08."""

    type: str
    control_number: str
    version: str
    segment_number: int
    byte_offset: int


@dataclass(frozen=True, slots=True)
class TransactionEnd:
    """SE, or where the transaction broke off.

    `is_intact` False means: an error was found in it, or its trailer is wrong or missing.
    Nothing of it may be posted.
    """

    type: str
    control_number: str
    segments: int
    is_intact: bool


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer put on the wire: figures for the batch record and the structural gate."""

    segments: int
    transactions: int
    items: int
    size: int
    sha256: str
