"""Modifiers and codes against the policy indicators of the Medicare fee schedule, and HCPCS dates.

The indicators' meanings are those of the PPRRVU file (CMS IOM 100-04 ch. 23 addendum).
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from billing.rules.coded_claim import (
    CodedClaim,
    CodedLine,
    coded,
    is_medicare,
    payer_class_of,
    severity_of,
)
from billing.rules.findings import (
    BLOCKING,
    PROFESSIONAL,
    WARNING,
    AnyClaim,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.scrub_needs import need_fees, need_hcpcs
from billing.rules.scrub_texts import CHART
from coding.rules.line_edits import NCCI_PAYERS
from payers.rules.edit_tables import EditTables, FeeIndicators, Table
from payers.rules.reductions import ASSISTANTS

SOURCE = "Medicare fee schedule"
# Sent although Medicare will not pay: the patient was told, or another payer wants the denial.
EXPECTED_DENIAL = frozenset({"GA", "GX", "GY", "GZ"})
# Level II codes of the public file; Level I and dental codes are not in it.
_LEVEL_II = re.compile(r"[A-CE-V]\d{4}", re.ASCII)
Judge = Callable[[FeeIndicators, frozenset[str]], str]


def look_indicators(judge: Judge, marks: frozenset[str]) -> Callable[[AnyClaim, ClaimFacts], Look]:
    """The check of lines with one of `marks`: `judge` says what is wrong, or nothing."""

    def look(claim: AnyClaim, facts: ClaimFacts) -> Look:
        view, indicators = coded(claim), facts.codes.tables.indicators
        if not view.marks & marks:
            return
        for line in view.lines:
            found = indicators.get(line.code)
            if found is None or not line.marks & marks:
                continue
            if words := judge(found, line.marks):
                yield Hit(
                    f"{line.code} on line {line.position}: {words}.",
                    line.position,
                    view.element,
                    severity_of(view, facts),
                )

    return look


def judge_bilateral(found: FeeIndicators, marks: frozenset[str]) -> str:
    reasons = {
        "0": "both sides are not paid more",
        "2": "the code is for both sides already",
        "9": "the code has no sides",
    }
    reason = reasons.get(found.bilateral)
    return f"modifier 50 is not allowed, {reason}" if reason else ""


def judge_professional(found: FeeIndicators, marks: frozenset[str]) -> str:
    """26: diagnostic tests (1) and laboratory interpretations (6). Blank is not published."""
    return "" if found.pc_tc in ("", "1", "6") else "modifier 26 is not allowed"


def judge_technical(found: FeeIndicators, marks: frozenset[str]) -> str:
    return "" if found.pc_tc in ("", "1") else "modifier TC is not allowed"


def judge_assistant(found: FeeIndicators, marks: frozenset[str]) -> str:
    return "an assistant at surgery is not paid" if found.assistant in ("1", "9") else ""


def judge_assistant_records(found: FeeIndicators, marks: frozenset[str]) -> str:
    return "an assistant is paid only with a note of the need" if found.assistant == "0" else ""


def judge_co_surgeon(found: FeeIndicators, marks: frozenset[str]) -> str:
    return "co-surgeons are not paid" if found.co_surgeon in ("0", "9") else ""


def judge_team(found: FeeIndicators, marks: frozenset[str]) -> str:
    return "a team of surgeons is not paid" if found.team in ("0", "9") else ""


def look_bilateral_units(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """One line, one unit, for payers that follow Medicare; others often want two."""
    view = coded(claim)
    if "50" not in view.marks or payer_class_of(view, facts.codes) not in NCCI_PAYERS:
        return
    for line in view.lines:
        found = facts.codes.tables.indicators.get(line.code)
        if found and "50" in line.marks and found.bilateral in ("1", "3") and line.units != 1:
            yield Hit(
                f"Line {line.position}: modifier 50 goes with 1 unit, not {line.units:f}.",
                line.position,
                "2400 SV104",
            )


def look_status(status: str, words: str) -> Callable[[AnyClaim, ClaimFacts], Look]:
    """Codes of one status, for Medicare only. X and E are paid under other schedules: they pass."""

    def look(claim: AnyClaim, facts: ClaimFacts) -> Look:
        view, indicators = coded(claim), facts.codes.tables.indicators
        if not indicators or not is_medicare(view, facts) or view.is_institutional:
            return
        for line in view.lines:
            found = indicators.get(line.code)
            if found and found.status == status and not line.marks & EXPECTED_DENIAL:
                yield Hit(f"{line.code} on line {line.position} {words}.", line.position)

    return look


def look_hcpcs(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """Level II codes unknown to the release, or not in force on the day.

    A release drops codes that ended long before it: what it does not know is judged for its own
    year only.
    """
    view, tables = coded(claim), facts.codes.tables
    is_whole = not tables.releases[Table.HCPCS].is_partial
    absent = {line.position for line in unknown_level_two(view, tables)} if is_whole else set()
    for line in view.lines:
        starts_on, ends_on = tables.hcpcs.get(line.code, (None, None))
        if line.position in absent:
            words = "is no HCPCS code of the loaded release"
        elif starts_on is None or not _LEVEL_II.fullmatch(line.code):
            continue
        elif line.starts_on < starts_on:
            words = f"is valid only from {starts_on:%m/%d/%Y}"
        elif ends_on is not None and line.starts_on > ends_on:
            words = f"was valid only until {ends_on:%m/%d/%Y}"
        else:
            continue
        yield Hit(f"{line.code} on line {line.position} {words}.", line.position, view.element)


def unknown_level_two(view: CodedClaim, tables: EditTables) -> Iterator[CodedLine]:
    """Lines whose Level II code the release of their time should have, and has not."""
    known_from = tables.releases[Table.HCPCS].starts_on - timedelta(days=365)
    for line in view.lines:
        is_listed = line.code in tables.hcpcs or not _LEVEL_II.fullmatch(line.code)
        if not is_listed and line.starts_on >= known_from:
            yield line


def doubt_hcpcs(claim: AnyClaim, facts: ClaimFacts) -> str:
    """A code absent from a partial release may be in the part that was not loaded."""
    view, tables = coded(claim), facts.codes.tables
    if not tables.releases[Table.HCPCS].is_partial:
        return ""
    line = next(unknown_level_two(view, tables), None)
    if line is None:
        return ""
    return f"HCPCS Level II is loaded in part only, and {line.code} is not in that part."


FIX = "Have the coder correct the modifiers."


def _scrub(
    code: str,
    title: str,
    look: Callable[[AnyClaim, ClaimFacts], Look],
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
        look,
        PROFESSIONAL,
        need_fees,
        (Table.FEES,),
    )


_ASSISTED = look_indicators(judge_assistant, ASSISTANTS)


def look_records(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for hit in look_indicators(judge_assistant_records, ASSISTANTS)(claim, facts):
        yield Hit(hit.message, hit.line, hit.element)


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "hcpcs_not_valid",
        "HCPCS code not valid on the day",
        BLOCKING,
        "2400 SV101",
        CHART,
        "HCPCS Level II release",
        look_hcpcs,
        missing=need_hcpcs,
        tables=(Table.HCPCS,),
        doubt=doubt_hcpcs,
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
