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
    judge_assistant,
    judge_bilateral,
    judge_co_surgeon,
    judge_professional,
    judge_team,
    judge_technical,
    look_bilateral_units,
    look_hcpcs,
    look_indicators,
    look_records,
    look_status,
)
from coding.rules.hits import CodeLook
from payers.rules.edit_tables import Table
from payers.rules.reductions import ASSISTANTS

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


_ASSISTED = look_indicators(judge_assistant, ASSISTANTS)


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
        look_indicators(judge_bilateral, frozenset({"50"})),
        "BILAT SURG",
    ),
    _scrub("bilateral_units", "Units with modifier 50", look_bilateral_units, "BILAT SURG"),
    _scrub(
        "professional_part",
        "Modifier 26 not allowed",
        look_indicators(judge_professional, frozenset({"26"})),
        "PCTC IND",
    ),
    _scrub(
        "technical_part",
        "Modifier TC not allowed",
        look_indicators(judge_technical, frozenset({"TC"})),
        "PCTC IND",
    ),
    _scrub("assistant", "Assistant not paid", _ASSISTED, "ASST SURG"),
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
        look_indicators(judge_co_surgeon, frozenset({"62"})),
        "CO-SURG",
    ),
    _scrub(
        "team_surgery",
        "Team not paid",
        look_indicators(judge_team, frozenset({"66"})),
        "TEAM SURG",
    ),
    _scrub(
        "status_invalid",
        "Medicare wants another code",
        look_status("I", "is not valid for Medicare, which has another code for it"),
        "STATUS I",
        fix=CHART,
    ),
    _scrub(
        "status_bundled",
        "Never paid apart",
        look_status("B", "is always part of another service; Medicare never pays it apart"),
        "STATUS B",
        WARNING,
        CHART,
    ),
    _scrub(
        "status_noncovered",
        "Not covered by Medicare",
        look_status("N", "is not covered by Medicare; GY says that it is known"),
        "STATUS N",
        WARNING,
        CHART,
    ),
)
