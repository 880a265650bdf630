"""Plain functions that make rows: valid by default, the changed thing visible in the test."""

from datetime import date
from decimal import Decimal
from typing import Any

from billing.models import Claim, InterchangeFile, ServiceLine
from coding.models import (
    Charge,
    Code,
    CodeRelease,
    CodingSuggestion,
    Document,
    Encounter,
    EncounterDiagnosis,
)
from coding.rules.phrases import phrase_of
from payers.models import Channel, Coverage, Fee, FeeSchedule, Payer
from rcm.models import Membership, Patient, Practice, Provider, Role, ServiceLocation, User

TODAY = date(2026, 11, 23)
SERVED_ON = date(2026, 11, 2)


def practice(**changes: Any) -> Practice:
    fields = {
        "name": "North Medical Group",
        "initials": "NO",
        "npi": "1234567893",
        "tax_id": "123456789",
        "taxonomy_code": "207Q00000X",
        "address_line_1": "100 Main Street",
        "city": "Springfield",
        "state": "IL",
        "zip_code": "627011234",
        "contact_name": "Billing Office",
        "phone": "2175550100",
    }
    return Practice.objects.create(**fields | changes)


def member(practice: Practice, role: Role, email: str, first: str, last: str) -> User:
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email, "correct-Horse-7", first_name=first, last_name=last
    )
    Membership.objects.create(user=user, practice=practice, role=role)
    return user


def provider(practice: Practice, **changes: Any) -> Provider:
    fields = {
        "first_name": "Annika",
        "last_name": "Lindqvist",
        "credential": "MD",
        "npi": "1098765435",
        "taxonomy_code": "207Q00000X",
    }
    fields |= changes
    found = Provider.objects.filter(practice=practice, npi=fields["npi"]).first()
    return found or Provider.objects.create(practice=practice, **fields)


def location(practice: Practice, **changes: Any) -> ServiceLocation:
    fields = {
        "name": "Main Street",
        "place_of_service": "11",
        "address_line_1": "100 Main Street",
        "city": "Springfield",
        "state": "IL",
        "zip_code": "627011234",
    }
    fields |= changes
    found = ServiceLocation.objects.filter(practice=practice, name=fields["name"]).first()
    return found or ServiceLocation.objects.create(practice=practice, **fields)


def patient(practice: Practice, **changes: Any) -> Patient:
    fields = {
        "mrn": f"MRN{Patient.objects.count() + 1:05d}",
        "first_name": "Denise",
        "last_name": "Okafor",
        "birth_date": date(1958, 3, 14),
        "sex": "F",
        "address_line_1": "12 Elm Street",
        "city": "Springfield",
        "state": "IL",
        "zip_code": "62702",
    }
    return Patient.objects.create(practice=practice, **fields | changes)


def payer(practice: Practice, **changes: Any) -> Payer:
    fields = {
        "name": "Unified Care",
        "short_name": "Unified",
        "payer_id": "UNIFD",
        "trace_identifier": "1999999999",
        "payer_class": "commercial",
        "filing_indicator": "CI",
    }
    fields |= changes
    found = Payer.objects.filter(practice=practice, payer_id=fields["payer_id"]).first()
    return found or Payer.objects.create(practice=practice, **fields)


def coverage(patient: Patient, **changes: Any) -> Coverage:
    fields = {"member_id": "UC10000001", "rank": "P", "starts_on": date(2026, 1, 1)}
    if "payer" not in changes:
        fields["payer"] = payer(patient.practice)
    return Coverage.objects.create(practice=patient.practice, patient=patient, **fields | changes)


def fees(practice: Practice, **prices: str) -> FeeSchedule:
    """fees(north, c99213="165.00"): the practice's charges from the start of the year."""
    schedule, _ = FeeSchedule.objects.get_or_create(practice=practice, name="Standard", payer=None)
    for name, amount in prices.items():
        Fee.objects.create(
            practice=practice,
            schedule=schedule,
            procedure_code=name.removeprefix("c").upper(),
            amount=Decimal(amount),
            starts_on=date(2026, 1, 1),
        )
    return schedule


def code(system: str, code: str, label: str, **changes: Any) -> Code:
    fields = {"starts_on": date(2020, 10, 1), "search_text": phrase_of(label)}
    found = Code.objects.filter(system=system, code=code).first()
    return found or Code.objects.create(system=system, code=code, label=label, **fields | changes)


def code_release(code_set: str = "icd10cm", **changes: Any) -> CodeRelease:
    """FY2027 of a code set, loaded, unless there is one of that day."""
    fields: dict[str, Any] = {
        **{"name": "FY2027", "starts_on": date(2026, 10, 1), "ends_on": date(2027, 9, 30)},
        **{"checksum": "0" * 64, "row_count": 3},
    }
    told = fields | changes
    found = CodeRelease.objects.filter(code_set=code_set, starts_on=told["starts_on"]).first()
    return found or CodeRelease.objects.create(code_set=code_set, **told)


def encounter(practice: Practice, **changes: Any) -> Encounter:
    """A chart to code, with a patient covered by Unified Care and one signed note."""
    who = changes.pop("patient", None) or patient(practice)
    text = changes.pop("text", "Established patient with essential hypertension.")
    fields = {
        "number": f"E{Encounter.objects.count() + 1:05d}",
        "patient": who,
        "coverage": changes.pop("coverage", None) or who.coverages.first() or coverage(who),
        "provider": provider(practice),
        "location": location(practice),
        "date_of_service": SERVED_ON,
        "visit_type": "Established",
        "specialty": "Primary care",
    }
    row = Encounter.objects.create(practice=practice, **fields | changes)
    Document.objects.create(
        practice=practice, encounter=row, title="Office visit", text=text, signed_by="A. Lindqvist"
    )
    return row


def coded(
    encounter: Encounter, *lines: tuple[str, str], diagnoses: tuple[str, ...] = ("I10",)
) -> Encounter:
    """Add diagnoses and charges: coded(encounter, ("99213", "165.00"), ("20610", "148.00"))."""
    for position, diagnosis in enumerate(diagnoses, 1):
        EncounterDiagnosis.objects.create(
            practice=encounter.practice,
            encounter=encounter,
            position=position,
            code=diagnosis,
            label=f"Diagnosis {diagnosis}",
        )
    for position, (procedure_code, amount) in enumerate(lines, 1):
        Charge.objects.create(
            practice=encounter.practice,
            encounter=encounter,
            position=position,
            procedure_code=procedure_code,
            label=f"Procedure {procedure_code}",
            pointers=[1],
            amount_billed=Decimal(amount),
        )
    return encounter


def suggestion(encounter: Encounter, **changes: Any) -> CodingSuggestion:
    """An open suggestion of E78.5 on the first word of the chart's first document."""
    document = encounter.documents.earliest("pk")
    fields = {
        "document": document,
        "system": "icd10cm",
        "code": "E785",
        "label": "Hyperlipidemia, unspecified",
        "kind": "diagnosis",
        "start": 0,
        "end": 4,
        "quote": document.text[:4],
        "explanation": {"term": "hyperlipidemia", "source": "own", "reason": "Said in the note."},
        "position": 1,
        "score": 80,
    }
    return CodingSuggestion.objects.create(
        practice=encounter.practice, encounter=encounter, **fields | changes
    )


def claim(practice: Practice, *lines: tuple[str, str], **changes: Any) -> Claim:
    """A claim with lines ("99213", "165.00"), accepted by the payer unless changed."""
    lines = lines or (("99213", "165.00"),)
    visit = changes.pop("encounter", None) or encounter(practice)
    number = changes.pop("patient_control_number", f"T{Claim.objects.count() + 1:06d}")
    when = "2026-11-03T15:00:00Z"
    fields: dict[str, Any] = {
        "encounter": visit,
        "patient": visit.patient,
        "coverage": visit.coverage,
        "payer": visit.coverage.payer if visit.coverage else payer(practice),
        "status": Claim.Status.ACCEPTED,
        "date_of_service": visit.date_of_service,
        "amount_billed": sum((Decimal(amount) for _, amount in lines), Decimal(0)),
        "content": {},
        "submitted_at": when,
        "accepted_at": when,
    }
    row = Claim.objects.create(practice=practice, patient_control_number=number, **fields | changes)
    for position, (procedure_code, amount) in enumerate(lines, 1):
        ServiceLine.objects.create(
            practice=practice,
            claim=row,
            position=position,
            line_control_number=f"{number}-{position}",
            procedure_code=procedure_code,
            units=1,
            pointers=[1],
            date_of_service=visit.date_of_service,
            amount_billed=Decimal(amount),
        )
    return row


def channel(practice: Practice, **changes: Any) -> Channel:
    fields = {
        "name": "Sandbox clearinghouse",
        "host": "127.0.0.1",
        "username": "practice",
        "secret_name": "RCM_CHANNEL_SECRET_SANDBOX",
        "submitter_id": "RCMSUBMIT",
        "receiver_id": "SANDBOX",
        "receiver_name": "SANDBOX CLEARINGHOUSE",
    }
    return Channel.objects.create(practice=practice, **fields | changes)


def interchange_file(practice: Practice, content: bytes, **changes: Any) -> InterchangeFile:
    import hashlib

    fields = {
        "direction": "in",
        "name": "remittance.835",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return InterchangeFile.objects.create(practice=practice, content=content, **fields | changes)
