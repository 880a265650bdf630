"""From the bytes of a message to what it is and what it says. Nothing here writes."""

import hashlib
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings

from coding.document_files import media_type_of
from coding.models import IntakeMessage
from coding.rules import fhir, hl7, hl7_messages
from coding.rules.told import Told, Unusable

Kind = IntakeMessage.Kind
BY_TYPE = {"ADT": Kind.ADT, "DFT": Kind.DFT, "MDM": Kind.MDM}


@dataclass(frozen=True)
class Label:
    """What a message is, as far as its first look tells. `identity` makes two copies one."""

    kind: str
    identity: str
    event: str = ""
    sender: str = ""
    control_id: str = ""


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def shown_name(name: str) -> str:
    """A file name as text that can be kept, whatever bytes a disk allows in one."""
    plain = name.encode("utf-8", "replace").decode()
    return "".join(sign if sign.isprintable() else "?" for sign in plain)


def label_of(content: bytes, *, belongs_to: str = "") -> Label:
    """Look at a message without acting on it; one that cannot be read is still something.

    `belongs_to` names what a document was put to: the same text may belong to two visits.
    """
    if hl7.is_hl7(content):
        plain = hl7.canonical(content)
        if hl7.is_batch(content):
            return Label(Kind.BATCH, digest(plain))
        return label_of_hl7(plain)
    if fhir.is_bundle(content):
        return Label(Kind.BUNDLE, digest(content), event="Bundle")
    if media_type_of(content):
        return Label(Kind.DOCUMENT, digest(f"{belongs_to}\0".encode() + content))
    return Label(Kind.OTHER, digest(content))


def label_of_hl7(plain: bytes) -> Label:
    try:
        header = hl7.read_message(plain.split(b"\r")[0] + b"\r")
    except Unusable:
        return Label(Kind.OTHER, digest(plain))
    sender = header.header.get(4) or header.header.get(3)
    return Label(
        kind=BY_TYPE.get(header.header.get(9), Kind.OTHER),
        identity=digest(plain),
        event=header.type[:40],
        sender=sender[:60],
        control_id=header.control_id[:80],
    )


def told_by(message: IntakeMessage) -> tuple[Told, ...]:
    """What a message says. Raises Unusable with the place, hl7_messages.Ignored when it says
    nothing that is kept. Documents and batches say nothing by themselves.
    """
    content = bytes(message.content)
    zone = ZoneInfo(settings.TIME_ZONE)
    if message.kind == Kind.BUNDLE:
        return fhir.interpret_bundle(content, zone=zone)
    if hl7.is_hl7(content):
        return (hl7_messages.interpret(hl7.read_message(content), zone=zone),)
    raise Unusable(
        "format_unknown",
        "This is no HL7 message, no FHIR bundle and no PDF, Word or text file.",
        advice="Find out what it is and have it sent in one of these forms.",
    )


def key_of(told: tuple[Told, ...]) -> str:
    """The patient under whom a message is looked for when that one arrives."""
    return told[0].person.mrn[:60]
