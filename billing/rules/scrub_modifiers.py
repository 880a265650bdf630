"""Claim checks of modifiers by themselves; the rules: coding.rules.checks.modifiers."""

from billing.rules.coded_claim import on_codes
from billing.rules.findings import (
    BLOCKING,
    PROFESSIONAL,
    WARNING,
    Scrub,
)
from coding.rules.checks.modifiers import (
    CHAPTER_12,
    CPT,
    look_24_place,
    look_25_place,
    look_57_place,
    look_59_place,
    look_76_place,
    look_91_place,
    look_contradiction,
    look_distinct,
    look_facility_only,
    look_multiple,
    look_order,
    look_side_missing,
    look_sides,
    look_surgeon_place,
    look_unknown,
)
from coding.rules.hits import CodeLook

FIX = "Have the coder correct the modifiers."


def _scrub(
    code: str,
    title: str,
    look: CodeLook,
    source: str,
    severity: str = BLOCKING,
) -> Scrub:
    return Scrub(code, title, severity, "2400 SV101", FIX, source, on_codes(look))


SCRUBS: tuple[Scrub, ...] = (
    _scrub("modifier_contradiction", "Modifiers contradict each other", look_contradiction, CPT),
    _scrub("modifier_sides", "Two sides on one line", look_sides, f"{CHAPTER_12} §40.7"),
    _scrub("modifier_distinct", "59 beside an X modifier", look_distinct, "CMS MLN1783722"),
    _scrub(
        "modifier_24_place",
        "Modifier 24 not on a visit",
        look_24_place,
        f"{CHAPTER_12} §40.2",
    ),
    _scrub(
        "modifier_25_place",
        "Modifier 25 not on a visit",
        look_25_place,
        f"{CHAPTER_12} §30.6.6",
    ),
    _scrub(
        "modifier_57_place",
        "Modifier 57 not on a visit",
        look_57_place,
        f"{CHAPTER_12} §30.6.6",
    ),
    _scrub(
        "modifier_59_place",
        "Modifier 59 on a visit",
        look_59_place,
        "CMS MLN1783722",
    ),
    _scrub(
        "modifier_76_place",
        "Modifier 76 or 77 on a visit",
        look_76_place,
        f"{CHAPTER_12} §40",
        WARNING,
    ),
    _scrub(
        "modifier_91_place",
        "Modifier 91 not on a test",
        look_91_place,
        "CMS IOM 100-04 ch. 16 §100.5.1",
    ),
    _scrub(
        "modifier_surgeon_place",
        "Surgical modifier on a visit",
        look_surgeon_place,
        f"{CHAPTER_12} §40.2",
        WARNING,
    ),
    _scrub("modifier_unknown", "Modifier not known", look_unknown, CPT),
    _scrub("modifier_order", "Order of modifiers", look_order, f"{CHAPTER_12} §20", WARNING),
    _scrub(
        "side_missing", "Side not on the line", look_side_missing, f"{CHAPTER_12} §40.7", WARNING
    ),
    _scrub("modifier_51", "51 not needed", look_multiple, f"{CHAPTER_12} §40.6", WARNING),
    Scrub(
        "modifier_facility",
        "Modifier of facilities",
        WARNING,
        "2400 SV101",
        FIX,
        CPT,
        on_codes(look_facility_only),
        PROFESSIONAL,
    ),
)
