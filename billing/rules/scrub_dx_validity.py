"""Claim checks of each diagnosis by itself; the rules: coding.rules.checks.dx_validity."""

from billing.rules.coded_claim import on_codes
from billing.rules.findings import (
    BLOCKING,
    INSTITUTIONAL,
    WARNING,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.scrub_needs import need_diagnoses
from billing.rules.scrub_texts import CHART
from coding.rules.checks.dx_validity import (
    is_external_cause,
    look_heading,
    look_placeholder,
    look_seventh_missing,
    look_seventh_wrong,
    look_validity,
)
from coding.rules.diagnosis_edits import CODE_SET, GUIDELINES
from coding.rules.written_codes import dotted
from rcm.x12.claim_837i import InstitutionalClaim


def look_present_missing(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """Inpatient only, where others say it. Exempt codes are mostly of chapters 20 and 21 (V-Z)."""
    listed = (claim.principal_diagnosis, *claim.other_diagnoses)
    if not claim.is_inpatient or not any(each.present_on_admission for each in listed):
        return
    for diagnosis in listed:
        if not diagnosis.present_on_admission and diagnosis.code[:1] not in "VWXYZ":
            yield Hit(f"{dotted(diagnosis.code)} does not say whether it was present on admission.")


def look_cause_form(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    for cause in claim.external_causes:
        if not is_external_cause(cause.code):
            yield Hit(f"{dotted(cause.code)} is sent as an external cause but is none (V00-Y99).")


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "dx_not_valid",
        "Diagnosis not valid on the day",
        BLOCKING,
        "2300 HI",
        CHART,
        CODE_SET,
        on_codes(look_validity),
        missing=need_diagnoses,
    ),
    Scrub(
        "dx_heading",
        "Diagnosis is a heading",
        BLOCKING,
        "2300 HI",
        CHART,
        CODE_SET,
        on_codes(look_heading),
        missing=need_diagnoses,
    ),
    Scrub(
        "dx_seventh_missing",
        "7th character missing",
        BLOCKING,
        "2300 HI",
        CHART,
        f"{GUIDELINES} I.A.5",
        on_codes(look_seventh_missing),
        missing=need_diagnoses,
    ),
    Scrub(
        "dx_seventh_wrong",
        "7th character not allowed",
        BLOCKING,
        "2300 HI",
        CHART,
        f"{GUIDELINES} I.A.5",
        on_codes(look_seventh_wrong),
        missing=need_diagnoses,
    ),
    Scrub(
        "dx_placeholder",
        "Placeholder X missing",
        BLOCKING,
        "2300 HI",
        CHART,
        f"{GUIDELINES} I.A.4",
        on_codes(look_placeholder),
        missing=need_diagnoses,
    ),
    Scrub(
        "poa_missing",
        "Present on admission missing",
        WARNING,
        "2300 HI C022-9",
        "Have the coder say it, unless the code is exempt.",
        "CMS IOM 100-04 ch. 23 §10.3",
        look_present_missing,
        INSTITUTIONAL,
    ),
    Scrub(
        "external_cause_form",
        "External cause not V00-Y99",
        BLOCKING,
        "2300 HI*ABN",
        CHART,
        "TR3 005010X223",
        look_cause_form,
        INSTITUTIONAL,
    ),
)
