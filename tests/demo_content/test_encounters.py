import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
import simple_icd_10_cm as icd

import coding.demo
from coding.demo import encounters
from coding.demo.answers import read_procedure
from payers.demo import payers
from rcm.demo import people
from tests.demo_content.sandbox_rules import BEHAVIOUR, NOT_FROM_CODING, rules_met

TODAY = date(2026, 11, 23)
CAST = people.build(TODAY)
PAYERS = payers.build(TODAY, CAST)
ENCOUNTERS = encounters.build(TODAY, CAST)
KINDS = {"progress_note", "procedure_note", "operative", "imaging", "pathology"}
TABLES = Path(coding.demo.__file__).parents[1] / "tables"
PRIMARY = {row.patient: row for row in PAYERS.coverages if row.rank == "P"}
ANSWERS = [
    (encounter, answer)
    for encounter in ENCOUNTERS
    for answer in (
        encounter.answer,
        *([encounter.first_answer.answer] if encounter.first_answer else []),
    )
]


def read_column(name: str, column: str) -> list[str]:
    with (TABLES / name).open(newline="", encoding="utf-8") as rows:
        return [row[column] for row in csv.DictReader(rows)]


def met(encounter, answer):
    coverage = PRIMARY[encounter.patient]
    days = (TODAY - encounter.date_of_service).days
    return rules_met(encounter, answer, coverage.payer, coverage.member_id, days)


def test_each_practice_has_sixty_encounters_of_the_last_forty_days():
    assert Counter(row.practice for row in ENCOUNTERS) == {"NM": 60, "LS": 60}
    assert len({row.number for row in ENCOUNTERS}) == 120
    days = [(TODAY - row.date_of_service).days for row in ENCOUNTERS]
    assert (min(days), max(days)) == (1, 39)
    assert len({(row.patient, row.date_of_service) for row in ENCOUNTERS}) == 120


def test_patient_provider_and_place_belong_to_the_encounters_practice():
    holders = {row.key: row.practice for row in (*CAST.patients, *CAST.providers, *CAST.locations)}
    for row in ENCOUNTERS:
        assert {holders[row.patient], holders[row.provider], holders[row.location]} == {
            row.practice
        }


def test_all_payers_and_most_patients_are_met():
    assert {PRIMARY[row.patient].payer for row in ENCOUNTERS} == {p.key for p in PAYERS.payers}
    assert len({row.patient for row in ENCOUNTERS}) >= 59


def test_there_are_many_scenarios_and_no_two_notes_are_equal():
    assert len({row.scenario for row in ENCOUNTERS}) == 39
    bodies = [page.text.split("\n\n", 2)[2] for row in ENCOUNTERS for page in row.documents[:1]]
    assert len(set(bodies)) == 120
    assert all(len(body) > 300 for body in bodies)


def test_no_gap_of_a_template_stays_open():
    for row in ENCOUNTERS:
        for page in row.documents:
            assert page.kind in KINDS
            assert not {"{", "}"} & set(page.text), row.number
            assert page.text.rstrip().splitlines()[-1].startswith("Electronically signed by ")


def test_every_diagnosis_exists_and_is_billable():
    codes = {code for _, answer in ANSWERS for code in answer.diagnoses}
    wrong = [
        code
        for code in sorted(codes)
        if not icd.is_valid_item(code) or icd.is_block(code) or not icd.is_leaf(code)
    ]
    assert wrong == []


def test_diagnoses_are_not_repeated_and_pointers_are_valid():
    for encounter, answer in ANSWERS:
        assert 1 <= len(answer.diagnoses) == len(set(answer.diagnoses)) <= 12
        for line in answer.procedures:
            assert set(line.pointers) <= set(range(1, len(answer.diagnoses) + 1)), encounter.number
            assert 1 <= len(set(line.pointers)) == len(line.pointers) <= 4
            assert line.units >= 1


def test_every_procedure_and_modifier_is_in_its_table_and_has_a_fee():
    used = {line.code for _, answer in ANSWERS for line in answer.procedures}
    modifiers = {m for _, answer in ANSWERS for line in answer.procedures for m in line.modifiers}
    table = read_column("procedure_codes.csv", "code")
    assert len(set(table)) == len(table) == 130
    assert used - set(table) == set()
    assert modifiers - set(read_column("modifiers.csv", "code")) == set()
    assert {fee.procedure_code for fee in PAYERS.fee_schedule.fees} == set(table)
    assert set(BEHAVIOUR["base_allowed"]) == set(table)
    places = set(read_column("place_of_service.csv", "code"))
    assert {row.place_of_service for row in CAST.locations} <= places


def test_every_diagnosis_of_an_answer_has_its_words_in_the_chart():
    for row in ENCOUNTERS:
        codes = {item.code for item in row.evidence}
        assert set(row.answer.diagnoses) <= codes, row.number
        assert codes <= {*row.answer.diagnoses, *(line.code for line in row.answer.procedures)}
        for item in row.evidence:
            assert item.snippet in row.documents[item.document].text


def test_fourteen_first_answers_are_denied_by_the_rule_they_name():
    hurried = [row for row in ENCOUNTERS if row.first_answer]
    assert len(hurried) == 14
    for row in hurried:
        assert row.first_answer.denied_by in met(row, row.first_answer.answer), row.number
        assert met(row, row.answer) == set(), row.number
        payer = next(p for p in PAYERS.payers if p.key == PRIMARY[row.patient].payer)
        assert payer.takes_replacement_claims


def test_a_correct_answer_meets_only_the_rule_the_encounter_expects():
    for row in ENCOUNTERS:
        assert met(row, row.answer) == ({row.expected_rule} if row.expected_rule else set()), (
            row.number,
            row.scenario,
            row.patient,
        )


def test_the_rules_met_cover_the_promised_reasons():
    rules = {rule["id"]: rule for payer in BEHAVIOUR["payers"] for rule in payer["rules"]}
    named = {row.expected_rule for row in ENCOUNTERS if row.expected_rule}
    named |= {row.first_answer.denied_by for row in ENCOUNTERS if row.first_answer}
    reasons = {rules[name]["effect"].get("deny", {}).get("reason", "rejected") for name in named}
    assert reasons == {
        "50",
        "16",
        "97",
        "4",
        "11",
        "B16",
        "167",
        "236",
        "197",
        "27",
        "29",
        "rejected",
    }


def test_rules_use_only_documented_words_and_known_groups():
    conditions = set()
    rules = [rule for payer in BEHAVIOUR["payers"] for rule in payer["rules"]]
    rules += BEHAVIOUR["common_rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        conditions |= set(rule["when"])
        assert set(rule) == {"id", "why", "when", "effect"}
        assert set(rule["effect"]) <= {"deny", "reject", "allow_percent"}
    guide = Path(payers.__file__).with_name("README.md").read_text(encoding="utf-8")
    assert {word for word in conditions if f"`{word}`" not in guide} == set()
    assert conditions >= NOT_FROM_CODING


def test_every_reason_and_remark_of_the_rules_can_be_routed():
    tables = Path(payers.__file__).parents[1] / "tables"
    with (tables / "carc_routing.csv").open(newline="", encoding="utf-8") as rows:
        reasons = {row["carc"] for row in csv.DictReader(rows)}
    with (tables / "rarc_overrides.csv").open(newline="", encoding="utf-8") as rows:
        remarks = {row["rarc"] for row in csv.DictReader(rows)}
    for payer in BEHAVIOUR["payers"]:
        for rule in (*payer["rules"], *BEHAVIOUR["common_rules"]):
            denial = rule["effect"].get("deny", {"reason": "45", "remarks": []})
            assert denial["reason"] in reasons
            assert set(denial["remarks"]) <= remarks


def test_building_again_gives_the_same_and_another_day_only_moves_the_dates():
    assert encounters.build(TODAY) == ENCOUNTERS
    later = encounters.build(TODAY + timedelta(days=9))
    assert [row.answer for row in later] == [row.answer for row in ENCOUNTERS]
    assert {
        b.date_of_service - a.date_of_service for a, b in zip(ENCOUNTERS, later, strict=True)
    } == {timedelta(days=9)}


def test_a_line_that_does_not_fit_the_notation_is_refused():
    with pytest.raises(ValueError, match="Not a coded line: '20610-RT'"):
        read_procedure("20610-RT")
