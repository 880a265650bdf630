"""Claim checks of diagnoses by age and sex; the rules: coding.rules.checks.dx_patient."""

from billing.rules.coded_claim import on_codes
from billing.rules.findings import BLOCKING, WARNING, Scrub
from billing.rules.scrub_texts import CHART
from coding.rules.checks.dx_patient import (
    ADULT,
    CHILD,
    MATERNITY,
    MCE,
    NEWBORN,
    AgeGroup,
    look_group,
    look_perinatal,
    look_sex,
)


def _age_scrub(code: str, title: str, group: AgeGroup) -> Scrub:
    return Scrub(code, title, BLOCKING, "2300 HI", CHART, MCE, on_codes(look_group(group)))


SCRUBS: tuple[Scrub, ...] = (
    _age_scrub("age_newborn", "Diagnosis of newborns", NEWBORN),
    _age_scrub("age_child", "Diagnosis of children", CHILD),
    _age_scrub("age_maternity", "Diagnosis of pregnancy and age", MATERNITY),
    _age_scrub("age_adult", "Diagnosis of adults", ADULT),
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
        "Prompt only: CMS ended its sex edit on 2024-10-01",
        on_codes(look_sex),
    ),
)
