"""Who sent us a file, and therefore who gets its answers."""

from dataclasses import dataclass
from datetime import datetime

from rcm.x12.envelope import Envelope, GroupStart, InterchangeStart


@dataclass(frozen=True, slots=True)
class Partner:
    """The addresses of one interchange as its sender wrote them."""

    sender_id: str
    sender_qualifier: str
    receiver_id: str
    receiver_qualifier: str
    group_sender: str
    group_receiver: str
    usage: str
    mailbox: str = ""

    @property
    def file_prefix(self) -> str:
        """Where answers go: the mailbox, and the sender's id as far as a file name can hold it."""
        kept = "".join(c for c in self.sender_id if c.isascii() and c.isalnum())
        name = kept[:20] or "UNKNOWN"
        return f"{self.mailbox}/{name}" if self.mailbox else name


def identify_partner(
    interchange: InterchangeStart, group: GroupStart | None, mailbox: str = ""
) -> Partner:
    """The partner behind an interchange; without a group the ISA ids stand for the GS ones."""
    return Partner(
        sender_id=interchange.sender_id.strip(),
        sender_qualifier=interchange.sender_qualifier,
        receiver_id=interchange.receiver_id.strip(),
        receiver_qualifier=interchange.receiver_qualifier,
        group_sender=group.sender if group else interchange.sender_id.strip(),
        group_receiver=group.receiver if group else interchange.receiver_id.strip(),
        usage=interchange.usage,
        mailbox=mailbox,
    )


def address_answer(partner: Partner, control_number: int, created_at: datetime) -> Envelope:
    """An envelope back to the partner: sender and receiver swapped, fresh control numbers."""
    return Envelope(
        sender_id=partner.receiver_id,
        receiver_id=partner.sender_id,
        control_number=control_number,
        group_control_number=control_number,
        created_at=created_at,
        sender_qualifier=partner.receiver_qualifier,
        receiver_qualifier=partner.sender_qualifier,
        group_sender=partner.group_receiver,
        group_receiver=partner.group_sender,
        usage=partner.usage,
    )
