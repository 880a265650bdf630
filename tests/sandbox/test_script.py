"""The payers' script: what is read, and what is refused by its place."""

from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from payers.sandbox.__main__ import DEFAULT_SCRIPT
from payers.sandbox.behaviour import Diagnoses, Reduction, Repricing, ScheduledAdjustment
from payers.sandbox.script import ScriptRefused, build_behaviour, read_script

SCRIPT: dict[str, Any] = {
    "version": 1,
    "base_allowed": {"99213": "91.00", "J1885": "0.45"},
    "unlisted_allowed_percent_of_charge": "60",
    "procedure_groups": {"visits": ["99213", "99214"], "labs": ["83036"]},
    "diagnosis_groups": {"diabetes": ["E10", "E11"]},
    "payers": [
        {
            "key": "harbor",
            "payer_id": "HAR05",
            "name": "Harbor Mutual",
            "trace_identifier": "1070000005",
            "payment_method": "CHK",
            "allowed_percent": "110.5",
            "payment_reduction": {"group": "CO", "reason": "253", "percent": "2"},
            "patient_share": {
                "deductible": {"amount": "35.00", "member_id_last_digits": ["1", "7"]},
                "copay": {"amount": "25.00", "procedure_groups": ["visits"]},
                "coinsurance_percent": "15",
                "exempt_procedure_groups": ["labs"],
            },
            "rules": [
                {
                    "id": "a1c",
                    "why": "Only with diabetes.",
                    "when": {
                        "procedure_codes": ["83036"],
                        "lacks_diagnosis_groups": ["diabetes"],
                        "has_diagnosis": ["L821"],
                    },
                    "effect": {"deny": {"group": "CO", "reason": "50", "remarks": ["N115"]}},
                },
                {
                    "id": "member",
                    "when": {"member_id_not_matching": r"HM\d{8}"},
                    "effect": {"reject": {"category": "A7", "status": "164", "entity": "IL"}},
                },
                {"id": "low", "when": {"units_over": "3"}, "effect": {"allow_percent": "80"}},
            ],
            "provider_adjustments": [
                {"every": 3, "code": "WO", "amount": "12.50", "reference": "RECOUP", "why": "x"}
            ],
        }
    ],
    "common_rules": [
        {
            "id": "duplicate",
            "when": {"already_adjudicated": True, "frequency": ["1"]},
            "effect": {"deny": {"group": "CO", "reason": "18"}},
        }
    ],
}


def change(path: str, value: Any) -> dict[str, Any]:
    """The script with one value changed; list positions are digits."""
    script = deepcopy(SCRIPT)
    place: Any = script
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in way:
        place = place[step]
    place[last] = value
    return script


def test_a_script_becomes_payers_with_cents_and_codes() -> None:
    payer = build_behaviour(SCRIPT).payers["HAR05"]

    assert (payer.name, payer.payment_method, payer.allowed_percent) == (
        "Harbor Mutual",
        "CHK",
        Decimal("110.5"),
    )
    assert payer.base == {"99213": 9_100, "J1885": 45}
    assert payer.reduction == Reduction("CO", "253", Decimal(2))
    assert payer.share.copay == 2_500
    assert payer.share.copay_codes == {"99213", "99214"}
    assert (payer.share.deductible, payer.share.deductible_digits) == (3_500, ("1", "7"))
    assert payer.share.exempt_codes == {"83036"}
    assert payer.provider_adjustments == (ScheduledAdjustment("WO", 1_250, 3, "RECOUP"),)


def test_a_payer_pays_all_that_others_left_unless_told_otherwise() -> None:
    told = build_behaviour(change("payers.0.secondary_pays_percent", "60"))
    assert told.payers["HAR05"].secondary_percent == Decimal(60)
    assert build_behaviour(SCRIPT).payers["HAR05"].secondary_percent == Decimal(100)


def test_rules_keep_their_order_and_the_common_ones_come_last() -> None:
    payer = build_behaviour(SCRIPT).payers["HAR05"]

    assert [denial.reason for denial in payer.denials] == ["50", "18"]
    assert payer.denials[0].when.lacks_diagnosis == Diagnoses(beginnings=("E10", "E11"))
    assert payer.denials[0].when.has_diagnosis == Diagnoses(codes=frozenset({"L821"}))
    assert payer.denials[1].when.already_adjudicated
    assert [rejection.status for rejection in payer.rejections] == ["164"]
    assert [type(rule) for rule in payer.repricings] == [Repricing]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("version", 2, "script.version: only 1 is known"),
        ("payers", [], "script.payers: at least one is needed"),
        ("payers", {}, "script.payers: a list is needed"),
        ("surprise", 1, "script: unknown key 'surprise'"),
        ("base_allowed.99213", "9.105", "script.base_allowed.99213: more than two decimals"),
        ("base_allowed.99213", "much", "script.base_allowed.99213: a number is needed"),
        ("payers.0.payer_id", None, "script.payers[0].payer_id is missing"),
        (
            "payers.0.rules.0.when.colour",
            "red",
            "script.payers[0].rules[0].when: unknown key 'colour'",
        ),
        (
            "payers.0.rules.0.when.procedure_groups",
            ["hats"],
            "script.payers[0].rules[0].when.procedure_groups: no group 'hats'",
        ),
        (
            "payers.0.rules.0.effect",
            {},
            "script.payers[0].rules[0].effect: exactly one effect is needed",
        ),
        (
            "payers.0.rules.0.effect.deny.group",
            "XX",
            "script.payers[0].rules[0].effect.deny.group: one of CO, PR, OA, PI",
        ),
        (
            "payers.0.rules.1.when.member_id_not_matching",
            "(",
            "script.payers[0].rules[1].when.member_id_not_matching: not a regular expression",
        ),
        (
            "payers.0.secondary_pays_percent",
            "101",
            "script.payers[0].secondary_pays_percent: from 0 to 100",
        ),
        (
            "payers.0.provider_adjustments.0.every",
            0,
            "script.payers[0].provider_adjustments[0].every: from 1",
        ),
        (
            "common_rules.0.when.already_adjudicated",
            "yes",
            "script.common_rules[0].when.already_adjudicated: true or false is needed",
        ),
    ],
)
def test_a_bad_value_is_refused_by_its_place(path: str, value: Any, message: str) -> None:
    with pytest.raises(ScriptRefused) as refusal:
        build_behaviour(change(path, value))

    assert str(refusal.value) == message


def test_the_demos_script_is_readable() -> None:
    behaviour = read_script(DEFAULT_SCRIPT)

    assert sorted(behaviour.payers) == ["BPR03", "FSH01", "HAR05", "SMA02", "SUM06", "UNI04"]
    for payer in behaviour.payers.values():
        assert any(denial.when.already_adjudicated for denial in payer.denials)
        assert any(rejection.status == "164" for rejection in payer.rejections)


def test_a_script_that_is_no_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{")

    with pytest.raises(ScriptRefused, match="broken.json is not readable JSON"):
        read_script(path)
