"""Claim checks of the diagnoses' order; the rules: coding.rules.checks.dx_order."""

from billing.rules.coded_claim import on_codes
from billing.rules.findings import (
    BLOCKING,
    WARNING,
    Scrub,
)
from billing.rules.scrub_needs import need_diagnoses
from billing.rules.scrub_texts import CHART
from coding.rules.checks.dx_order import (
    look_both_sides,
    look_code_first,
    look_excludes1,
    look_external_cause_first,
    look_external_cause_pointed,
    look_manifestation_first,
    look_never_first,
    look_only_first,
    look_side_contradicts,
    look_side_open,
)
from coding.rules.diagnosis_edits import GUIDELINES

ORDER_FIX = "Have the coder put the diagnoses in order."


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "external_cause_first",
        "External cause stands first",
        BLOCKING,
        "2300 HI",
        ORDER_FIX,
        f"{GUIDELINES} I.C.20.a.6",
        on_codes(look_external_cause_first),
    ),
    Scrub(
        "external_cause_pointed",
        "Line points first to an external cause",
        WARNING,
        "2400 SV107",
        CHART,
        f"{GUIDELINES} I.C.20.a.6",
        on_codes(look_external_cause_pointed),
    ),
    Scrub(
        "manifestation_first",
        "Manifestation stands first",
        BLOCKING,
        "2300 HI",
        ORDER_FIX,
        f"{GUIDELINES} I.A.13",
        on_codes(look_manifestation_first),
        missing=need_diagnoses,
    ),
    Scrub(
        "code_first",
        "Cause to be coded first",
        WARNING,
        "2300 HI",
        ORDER_FIX,
        f"{GUIDELINES} I.A.13",
        on_codes(look_code_first),
        missing=need_diagnoses,
    ),
    Scrub(
        "dx_only_first",
        "Diagnosis may only stand first",
        WARNING,
        "2300 HI",
        ORDER_FIX,
        f"{GUIDELINES} I.C.21.c.16",
        on_codes(look_only_first),
    ),
    Scrub(
        "dx_never_first",
        "Diagnosis may not stand first",
        WARNING,
        "2300 HI",
        ORDER_FIX,
        f"{GUIDELINES} I.B.14, I.C.1, I.C.15, I.C.21",
        on_codes(look_never_first),
    ),
    Scrub(
        "excludes1",
        "Excludes1 note",
        WARNING,
        "2300 HI",
        "Have the coder drop one of the two, unless the conditions are unrelated.",
        f"{GUIDELINES} I.A.12.a",
        on_codes(look_excludes1),
        missing=need_diagnoses,
    ),
    Scrub(
        "side_open",
        "Side not said",
        WARNING,
        "2300 HI",
        CHART,
        f"{GUIDELINES} I.B.13",
        on_codes(look_side_open),
        missing=need_diagnoses,
    ),
    Scrub(
        "side_contradicts",
        "Modifier and diagnosis on different sides",
        BLOCKING,
        "2400 SV101",
        CHART,
        f"{GUIDELINES} I.B.13",
        on_codes(look_side_contradicts),
        missing=need_diagnoses,
    ),
    Scrub(
        "both_sides",
        "Modifier 50 with a one-sided diagnosis",
        WARNING,
        "2400 SV101",
        CHART,
        f"{GUIDELINES} I.B.13",
        on_codes(look_both_sides),
        missing=need_diagnoses,
    ),
)
