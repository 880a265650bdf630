"""Documents of a FHIR bundle: DocumentReference and the Binary its content may lie in."""

import base64
import binascii
from datetime import tzinfo

from coding.rules.fhir_bundle import Bundle, key_of
from coding.rules.fhir_people import full_name, patient_of, visit_number
from coding.rules.json_nodes import Node
from coding.rules.told import DocumentTold, FileTold, Told, Unusable

# Document types by LOINC code (type.coding) to our kinds.
KINDS = {
    **dict.fromkeys(("11506-3", "34117-2", "11488-4", "34111-5"), "progress_note"),
    **dict.fromkeys(("28570-0",), "procedure_note"),
    **dict.fromkeys(("11504-8",), "operative"),
    **dict.fromkeys(("18748-4", "68604-8"), "imaging"),
    **dict.fromkeys(("11502-2",), "laboratory"),
    **dict.fromkeys(("11526-1", "60568-3"), "pathology"),
}
MEDIA = {
    "text/plain": "txt",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
RELATIONS = {"replaces": "replacement", "appends": "addendum"}


def document_number(node: Node) -> str:
    master = node["masterIdentifier"]["value"].text
    return (master or node["identifier"].first()["value"].text or node["id"].text)[:80]


def told_of_document(bundle: Bundle, node: Node, zone: tzinfo) -> Told:
    number = document_number(node)
    if not number:
        path = f"{node.path}.masterIdentifier"
        text = "The document has no number, so that it could not be amended later."
        raise Unusable("document_number_missing", text, place=path)
    encounter = bundle.follow(node["context"]["encounter"].first(), "Encounter")
    if encounter is None:
        path = f"{node.path}.context.encounter"
        text = f"{path} names no encounter of the bundle: the document belongs to no visit."
        raise Unusable("reference_missing", text, place=path)
    return Told(
        event="DocumentReference",
        key=key_of(bundle, node, zone, is_registration=False),
        sender="FHIR",
        person=patient_of(bundle, encounter["subject"]),
        visit=visit_number(encounter),
        documents=(document_of(bundle, node, number, zone),),
    )


def document_of(bundle: Bundle, node: Node, number: str, zone: tzinfo) -> DocumentTold:
    codes = [coding["code"].text for coding in node["type"]["coding"]]
    kind = next((KINDS[code] for code in codes if code in KINDS), "other")
    displays = [coding["display"].text for coding in node["type"]["coding"]]
    title = node["description"].text or node["type"]["text"].text or next(iter(displays), "")
    if node["status"].text == "entered-in-error":
        return DocumentTold(number, kind, title or "Document", is_cancelled=True, place=node.path)
    related = node["relatesTo"].first()
    relation = RELATIONS.get(related["code"].text, "")
    text, file = content_of(bundle, node)
    signer = bundle.follow(node["authenticator"], "Practitioner")
    signed_by = full_name(signer) if signer else node["authenticator"]["display"].text
    return DocumentTold(
        external_id=number,
        kind=kind,
        title=(title or "Document")[:120],
        text=text,
        signed_by=signed_by[:80],
        signed_at=node["date"].moment(zone) if signed_by else None,
        parent_id=parent_number(bundle, related["target"]) if relation else "",
        relation=relation,
        file=file,
        place=node.path,
    )


def parent_number(bundle: Bundle, target: Node) -> str:
    """The number of the document another one replaces or adds to."""
    found = bundle.follow(target, "DocumentReference")
    if found is not None:
        return document_number(found)
    named = target["identifier"]["value"].text
    return (named or target["reference"].text.rpartition("/")[2])[:80]


def content_of(bundle: Bundle, node: Node) -> tuple[str, FileTold | None]:
    """The first content that is text, PDF or Word. Raises Unusable when there is none."""
    seen: list[str] = []
    for content in node["content"]:
        attachment = content["attachment"]
        kind = attachment["contentType"].text.split(";")[0].lower()
        seen.append(kind or "no type")
        if kind in MEDIA:
            packed = packed_bytes(bundle, attachment)
            if kind == "text/plain":
                return plain_text(packed, attachment), None
            name = attachment["title"].text or f"document.{MEDIA[kind]}"
            return "", FileTold(name, kind, packed)
    path = f"{node.path}.content"
    what = f"only {', '.join(seen)}" if seen else "no content"
    text = f"{path} holds {what}: text, PDF and Word are read."
    raise Unusable("content_unknown", text, place=path)


def packed_bytes(bundle: Bundle, attachment: Node) -> bytes:
    """The bytes of an attachment: its own, or those of a Binary in the bundle."""
    packed = attachment["data"]
    if not packed:
        url = attachment["url"].text
        binary = bundle.by_reference.get(url) or bundle.by_reference.get(
            "/".join(url.split("/")[-2:])
        )
        if not url or binary is None:
            text = f"{attachment.path} has no data, and its url means nothing in the bundle."
            raise Unusable("reference_missing", text, place=f"{attachment.path}.url")
        packed = binary["data"]
    try:
        content = base64.b64decode("".join(packed.text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        text = f"{packed.path} is not whole base64: the file arrived damaged."
        raise Unusable("file_damaged", text, place=packed.path) from error
    if not content:
        raise Unusable("file_empty", f"{packed.path} holds no file.", place=packed.path)
    return content


def plain_text(content: bytes, attachment: Node) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\0", "")
    except UnicodeDecodeError as error:
        place = f"{attachment.path}.data"
        text = f"The text in {place} is not UTF-8 at byte {error.start:,}."
        raise Unusable("encoding_wrong", text, place=place) from error
