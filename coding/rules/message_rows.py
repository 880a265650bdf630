"""A message as rows for people: segments or resources with what each is, the faulty one marked."""

import json
import re
from dataclasses import dataclass

from coding.rules import hl7
from coding.rules.json_nodes import Node, read_json
from coding.rules.told import Unusable

# Our own words for what a segment says.
SEGMENTS = {
    "MSH": "Header: sender, receiver, time, type",
    "EVN": "Event and its time",
    "PID": "Patient",
    "PD1": "Patient, more",
    "NK1": "Next of kin",
    "PV1": "Visit",
    "PV2": "Visit, more",
    "MRG": "Chart number that goes away",
    "IN1": "Insurance",
    "IN2": "Insurance, more",
    "GT1": "Guarantor",
    "DG1": "Diagnosis",
    "PR1": "Procedure",
    "FT1": "Charge",
    "TXA": "Document",
    "OBX": "Text or file",
    "OBR": "Order",
    "NTE": "Note",
    "AL1": "Allergy",
    "FHS": "File begins",
    "BHS": "Batch begins",
    "BTS": "Batch ends",
    "FTS": "File ends",
}
PLACE = re.compile(r"([A-Z][A-Z0-9]{2})(?:-[\d.]+)?(?: \((\d+)\))?")
ENTRY = re.compile(r"entry\[(\d+)\]")
LONGEST = 2_000


@dataclass(frozen=True)
class MessageRow:
    """One segment or resource, in the shape components/segments.html prints."""

    number: int
    name: str
    rest: str
    label: str
    problem: str
    loop: str = ""


def rows_of(content: bytes, *, place: str, error: str, limit: int = 200) -> list[MessageRow]:
    """The first `limit` rows of a message; the one at `place` carries the error.

    Works for messages that cannot be read: then its lines are shown as they are. Files give none.
    """
    if hl7.is_hl7(content):
        return segment_rows(content, place, error, limit)
    try:
        root = Node(read_json(content), "") if content.lstrip()[:1] == b"{" else None
        return resource_rows(root, place, error, limit) if root else []
    except Unusable:
        lines = content.decode("utf-8", "replace").splitlines()[:limit]
        wrong = re.match(r"line (\d+)", place)
        at = int(wrong[1]) if wrong else 1
        return [
            MessageRow(n, str(n), f" {shown(line)}", "", error if n == at else "")
            for n, line in enumerate(lines, 1)
        ]


def segment_rows(content: bytes, place: str, error: str, limit: int) -> list[MessageRow]:
    try:
        charset = hl7.read_message(content).charset
    except Unusable:
        charset = "latin-1"
    lines = hl7.canonical(content).decode(charset, "replace").split("\r")
    found = PLACE.match(place)
    wanted = (found[1], int(found[2] or 1)) if found else ("", 0)
    seen: dict[str, int] = {}
    rows = []
    for number, line in enumerate([line for line in lines if line][:limit], 1):
        name = line[:3]
        seen[name] = seen.get(name, 0) + 1
        is_faulty = bool(error) and (name, seen[name]) == wanted
        problem = f"{place}: {error}" if is_faulty else ""
        rows.append(MessageRow(number, name, shown(line[3:]), SEGMENTS.get(name, ""), problem))
    return rows


def resource_rows(root: Node, place: str, error: str, limit: int) -> list[MessageRow]:
    found = ENTRY.match(place)
    wanted = int(found[1]) if found else -1
    rows = []
    entries = root["entry"].value
    for at, entry in enumerate(entries[:limit] if isinstance(entries, list) else []):
        resource = entry.get("resource") if isinstance(entry, dict) else entry
        kind = resource.get("resourceType", "?") if isinstance(resource, dict) else "?"
        text = json.dumps(resource, ensure_ascii=False)
        problem = f"{place}: {error}" if error and at == wanted else ""
        rows.append(MessageRow(at, str(kind), f" {shown(text)}", f"entry[{at}]", problem))
    return rows


def shown(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)"
