"""What the claim page shows of an institutional claim: the stay, the people, the codes."""

from collections.abc import Iterable

from rcm.money import cents_text
from rcm.x12.claim_837 import Provider
from rcm.x12.claim_837i import DatedCode, InstitutionalClaim, InstitutionalDiagnosis


def stay_of(content: InstitutionalClaim) -> list[tuple[str, str]]:
    """Label and value: type of bill, days, admission, people, codes; empty ones left out."""
    facts = [
        ("Type of bill", f"0{content.type_of_bill}"),
        ("Statement", f"{content.statement_from:%m/%d/%Y} – {content.statement_to:%m/%d/%Y}"),
        ("Admitted", _moment(content)),
        ("Discharged at", _time(content.discharge_time)),
        ("Admission type, source", f"{content.admission_type} {content.admission_source}".strip()),
        ("Patient's status", content.patient_status),
        ("Attending", _provider(content.attending_provider)),
        ("Operating", _provider(content.operating_provider)),
    ]
    return [(label, value) for label, value in facts + codes_of(content) if value]


def codes_of(content: InstitutionalClaim) -> list[tuple[str, str]]:
    """HI in words: label and codes; a diagnosis carries its answer on admission in brackets."""
    main = content.principal_procedure
    procedures = ((main,) if main else ()) + content.other_procedures
    spans = (
        f"{span.code} {span.starts_on:%m/%d/%Y} – {span.ends_on:%m/%d/%Y}"
        for span in content.occurrence_spans
    )
    return [
        ("Principal diagnosis", _diagnoses([content.principal_diagnosis])),
        ("Other diagnoses", _diagnoses(content.other_diagnoses)),
        ("Admitting diagnosis", content.admitting_diagnosis),
        ("Reasons for the visit", " ".join(content.patient_reasons)),
        ("External causes", _diagnoses(content.external_causes)),
        ("DRG", content.drg),
        ("Procedures", _dated(procedures)),
        ("Occurrences", _dated(content.occurrences)),
        ("Occurrence spans", ", ".join(spans)),
        (
            "Value codes",
            ", ".join(f"{each.code} {cents_text(each.amount)}" for each in content.value_codes),
        ),
        ("Condition codes", " ".join(content.condition_codes)),
    ]


def _moment(content: InstitutionalClaim) -> str:
    if content.admission_on is None:
        return ""
    return f"{content.admission_on:%m/%d/%Y} {_time(content.admission_time)}".strip()


def _time(text: str) -> str:
    return f"{text[:2]}:{text[2:]}" if text else ""


def _provider(provider: Provider | None) -> str:
    if provider is None:
        return ""
    return f"{provider.person.last_name}, {provider.person.first_name}, {provider.npi}"


def _diagnoses(diagnoses: Iterable[InstitutionalDiagnosis]) -> str:
    shown = (
        f"{each.code} ({each.present_on_admission})" if each.present_on_admission else each.code
        for each in diagnoses
    )
    return " ".join(shown)


def _dated(codes: Iterable[DatedCode]) -> str:
    return ", ".join(f"{each.code} {each.on:%m/%d/%Y}" for each in codes)
