"""The checks on codes on a chart: what they say, which one change settles it, and that it does."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.actions import institutional_parts
from billing.rules.scrub_code_sets import SCRUBS
from coding.rules.chart_checks import CHART_CHECKS, NEEDS, OVERRIDABLE
from coding.rules.chart_view import view_of
from coding.rules.code_facts import CodeFacts
from coding.rules.code_lists import ROOM_REVENUE
from coding.rules.edits import check, not_checked
from coding.rules.facts import Fix
from payers.rules.edit_tables import (
    AddOnEdit,
    EditTables,
    PairEdit,
    Table,
    TableRelease,
)
from tests.billing.coding_cases import DAY, dx, entry, indicators, pair, past, tables
from tests.coding.chart_cases import PLAIN, TWO, WARNING, Case, add, chart, limits, line, of_code
from tests.coding.chart_cases_services import OF_SERVICES
from tests.coding.chart_cases_tables import OF_TABLES

CASES = (*OF_TABLES, *OF_SERVICES)
# Only a chart has these: the claim cannot tell, or a person at billing cannot settle them.
OF_CHARTS_ONLY = {"code_first_order", "use_additional"}
# The chart asks more gently: the coder may not know, or has no place to enter it.
GENTLER = {"side_open": "gap", "anesthesia_minutes": "warning"}


@pytest.mark.parametrize("case", CASES, ids=[case.code for case in CASES])
def test_each_check_fails_and_passes_on_a_chart(case: Case) -> None:
    [found] = of_code(check(case.fails), case.code)
    assert (found.message, found.severity, found.fix) == (case.says, _severity(case), case.fix)
    assert of_code(check(case.passes), case.code) == []


def _severity(case: Case) -> str:
    """Unit limits paid on records only warn."""
    return WARNING if case.code == "mue_day_records" else case.severity


def test_chart_and_claim_run_the_same_functions() -> None:
    """A claim check wraps the function of the chart's check of the same id."""
    scrubs = {scrub.code: scrub for scrub in SCRUBS}
    assert {each.code for each in CHART_CHECKS} - scrubs.keys() == OF_CHARTS_ONLY
    for each in CHART_CHECKS:
        if each.code not in OF_CHARTS_ONLY:
            scrub = scrubs[each.code]
            assert getattr(scrub.look, "__wrapped__", None) is each.look, each.code
            severity = GENTLER.get(each.code, scrub.severity)
            assert (each.severity, each.source) == (severity, scrub.source), each.code
            assert each.is_professional == (len(scrub.forms) == 1), each.code


def test_what_is_certain_cannot_be_overridden() -> None:
    certain = {"dx_not_valid", "dx_heading", "ncci_never", "ncci_pair", "mue_day", "mue_zero"}
    assert certain & OVERRIDABLE == set()
    assert {"excludes1", "age_adult", "support", "mue_line", "global_visit"} <= OVERRIDABLE


def test_a_pair_counts_on_its_days_only() -> None:
    """Retired today and valid on the date of service, and the other way round."""
    retired = pair("11102", "17000", 1, ends_on=DAY)
    coming = pair("11102", "17000", 1, starts_on=date(2026, 11, 3))
    lines = line("17000"), line("11102")
    on = of_code(check(chart(*lines, found=tables(**retired))), "ncci_pair")
    assert [found.line for found in on] == [1]
    after = chart(*lines, found=tables(**retired), date_of_service=date(2026, 11, 3))
    assert of_code(check(after), "ncci_pair") == []
    assert of_code(check(chart(*lines, found=tables(**coming))), "ncci_pair") == []
    then = chart(*lines, found=tables(**coming), date_of_service=date(2026, 11, 3))
    assert len(of_code(check(then), "ncci_pair")) == 1


def test_a_diagnosis_counts_on_its_days_only() -> None:
    known = dx(I10=entry(ends_on=DAY), E119=entry(starts_on=date(2026, 11, 3)))
    facts = CodeFacts(tables=tables(), specialty="family", diagnoses=known, history=())
    on = replace(chart(codes="I10"), codes=facts)
    assert of_code(check(on), "dx_not_valid") == []
    after = replace(on, date_of_service=date(2026, 11, 3))
    [found] = of_code(check(after), "dx_not_valid")
    assert found.message == (
        "I10 is not a valid code on 11/03/2026; it is from 10/01/2020 to 11/02/2026."
    )
    [early] = of_code(check(replace(chart(codes="E119"), codes=facts)), "dx_not_valid")
    assert early.message == "E11.9 is not a valid code on 11/02/2026; it is from 11/03/2026."


def test_an_indicator_of_nine_is_never_applied() -> None:
    found = tables(**pair("11102", "17000", 9))
    assert of_code(check(chart(line("17000"), line("11102"), found=found)), "ncci_pair") == []


@pytest.mark.parametrize("mark", ["59", "XE", "XS", "XP", "XU", "LT", "E1", "58", "78", "79", "91"])
def test_a_modifier_of_the_manual_settles_a_pair(mark: str) -> None:
    lines = line("17000", mark), line("11102")
    assert of_code(check(chart(*lines, found=TWO)), "ncci_pair") == []


@pytest.mark.parametrize("mark", ["22", "76", "77", "51", "26"])
def test_other_modifiers_do_not(mark: str) -> None:
    lines = line("17000", mark), line("11102")
    assert len(of_code(check(chart(*lines, found=TWO)), "ncci_pair")) == 1


def test_a_visit_of_a_pair_is_marked_with_25_and_told_once() -> None:
    """The pair, the period and the rule without a table ask for the same change."""
    both = tables(**pair("17110", "99213", 1), **indicators(c17110={"global_days": "010"}))
    found = check(chart(line("99213"), line("17110"), found=both))
    assert [(each.code, each.fix) for each in found] == [("ncci_pair", add("25"))]


def test_another_payer_gets_a_warning_where_medicare_blocks() -> None:
    judged = chart(line("17000"), line("11102"), found=TWO, payer_class="commercial")
    assert [each.severity for each in of_code(check(judged), "ncci_pair")] == [WARNING]


def test_a_full_line_offers_no_modifier() -> None:
    judged = chart(line("17000", "22", "GA", "KX", "GC"), line("11102"), found=TWO)
    assert [each.fix for each in of_code(check(judged), "ncci_pair")] == [None]


def test_a_finding_names_the_table_the_release_and_since_when() -> None:
    [found] = of_code(check(chart(line("17000"), line("11102"), found=TWO)), "ncci_pair")
    assert found.source == (
        "CMS NCCI Policy Manual ch. I · NCCI pairs, release 2026 Q4, in force since 01/01/2010"
    )
    [units] = of_code(
        check(chart(line("17000", units=Decimal(3)), found=limits("17000", 1, 1))), "mue_line"
    )
    assert units.source == (
        "CMS medically unlikely edits, indicator 1 · Unit limits (MUE), release 2026 Q4, "
        "in force since 10/01/2026"
    )


def test_each_missing_table_is_named_once_and_none_when_all_are_there() -> None:
    assert not_checked(chart()) == []
    lines = line("99213"), line("J3301", "JZ")
    bare = replace(chart(*lines), codes=CodeFacts())
    day = "not checked, no table loaded for 11/02/2026."
    assert not_checked(bare) == [f"{need.name}: {day}" for need in NEEDS]


def test_a_code_a_partial_release_does_not_have_is_not_checked() -> None:
    partial = TableRelease(Table.HCPCS, "2026 October", date(2026, 10, 1), is_partial=True)
    found = tables(hcpcs={"J1885": (date(2000, 1, 1), None)})
    found = replace(found, releases={**found.releases, Table.HCPCS: partial})
    judged = chart(line("99213"), line("J3301", "JZ"), found=found)
    assert of_code(check(judged), "hcpcs_not_valid") == []
    assert not_checked(judged) == [
        "HCPCS Level II is loaded in part only, and J3301 is not in that part."
    ]
    assert not_checked(chart(line("99213"), line("J1885", "JZ"), found=found)) == []


def test_a_visit_that_is_not_coded_accompanies_no_add_on() -> None:
    found = tables(add_ons={"11103": AddOnEdit("11103", 2, frozenset())})
    uncoded = past("", 0)
    alone = chart(line("11103"), found=found, history=(uncoded,))
    assert len(of_code(check(alone), "add_on_unlisted")) == 1
    beside = chart(line("11103"), found=found, history=(uncoded, past("11102", 0)))
    assert of_code(check(beside), "add_on_unlisted") == []


def test_a_diagnosis_past_z_is_removed_by_its_number() -> None:
    listed = " ".join(["I10"] * 26 + ["X9999"])
    [found] = of_code(check(chart(codes=listed)), "dx_not_valid")
    assert found.fix == Fix("remove_diagnosis", "Remove 27", diagnosis=27)


def test_a_facility_chart_tells_the_age_on_the_first_day_of_its_statement() -> None:
    """The birthday lies between: the claim says 14, and so does the chart."""
    born = {"birth_date": date(2011, 11, 2), "sex": "M", "is_facility": True}
    judged = chart(codes="N400", statement_from=date(2026, 11, 1), **born)
    [found] = of_code(check(judged), "age_adult")
    assert found.message == "N40.0 is for ages from 15; the patient is 14."
    assert of_code(check(chart(codes="N400", **born)), "age_adult") == []


def test_a_room_is_dated_by_the_statement_as_on_the_claim() -> None:
    room = line("G0378", revenue_code="0120"), line("99284", revenue_code="0450")
    judged = chart(*room, is_facility=True, statement_from=date(2026, 11, 1))
    assert [each.starts_on for each in view_of(judged).lines] == [date(2026, 11, 1), DAY]
    assert ROOM_REVENUE == institutional_parts.ROOM_REVENUE


def test_a_table_that_could_say_nothing_is_not_asked_for() -> None:
    alone = replace(chart(payer_class="commercial"), codes=CodeFacts(diagnoses=PLAIN))
    assert [text.partition(":")[0] for text in not_checked(alone)] == [
        "Unit limits (MUE)",
        "Add-on codes",
        "Medicare fee schedule",
    ]


def test_a_loaded_table_of_another_setting_is_no_answer() -> None:
    release = TableRelease(Table.MUE_HOSPITAL, "2026 Q4", date(2026, 10, 1))
    assert not EditTables(releases={Table.MUE_HOSPITAL: release}).has(Table.MUE_PRACTITIONER)
    edit = PairEdit("11102", "17000", date(2010, 1, 1), None, 1)
    unloaded = EditTables(pairs={("11102", "17000"): (edit,)})
    assert of_code(check(chart(line("17000"), line("11102"), found=unloaded)), "ncci_pair") == []
