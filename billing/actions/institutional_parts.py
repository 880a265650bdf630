"""From a facility's visit to its claim as it will be sent (rcm.x12.claim_837i)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from billing.actions.claim_parts import parties_of
from coding.models import Charge, Encounter, EncounterDiagnosis, FacilityStay
from coding.rules.code_lists import ROOM_REVENUE
from payers.models import Coverage
from rcm.models import Provider
from rcm.money import ZERO, to_cents
from rcm.x12 import claim_837i as x12
from rcm.x12 import claim_837p


def stay_of(encounter: Encounter) -> FacilityStay | None:
    """The facility's facts of a visit that came with them; None for a professional visit."""
    return getattr(encounter, "stay", None)


def compose_institutional(
    encounter: Encounter,
    stay: FacilityStay,
    coverage: Coverage,
    diagnoses: Sequence[EncounterDiagnosis],
    charges: Sequence[Charge],
    number: str,
) -> x12.InstitutionalClaim:
    """The claim of a stay, as an original or with the stay's own interim frequency (CLM05-3)."""
    lines = revenue_lines(encounter, charges, number)
    return x12.InstitutionalClaim(
        patient_control_number=number,
        amount_billed=sum(line.amount_billed for line in lines),
        type_of_bill=stay.type_of_bill,
        lines=lines,
        **stay_facts(stay, diagnoses),
        **facility_parties(encounter, stay, coverage),
    )


def facility_parties(
    encounter: Encounter, stay: FacilityStay, coverage: Coverage
) -> dict[str, Any]:
    """Everything on the claim that comes from people, places and policies."""
    parties = parties_of(encounter, coverage)
    del parties["place_of_service"]  # the bill type says it
    del parties["rendering_provider"]  # sent only when it is not the attending one
    return parties | {
        "attending_provider": provider_of(stay.attending or encounter.provider),
        "operating_provider": provider_of(stay.operating) if stay.operating else None,
    }


def current_parties(encounter: Encounter, coverage: Coverage) -> dict[str, Any]:
    """The parties of a claim as the rows say now, for the kind of claim the visit is billed by."""
    stay = stay_of(encounter)
    if stay is None:
        return parties_of(encounter, coverage)
    return facility_parties(encounter, stay, coverage)


def provider_of(provider: Provider) -> claim_837p.Provider:
    person = claim_837p.Person(last_name=provider.last_name, first_name=provider.first_name)
    return claim_837p.Provider(person, provider.npi, provider.taxonomy_code)


def stay_facts(stay: FacilityStay, diagnoses: Sequence[EncounterDiagnosis]) -> dict[str, Any]:
    """Dates, CL1 and HI."""
    principal, *others = map(diagnosis_of, diagnoses) if diagnoses else [NO_DIAGNOSIS]
    procedures = [x12.DatedCode(code, date.fromisoformat(day)) for code, day in stay.procedures]
    return {
        "statement_from": stay.statement_from,
        "statement_to": stay.statement_to,
        "admission_type": stay.admission_type,
        "admission_source": stay.admission_source,
        "patient_status": stay.patient_status,
        "admission_on": stay.admission_on,
        "admission_time": stay.admission_time,
        "discharge_time": stay.discharge_time,
        "principal_diagnosis": principal,
        "other_diagnoses": tuple(others),
        "admitting_diagnosis": stay.admitting_diagnosis,
        "patient_reasons": tuple(stay.patient_reasons),
        "external_causes": tuple(
            x12.InstitutionalDiagnosis(code, answer) for code, answer in stay.external_causes
        ),
        "drg": stay.drg,
        "principal_procedure": procedures[0] if procedures else None,
        "other_procedures": tuple(procedures[1:]),
        "occurrences": tuple(
            x12.DatedCode(code, date.fromisoformat(day)) for code, day in stay.occurrences
        ),
        "occurrence_spans": tuple(
            x12.OccurrenceSpan(code, date.fromisoformat(first), date.fromisoformat(last))
            for code, first, last in stay.occurrence_spans
        ),
        "value_codes": tuple(x12.ValueCode(code, amount) for code, amount in stay.value_codes),
        "condition_codes": tuple(stay.condition_codes),
    }


NO_DIAGNOSIS = x12.InstitutionalDiagnosis("")


def diagnosis_of(diagnosis: EncounterDiagnosis) -> x12.InstitutionalDiagnosis:
    return x12.InstitutionalDiagnosis(diagnosis.code, diagnosis.present_on_admission)


def revenue_lines(
    encounter: Encounter, charges: Sequence[Charge], number: str
) -> tuple[x12.RevenueLine, ...]:
    """The charges as lines; each line's number is the claim's with L and its position.

    A room counts days and has no date of its own: the statement says it.
    """
    return tuple(
        x12.RevenueLine(
            position=position,
            revenue_code=charge.revenue_code,
            amount_billed=to_cents(charge.amount_billed or ZERO),
            units=charge.units,
            line_control_number=f"{number}L{position}",
            procedure_code=charge.procedure_code,
            modifiers=tuple(charge.modifiers),
            unit_code="DA" if charge.revenue_code.startswith(ROOM_REVENUE) else "UN",
            date_of_service=None if is_undated(charge) else encounter.date_of_service,
            drug=claim_837p.Drug(charge.drug_code, charge.units, "UN")
            if charge.drug_code
            else None,
        )
        for position, charge in enumerate(charges, 1)
    )


def is_undated(charge: Charge) -> bool:
    return charge.revenue_code.startswith(ROOM_REVENUE)
