"""FHIR R4 bundles: patients, encounters, coverages and documents to coding.rules.told.

Source: HL7 FHIR R4 (4.0.1): Bundle, Patient, Encounter, Coverage, Practitioner, Location,
Organization, DocumentReference, Binary. Other resources are left out with a warning.
"""

from collections import Counter
from dataclasses import replace
from datetime import tzinfo

from coding.rules.fhir_bundle import Bundle, key_of, read_bundle
from coding.rules.fhir_documents import told_of_document
from coding.rules.fhir_people import patient_of, person_of, provider_of, visit_number
from coding.rules.json_nodes import Node
from coding.rules.told import PolicyTold, Told, Unusable

READ = frozenset(
    {"Patient", "Encounter", "Coverage", "Practitioner", "PractitionerRole", "Location"}
    | {"Organization", "DocumentReference", "Binary"}
)
CLASSES = {
    **dict.fromkeys(("IMP", "ACUTE", "NONAC"), ("Inpatient", "21")),
    "EMER": ("Emergency", "23"),
    **dict.fromkeys(("AMB", "VR", "HH"), ("Outpatient", "")),
    "OBSENC": ("Observation", ""),
}
RELATIONSHIPS = {"self": "18", "spouse": "01", "child": "19", "parent": "32", "other": "G8"}
RANKS = {1: "P", 2: "S", 3: "T"}


def is_bundle(content: bytes) -> bool:
    """Does it look like JSON at all? What is wrong with it reading says."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def interpret_bundle(content: bytes, *, zone: tzinfo) -> tuple[Told, ...]:
    """What a bundle says, patients first, then visits, then documents. Raises Unusable with the
    JSON path of what is wrong; `zone` is that of times without one.
    """
    bundle = read_bundle(content, zone)
    skipped = Counter(
        kind for node in bundle.resources if (kind := node["resourceType"].text) not in READ
    )
    warnings = tuple(f"{count} {kind} left out." for kind, count in sorted(skipped.items()))
    told = [told_of_patient(bundle, node, zone) for node in bundle.of("Patient")]
    told += [told_of_visit(bundle, node, zone) for node in bundle.of("Encounter")]
    told += [told_of_document(bundle, node, zone) for node in bundle.of("DocumentReference")]
    if not told:
        text = "The bundle holds no Patient, Encounter or DocumentReference."
        raise Unusable("bundle_empty", text, place="entry")
    return (replace(told[0], warnings=warnings), *told[1:])


def told_of_patient(bundle: Bundle, node: Node, zone: tzinfo) -> Told:
    return Told(
        event="Patient",
        key=key_of(bundle, node, zone, is_registration=True),
        sender="FHIR",
        person=person_of(node),
        is_registration=True,
        may_rename=True,
    )


def told_of_visit(bundle: Bundle, node: Node, zone: tzinfo) -> Told:
    status = node["status"].text
    word, place_of_service = CLASSES.get(node["class"]["code"].text, (None, ""))
    npi, name = provider_of(bundle, node)
    ended = node["period"]["end"].day
    visit = replace(
        visit_number(node),
        served_on=node["period"]["start"].day,
        visit_type=word,
        specialty=node["serviceType"]["text"].text or None,
        provider_npi=npi,
        provider_name=name,
        locations=locations_of(bundle, node),
        place_of_service=place_of_service,
        is_cancelled=status in ("cancelled", "entered-in-error"),
        discharged_on=ended.isoformat() if ended else None,
    )
    return Told(
        event="Encounter",
        key=key_of(bundle, node, zone, is_registration=True),
        sender=visit.sender,
        person=patient_of(bundle, node["subject"]),
        visit=visit,
        policies=policies_of(bundle, node),
        is_registration=True,
    )


def locations_of(bundle: Bundle, node: Node) -> tuple[str, ...]:
    found: list[str] = []
    for place in node["location"]:
        location = bundle.follow(place["location"], "Location")
        if location is not None:
            found += [location["name"].text]
            found += [identifier["value"].text for identifier in location["identifier"]]
        found.append(place["location"]["display"].text)
    return tuple(dict.fromkeys(name for name in found if name))


def policies_of(bundle: Bundle, encounter: Node) -> tuple[PolicyTold, ...]:
    """Coverages in the bundle whose beneficiary is the patient of the encounter."""
    patient = bundle.follow(encounter["subject"], "Patient")
    found = []
    for order, node in enumerate(bundle.of("Coverage"), 1):
        owner = bundle.follow(node["beneficiary"], "Patient")
        if owner is None or patient is None or owner.path != patient.path:
            continue
        if node["status"].text in ("cancelled", "entered-in-error"):
            continue
        found.append(policy_of(bundle, node, order))
    return tuple(policy for policy in found if policy.member_id)


def policy_of(bundle: Bundle, node: Node, order: int) -> PolicyTold:
    payor = node["payor"].first()
    payer = bundle.follow(payor, "Organization") or Node(None, payor.path)
    ids = [identifier["value"].text for identifier in payer["identifier"]]
    ids.append(payor["identifier"]["value"].text)
    relationship = node["relationship"]["coding"].first()["code"].text
    group = [
        row["value"].text
        for row in node["class"]
        if row["type"]["coding"].first()["code"].text == "group"
    ]
    return PolicyTold(
        member_id=node["subscriberId"].text or node["identifier"].first()["value"].text,
        rank=RANKS.get(node["order"].whole or order, "T"),
        payer_ids=tuple(number for number in ids if number),
        payer_name=payer["name"].text or payor["display"].text,
        group_number=next(iter(group), ""),
        relationship=RELATIONSHIPS.get(relationship or "self", "G8"),
        starts_on=node["period"]["start"].day,
        ends_on=node["period"]["end"].day,
        place=node.path,
    )
