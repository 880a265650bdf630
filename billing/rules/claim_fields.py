"""Which field of a claim a 277CA status talks about, and what it says on the claim as sent.

Status codes and entities are those of X12 lists 508 and 98 by number. A code that names no field
of ours has none.
"""

from collections.abc import Callable, Iterable

from rcm.money import from_cents
from rcm.x12.acknowledgment_277ca import Status
from rcm.x12.claim_837p import Claim, Person

Look = Callable[[Claim], Iterable[object]]


def _name(person: Person | None) -> str:
    if person is None:
        return ""
    return ", ".join(part for part in (person.last_name, person.first_name) if part)


def _npis(claim: Claim, entity: str) -> Iterable[str]:
    yield from {
        "85": [claim.billing_provider.npi],
        "82": [claim.rendering_provider.npi if claim.rendering_provider else ""],
        "DN": [claim.referring_provider.npi if claim.referring_provider else ""],
        "77": [claim.service_facility.npi if claim.service_facility else ""],
        "PR": [claim.payer.payer_id],
        "IL": [claim.subscriber.member_id],
        "QC": [claim.subscriber.member_id],
    }.get(entity, [])


def _born(claim: Claim, entity: str) -> object:
    is_patient = entity != "IL" and claim.patient is not None
    return claim.patient.birth_date if is_patient and claim.patient else claim.subscriber.birth_date


def _names(claim: Claim, entity: str) -> str:
    return {
        "85": claim.billing_provider.name,
        "82": _name(claim.rendering_provider.person if claim.rendering_provider else None),
        "PR": claim.payer.name,
        "IL": _name(claim.subscriber.person),
        "QC": _name(claim.patient.person if claim.patient else claim.subscriber.person),
    }.get(entity, "")


def _zips(claim: Claim, entity: str) -> str:
    if entity == "85":
        return claim.billing_provider.address.zip_code
    address = claim.patient.address if claim.patient else claim.subscriber.address
    return address.zip_code if address else ""


# Status code -> label and where to look. The entity says whose.
FIELDS: dict[str, tuple[str, Callable[[Claim, str], Iterable[object]]]] = {
    "33": ("Member id", lambda claim, _: [claim.subscriber.member_id]),
    "97": ("Member id", lambda claim, _: [claim.subscriber.member_id]),
    "116": ("Payer id", lambda claim, _: [claim.payer.payer_id]),
    "125": ("Name", lambda claim, entity: [_names(claim, entity)]),
    "145": ("Taxonomy code", lambda claim, _: [claim.billing_provider.taxonomy_code]),
    "153": ("Id", _npis),
    "158": ("Birth date", lambda claim, entity: [_born(claim, entity)]),
    "164": ("Member id", lambda claim, _: [claim.subscriber.member_id]),
    "178": ("Amount billed", lambda claim, _: [from_cents(claim.amount_billed)]),
    "187": ("Date of service", lambda claim, _: [line.date_of_service for line in claim.lines]),
    "249": ("Place of service", lambda claim, _: [claim.place_of_service]),
    "254": ("First diagnosis", lambda claim, _: claim.diagnoses[:1]),
    "255": ("Diagnoses", lambda claim, _: claim.diagnoses),
    "453": ("Modifiers", lambda claim, _: [m for line in claim.lines for m in line.modifiers]),
    "454": ("Procedures", lambda claim, _: [line.procedure_code for line in claim.lines]),
    "464": ("Payer's claim number", lambda claim, _: [claim.payer_claim_control_number]),
    "476": ("Units", lambda claim, _: [line.units for line in claim.lines]),
    "478": ("Claim number", lambda claim, _: [claim.patient_control_number]),
    "500": ("ZIP code", lambda claim, entity: [_zips(claim, entity)]),
    "535": ("Frequency", lambda claim, _: [claim.frequency]),
    "562": ("NPI", _npis),
    "718": ("Date of service", lambda claim, _: [line.date_of_service for line in claim.lines]),
}


def field_of(status: Status, claim: Claim) -> tuple[str, str]:
    """(label, value as sent) of the field a status names; empty texts when it names none.

    An empty value of a named field reads "(empty)": that is often what is wrong.
    """
    found = FIELDS.get(status.code)
    if found is None:
        return "", ""
    label, look = found
    values = [str(value) for value in look(claim, status.entity) if value not in (None, "")]
    return label, ", ".join(dict.fromkeys(values)) or "(empty)"
