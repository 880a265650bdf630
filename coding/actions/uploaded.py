"""A document that came as a file of its own: put to the visit that was chosen or its name tells."""

from pathlib import PurePosixPath

from coding.actions.told_documents import file_document
from coding.actions.told_visits import Visit
from coding.document_files import media_type_of
from coding.models import Encounter, ExternalVisit, IntakeMessage
from coding.rules.told import DocumentTold, FileTold, PersonTold, Told, Unusable, order_key

# In names: E00012_operative.pdf.
KINDS = {
    **{"note": "progress_note", "progress": "progress_note", "procedure": "procedure_note"},
    **{"operative": "operative", "imaging": "imaging", "radiology": "imaging"},
    **{"laboratory": "laboratory", "lab": "laboratory", "pathology": "pathology"},
}
TITLES = {
    "progress_note": "Progress note",
    "procedure_note": "Procedure note",
    "operative": "Operative report",
    "imaging": "Imaging report",
    "laboratory": "Laboratory report",
    "pathology": "Pathology report",
}


def apply_document(message: IntakeMessage) -> Visit:
    """File the document. Raises Unusable when nobody knows to which visit, or it cannot be read."""
    name = PurePosixPath(message.name).name
    encounter = locked(message.encounter_id) if message.encounter_id else named(message, name)
    external = ExternalVisit.objects.filter(encounter=encounter).first()
    found = Visit(encounter, external or ExternalVisit(encounter=encounter))
    content = bytes(message.content)
    kind = message.document_kind or kind_of(name)
    document = DocumentTold(
        external_id=f"file:{message.sha256[:40]}",
        kind=kind,
        title=TITLES.get(kind, PurePosixPath(name).stem[:120] or "Document"),
        file=FileTold(name, media_type_of(content), content),
    )
    told = Told(
        event="File",
        key=order_key(
            is_registration=False, told_at=message.received_at, control_id=str(message.pk)
        ),
        sender=message.get_source_display(),
        person=PersonTold(encounter.patient.mrn),
    )
    file_document(found, told, document)
    return found


def locked(encounter_id: int) -> Encounter:
    rows = Encounter.objects.select_for_update(of=("self",)).select_related("patient")
    return rows.get(pk=encounter_id)


def named(message: IntakeMessage, name: str) -> Encounter:
    """The visit whose number, ours or its sender's, stands before the first underscore."""
    number = PurePosixPath(name).stem.split("_")[0].strip()
    rows = Encounter.objects.select_for_update(of=("self",)).select_related("patient")
    ours = rows.filter(practice_id=message.practice_id, number=number).first()
    if ours is not None:
        return ours
    told = ExternalVisit.objects.filter(practice_id=message.practice_id, number=number[:60])
    found = list(told.values_list("encounter_id", flat=True)[:2])
    if len(found) == 1:
        return locked(found[0])
    many = "Several visits have" if found else "No visit has"
    raise Unusable(
        "visit_unknown",
        f"{many} the number {number or '(none)'}, with which the file name begins.",
        place="file name",
        advice="Name the file by its visit, as in V00012_operative.pdf, or choose the visit here.",
    )


def kind_of(name: str) -> str:
    """By a word in the name; a note when it tells nothing."""
    words = PurePosixPath(name).stem.lower().replace("-", "_").split("_")
    return next((KINDS[word] for word in words if word in KINDS), "progress_note")
