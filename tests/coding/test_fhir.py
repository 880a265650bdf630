"""FHIR R4 bundles: what they say, and where they are wrong."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from coding.rules.fhir import interpret_bundle
from coding.rules.told import Told, Unusable
from tests.coding import intaking as i

ZONE = ZoneInfo("America/Chicago")
PATIENT, PRACTITIONER, LOCATION, ENCOUNTER, COVERAGE, BINARY, DOCUMENT = range(7)


def told(bundle: dict[str, Any]) -> tuple[Told, ...]:
    return interpret_bundle(json.dumps(bundle).encode(), zone=ZONE)


def refused(bundle: dict[str, Any]) -> Unusable:
    with pytest.raises(Unusable) as caught:
        told(bundle)
    return caught.value


def test_a_bundle_says_who_was_seen_where_by_whom_and_what_was_written() -> None:
    patient, visit, note = told(i.bundle())
    assert patient.warnings == ("1 Observation left out.",)
    assert (patient.person.mrn, patient.person.last_name) == ("MRN1", "Ruiz")
    assert (patient.person.first_name, patient.person.middle_name) == ("Ana", "Belén")
    assert (patient.person.birth_date, patient.person.sex) == (date(1980, 1, 2), "F")
    assert patient.person.phone == "2175550199"
    assert visit.visit is not None
    assert (visit.visit.sender, visit.visit.number) == ("urn:north:visits", "V100")
    assert visit.visit.served_on == date(2026, 11, 2)
    assert (visit.visit.provider_npi, visit.visit.provider_name) == (
        "1098765435",
        "Annika Lindqvist",
    )
    assert visit.visit.locations == ("Main Street",)
    assert (visit.visit.visit_type, visit.visit.is_cancelled) == ("Outpatient", False)
    [policy] = visit.policies
    assert (policy.member_id, policy.payer_name, policy.rank) == (
        "UC10000001",
        "Unified Care",
        "P",
    )
    [document] = note.documents
    assert document.text == "Established patient with essential hypertension."
    assert (document.external_id, document.kind) == ("DOC1", "progress_note")
    assert document.signed_by == "Annika Lindqvist"
    assert note.visit is not None
    assert note.visit.number == "V100"


def test_a_key_is_the_time_of_the_resource_and_its_version() -> None:
    patient, visit, note = told(i.bundle())
    assert patient.key == "1|20261102150000000000|00000001"
    assert visit.key == "1|20261102153000000000|00000003"
    assert note.key == "0|20261102154500000000|00000001"


Change = Callable[[dict[str, Any]], None]


def resource(bundle: dict[str, Any], at: int) -> dict[str, Any]:
    found: dict[str, Any] = bundle["entry"][at]["resource"]
    return found


@pytest.mark.parametrize(
    ("at", "change", "code", "place"),
    [
        (PATIENT, {"birthDate": "1980"}, "json_type", "entry[0].resource.birthDate"),
        (PATIENT, {"gender": "w"}, "json_type", "entry[0].resource.gender"),
        (PATIENT, {"identifier": []}, "mrn_missing", "entry[0].resource.identifier"),
        (PATIENT, {"name": "Ruiz"}, "json_type", "entry[0].resource.name"),
        (ENCOUNTER, {"identifier": []}, "visit_number_missing", "entry[3].resource.identifier"),
        (
            ENCOUNTER,
            {"subject": {"reference": "Patient/zzz"}},
            "reference_missing",
            "entry[3].resource.subject.reference",
        ),
        (
            ENCOUNTER,
            {"subject": {"reference": "Location/l1"}},
            "reference_wrong",
            "entry[3].resource.subject.reference",
        ),
        (
            ENCOUNTER,
            {"meta": {"lastUpdated": "yesterday"}},
            "json_type",
            "entry[3].resource.meta.lastUpdated",
        ),
        (BINARY, {"data": "***"}, "file_damaged", "entry[5].resource.data"),
        (
            BINARY,
            {"data": "/w=="},
            "encoding_wrong",
            "entry[6].resource.content[0].attachment.data",
        ),
        (DOCUMENT, {"content": []}, "content_unknown", "entry[6].resource.content"),
        (DOCUMENT, {"context": {}}, "reference_missing", "entry[6].resource.context.encounter"),
    ],
)
def test_what_is_wrong_is_told_with_its_path(
    at: int, change: dict[str, Any], code: str, place: str
) -> None:
    bundle = i.bundle()
    resource(bundle, at).update(change)
    error = refused(bundle)
    assert (error.code, error.place) == (code, place)


def test_documents_replace_append_and_are_withdrawn() -> None:
    bundle = i.bundle()
    note = resource(bundle, DOCUMENT)
    note["relatesTo"] = [{"code": "appends", "target": {"reference": "DocumentReference/DOC0"}}]
    assert told(bundle)[2].documents[0].relation == "addendum"
    assert told(bundle)[2].documents[0].parent_id == "DOC0"
    note["status"] = "entered-in-error"
    assert told(bundle)[2].documents[0].is_cancelled


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b'{"resourceType": "Bundle", "entry": [}', "json_wrong", "line 1, column 38"),
        (b'{"resourceType": "Patient"}', "no_bundle", "resourceType"),
        (b'{"resourceType": "Bundle"}', "bundle_empty", "entry"),
        (b'{"resourceType": "Bundle", "entry": {}}', "json_type", "entry"),
        (b'{"resourceType": "Bundle", "entry": [{}]}', "no_resource", "entry[0].resource"),
        (b'{"resourceType": "\xff"}', "encoding_wrong", "byte 18"),
        (b'{"a": NaN}', "json_wrong", "line 1"),
        (b'{"a":' + b"[" * 100_000, "json_wrong", "line 1"),
    ],
)
def test_what_is_no_bundle_is_refused(content: bytes, code: str, place: str) -> None:
    with pytest.raises(Unusable) as caught:
        interpret_bundle(content, zone=ZONE)
    assert (caught.value.code, caught.value.place) == (code, place)


def test_a_bundle_cut_anywhere_is_refused_with_a_reason() -> None:
    content = i.sample("visit.json")
    for cut in range(0, len(content) - 3, 97):
        with pytest.raises(Unusable):
            interpret_bundle(content[:cut], zone=ZONE)
