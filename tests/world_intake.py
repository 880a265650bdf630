"""What arrived: a message that failed, and the file a document came as."""

import hashlib

from coding.models import Document, DocumentFile, Encounter, IntakeMessage
from rcm.models import Practice


def make_intake_message(practice: Practice, mark: str) -> IntakeMessage:
    """A message nobody could use."""
    content = f"MSH|^~\\&|{mark}|{mark}|||20261102||ADT^A04|{mark}|P|2.5.1\r".encode()
    digest = hashlib.sha256(content).hexdigest()
    return IntakeMessage.objects.create(
        practice=practice,
        source="hl7",
        kind="adt",
        event="ADT^A04",
        sender=mark,
        name=f"{mark}.hl7",
        control_id=mark,
        content=content,
        size=len(content),
        sha256=digest,
        identity=digest,
        state="failed",
        error_code="no_patient",
        error=f"ADT^A04 of {mark} has no PID.",
        place="PID",
    )


def make_document_file(encounter: Encounter, mark: str) -> Document:
    """The note of the encounter came as a text file."""
    document = encounter.documents.get()
    content = f"Note of {mark}.".encode()
    DocumentFile.objects.create(
        practice=encounter.practice,
        document=document,
        name=f"{mark}.txt",
        media_type="text/plain",
        content=content,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return document
