"""The edits of a chart, with plain data."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from coding.rules.chart_checks import CHART_CHECKS
from coding.rules.code_facts import CodeFacts, DiagnosisEntry, PastLine
from coding.rules.edits import AFTER, BEFORE, blocking, check, not_checked
from coding.rules.facts import ChartFacts, DiagnosisFacts, Finding, Fix, LineFacts

HYPERTENSION = DiagnosisFacts(1, "I10", "Essential (primary) hypertension")
RIGHT_KNEE = DiagnosisFacts(2, "M1711", "Unilateral primary osteoarthritis, right knee")
LOADED = date(2020, 10, 1)
VISIT = LineFacts(1, "99213", pointers=(1,), is_known=True, has_price=True)
INJECTION = LineFacts(2, "20610", ("RT",), pointers=(2,), is_known=True, has_price=True)


def entry(label: str = "", **changes: Any) -> DiagnosisEntry:
    return DiagnosisEntry(label, LOADED, **changes)


# What the code set says of the codes used below.
KNOWN = {
    "I10": entry(excludes1=("O10-O11",)),
    "M1711": entry("Unilateral primary osteoarthritis, right knee"),
    "M1710": entry(siblings=(("right", "M1711"), ("left", "M1712"))),
    "E11": entry(is_billable=False),
    "E1142": entry(excludes1=("E10", "O244")),
    "E109": entry(excludes1=("E11",)),
    "S0181": entry(is_billable=False, seventh="ADS"),
    "O1102": entry(),
    "O120": entry(),
}
SET = CodeFacts(
    specialty="Primary care",
    diagnoses={code: (found,) for code, found in KNOWN.items()},
    history=(),
)


def chart(**changes: Any) -> ChartFacts:
    fields = {
        "codes": SET,
        "date_of_service": date(2026, 11, 2),
        "diagnoses": (HYPERTENSION,),
        "lines": (VISIT,),
        "payer_class": "medicare",
    }
    return ChartFacts(**fields | changes)


def only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, [finding.code for finding in findings]
    return findings[0]


def test_a_clean_chart_has_no_findings() -> None:
    assert check(chart()) == []


def test_a_chart_without_codes_is_blocked_twice() -> None:
    found = check(chart(diagnoses=(), lines=()))
    assert [(f.code, f.message) for f in found] == [
        ("no_diagnosis", "The chart has no diagnosis."),
        ("no_procedure", "The chart has no procedure."),
    ]
    assert blocking(found) == found


def test_an_unsigned_note_blocks() -> None:
    found = only(check(chart(is_note_signed=False)))
    assert found.message == "The note is not signed. Hold the chart until the provider signs."
    assert found.severity == "blocking"


def test_a_cancelled_visit_blocks_and_cannot_be_overridden() -> None:
    found = only(check(chart(is_cancelled=True)))
    assert (found.code, found.severity, found.is_overridable) == (
        "visit_cancelled",
        "blocking",
        False,
    )
    assert found.message == (
        "The sender cancelled this visit. Hold the chart until the sender opens the visit again."
    )


def test_an_unknown_diagnosis_blocks_and_can_be_removed() -> None:
    found = only(check(chart(diagnoses=(DiagnosisFacts(1, "I109"),))))
    assert found.message == "I10.9 is not a valid code on 11/02/2026."
    assert found.fix == Fix("remove_diagnosis", "Remove A", diagnosis=1)


def test_a_heading_is_not_a_diagnosis_for_a_claim() -> None:
    found = only(check(chart(diagnoses=(DiagnosisFacts(1, "E11"),))))
    assert found.message == "E11 is a heading; a claim needs a more specific code."


def test_codes_that_were_not_checked_do_not_block() -> None:
    line = replace(VISIT, is_known=None, has_price=None)
    unchecked = chart(codes=CodeFacts(), lines=(line,))
    assert check(unchecked) == []
    assert not_checked(unchecked) == [
        "ICD-10-CM: not checked, no table loaded for 11/02/2026.",
        "Unit limits (MUE): not checked, no table loaded for 11/02/2026.",
        "Add-on codes: not checked, no table loaded for 11/02/2026.",
        "Medicare fee schedule: not checked, no table loaded for 11/02/2026.",
        "Coverage articles: not checked, no table loaded for 11/02/2026.",
    ]


def test_a_missing_seventh_character_offers_the_initial_encounter() -> None:
    fracture = DiagnosisFacts(1, "S0181")
    found = only(check(chart(diagnoses=(fracture,))))
    assert found.message == "S01.81 needs a 7th character: A, D, S."
    assert found.fix == Fix("replace_diagnosis", "Use A, initial", diagnosis=1, value="S0181XA")


def test_a_diagnosis_listed_twice_blocks() -> None:
    again = replace(HYPERTENSION, position=2)
    found = only(check(chart(diagnoses=(HYPERTENSION, again))))
    assert found.message == "I10 is listed twice: A and B."
    assert found.diagnosis == 2


def test_a_line_without_pointer_can_point_to_the_first_diagnosis() -> None:
    found = only(check(chart(lines=(replace(VISIT, pointers=()),))))
    assert found.message == "Line 1 (99213) points to no diagnosis."
    assert found.fix == Fix("point", "Point to A", line=1, value="1")


def test_a_pointer_to_a_missing_diagnosis_blocks() -> None:
    found = only(check(chart(lines=(replace(VISIT, pointers=(1, 3)),))))
    assert found.message == "Line 1 points to C, which has no diagnosis."
    assert found.fix == Fix("unpoint", "Drop C", line=1, value="3")


def test_modifiers_have_two_characters_and_stand_once() -> None:
    found = check(chart(lines=(replace(VISIT, modifiers=("25", "2", "25")),)))
    assert [f.message for f in found] == [
        "“2” on line 1 is not a modifier.",
        "Modifier 25 is on line 1 twice.",
    ]


def test_units_above_zero_and_one_for_a_visit() -> None:
    found = check(
        chart(
            lines=(
                replace(VISIT, units=Decimal(2)),
                replace(VISIT, position=2, procedure_code="80053", units=Decimal(0)),
            )
        )
    )
    assert [f.message for f in found] == [
        "80053 on line 2 needs units above zero.",
        "99213 on line 1 is billed once a day, not 2 times.",
    ]


def test_a_visit_beside_a_small_procedure_needs_modifier_25() -> None:
    both = {"diagnoses": (HYPERTENSION, RIGHT_KNEE), "lines": (VISIT, INJECTION)}
    found = only(check(chart(**both)))
    assert found.message == "99213 needs modifier 25 to be paid with 20610 on the same day."
    assert found.severity == "blocking"
    assert found.fix == Fix("add_modifier", "Add 25", line=1, value="25")
    assert found.key == "visit_needs_25:1:"


def test_payers_with_edits_of_their_own_only_get_a_warning_for_modifier_25() -> None:
    both = {"diagnoses": (HYPERTENSION, RIGHT_KNEE), "lines": (VISIT, INJECTION)}
    assert only(check(chart(**both, payer_class="commercial"))).severity == "warning"


def test_modifier_25_settles_it_and_a_procedure_alone_needs_none() -> None:
    separate = replace(VISIT, modifiers=("25",))
    diagnoses = (HYPERTENSION, RIGHT_KNEE)
    assert check(chart(diagnoses=diagnoses, lines=(separate, INJECTION))) == []
    assert check(chart(diagnoses=diagnoses, lines=(INJECTION,))) == []


def test_a_visit_beside_a_check_up_needs_modifier_25() -> None:
    check_up = replace(VISIT, position=2, procedure_code="99396")
    found = only(check(chart(lines=(VISIT, check_up))))
    assert found.message == "99213 needs modifier 25 to be paid with 99396 on the same day."


def test_a_drug_from_a_multi_dose_vial_says_nothing_about_waste() -> None:
    assert check(chart(lines=(replace(VISIT, procedure_code="J3420"),))) == []


def test_the_side_of_the_modifier_must_be_the_side_of_the_diagnosis() -> None:
    wrong = replace(INJECTION, position=1, modifiers=("LT",))
    found = only(check(chart(diagnoses=(HYPERTENSION, RIGHT_KNEE), lines=(wrong,))))
    assert found.message == "Line 1 says LT, its diagnosis is on the right."
    assert found.fix == Fix("replace_modifier", "Change to RT", line=1, value="LT>RT")


def test_a_joint_injection_without_side_is_said() -> None:
    sideless = replace(INJECTION, position=1, modifiers=())
    found = only(check(chart(diagnoses=(HYPERTENSION, RIGHT_KNEE), lines=(sideless,))))
    assert found.message == "20610 on line 1 does not say which side."
    assert (found.severity, found.fix) == (
        "warning",
        Fix("add_modifier", "Add RT", line=1, value="RT"),
    )


def test_a_drug_says_whether_some_was_discarded() -> None:
    drug = replace(VISIT, procedure_code="J3301", units=Decimal(4))
    found = only(check(chart(lines=(drug,))))
    assert found.message == "J3301 on line 1 says neither JZ (nothing discarded) nor JW."
    assert found.severity == "warning"
    assert check(chart(lines=(replace(drug, modifiers=("JW",)),))) == []


def test_a_new_patient_code_for_somebody_seen_before_is_said() -> None:
    line = replace(VISIT, procedure_code="99203")
    past = PastLine("E00001", "99213", date(2025, 3, 14), specialty="Primary care", where="chart")
    seen = replace(SET, history=(past,))
    found = only(check(chart(lines=(line,), codes=seen)))
    assert found.message == (
        "99203 on line 1 is for new patients; this one was seen on 03/14/2025."
    )
    uncoded = replace(SET, history=(replace(past, procedure_code=""),))
    assert only(check(chart(lines=(line,), codes=uncoded))).code == "new_patient"
    tested = replace(SET, history=(replace(past, procedure_code="80053"),))
    assert check(chart(lines=(line,), codes=tested)) == []


def test_an_open_side_takes_the_side_of_the_modifier() -> None:
    knee = DiagnosisFacts(1, "M1710", "Unilateral primary osteoarthritis, unspecified knee")
    line = replace(INJECTION, position=1, pointers=(1,))
    found = only(check(chart(diagnoses=(knee,), lines=(line,))))
    assert found.message == (
        "M17.10 leaves the side open. More specific: M17.11 right, M17.12 left."
    )
    assert found.fix == Fix("replace_diagnosis", "Use M17.11", diagnosis=1, value="M1711")
    without = check(chart(diagnoses=(knee,), lines=(replace(line, modifiers=("50",)),)))
    assert only(without).fix is None


def test_an_excludes1_pair_is_said_once() -> None:
    type_2 = DiagnosisFacts(1, "E1142")
    type_1 = DiagnosisFacts(2, "E109")
    found = only(check(chart(diagnoses=(type_2, type_1))))
    assert found.message == ("E11.42 has an Excludes1 note for E10.9: not both for one condition.")
    assert found.severity == "warning"


def test_an_excludes1_range_covers_what_lies_in_it() -> None:
    inside = DiagnosisFacts(2, "O1102")
    outside = replace(inside, code="O120")
    assert [f.code for f in check(chart(diagnoses=(HYPERTENSION, inside)))] == ["excludes1"]
    assert check(chart(diagnoses=(HYPERTENSION, outside))) == []


def test_a_line_without_price_warns_that_billing_adds_it() -> None:
    found = only(check(chart(lines=(replace(VISIT, has_price=False),))))
    assert found.message == "99213 has no price on the date of service; billing adds it."
    assert found.severity == "warning"


def test_an_unknown_procedure_blocks() -> None:
    found = only(check(chart(lines=(replace(VISIT, is_known=False),))))
    assert found.message == "99213 is not a valid procedure code on the date of service."


def test_blocking_findings_come_first() -> None:
    drug = replace(VISIT, procedure_code="J3301", pointers=())
    assert [f.severity for f in check(chart(lines=(drug,)))] == ["blocking", "warning"]


def test_every_check_is_listed_once() -> None:
    assert len({*BEFORE, *AFTER}) == len(BEFORE) + len(AFTER) == 14
    assert len({each.code for each in CHART_CHECKS}) == len(CHART_CHECKS) == 92
