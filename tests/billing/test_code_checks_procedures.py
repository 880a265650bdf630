"""The checks on pairs, units, add-ons, periods and indicators: failing and passing claims."""

from datetime import date
from decimal import Decimal

import pytest

from billing.rules.findings import ClaimFacts
from payers.rules.edit_tables import AddOnEdit, CoverageRule, UnitLimit
from tests.billing.coding_cases import (
    NOTHING_KNOWN,
    Case,
    answer,
    assert_case,
    claim,
    facts,
    indicators,
    line,
    pair,
    past,
    tables,
)

WARNING = "warning"
NEVER = facts(tables(**pair("20610", "96372", 0)))
ONCE = facts(tables(**pair("20610", "99213", 1)))
TWO = pair("11102", "17000", 1)
DISTINCT = facts(tables(**TWO))


def limit(code: str, units: int, adjudication: int, **others: object) -> ClaimFacts:
    return facts(tables(units={code: UnitLimit(code, units, adjudication)}), **others)


def add_on(code: str, edit_type: int, *primaries: str, **others: object) -> ClaimFacts:
    edit = AddOnEdit(code, edit_type, frozenset(primaries))
    return facts(tables(add_ons={code: edit}), **others)


MINOR = indicators(c17110={"global_days": "010"}, c99213={})
MAJOR = indicators(c27447={"global_days": "090"}, c99213={})
SIMPLE = indicators(c20610={"global_days": "000"}, c99213={})
EVERY = indicators(
    c20610={"global_days": "000", "bilateral": "1", "assistant": "1", "co_surgeon": "0"},
    c93000={"bilateral": "0", "pc_tc": "4", "team": "0"},
    c71046={"pc_tc": "1", "bilateral": "3"},
    c27447={"global_days": "090", "assistant": "2", "co_surgeon": "1", "team": "2"},
    c47562={"global_days": "090", "assistant": "0"},
    c98000={"status": "I"},
    c99358={"status": "B"},
    c99397={"status": "N"},
)
KNOWN = facts(tables(**EVERY))


def rule(**changes: object) -> ClaimFacts:
    fields = {
        "document": "A100",
        "title": "Sample",
        "code": "93306",
        "states": frozenset({"IL"}),
        "covered": frozenset({"I10"}),
        "noncovered": frozenset({"Z0000"}),
        "starts_on": date(2020, 1, 1),
    } | changes
    return facts(tables(coverage={"93306": (CoverageRule(**fields),)}))


HCPCS = facts(
    tables(
        hcpcs={
            "J3301": (date(2000, 1, 1), None),
            "J9999": (date(2000, 1, 1), date(2026, 9, 30)),
            "G0001": (date(2027, 1, 1), None),
        }
    )
)

CASES = (
    Case(
        "ncci_never",
        claim(line("20610"), line("96372", "59")),
        "96372 (line 2) is not paid beside 20610 (line 1) on one day; no modifier changes that.",
        claim(line("20610"), line("96372", date_of_service=date(2026, 11, 3))),
        NEVER,
    ),
    Case(
        "ncci_pair",
        claim(line("99213"), line("20610")),
        "99213 (line 1) is part of 20610 (line 2) on one day; if the visit was separate, mark it "
        "with 25.",
        claim(line("99213", "25"), line("20610")),
        ONCE,
    ),
    Case(
        "ncci_other_claim",
        claim(line("99213")),
        "99213 (line 1) is not paid beside 20610 (claim NO9) on one day; if the visit was "
        "separate, mark it with 25.",
        claim(line("99213", "25")),
        facts(tables(**pair("20610", "99213", 1)), history=(past("20610", 0),)),
    ),
    Case(
        "ncci_same_site",
        claim(line("11102", "RT"), line("17000", "RT")),
        "17000 (line 2) and 11102 (line 1) are a pair and name the same site RT.",
        claim(line("11102", "RT"), line("17000", "LT")),
        DISTINCT,
        WARNING,
    ),
    Case(
        "mue_line",
        claim(line("J1100", units=Decimal(11))),
        "J1100 on line 1: 11 units, 10 a line are paid.",
        claim(line("J1100", units=Decimal(10)), line("J1100", "76", units=Decimal(9))),
        limit("J1100", 10, 1),
    ),
    Case(
        "mue_day",
        claim(line("93000"), line("93000", "59")),
        "93000: 2 units on 11/02/2026, 1 a day are paid.",
        claim(line("93000"), line("93000", date_of_service=date(2026, 11, 3))),
        limit("93000", 1, 2),
    ),
    Case(
        "mue_day_records",
        claim(line("93000", units=Decimal(4))),
        "93000: 4 units on 11/02/2026, 3 a day are paid.",
        claim(line("93000", units=Decimal(3))),
        limit("93000", 3, 3),
        WARNING,
    ),
    Case(
        "mue_zero",
        claim(line("A4206")),
        "A4206 on line 1 is not paid in this setting (limit 0).",
        claim(line("A4207")),
        limit("A4206", 0, 3),
    ),
    Case(
        "add_on_alone",
        claim(line("17003"), line("99213")),
        "17003 on line 1 is an add-on without its primary procedure (17000).",
        claim(line("17003"), line("17000")),
        add_on("17003", 1, "17000"),
    ),
    Case(
        "add_on_unlisted",
        claim(line("C9726")),
        "C9726 on line 1 is an add-on; none of the primary procedures CMS names stands beside it.",
        claim(line("C9726"), line("19301")),
        add_on("C9726", 3),
        WARNING,
    ),
    Case(
        "global_visit",
        claim(line("99213")),
        "99213 on line 1 is 10 days after 17110 (claim NO9), in its period of 10 days.",
        claim(line("99213", "24")),
        facts(tables(**MINOR), history=(past("17110", 10),)),
    ),
    Case(
        "global_same_day",
        claim(line("99213"), line("20610")),
        "99213 on line 1 is the same day as 20610 (line 2); it needs modifier 25 to be paid.",
        claim(line("99213", "25"), line("20610")),
        facts(tables(**SIMPLE)),
    ),
    Case(
        "global_decision",
        claim(line("99213", "57"), line("20610")),
        "Line 1: 57 is for major procedures; 20610 (line 2) is minor, which takes 25.",
        claim(line("99213", "25"), line("20610")),
        facts(tables(**SIMPLE)),
        WARNING,
    ),
    Case(
        "global_procedure",
        claim(line("20610")),
        "20610 on line 1 is 90 days after 27447 (claim NO9), in its period of 90 days.",
        claim(line("20610", "79")),
        facts(tables(**EVERY), history=(past("27447", 90),)),
        WARNING,
    ),
    Case(
        "split_care",
        claim(line("20610", "54")),
        "Line 1: 54 divides a surgical period; 20610 has none.",
        claim(line("27447", "54")),
        KNOWN,
        WARNING,
    ),
    Case(
        "hcpcs_not_valid",
        claim(line("J9999")),
        "J9999 on line 1 was valid only until 09/30/2026.",
        claim(line("J3301"), line("99213")),
        HCPCS,
    ),
    Case(
        "bilateral",
        claim(line("93000", "50")),
        "93000 on line 1: modifier 50 is not allowed, both sides are not paid more.",
        claim(line("20610", "50"), line("71046", "50")),
        KNOWN,
    ),
    Case(
        "bilateral_units",
        claim(line("20610", "50", units=Decimal(2))),
        "Line 1: modifier 50 goes with 1 unit, not 2.",
        claim(line("20610", "50")),
        KNOWN,
    ),
    Case(
        "professional_part",
        claim(line("93000", "26")),
        "93000 on line 1: modifier 26 is not allowed.",
        claim(line("71046", "26")),
        KNOWN,
    ),
    Case(
        "technical_part",
        claim(line("93000", "TC")),
        "93000 on line 1: modifier TC is not allowed.",
        claim(line("71046", "TC")),
        KNOWN,
    ),
    Case(
        "assistant",
        claim(line("20610", "AS")),
        "20610 on line 1: an assistant at surgery is not paid.",
        claim(line("27447", "AS")),
        KNOWN,
    ),
    Case(
        "assistant_records",
        claim(line("47562", "80")),
        "47562 on line 1: an assistant is paid only with a note of the need.",
        claim(line("27447", "80")),
        KNOWN,
        WARNING,
    ),
    Case(
        "co_surgeon",
        claim(line("20610", "62")),
        "20610 on line 1: co-surgeons are not paid.",
        claim(line("27447", "62")),
        KNOWN,
    ),
    Case(
        "team_surgery",
        claim(line("93000", "66")),
        "93000 on line 1: a team of surgeons is not paid.",
        claim(line("27447", "66")),
        KNOWN,
    ),
    Case(
        "status_invalid",
        claim(line("98000")),
        "98000 on line 1 is not valid for Medicare, which has another code for it.",
        claim(line("20610")),
        KNOWN,
    ),
    Case(
        "status_bundled",
        claim(line("99358")),
        "99358 on line 1 is always part of another service; Medicare never pays it apart.",
        claim(line("20610")),
        KNOWN,
        WARNING,
    ),
    Case(
        "status_noncovered",
        claim(line("99397")),
        "99397 on line 1 is not covered by Medicare; GY says that it is known.",
        claim(line("99397", "GY")),
        KNOWN,
        WARNING,
    ),
    Case(
        "support_noncovered",
        claim(line("93306"), dx="Z0000"),
        "93306 on line 1 is not covered for Z00.00 by A100 in IL.",
        claim(line("93306", pointers=(1, 2)), dx="Z0000 I10"),
        rule(),
    ),
    Case(
        "support",
        claim(line("93306"), dx="R002"),
        "93306 on line 1: none of its diagnoses is in the covered list of A100 in IL.",
        claim(line("93306"), line("99213"), dx="I10"),
        rule(),
    ),
    Case(
        "support_group",
        claim(line("93306")),
        "93306 on line 1: A100 lists its diagnoses in groups; check the paragraph of the group.",
        claim(line("93306", "GA")),
        rule(has_groups=True),
        WARNING,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_a_check_on_procedures_fails_and_passes(case: Case) -> None:
    assert_case(case)


PAIRS = "No release of the NCCI pairs is loaded for the day."
UNITS = "No release of the unit limits (MUE) is loaded for the day."
ADD_ONS = "No release of the add-on codes is loaded for the day."
FEES = "No release of the Medicare fee schedule is loaded for the day."
ARTICLES = "No release of the coverage articles is loaded for the day."
LACKS = {
    PAIRS: ("ncci_never", "ncci_pair", "ncci_other_claim", "ncci_same_site"),
    UNITS: ("mue_line", "mue_day", "mue_day_records", "mue_zero"),
    ADD_ONS: ("add_on_alone", "add_on_unlisted"),
    FEES: (
        *("global_visit", "global_same_day", "global_decision", "global_procedure", "split_care"),
        *("bilateral", "bilateral_units", "professional_part", "technical_part", "assistant"),
        *("assistant_records", "co_surgeon", "team_surgery", "status_invalid", "status_bundled"),
        "status_noncovered",
    ),
    ARTICLES: ("support_noncovered", "support", "support_group"),
    "No release of HCPCS Level II is loaded for the day.": ("hcpcs_not_valid",),
}


@pytest.mark.parametrize(
    ("reason", "code"), [(reason, code) for reason, codes in LACKS.items() for code in codes]
)
def test_without_its_table_a_check_on_procedures_is_not_made(reason: str, code: str) -> None:
    assert answer(code, claim(line("20610"), line("96372")), NOTHING_KNOWN) == reason


@pytest.mark.parametrize("code", ["ncci_other_claim", "global_visit", "global_procedure"])
def test_without_the_patients_other_claims_a_check_on_them_is_not_made(code: str) -> None:
    reason = "The patient's other claims are not known."
    assert answer(code, claim(line("20610")), facts(history=None)) == reason
