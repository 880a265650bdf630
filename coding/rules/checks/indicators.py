"""Modifiers and codes against the policy indicators of the Medicare fee schedule, and HCPCS dates.

The indicators' meanings are those of the PPRRVU file (CMS IOM 100-04 ch. 23 addendum).
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from coding.rules.code_facts import CodeFacts
from coding.rules.code_lists import NCCI_PAYERS
from coding.rules.coded_claim import (
    CodedClaim,
    CodedLine,
    is_medicare,
    payer_class_of,
    severity_of,
)
from coding.rules.fixes import drop, set_units
from coding.rules.hits import CodeLook, Hit, Look
from payers.rules.edit_tables import EditTables, FeeIndicators, Table
from payers.rules.reductions import ASSISTANTS

SOURCE = "Medicare fee schedule"
# Sent although Medicare will not pay: the patient was told, or another payer wants the denial.
EXPECTED_DENIAL = frozenset({"GA", "GX", "GY", "GZ"})
# Level II codes of the public file; Level I and dental codes are not in it.
LEVEL_II = re.compile(r"[A-CE-V]\d{4}", re.ASCII)
Judge = Callable[[FeeIndicators, frozenset[str]], str]


def look_indicators(judge: Judge, marks: frozenset[str], *, is_dropped: bool = True) -> CodeLook:
    """The check of lines with one of `marks`: `judge` says what is wrong, or nothing.

    `is_dropped`: without the modifier the line is right.
    """

    def look(view: CodedClaim, codes: CodeFacts) -> Look:
        indicators = codes.tables.indicators
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
                    severity_of(view, codes),
                    fix=drop(min(line.marks & marks), line.position) if is_dropped else None,
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


def look_bilateral_units(view: CodedClaim, codes: CodeFacts) -> Look:
    """One line, one unit, for payers that follow Medicare; others often want two."""
    if "50" not in view.marks or payer_class_of(view, codes) not in NCCI_PAYERS:
        return
    for line in view.lines:
        found = codes.tables.indicators.get(line.code)
        if found and "50" in line.marks and found.bilateral in ("1", "3") and line.units != 1:
            yield Hit(
                f"Line {line.position}: modifier 50 goes with 1 unit, "
                f"not {line.units.normalize():f}.",
                line.position,
                "2400 SV104",
                fix=set_units(1, line.position),
            )


def look_status(status: str, words: str) -> CodeLook:
    """Codes of one status, for Medicare only. X and E are paid under other schedules: they pass."""

    def look(view: CodedClaim, codes: CodeFacts) -> Look:
        indicators = codes.tables.indicators
        if not indicators or not is_medicare(view, codes) or view.is_institutional:
            return
        for line in view.lines:
            found = indicators.get(line.code)
            if found and found.status == status and not line.marks & EXPECTED_DENIAL:
                yield Hit(f"{line.code} on line {line.position} {words}.", line.position)

    return look


def look_hcpcs(view: CodedClaim, codes: CodeFacts) -> Look:
    """Level II codes unknown to the release, or not in force on the day.

    A release drops codes that ended long before it: what it does not know is judged for its own
    year only.
    """
    tables = codes.tables
    is_whole = not tables.releases[Table.HCPCS].is_partial
    absent = {line.position for line in unknown_level_two(view, tables)} if is_whole else set()
    for line in view.lines:
        starts_on, ends_on = tables.hcpcs.get(line.code, (None, None))
        if line.position in absent:
            words = "is no HCPCS code of the loaded release"
        elif starts_on is None or not LEVEL_II.fullmatch(line.code):
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
        is_listed = line.code in tables.hcpcs or not LEVEL_II.fullmatch(line.code)
        if not is_listed and line.starts_on >= known_from:
            yield line


def doubt_hcpcs(view: CodedClaim, codes: CodeFacts) -> str:
    """A code absent from a partial release may be in the part that was not loaded."""
    tables = codes.tables
    if not tables.releases[Table.HCPCS].is_partial:
        return ""
    line = next(unknown_level_two(view, tables), None)
    if line is None:
        return ""
    return f"HCPCS Level II is loaded in part only, and {line.code} is not in that part."


# An assistant was there or not: who it was is not the coder's to take back.
look_assistant = look_indicators(judge_assistant, ASSISTANTS, is_dropped=False)


def look_records(view: CodedClaim, codes: CodeFacts) -> Look:
    for hit in look_indicators(judge_assistant_records, ASSISTANTS)(view, codes):
        yield Hit(hit.message, hit.line, hit.element)


look_bilateral = look_indicators(judge_bilateral, frozenset({"50"}))
look_professional = look_indicators(judge_professional, frozenset({"26"}))
look_technical = look_indicators(judge_technical, frozenset({"TC"}))
look_co_surgeon = look_indicators(judge_co_surgeon, frozenset({"62"}))
look_team = look_indicators(judge_team, frozenset({"66"}))
look_invalid = look_status("I", "is not valid for Medicare, which has another code for it")
look_bundled = look_status("B", "is always part of another service; Medicare never pays it apart")
look_noncovered = look_status("N", "is not covered by Medicare; GY says that it is known")
