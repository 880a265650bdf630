"""When pairs, units, global periods and coverage count: the finer points of each rule."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.rules.findings import ClaimFacts, ClaimForm
from billing.rules.scrubbing import OF_FORM, scrub
from payers.rules.edit_tables import Table
from rcm.x12.claim_837 import Address, ServiceFacility
from rcm.x12.claim_837p import ServiceLine
from tests.billing.coding_cases import (
    BILLING,
    DAY,
    answer,
    claim,
    facts,
    indicators,
    line,
    pair,
    past,
    revenue,
    stay,
    tables,
)
from tests.billing.test_code_checks_procedures import (
    DISTINCT,
    MAJOR,
    MINOR,
    NEVER,
    ONCE,
    add_on,
    limit,
    rule,
)


def test_a_pair_blocks_payers_that_follow_ncci_and_warns_others() -> None:
    both = claim(line("99213"), line("20610"))
    for payer in ("medicare", "medicaid", "advantage"):
        known = facts(tables(**pair("20610", "99213", 1)), payer)
        assert [severity for severity, _ in answer("ncci_pair", both, known)] == ["blocking"]
    for payer in ("commercial", "blue", "other"):
        known = facts(tables(**pair("20610", "99213", 1)), payer)
        assert [severity for severity, _ in answer("ncci_pair", both, known)] == ["warning"]


@pytest.mark.parametrize("modifier", ["22", "76", "77", "50", "51", "26", "TC", "GA"])
def test_a_modifier_that_does_not_go_with_ncci_settles_nothing(modifier: str) -> None:
    judged = claim(line("11102"), line("17000", modifier))
    assert len(answer("ncci_pair", judged, DISTINCT)) == 1


@pytest.mark.parametrize(
    "modifier", ["59", "XE", "XP", "XS", "XU", "RT", "E1", "FA", "T9", "LC", "58", "78", "79", "91"]
)
def test_a_modifier_that_goes_with_ncci_settles_a_pair_on_either_code(modifier: str) -> None:
    assert answer("ncci_pair", claim(line("11102"), line("17000", modifier)), DISTINCT) == []
    assert answer("ncci_pair", claim(line("11102", modifier), line("17000")), DISTINCT) == []


def test_25_helps_only_on_the_visit() -> None:
    assert len(answer("ncci_pair", claim(line("99213"), line("20610", "25")), ONCE)) == 1


def test_before_july_2019_59_helps_only_on_column_2() -> None:
    day = date(2019, 6, 30)
    first = claim(line("11102", "59", date_of_service=day), line("17000", date_of_service=day))
    second = claim(line("11102", date_of_service=day), line("17000", "59", date_of_service=day))
    assert len(answer("ncci_pair", first, DISTINCT)) == 1
    assert answer("ncci_pair", second, DISTINCT) == []


def test_a_pair_counts_on_the_days_it_is_in_force() -> None:
    both = claim(line("11102"), line("17000"))
    for dates, count in (
        ({"starts_on": date(2026, 11, 3)}, 0),
        ({"starts_on": DAY, "ends_on": DAY}, 1),
        ({"ends_on": date(2026, 11, 1)}, 0),
    ):
        known = facts(tables(**pair("11102", "17000", 1, **dates)))
        assert len(answer("ncci_pair", both, known)) == count


def test_a_pair_of_indicator_9_is_no_edit() -> None:
    known = facts(tables(**pair("11102", "17000", 9)))
    both = claim(line("11102"), line("17000"))
    assert answer("ncci_pair", both, known) == []
    assert answer("ncci_never", both, known) == []


def test_a_pair_of_two_providers_is_no_pair() -> None:
    other = past("20610", 0, provider_npi="1245319599")
    known = facts(tables(**pair("20610", "99213", 1)), history=(other,))
    assert answer("ncci_other_claim", claim(line("99213")), known) == []


def test_an_outpatient_claim_has_pairs_and_limits_an_inpatient_claim_none() -> None:
    lines = (revenue("20610"), revenue("96372"))
    assert answer("ncci_never", stay(*lines, type_of_bill="131"), NEVER) == [
        ("blocking", "96372 (line 1) is not paid beside 20610 (line 1) on one day; no modifier "
         "changes that.")
    ]  # fmt: skip
    assert answer("ncci_never", stay(*lines), NEVER) == []
    zero = limit("96372", 0, 3)
    assert len(answer("mue_zero", stay(*lines, type_of_bill="131"), zero)) == 1
    assert answer("mue_zero", stay(*lines), zero) == []


def test_units_of_a_span_are_counted_by_day_and_rounded() -> None:
    span = line("99231", units=Decimal(7), date_of_service_end=date(2026, 11, 5))
    assert answer("mue_day", claim(span), limit("99231", 2, 2)) == []
    assert answer("mue_day", claim(span), limit("99231", 1, 2)) == [
        ("blocking", "99231: 2 units on 11/02/2026, 1 a day are paid.")
    ]


def test_units_of_the_day_on_our_other_claims_count() -> None:
    known = limit("93000", 1, 2, history=(past("93000", 0),))
    assert len(answer("mue_day", claim(line("93000", "76")), known)) == 1


def test_a_limit_of_zero_only_warns_for_medicaid() -> None:
    known = limit("A4206", 0, 3, payer="medicaid")
    assert [severity for severity, _ in answer("mue_zero", claim(line("A4206")), known)] == [
        "warning"
    ]


def test_the_primary_of_an_add_on_may_stand_on_another_claim_of_the_day() -> None:
    known = add_on("99292", 1, "99291", history=(past("99291", 0),))
    assert answer("add_on_alone", claim(line("99292")), known) == []
    known = add_on("99292", 1, "99291", history=(past("99291", 1),))
    assert len(answer("add_on_alone", claim(line("99292")), known)) == 1


def test_the_eleventh_day_after_a_minor_procedure_is_free() -> None:
    known = facts(tables(**MINOR), history=(past("17110", 11),))
    assert answer("global_visit", claim(line("99213")), known) == []


def test_a_procedure_of_another_specialty_or_of_an_assistant_has_no_period_of_ours() -> None:
    for other in (past("17110", 5, specialty="surgery"), past("17110", 5, "AS")):
        known = facts(tables(**MINOR), history=(other,))
        assert answer("global_visit", claim(line("99213")), known) == []


def test_the_visit_before_a_major_procedure_needs_57() -> None:
    known = facts(tables(**MAJOR), history=(past("27447", -1),))
    assert answer("global_same_day", claim(line("99213")), known) == [
        ("blocking", "99213 on line 1 is the day before 27447 (claim NO9); it needs modifier 57 "
         "to be paid.")
    ]  # fmt: skip
    assert answer("global_same_day", claim(line("99213", "57")), known) == []


def test_the_state_of_service_decides_which_document_counts() -> None:
    place = ServiceFacility("Hospital", "1245319599", Address("1 St", "Gary", "IN", "46"))
    judged = claim(line("93306"), dx="R002", service_facility=place)
    assert answer("support", judged, rule()) == []


def test_coverage_documents_are_not_asked_for_other_payers() -> None:
    known = facts(rule().codes.tables, "commercial")
    assert answer("support", claim(line("93306"), dx="R002"), known) == []


def test_laboratory_and_drug_codes_are_paid_although_their_status_is_x_or_e() -> None:
    known = facts(tables(**indicators(c80053={"status": "X"}, J3301={"status": "E"})))
    judged = claim(line("80053"), line("J3301"))
    for code in ("status_invalid", "status_bundled", "status_noncovered"):
        assert answer(code, judged, known) == []


def test_supplies_have_other_limits_when_a_supplier_may_bill_them() -> None:
    known = limit("E1390", 0, 3)
    supplier = replace(BILLING, taxonomy_code="332B00000X")
    assert [s for s, _ in answer("mue_zero", claim(line("E1390")), known)] == ["blocking"]
    judged = claim(line("E1390"), billing_provider=supplier)
    assert [s for s, _ in answer("mue_zero", judged, known)] == ["warning"]


def test_a_code_that_ended_before_the_release_is_not_unknown_on_its_day() -> None:
    known = facts(tables())
    old = line("J7051", date_of_service=date(2024, 1, 2))
    assert answer("hcpcs_not_valid", claim(old), known) == []
    assert answer("hcpcs_not_valid", claim(line("J7051")), known) == [
        ("blocking", "J7051 on line 1 is no HCPCS code of the loaded release.")
    ]


def test_a_code_absent_from_a_partial_release_is_not_checked_rather_than_wrong() -> None:
    ended = {"J1100": (date(2000, 1, 1), date(2025, 12, 31)), "J3301": (date(2000, 1, 1), None)}
    whole = tables(hcpcs=ended)
    release = replace(whole.releases[Table.HCPCS], is_partial=True)
    known = facts(replace(whole, releases={**whole.releases, Table.HCPCS: release}))
    told = "HCPCS Level II is loaded in part only, and J7051 is not in that part."

    def found(*lines: ServiceLine, known: ClaimFacts = known) -> tuple[list[str], list[str]]:
        scrubbed = scrub(claim(*lines), known)
        return (
            [each.message for each in scrubbed.findings if each.code == "hcpcs_not_valid"],
            [each.reason for each in scrubbed.not_checked if each.code == "hcpcs_not_valid"],
        )

    assert found(line("J7051")) == ([], [told])
    assert found(line("J7051"), known=facts(whole)) == (
        ["J7051 on line 1 is no HCPCS code of the loaded release."],
        [],
    )
    assert found(line("J3301"), line("99213")) == ([], [])
    assert found(line("J7051", date_of_service=date(2024, 1, 2))) == ([], [])
    # One that is surely wrong fails the check, whatever is not known of the others.
    wrong = "J1100 on line 1 was valid only until 12/31/2025."
    assert found(line("J1100"), line("J7051")) == ([wrong], [])


def test_a_stay_has_no_add_ons_coverage_therapy_or_waste_of_its_own() -> None:
    alone = add_on("17003", 1, "17000")
    therapy = facts()
    for code, procedure, known in (
        ("add_on_alone", "17003", alone),
        ("support", "93306", rule()),
        ("therapy_discipline", "97110", therapy),
        ("drug_waste", "J3301", therapy),
    ):
        lines = (revenue(procedure),)
        assert answer(code, stay(*lines, dx="R002"), known) == []
        assert len(answer(code, stay(*lines, dx="R002", type_of_bill="131"), known)) == 1


def test_global_periods_are_of_physicians_not_of_hospitals() -> None:
    codes = {"global_visit", "global_same_day", "global_decision", "global_procedure"}
    assert codes.isdisjoint(check.code for check in OF_FORM[ClaimForm.INSTITUTIONAL])
    assert codes <= {check.code for check in OF_FORM[ClaimForm.PROFESSIONAL]}
