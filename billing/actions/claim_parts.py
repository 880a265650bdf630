"""From our rows to the parts of a claim as it will be sent (rcm.x12.claim_837p)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from coding.models import Charge, Encounter
from payers.models import Coverage
from payers.terms import filing_indicator_of
from rcm.models import Patient, Practice, ServiceLocation
from rcm.money import ZERO, to_cents
from rcm.x12 import claim_837p as x12


def parties_of(encounter: Encounter, coverage: Coverage) -> dict[str, Any]:
    """Everything on a claim that comes from people, places and policies: fields of x12.Claim.

    The patient loop (2000C) is there only when somebody else holds the policy.
    """
    patient, payer, provider = encounter.patient, coverage.payer, encounter.provider
    return {
        "place_of_service": encounter.location.place_of_service,
        "billing_provider": _billing_provider(encounter.practice),
        "subscriber": _subscriber(coverage, patient, encounter.date_of_service),
        "patient": None if coverage.relationship == "18" else _patient(coverage, patient),
        "payer": x12.ClaimPayer(name=payer.name, payer_id=payer.payer_id),
        "rendering_provider": x12.Provider(
            person=x12.Person(last_name=provider.last_name, first_name=provider.first_name),
            npi=provider.npi,
            taxonomy_code=provider.taxonomy_code,
        ),
        "service_facility": _facility(encounter.location, encounter.practice),
        # The number is the chart's own payer's, and means nothing to another.
        "authorization_number": (
            encounter.authorization_number if coverage.pk == encounter.coverage_id else ""
        ),
    }


def lines_of(
    encounter: Encounter, charges: Sequence[Charge], claim_number: str
) -> tuple[x12.ServiceLine, ...]:
    """The charges as lines; each line's number is the claim's with L and its position."""
    return tuple(
        x12.ServiceLine(
            position=position,
            procedure_code=charge.procedure_code,
            amount_billed=to_cents(charge.amount_billed or ZERO),
            units=charge.units,
            pointers=tuple(charge.pointers),
            date_of_service=encounter.date_of_service,
            line_control_number=f"{claim_number}L{position}",
            modifiers=tuple(charge.modifiers),
            drug=x12.Drug(charge.drug_code, charge.units, "UN") if charge.drug_code else None,
        )
        for position, charge in enumerate(charges, 1)
    )


def _billing_provider(practice: Practice) -> x12.BillingProvider:
    return x12.BillingProvider(
        name=practice.name,
        npi=practice.npi,
        tax_id=practice.tax_id,
        taxonomy_code=practice.taxonomy_code,
        address=x12.Address(
            line_1=practice.address_line_1,
            line_2=practice.address_line_2,
            city=practice.city,
            state=practice.state,
            zip_code=practice.zip_code,
        ),
        contact_name=practice.contact_name,
        contact_phone=practice.phone,
    )


def _person(patient: Patient) -> x12.Person:
    return x12.Person(
        last_name=patient.last_name,
        first_name=patient.first_name,
        middle_name=patient.middle_name,
    )


def _address(patient: Patient) -> x12.Address:
    return x12.Address(
        line_1=patient.address_line_1,
        line_2=patient.address_line_2,
        city=patient.city,
        state=patient.state,
        zip_code=patient.zip_code,
    )


def _subscriber(coverage: Coverage, patient: Patient, served_on: date) -> x12.Subscriber:
    policy: dict[str, Any] = {
        "member_id": coverage.member_id,
        "rank": coverage.rank,
        "filing_indicator": filing_indicator_of(coverage, served_on),
        "group_number": coverage.group_number,
        "relationship": coverage.relationship,
        # SBR05 is sent only when Medicare is not the first to pay (TR3 X222 2000B).
        "insurance_type": "" if coverage.rank == "P" else coverage.medicare_secondary_type,
    }
    if coverage.relationship == "18":
        return x12.Subscriber(
            person=_person(patient),
            birth_date=patient.birth_date,
            sex=patient.sex,
            address=_address(patient),
            **policy,
        )
    return x12.Subscriber(
        person=x12.Person(
            last_name=coverage.subscriber_last_name, first_name=coverage.subscriber_first_name
        ),
        birth_date=coverage.subscriber_birth_date,
        sex=coverage.subscriber_sex,
        **policy,
    )


def _patient(coverage: Coverage, patient: Patient) -> x12.Patient:
    return x12.Patient(
        person=_person(patient),
        relationship=coverage.relationship,
        birth_date=patient.birth_date,
        sex=patient.sex,
        address=_address(patient),
    )


def _facility(location: ServiceLocation, practice: Practice) -> x12.ServiceFacility | None:
    """2310C only where the place has its own NPI: otherwise the billing address is the place."""
    if not location.npi or location.npi == practice.npi:
        return None
    return x12.ServiceFacility(
        name=location.name,
        npi=location.npi,
        address=x12.Address(
            line_1=location.address_line_1,
            city=location.city,
            state=location.state,
            zip_code=location.zip_code,
        ),
    )
