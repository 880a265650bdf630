"""What a payer should allow. The figures were worked out beside this code, with fractions.

Indices 1.012, 0.977 and 1.325, conversion factor 33.4009: 99213 in the office is
(1.30 × 1.012 + 1.39 × 0.977 + 0.10 × 1.325) × 33.4009 = 93.73.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.rules.edit_tables import FeeIndicators, Locality, RelativeValue
from payers.rules.expected_allowed import Expected, Terms, expect_allowed
from payers.rules.fees import FeeRow
from payers.rules.medicare_units import BilledLine, FeeTables
from payers.rules.reductions import Rules

D = Decimal
DAY = date(2026, 11, 3)
HERE = Locality("06102", "16", "IL", "Chicago", D("1.012"), D("0.977"), D("1.325"))


def value(code: str, work: str, office: str, malpractice: str, **marks: Any) -> RelativeValue:
    """One line; `marks` are indicators, or other fields of RelativeValue."""
    indicators = {
        **{"global_days": "000", "pc_tc": "0", "multiple": "0", "bilateral": "0"},
        **{"assistant": "0", "co_surgeon": "0", "team": "0"},
    }
    status, modifier = marks.pop("status", "A"), marks.pop("modifier", "")
    facility = marks.pop("facility", office)
    indicators |= {name: marks.pop(name) for name in list(marks) if name in indicators}
    return RelativeValue(
        code=code,
        modifier=modifier,
        status=status,
        work=D(work),
        non_facility_expense=D(office),
        facility_expense=D(facility),
        malpractice=D(malpractice),
        conversion_factor=D("33.4009"),
        indicators=FeeIndicators(code, status, **indicators),
        **marks,
    )


SURGERY = {"multiple": "2", "bilateral": "1", "assistant": "2", "co_surgeon": "2"}
PACKAGE = {
    "global_days": "090",
    "preoperative_share": D("0.10"),
    "intraoperative_share": D("0.69"),
    "postoperative_share": D("0.21"),
}
SCOPE = {"multiple": "3", "endoscopy_base": "45378"}
LINES = [
    value("99213", "1.30", "1.39", "0.10", facility="0.55", bilateral="9", assistant="9"),
    value("20000", "5.00", "6.00", "0.80", **SURGERY, **PACKAGE),
    value("20001", "3.10", "4.20", "0.40", **SURGERY | {"assistant": "1"}),
    value("20002", "1.20", "2.00", "0.15", **SURGERY | {"multiple": "0"}),
    value("20003", "1.20", "2.00", "0.15", bilateral="3"),
    value("97110", "0.45", "0.40", "0.02", multiple="5"),
    value("97530", "0.50", "0.60", "0.02", multiple="5"),
    value("70551", "0.75", "3.00", "0.06", multiple="4", pc_tc="1"),
    value("70551", "0.75", "0.25", "0.04", multiple="4", pc_tc="1", modifier="26"),
    value("70552", "0.60", "2.50", "0.05", multiple="4", pc_tc="1"),
    value("70552", "0.60", "0.20", "0.03", multiple="4", pc_tc="1", modifier="26"),
    value("45378", "1.00", "3.00", "0.10", multiple="2"),
    value("45380", "2.00", "4.00", "0.20", **SCOPE),
    value("45381", "1.60", "3.50", "0.15", **SCOPE),
    value("45999", "1.60", "3.50", "0.15", multiple="3"),
    value("G0000", "1.00", "1.00", "0.10", status="I"),
    value("G0001", "1.00", "1.00", "0.10", status="B"),
    value("36000", "0.20", "0.50", "0.01", status="T"),
]
TABLES = FeeTables("Medicare 2026 Q4", {(row.code, row.modifier): row for row in LINES}, HERE)
MEDICARE = Terms("Medicare", "medicare", date(2026, 1, 1), percent=D(100))


def services(*lines: str, place: str = "11", billed: str = "9999.00") -> list[BilledLine]:
    """``20000-50`` or ``97110x2``."""
    found = []
    for position, line in enumerate(lines, 1):
        text, _, units = line.partition("x")
        code, *modifiers = text.split("-")
        found.append(
            BilledLine(position, code, tuple(modifiers), D(units or 1), place, DAY, D(billed))
        )
    return found


def amounts(
    lines: list[BilledLine], terms: Terms = MEDICARE, tables: FeeTables = TABLES
) -> list[str]:
    """The amounts, or the reasons."""
    found = expect_allowed(lines, [terms], {DAY: tables}, "Unified")
    return [one.reason if one.amount is None else str(one.amount) for one in found]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["99213"], ["93.73"]),
        (["99213x2"], ["187.46"]),
        (["20000", "20001", "20002"], ["400.21", "129.78", "112.47"]),
        (["20001", "20000"], ["129.78", "400.21"]),
        (["20001x2"], ["389.33"]),
        (["20000-50"], ["600.32"]),
        (["20000-50", "20001"], ["600.32", "129.78"]),
        (["20003-50"], ["224.94"]),
        (["97110-50"], ["29.15"]),
        (["20002-RT", "20002-LT"], ["112.47", "56.24"]),
        (["20002-RT", "20002-RT"], ["112.47", "112.47"]),
        # The assistant's side is no other side of the surgeon's.
        (["20002-RT", "20002-LT-80"], ["112.47", "18.00"]),
        (["20002-RT", "20002-RT-80", "20002-LT"], ["112.47", "18.00", "56.24"]),
        (["20000", "20001-RT", "20001-LT"], ["400.21", "129.78", "64.89"]),
        (["20000-80"], ["64.03"]),
        (["20000-AS"], ["54.43"]),
        (["20000-62"], ["250.13"]),
        (["20001-80"], ["0.00"]),
        (["20000-78"], ["276.14"]),
        (["20000-54"], ["316.17"]),
        (["20000-55"], ["84.04"]),
        (["97110x2", "97530"], ["45.24", "37.37"]),
        (["70551", "70552"], ["125.90", "64.70"]),
        (["70551", "70552-26"], ["125.90", "26.73"]),
        (["70551x2"], ["204.73"]),
        (["45380", "45381"], ["206.99", "38.81"]),
        (["45378", "45380"], ["0.00", "206.99"]),
        (["20000", "45380", "45381"], ["400.21", "103.50", "19.41"]),
        (["45999"], ["174.94"]),
        (["G0001", "99213"], ["0.00", "93.73"]),
        (["36000", "99213"], ["0.00", "93.73"]),
        (["36000"], ["23.52"]),
    ],
)
def test_medicare_pays_what_was_worked_out_by_hand(lines: list[str], expected: list[str]) -> None:
    assert amounts(services(*lines)) == expected


def test_the_facility_rate_is_paid_where_the_facility_is_paid() -> None:
    assert amounts(services("99213", place="22")) == ["66.32"]
    assert amounts(services("99213", place="10")) == ["93.73"]
    listed = TABLES._replace(places={"11": True, "22": False, "21": None})
    assert amounts(services("99213", place="11"), tables=listed) == ["66.32"]
    assert amounts(services("99213", place="22"), tables=listed) == ["93.73"]
    assert amounts(services("99213", place="21"), tables=listed) == ["66.32"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["99999"], "99999 is not in the Medicare fee schedule"),
        (["99213-26"], "99213-26 is not in the Medicare fee schedule"),
        (["20000-53"], "20000-53 is not in the Medicare fee schedule"),
        (["G0000"], "G0000 has no Medicare price (status I)"),
        (["20000-52"], "20000-52 is priced by report"),
        (["20000-66"], "20000-66 is priced by report"),
        (["99213-50"], "50 does not apply to 99213"),
        (["20000-50x2"], "20000-50 is billed with one unit"),
        (["99213-80"], "an assistant does not apply to 99213"),
        (["97110-80"], "an assistant at 97110 is paid with proof of need only"),
        (["99213-54"], "99213 has no global package to share"),
    ],
)
def test_what_is_not_known_says_why(lines: list[str], reason: str) -> None:
    assert amounts(services(*lines)) == [reason]


def test_a_missing_share_of_the_package_or_base_is_said_and_not_guessed() -> None:
    bare = {
        key: replace(row, intraoperative_share=None, endoscopy_base="")
        for key, row in (TABLES.values or {}).items()
    }
    tables = TABLES._replace(values=bare)
    assert amounts(services("20000-78"), tables=tables) == [
        "the shares of the global package of 20000 are not in the loaded table"
    ]
    assert amounts(services("45380"), tables=tables) == ["206.99"]
    assert amounts(services("45380", "45381"), tables=tables) == [
        "the endoscopic base of 45380 is not in the loaded table",
        "the endoscopic base of 45381 is not in the loaded table",
    ]


def test_the_sixth_procedure_of_a_day_is_priced_by_report() -> None:
    found = amounts(services("20000", *["20001"] * 5))
    assert found[:5] == ["400.21", *["129.78"] * 4]
    assert found[5] == "the sixth and each further procedure of a day is priced by report"


def test_a_return_to_the_room_beside_another_procedure_is_priced_by_report() -> None:
    told = "a return to the operating room beside another procedure is priced by report"
    assert amounts(services("20000-78", "20001-78")) == [told, told]


@pytest.mark.parametrize(
    ("tables", "reason"),
    [
        (FeeTables(), "no Medicare fee schedule is loaded for 11/03/2026"),
        (
            TABLES._replace(locality=None, locality_fault="the practice has no locality"),
            "the practice has no locality",
        ),
    ],
)
def test_without_a_table_there_is_no_amount(tables: FeeTables, reason: str) -> None:
    assert amounts(services("99213"), tables=tables) == [reason]
    assert expect_allowed(services("99213"), [MEDICARE], {}, "Unified")[0].amount is None


def test_a_contract_pays_its_percentage_of_medicare_or_of_the_charge() -> None:
    terms = MEDICARE._replace(percent=D(120))
    [found] = expect_allowed(services("99213"), [terms], {DAY: TABLES}, "Unified")
    assert found == Expected(1, D("112.48"), "Medicare 2026 Q4 × 120 %")
    charge = Terms("Half", "charge", date(2026, 1, 1), percent=D("62.5"))
    [found] = expect_allowed(services("99213", billed="165.00"), [charge], {}, "Unified")
    assert found == Expected(1, D("103.13"), "62.5 % of charge")


def test_a_line_is_worth_its_charge_at_most_where_the_contract_says_so() -> None:
    lines = services("99213", billed="80.00")
    [found] = expect_allowed(lines, [MEDICARE], {DAY: TABLES}, "Unified")
    assert found == Expected(1, D("80.00"), "Medicare 2026 Q4 × 100 %, the charge is less")
    assert amounts(lines, MEDICARE._replace(pays_lesser=False)) == ["93.73"]


def test_a_schedule_ranks_surgery_and_leaves_tests_and_therapy_whole() -> None:
    fees = [
        FeeRow(code, D(price), date(2026, 1, 1))
        for code, price in (("20000", "500.00"), ("20001", "300.00"), ("70551", "200.00"))
    ]
    terms = Terms("Unified 2026", "fee_schedule", date(2026, 1, 1), fees=fees)
    assert amounts(services("20000", "20001", "70551x2"), terms) == ["500.00", "150.00", "400.00"]
    assert amounts(services("99213"), terms) == ["99213 is not on the schedule of Unified 2026"]
    [found] = expect_allowed(services("20000"), [terms], {}, "Unified")
    assert found == Expected(1, D("500.00"), "Fee schedule Unified 2026")
    assert amounts(services("20000", "20001"), terms, FeeTables()) == [
        "the indicators of 20000 are not in the Medicare fee schedule",
        "the indicators of 20001 are not in the Medicare fee schedule",
    ]
    plain = terms._replace(rules=Rules(reduces_multiple=False, reduces_bilateral=False))
    assert amounts(services("20000-50", "20001"), plain, FeeTables()) == ["1000.00", "300.00"]


def test_the_contract_of_the_day_counts() -> None:
    old = MEDICARE._replace(percent=D(80), ends_on=date(2026, 6, 30))
    new = MEDICARE._replace(percent=D(110), starts_on=date(2026, 7, 1))
    [found] = expect_allowed(services("99213"), [old, new], {DAY: TABLES}, "Unified")
    assert found.amount == D("103.10")
    [none] = expect_allowed(services("99213"), [old], {DAY: TABLES}, "Unified")
    assert none.reason == "no contract with Unified on 11/03/2026"


CODES = st.sampled_from(["99213", "20000", "20001", "20002", "97110", "97530", "70551", "70552"])


@given(st.lists(CODES, min_size=1, max_size=5), st.randoms())
def test_reductions_never_add_and_do_not_depend_on_the_order(codes: list[str], mix: Any) -> None:
    lines = services(*codes)
    whole = amounts(lines, MEDICARE._replace(rules=Rules(False, False)))
    reduced = amounts(lines)
    assert all(D(less) <= D(full) for less, full in zip(reduced, whole, strict=True))
    assert sum(map(D, reduced)) >= sum(map(D, whole)) * D("0.4")
    shuffled = list(codes)
    mix.shuffle(shuffled)
    assert sorted(amounts(services(*shuffled))) == sorted(reduced)
