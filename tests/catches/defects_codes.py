"""SNIP type 5: codes and numbers that are in no code set, or not on the day."""

from dataclasses import replace

from rcm.x12.claim_837i import DatedCode, ValueCode
from tests.catches.planting import (
    ANY,
    HOLDERS,
    INSTITUTIONAL,
    PROFESSIONAL,
    RENDERED,
    STAYS,
    Defect,
    billing,
    claim,
    diagnosed,
    holder,
    home,
    line,
    marked,
    part,
    planted,
    street,
    swapped,
    wrong_digit,
)

CODES: tuple[Defect, ...] = (
    planted(
        5,
        "billing_npi_digit",
        ANY,
        "npi",
        lambda r, s: billing(s, npi=wrong_digit(r, s.claim.billing_provider.npi)),
    ),
    planted(
        5,
        "billing_npi_swapped",
        ANY,
        "npi",
        lambda r, s: billing(s, npi=swapped(r, s.claim.billing_provider.npi)),
    ),
    planted(
        5,
        "rendering_npi_digit",
        RENDERED,
        "npi",
        lambda r, s: part(
            s, "rendering_provider", npi=wrong_digit(r, s.claim.rendering_provider.npi)
        ),
    ),
    planted(
        5,
        "attending_npi_digit",
        INSTITUTIONAL,
        "npi",
        lambda r, s: part(
            s, "attending_provider", npi=wrong_digit(r, s.claim.attending_provider.npi)
        ),
    ),
    planted(
        5, "npi_of_nine", ANY, "npi", lambda r, s: billing(s, npi=s.claim.billing_provider.npi[:9])
    ),
    planted(
        5,
        "tax_id_short",
        ANY,
        "tax_id",
        lambda r, s: billing(s, tax_id=s.claim.billing_provider.tax_id[:8]),
    ),
    planted(
        5,
        "tax_id_dashed",
        ANY,
        "tax_id",
        lambda r, s: billing(s, tax_id=f"37-{s.claim.billing_provider.tax_id[2:]}"),
    ),
    planted(
        5,
        "tax_id_invented",
        ANY,
        "tax_id_digits",
        lambda r, s: billing(
            s, tax_id=r.choice(("999999999", "000000000", "001234567", "111111111"))
        ),
    ),
    planted(
        5, "taxonomy_short", ANY, "taxonomy", lambda r, s: billing(s, taxonomy_code="207Q00000")
    ),
    planted(
        5,
        "state_unknown",
        ANY,
        "state_code",
        lambda r, s: street(s, state=r.choice(("XX", "IO", "AB"))),
    ),
    planted(5, "home_state_unknown", HOLDERS, "state_code", lambda r, s: home(s, state="ZZ")),
    planted(5, "home_zip_short", HOLDERS, "zip_code", lambda r, s: home(s, zip_code="6270")),
    planted(5, "home_zip_letters", HOLDERS, "zip_code", lambda r, s: home(s, zip_code="6270I")),
    planted(
        5,
        "zip_of_other_state",
        HOLDERS,
        "zip_state",
        lambda r, s: home(s, state=r.choice(("CA", "NY", "TX", "FL", "WI", "IN"))),
    ),
    planted(
        5, "zip_of_zeros", HOLDERS, "zip_state zip_code", lambda r, s: home(s, zip_code="00000")
    ),
    planted(5, "phone_short", ANY, "phone", lambda r, s: billing(s, contact_phone="5550100")),
    planted(5, "sex_unknown", HOLDERS, "sex", lambda r, s: holder(s, sex=r.choice(("X", "", "W")))),
    planted(
        5,
        "relation_unknown",
        ("child",),
        "relationship_code",
        lambda r, s: part(s, "patient", relationship="77"),
    ),
    planted(
        5,
        "payer_kind_unknown",
        ANY,
        "filing_indicator",
        lambda r, s: holder(s, filing_indicator="QQ"),
    ),
    planted(
        5,
        "place_unknown",
        PROFESSIONAL,
        "place_of_service",
        lambda r, s: claim(s, place_of_service=r.choice(("00", "30", "88"))),
    ),
    planted(
        5,
        "frequency_unknown",
        PROFESSIONAL,
        "frequency_code",
        lambda r, s: claim(s, frequency=r.choice(("2", "9", "0"))),
    ),
    planted(
        5, "assignment_unknown", ANY, "claim_codes", lambda r, s: claim(s, accepts_assignment="Z")
    ),
    planted(
        5,
        "dx_with_letter_o",
        ("visit", "stay"),
        "dx_not_valid",
        lambda r, s: diagnosed(s, "I1O J189"),
    ),
    planted(
        5,
        "dx_with_dot",
        PROFESSIONAL,
        "diagnoses",
        lambda r, s: diagnosed(s, " ".join(["E11.9", *s.claim.diagnoses[1:]])),
    ),
    planted(
        5,
        "dx_unknown",
        ("visit", "stay", "emergency"),
        "dx_not_valid",
        lambda r, s: diagnosed(s, r.choice(("I109", "E9999", "Q000")) + " M545"),
    ),
    planted(
        5,
        "dx_retired",
        ("visit", "therapy", "stay"),
        "dx_not_valid",
        lambda r, s: diagnosed(s, "R5100 M545"),
    ),
    planted(
        5,
        "dx_heading",
        ("visit", "telehealth", "stay"),
        "dx_heading",
        lambda r, s: diagnosed(s, "E11 I10"),
    ),
    planted(
        5,
        "dx_without_seventh",
        ("accident",),
        "dx_seventh_missing",
        lambda r, s: diagnosed(s, "S52501 V4352XA"),
    ),
    planted(
        5,
        "dx_wrong_seventh",
        ("accident",),
        "dx_seventh_wrong",
        lambda r, s: diagnosed(s, "S52501A V4352XZ"),
    ),
    planted(
        5,
        "dx_without_placeholder",
        ("accident",),
        "dx_placeholder dx_not_valid",
        lambda r, s: diagnosed(s, "S52501A V4352A"),
    ),
    planted(
        5,
        "dx_twice",
        ("visit", "tests", "telehealth"),
        "diagnoses",
        lambda r, s: diagnosed(s, "I10 I10"),
    ),
    planted(
        5,
        "dx_icd_9",
        ("visit", "telehealth"),
        "diagnoses dx_not_valid",
        lambda r, s: diagnosed(s, "4019 I10"),
    ),
    planted(
        5,
        "procedure_short",
        PROFESSIONAL,
        "procedure",
        lambda r, s: line(s, procedure_code=s.claim.lines[0].procedure_code[:4]),
    ),
    planted(
        5,
        "procedure_lower_case",
        PROFESSIONAL,
        "procedure",
        lambda r, s: line(s, procedure_code="9921e"),
    ),
    planted(
        5,
        "hcpcs_ended",
        ("injection",),
        "hcpcs_not_valid",
        lambda r, s: line(s, 2, procedure_code="J0970"),
    ),
    planted(
        5,
        "hcpcs_unknown",
        ("injection", "ambulance"),
        "hcpcs_not_valid",
        lambda r, s: line(s, 1, procedure_code=r.choice(("J9999", "A9998"))),
    ),
    planted(
        5,
        "modifier_unknown",
        ("visit", "skin", "tests"),
        "modifier_unknown",
        lambda r, s: marked(s, r.choice(("00", "19", "98", "ZZ"))),
    ),
    planted(5, "modifier_lower_case", ("visit", "skin"), "modifiers", lambda r, s: marked(s, "rt")),
    planted(5, "modifier_short", PROFESSIONAL, "modifiers", lambda r, s: marked(s, "2")),
    planted(5, "modifier_twice", ("visit", "skin"), "modifiers", lambda r, s: marked(s, "59 59")),
    planted(
        5,
        "ndc_of_ten",
        ("injection",),
        "ndc",
        lambda r, s: line(s, 2, drug=replace(s.claim.lines[2].drug, code="0003029305")),
    ),
    planted(
        5,
        "ndc_dashed",
        ("injection",),
        "ndc",
        lambda r, s: line(s, 2, drug=replace(s.claim.lines[2].drug, code="00003-0293-05")),
    ),
    planted(
        5,
        "ndc_of_zeros",
        ("injection",),
        "ndc",
        lambda r, s: line(
            s, 2, drug=replace(s.claim.lines[2].drug, code=r.choice(("00000000000", "99999999999")))
        ),
    ),
    planted(
        5,
        "ndc_unit",
        ("injection",),
        "ndc_quantity",
        lambda r, s: line(s, 2, drug=replace(s.claim.lines[2].drug, unit="MG")),
    ),
    planted(
        5,
        "laboratory_number",
        ("tests",),
        "clia_form",
        lambda r, s: claim(
            s, clia_number=r.choice(("14-D1234567", "14D123456", "14DI234567", "PENDING"))
        ),
    ),
    planted(
        5,
        "bill_type_form",
        INSTITUTIONAL,
        "bill_type",
        lambda r, s: claim(s, type_of_bill=r.choice(("0111", "1I1", "11"))),
    ),
    planted(
        5,
        "bill_type_unknown",
        INSTITUTIONAL,
        "bill_type bill_type_unused",
        lambda r, s: claim(s, type_of_bill=r.choice(("991", "171", "951"))),
    ),
    planted(
        5,
        "patient_status_form",
        INSTITUTIONAL,
        "patient_status",
        lambda r, s: claim(s, patient_status=r.choice(("1", "", "A1"))),
    ),
    planted(
        5,
        "patient_status_unused",
        INSTITUTIONAL,
        "patient_status_unused patient_status",
        lambda r, s: claim(s, patient_status=r.choice(("08", "00", "99"))),
    ),
    planted(
        5,
        "admission_type_unused",
        INSTITUTIONAL,
        "admission_type",
        lambda r, s: claim(s, admission_type=r.choice(("7", "0", ""))),
    ),
    planted(
        5,
        "origin_unused",
        STAYS,
        "origin",
        lambda r, s: claim(s, admission_source=r.choice(("7", "3", "Z"))),
    ),
    planted(
        5,
        "revenue_code_form",
        INSTITUTIONAL,
        "revenue_code",
        lambda r, s: line(s, revenue_code=r.choice(("120", "01200", "O120"))),
    ),
    planted(
        5,
        "revenue_code_total",
        INSTITUTIONAL,
        "total_line",
        lambda r, s: line(s, 1, revenue_code="0001"),
    ),
    planted(
        5,
        "value_code_form",
        STAYS,
        "value_code",
        lambda r, s: claim(s, value_codes=(*s.claim.value_codes, ValueCode("8", 100))),
    ),
    planted(
        5,
        "occurrence_code_form",
        STAYS,
        "occurrence_code",
        lambda r, s: claim(s, occurrences=(DatedCode("1", s.claim.statement_from),)),
    ),
    planted(
        5,
        "condition_code_form",
        INSTITUTIONAL,
        "condition_code",
        lambda r, s: claim(s, condition_codes=("C",)),
    ),
    planted(
        5,
        "present_letter",
        STAYS,
        "present_code",
        lambda r, s: part(s, "principal_diagnosis", present_on_admission=r.choice(("X", "1", "y"))),
    ),
    planted(5, "drg_form", STAYS, "drg", lambda r, s: claim(s, drg=r.choice(("19", "19A")))),
    planted(
        5,
        "admission_hour_form",
        STAYS,
        "admission_time",
        lambda r, s: claim(s, admission_time=r.choice(("25", "2460", "9AM"))),
    ),
    planted(
        5,
        "procedure_icd_form",
        ("surgical_stay",),
        "procedure_form",
        lambda r, s: claim(
            s,
            principal_procedure=replace(
                s.claim.principal_procedure, code=r.choice(("0SRC0J", "27447", "OSRC0J9"))
            ),
        ),
    ),
)
