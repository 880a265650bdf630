"""Claim checks of laboratory tests; the rules: coding.rules.checks.laboratory."""

from billing.rules.coded_claim import on_codes
from billing.rules.findings import (
    BLOCKING,
    PROFESSIONAL,
    WARNING,
    Scrub,
)
from billing.rules.scrub_texts import CHART, SETUP
from coding.rules.checks.laboratory import (
    LABORATORY,
    look_clia,
    look_clia_form,
    look_qw,
    look_qw_place,
)

SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "clia_missing",
        "CLIA number missing",
        WARNING,
        "2300 REF*X4",
        SETUP,
        f"{LABORATORY}.10",
        on_codes(look_clia),
        PROFESSIONAL,
    ),
    Scrub(
        "clia_form",
        "CLIA number not valid",
        BLOCKING,
        "2300 REF*X4",
        SETUP,
        f"{LABORATORY}.1",
        on_codes(look_clia_form),
        PROFESSIONAL,
    ),
    Scrub(
        "waived_test",
        "Waived test without QW",
        WARNING,
        "2400 SV101",
        CHART,
        f"{LABORATORY}.8",
        on_codes(look_qw),
        PROFESSIONAL,
    ),
    Scrub(
        "waived_mark",
        "QW not for this code",
        WARNING,
        "2400 SV101",
        CHART,
        f"{LABORATORY}.8",
        on_codes(look_qw_place),
        PROFESSIONAL,
    ),
)
