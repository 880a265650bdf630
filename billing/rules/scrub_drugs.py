"""Claim checks of drugs; the rules: coding.rules.checks.drugs."""

from billing.rules.coded_claim import on_codes
from billing.rules.findings import (
    BLOCKING,
    PROFESSIONAL,
    WARNING,
    Scrub,
)
from billing.rules.scrub_texts import CHART, TR3
from coding.rules.checks.drugs import (
    look_ndc,
    look_ndc_missing,
    look_ndc_quantity,
    look_vaccines,
    look_waste,
)

SCRUBS: tuple[Scrub, ...] = (
    Scrub("ndc", "NDC not 11 digits", BLOCKING, "2410 LIN03", CHART, TR3, on_codes(look_ndc)),
    Scrub(
        "ndc_quantity",
        "NDC without quantity or unit",
        BLOCKING,
        "2410 CTP04",
        CHART,
        TR3,
        on_codes(look_ndc_quantity),
    ),
    Scrub(
        "ndc_missing",
        "NDC missing",
        WARNING,
        "2410 LIN03",
        CHART,
        "Social Security Act §1927(a)(7)",
        on_codes(look_ndc_missing),
        PROFESSIONAL,
    ),
    Scrub(
        "drug_waste",
        "Discarded drug not said",
        WARNING,
        "2400 SV101",
        "Have the coder add JZ, or bill the discarded part with JW.",
        "CMS IOM 100-04 ch. 17 §40",
        on_codes(look_waste),
    ),
    Scrub(
        "vaccine_alone",
        "Vaccine or its giving missing",
        WARNING,
        "2400 SV101",
        CHART,
        "CMS IOM 100-04 ch. 18 §10",
        on_codes(look_vaccines),
        PROFESSIONAL,
    ),
)
