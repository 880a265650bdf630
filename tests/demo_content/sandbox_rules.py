"""A second, small reading of behaviour.json, to know which rule a coded visit would meet."""

import json
import re
from pathlib import Path
from typing import Any

import payers.demo
from coding.demo.answers import DemoAnswer, DemoProcedure
from coding.demo.encounters import DemoEncounter

BEHAVIOUR: dict[str, Any] = json.loads(
    Path(payers.demo.__file__).with_name("behaviour.json").read_text(encoding="utf-8")
)
NOT_FROM_CODING = {"already_adjudicated", "rendering_provider_missing", "frequency"}


def in_groups(codes: set[str], when: dict[str, Any], prefix: str) -> bool:
    listed = set(when.get(f"{prefix}_codes", ()))
    for group in when.get(f"{prefix}_groups", ()):
        listed |= set(BEHAVIOUR["procedure_groups"][group])
    return bool(codes & listed)


def begins_in(diagnoses: list[str], groups: list[str]) -> bool:
    prefixes = tuple(p for group in groups for p in BEHAVIOUR["diagnosis_groups"][group])
    return any(code.startswith(prefixes) for code in diagnoses)


def line_matches(
    when: dict[str, Any],
    line: DemoProcedure,
    answer: DemoAnswer,
    member: str,
    days: int,
    authorization: str,
) -> bool:
    pointed = [answer.plain_diagnoses[position - 1] for position in line.pointers]
    others = {other.code for other in answer.procedures if other is not line}
    modifiers = set(line.modifiers)
    checks = {
        "procedure_codes": lambda: in_groups({line.code}, when, "procedure"),
        "procedure_groups": lambda: in_groups({line.code}, when, "procedure"),
        "with_procedure_codes": lambda: in_groups(others, when, "with_procedure"),
        "with_procedure_groups": lambda: in_groups(others, when, "with_procedure"),
        "has_modifiers": lambda: bool(modifiers & set(when["has_modifiers"])),
        "lacks_modifiers": lambda: not modifiers & set(when["lacks_modifiers"]),
        "has_diagnosis": lambda: bool(set(pointed) & set(when["has_diagnosis"])),
        "has_diagnosis_groups": lambda: begins_in(pointed, when["has_diagnosis_groups"]),
        "lacks_diagnosis_groups": lambda: not begins_in(pointed, when["lacks_diagnosis_groups"]),
        "member_ids": lambda: member in when["member_ids"],
        "member_id_suffix": lambda: member.endswith(when["member_id_suffix"]),
        "member_id_not_matching": lambda: not re.fullmatch(when["member_id_not_matching"], member),
        "days_since_service_over": lambda: days > when["days_since_service_over"],
        "lacks_authorization": lambda: not authorization,
    }
    return all(checks[condition]() for condition in when)


def rules_met(
    encounter: DemoEncounter, answer: DemoAnswer, payer_key: str, member: str, days: int
) -> set[str]:
    """The ids of all rules of the payer that stop a line of this answer."""
    payer = next(row for row in BEHAVIOUR["payers"] if row["key"] == payer_key)
    return {
        rule["id"]
        for rule in payer["rules"]
        for line in answer.procedures
        if line_matches(rule["when"], line, answer, member, days, encounter.authorization_number)
    }
