"""Claim checks by fee schedule and HCPCS; the rules: coding.rules.checks.indicators."""

from billing.rules.coded_claim import on_codes
from billing.rules.findings import (
    BLOCKING,
    PROFESSIONAL,
    WARNING,
    Scrub,
)
from billing.rules.scrub_needs import need_fees, need_hcpcs
from billing.rules.scrub_texts import CHART
from coding.rules.checks.indicators import (
    SOURCE,
    doubt_hcpcs,
    look_assistant,
    look_bilateral,
    look_bilateral_units,
    look_bundled,
    look_co_surgeon,
    look_hcpcs,
    look_invalid,
    look_noncovered,
    look_professional,
    look_records,
    look_team,
    look_technical,
)
from coding.rules.hits import CodeLook
from payers.rules.edit_tables import Table

FIX = "Have the coder correct the modifiers."


def _scrub(
    code: str,
    title: str,
    look: CodeLook,
    column: str,
    severity: str = BLOCKING,
    fix: str = FIX,
) -> Scrub:
    source = f"{SOURCE}, {column}"
    return Scrub(
        code,
        title,
        severity,
        "2400 SV101",
        fix,
        source,
        on_codes(look),
        PROFESSIONAL,
        need_fees,
        (Table.FEES,),
    )


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "hcpcs_not_valid",
        "HCPCS code not valid on the day",
        BLOCKING,
        "2400 SV101",
        CHART,
        "HCPCS Level II release",
        on_codes(look_hcpcs),
        missing=need_hcpcs,
        tables=(Table.HCPCS,),
        doubt=on_codes(doubt_hcpcs),
    ),
    _scrub(
        "bilateral",
        "Modifier 50 not allowed",
        look_bilateral,
        "BILAT SURG",
    ),
    _scrub("bilateral_units", "Units with modifier 50", look_bilateral_units, "BILAT SURG"),
    _scrub(
        "professional_part",
        "Modifier 26 not allowed",
        look_professional,
        "PCTC IND",
    ),
    _scrub(
        "technical_part",
        "Modifier TC not allowed",
        look_technical,
        "PCTC IND",
    ),
    _scrub("assistant", "Assistant not paid", look_assistant, "ASST SURG"),
    _scrub(
        "assistant_records",
        "Assistant needs records",
        look_records,
        "ASST SURG",
        WARNING,
        "Keep the operative note at hand for the payer.",
    ),
    _scrub(
        "co_surgeon",
        "Co-surgeons not paid",
        look_co_surgeon,
        "CO-SURG",
    ),
    _scrub(
        "team_surgery",
        "Team not paid",
        look_team,
        "TEAM SURG",
    ),
    _scrub(
        "status_invalid",
        "Medicare wants another code",
        look_invalid,
        "STATUS I",
        fix=CHART,
    ),
    _scrub(
        "status_bundled",
        "Never paid apart",
        look_bundled,
        "STATUS B",
        WARNING,
        CHART,
    ),
    _scrub(
        "status_noncovered",
        "Not covered by Medicare",
        look_noncovered,
        "STATUS N",
        WARNING,
        CHART,
    ),
)
