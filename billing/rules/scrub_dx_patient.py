"""Claim checks of diagnoses by age and sex; the rules: coding.rules.checks.dx_patient."""

from billing.rules.coded_claim import on_codes
from billing.rules.findings import BLOCKING, WARNING, Scrub
from billing.rules.scrub_texts import CHART
from coding.rules.checks.dx_patient import (
    MCE,
    SEX_SOURCE,
    look_adult,
    look_child,
    look_maternity,
    look_newborn,
    look_perinatal,
    look_sex,
)
from coding.rules.hits import CodeLook


def _age_scrub(code: str, title: str, look: CodeLook) -> Scrub:
    return Scrub(code, title, BLOCKING, "2300 HI", CHART, MCE, on_codes(look))


SCRUBS: tuple[Scrub, ...] = (
    _age_scrub("age_newborn", "Diagnosis of newborns", look_newborn),
    _age_scrub("age_child", "Diagnosis of children", look_child),
    _age_scrub("age_maternity", "Diagnosis of pregnancy and age", look_maternity),
    _age_scrub("age_adult", "Diagnosis of adults", look_adult),
    Scrub(
        "age_perinatal",
        "Perinatal diagnosis after the first year",
        WARNING,
        "2300 HI",
        CHART,
        "ICD-10-CM Official Guidelines I.C.16.a",
        on_codes(look_perinatal),
    ),
    Scrub(
        "sex_prompt",
        "Diagnosis and sex",
        WARNING,
        "2010BA DMG03",
        "Compare with the patient's record; change nothing if both are right.",
        SEX_SOURCE,
        on_codes(look_sex),
    ),
)
