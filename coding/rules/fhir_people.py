"""Patients, practitioners and visit numbers of a FHIR bundle."""

import re

from coding.rules.fhir_bundle import Bundle
from coding.rules.json_nodes import Node
from coding.rules.told import PersonTold, Unusable, VisitTold

NPI_SYSTEM = "http://hl7.org/fhir/sid/us-npi"
SEXES = {"female": "F", "male": "M", "other": "U", "unknown": "U"}


def person_of(node: Node) -> PersonTold:
    mrn = chart_number(node)
    names = list(node["name"])
    official = [name for name in names if name["use"].text in ("official", "")]
    name = next(iter(official or names), Node(None, f"{node.path}.name[0]"))
    given = [part.text for part in name["given"]]
    address = node["address"].first()
    lines = [line.text for line in address["line"]]
    sex = node["gender"].text
    if sex and sex not in SEXES:
        raise node["gender"].wrong("male, female, other or unknown")
    phones = [t["value"].text for t in node["telecom"] if t["system"].text == "phone"]
    digits = [re.sub(r"\D", "", phone).removeprefix("1") for phone in phones]
    return PersonTold(
        mrn=mrn,
        last_name=name["family"].text or None,
        first_name=given[0] if given else None,
        middle_name=given[1] if len(given) > 1 else None,
        birth_date=node["birthDate"].day,
        sex=SEXES[sex] if sex else None,
        address_line_1=lines[0] if lines else None,
        address_line_2=lines[1] if len(lines) > 1 else None,
        city=address["city"].text or None,
        state=address["state"].text or None,
        zip_code=re.sub(r"\D", "", address["postalCode"].text) or None,
        phone=next((number for number in digits if len(number) == 10), None),
        place=node.path,
    )


def chart_number(node: Node) -> str:
    """The identifier of type MR, else the first without a type."""
    untyped = ""
    for identifier in node["identifier"]:
        kinds = {coding["code"].text for coding in identifier["type"]["coding"]}
        if "MR" in kinds:
            return identifier["value"].text
        if not kinds:
            untyped = untyped or identifier["value"].text
    if untyped:
        return untyped
    path = f"{node.path}.identifier"
    text = f"{path} holds no chart number of the patient (type MR)."
    raise Unusable("mrn_missing", text, place=path)


def patient_of(bundle: Bundle, reference: Node) -> PersonTold:
    """The patient a resource is about. Raises Unusable when the bundle lacks it."""
    found = bundle.follow(reference, "Patient")
    if found is None:
        said = reference["reference"].text or "missing"
        text = f"{reference.path} is {said}: that patient is not in the bundle."
        raise Unusable("reference_missing", text, place=f"{reference.path}.reference")
    return person_of(found)


def visit_number(node: Node) -> VisitTold:
    for identifier in node["identifier"]:
        if number := identifier["value"].text:
            sender = identifier["system"].text or "FHIR"
            return VisitTold(number=number, sender=sender[:60], place=node.path)
    path = f"{node.path}.identifier"
    text = f"{path} has no value: the visit has no number."
    raise Unusable("visit_number_missing", text, place=path)


def provider_of(bundle: Bundle, node: Node) -> tuple[str | None, str]:
    """NPI and name of the attending or primary performer, else of the first with an NPI."""
    ranked = []
    for order, participant in enumerate(node["participant"]):
        codes = {c["code"].text for kind in participant["type"] for c in kind["coding"]}
        ranked.append((0 if codes & {"ATND", "PPRF"} else 1, order, participant["individual"]))
    for _, _, reference in sorted(ranked, key=lambda row: row[:2]):
        found = bundle.follow(reference, "Practitioner")
        for identifier in (found or Node(None, ""))["identifier"]:
            if identifier["system"].text == NPI_SYSTEM and found is not None:
                return identifier["value"].text, full_name(found)
    return None, ""


def full_name(node: Node) -> str:
    name = node["name"].first()
    parts = [name["given"].first().text, name["family"].text]
    return " ".join(part for part in parts if part) or name["text"].text
