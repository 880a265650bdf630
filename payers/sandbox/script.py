"""The payer script: JSON to behaviour.py. Unknown keys and bad values are refused by their place.

The schema is described in payers/demo/README.md. Amounts are dollars as text (``"95.00"``),
percentages numbers as text. Groups of codes are put in place of their names here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from payers.sandbox.behaviour import (
    Behaviour,
    Condition,
    Denial,
    Diagnoses,
    PatientShare,
    Payer,
    Recoding,
    Reduction,
    Rejection,
    Repricing,
    ScheduledAdjustment,
)
from payers.sandbox.inquiry_rules import read_inquiry_rules
from payers.sandbox.script_values import Place, ScriptRefused

__all__ = ["ScriptRefused", "build_behaviour", "read_script"]


def read_script(path: Path) -> Behaviour:
    """The behaviour in a JSON file; raises ScriptRefused."""
    try:
        raw = json.loads(path.read_bytes(), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise ScriptRefused(f"{path.name} is not readable JSON") from error
    return build_behaviour(raw)


def build_behaviour(raw: Any) -> Behaviour:
    """The behaviour in a parsed script; raises ScriptRefused."""
    script = Place("script", raw)
    if script.read_text("version", "1") != "1":
        raise ScriptRefused("script.version: only 1 is known")
    groups = Groups(
        procedures=script.read_lists("procedure_groups"),
        diagnoses=script.read_lists("diagnosis_groups"),
    )
    base = script.read_place("base_allowed").read_amounts()
    unlisted = script.read_decimal("unlisted_allowed_percent_of_charge", "60")
    common = [read_rule(rule, groups) for rule in script.read_places("common_rules")]
    payers = {}
    for place in script.read_places("payers"):
        payer = build_payer(place, groups, base, unlisted, common)
        payers[payer.payer_id] = payer
    script.refuse_rest()
    if not payers:
        raise ScriptRefused("script.payers: at least one is needed")
    return Behaviour(payers)


Rule = Denial | Rejection | Recoding | Repricing


@dataclass(frozen=True, slots=True)
class Groups:
    """Named lists of codes; `procedures` are exact codes, `diagnoses` prefixes."""

    procedures: Mapping[str, tuple[str, ...]]
    diagnoses: Mapping[str, tuple[str, ...]]

    def find_procedures(self, place: Place, codes: str, names: str) -> frozenset[str]:
        """The codes listed under `codes` and those of the groups named under `names`."""
        found = set(place.read_list(codes) if codes else ())
        for name in place.read_list(names):
            found.update(place.look_up(self.procedures, names, name))
        return frozenset(found)

    def find_diagnoses(self, place: Place, codes: str, names: str) -> Diagnoses:
        """Whole codes listed under `codes`, beginnings from the groups named under `names`."""
        beginnings: list[str] = []
        for name in place.read_list(names):
            beginnings.extend(place.look_up(self.diagnoses, names, name))
        return Diagnoses(frozenset(place.read_list(codes)), tuple(beginnings))


def build_payer(
    place: Place,
    groups: Groups,
    base: Mapping[str, int],
    unlisted: Decimal,
    common: list[Rule],
) -> Payer:
    """One entry of `payers`. Common rules come after the payer's own."""
    rules = [*(read_rule(rule, groups) for rule in place.read_places("rules")), *common]
    crossover = place.read_place("crossover")
    delay = place.read_decimal("delay_seconds", "-1")
    secondary = place.read_decimal("secondary_pays_percent", "100")
    if not 0 <= secondary <= 100:
        raise ScriptRefused(f"{place.where}.secondary_pays_percent: from 0 to 100")
    place.read_text("key", "")
    payer = Payer(
        payer_id=place.read_text("payer_id"),
        name=place.read_text("name"),
        trace_identifier=place.read_text("trace_identifier", "1000000000"),
        payment_method=place.read_text("payment_method", "ACH"),
        base=base,
        allowed_percent=place.read_decimal("allowed_percent", "100"),
        unlisted_percent=unlisted,
        reduction=read_reduction(place.read_place("payment_reduction")),
        share=read_share(place.read_place("patient_share"), groups),
        denials=tuple(rule for rule in rules if isinstance(rule, Denial)),
        rejections=tuple(rule for rule in rules if isinstance(rule, Rejection)),
        recodings=tuple(rule for rule in rules if isinstance(rule, Recoding)),
        repricings=tuple(rule for rule in rules if isinstance(rule, Repricing)),
        provider_adjustments=tuple(
            read_provider_adjustment(entry) for entry in place.read_places("provider_adjustments")
        ),
        unknown_original=place.read_choice("unknown_original", ("reject", "deny")),
        duplicates=place.read_choice("duplicates", ("deny", "reject")),
        crossover_name=crossover.read_text("name", ""),
        crossover_id=crossover.read_text("payer_id", ""),
        secondary_percent=secondary,
        delay_seconds=None if delay < 0 else float(delay),
        inquiries=read_inquiry_rules(place),
    )
    crossover.refuse_rest()
    place.refuse_rest()
    return payer


def read_rule(place: Place, groups: Groups) -> Rule:
    """One rule: its condition and its one effect. `id` and `why` are for people."""
    place.read_text("id", "")
    place.read_text("why", "")
    when = read_condition(place.read_place("when"), groups)
    effect = place.read_place("effect")
    place.refuse_rest()
    if len(effect.names) != 1:
        raise ScriptRefused(f"{effect.where}: exactly one effect is needed")
    rule = read_effect(effect, when)
    effect.refuse_rest()
    return rule


def read_effect(place: Place, when: Condition) -> Rule:
    """deny, reject, allow_percent or recode; raises ScriptRefused for anything else."""
    if "allow_percent" in place.names:
        return Repricing(when, place.read_decimal("allow_percent", "100"))
    rule: Rule
    if "reject" in place.names:
        entry = place.read_place("reject")
        category, status = entry.read_text("category"), entry.read_text("status")
        rule = Rejection(when, category, status, entry.read_text("entity", ""))
    elif "recode" in place.names:
        entry = place.read_place("recode")
        rule = Recoding(when, entry.read_text("procedure_code"))
    else:
        entry = place.read_place("deny")
        rule = Denial(
            when,
            group=entry.read_choice("group", ("CO", "PR", "OA", "PI")),
            reason=entry.read_text("reason"),
            remarks=entry.read_list("remarks"),
            claim_remarks=entry.read_list("claim_remarks"),
            claim_status=entry.read_text("claim_status", ""),
        )
    entry.refuse_rest()
    return rule


def read_condition(place: Place, groups: Groups) -> Condition:
    """The `when` of a rule; an empty one always holds."""
    units = place.read_decimal("units_over", "-1")
    days = place.read_decimal("days_since_service_over", "-1")
    condition = Condition(
        procedure_codes=groups.find_procedures(place, "procedure_codes", "procedure_groups"),
        with_procedures=groups.find_procedures(
            place, "with_procedure_codes", "with_procedure_groups"
        ),
        has_diagnosis=groups.find_diagnoses(place, "has_diagnosis", "has_diagnosis_groups"),
        lacks_diagnosis=groups.find_diagnoses(place, "lacks_diagnosis", "lacks_diagnosis_groups"),
        has_modifiers=frozenset(place.read_list("has_modifiers")),
        lacks_modifiers=frozenset(place.read_list("lacks_modifiers")),
        units_over=None if units < 0 else units,
        member_ids=frozenset(place.read_list("member_ids")),
        member_id_suffix=place.read_text("member_id_suffix", ""),
        member_id_not_matching=place.read_pattern("member_id_not_matching"),
        patient_control_numbers=frozenset(place.read_list("patient_control_numbers")),
        days_since_service_over=None if days < 0 else int(days),
        frequency=frozenset(place.read_list("frequency")),
        lacks_authorization=place.read_flag("lacks_authorization"),
        rendering_provider_missing=place.read_flag("rendering_provider_missing"),
        already_adjudicated=place.read_flag("already_adjudicated"),
    )
    place.refuse_rest()
    return condition


def read_share(place: Place, groups: Groups) -> PatientShare:
    """`patient_share`: copay, deductible, coinsurance, and the codes without any of them."""
    copay, deductible = place.read_place("copay"), place.read_place("deductible")
    share = PatientShare(
        copay=copay.read_cents("amount"),
        copay_codes=groups.find_procedures(copay, "procedure_codes", "procedure_groups"),
        deductible=deductible.read_cents("amount"),
        deductible_digits=deductible.read_list("member_id_last_digits"),
        coinsurance_percent=place.read_decimal("coinsurance_percent", "0"),
        exempt_codes=groups.find_procedures(
            place, "exempt_procedure_codes", "exempt_procedure_groups"
        ),
    )
    for part in (copay, deductible, place):
        part.refuse_rest()
    return share


def read_reduction(place: Place) -> Reduction | None:
    """`payment_reduction`, or None when there is none."""
    if place.is_empty:
        return None
    group = place.read_choice("group", ("CO", "PR", "OA", "PI"))
    reduction = Reduction(group, place.read_text("reason"), place.read_decimal("percent", "0"))
    place.refuse_rest()
    return reduction


def read_provider_adjustment(place: Place) -> ScheduledAdjustment:
    """One entry of `provider_adjustments`; dollars, negative adds to the payment."""
    place.read_text("why", "")
    entry = ScheduledAdjustment(
        code=place.read_text("code"),
        amount=place.read_cents("amount"),
        every=int(place.read_decimal("every", "1")),
        reference=place.read_text("reference", ""),
    )
    place.refuse_rest()
    if entry.every < 1:
        raise ScriptRefused(f"{place.where}.every: from 1")
    return entry
