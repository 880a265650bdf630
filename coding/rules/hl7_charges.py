"""Charges and diagnoses of a DFT^P03: FT1, PR1, DG1 to proposed codes."""

import re

from coding.rules.hl7 import Message, Segment
from coding.rules.hl7_values import day
from coding.rules.told import ChargeTold, DiagnosisTold, Unusable

PROCEDURE = re.compile(r"[0-9A-Z]{5}")
DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z]{1,5}")


def diagnoses_of(message: Message) -> tuple[DiagnosisTold, ...]:
    """Every DG1 in order, each code once. Raises Unusable for what is no ICD-10-CM code."""
    found: dict[str, DiagnosisTold] = {}
    for order, dg1 in enumerate(message.all("DG1"), 1):
        place = f"DG1-3 ({order})"
        code = diagnosis_code(dg1.get(3), place)
        if code:
            found.setdefault(code, DiagnosisTold(code, place))
    return tuple(found.values())


def diagnosis_code(text: str, place: str) -> str:
    code = text.replace(".", "").upper()
    if code and not DIAGNOSIS.fullmatch(code):
        message = f"{place} is “{text[:20]}”, which is no ICD-10-CM code."
        raise Unusable("code_wrong", message, place=place)
    return code


def charges_of(message: Message) -> tuple[tuple[ChargeTold, ...], tuple[str, ...]]:
    """Every FT1 that charges something, then PR1 no FT1 names; and what was left out and why."""
    charges: list[ChargeTold] = []
    warnings: list[str] = []
    for order, ft1 in enumerate(message.all("FT1"), 1):
        kind = ft1.get(6).upper()
        if kind not in ("", "CG"):
            warnings.append(f"FT1 {order} is no charge (FT1-6 is {kind}) and was left out.")
        else:
            charges.append(charge_of(ft1, order, message))
    named = {charge.procedure_code for charge in charges}
    for order, pr1 in enumerate(message.all("PR1"), 1):
        code = pr1.get(3).upper()
        if len(code) == 7:
            warnings.append(f"PR1 {order} is an ICD-10-PCS code and was left out.")
        elif code and code not in named:
            charges.append(procedure_of(pr1, order, code, message))
    return tuple(charges), tuple(warnings)


def charge_of(ft1: Segment, order: int, message: Message) -> ChargeTold:
    place = f"FT1-25 ({order})"
    code = (ft1.get(25) or ft1.get(7)).upper()
    check_procedure(code, place)
    diagnoses = [
        diagnosis_code(ft1.get(19, 1, repetition), f"FT1-19 ({order})")
        for repetition in range(1, ft1.repetitions(19) + 1)
    ]
    return ChargeTold(
        origin=(ft1.get(2) or f"{message.control_id}:{order}")[:60],
        procedure_code=code,
        modifiers=modifiers_of(ft1, 26),
        units=ft1.get(10) or "1",
        diagnoses=tuple(dict.fromkeys(code for code in diagnoses if code)),
        served_on=day(ft1, 4),
        place=place,
    )


def procedure_of(pr1: Segment, order: int, code: str, message: Message) -> ChargeTold:
    place = f"PR1-3 ({order})"
    check_procedure(code, place)
    origin = f"{message.control_id}:PR1-{order}"[:60]
    return ChargeTold(origin, code, modifiers_of(pr1, 16), place=place)


def check_procedure(code: str, place: str) -> None:
    if not PROCEDURE.fullmatch(code):
        message = f"{place} is “{code[:20]}”, which is no CPT or HCPCS code."
        raise Unusable("code_wrong", message, place=place)


def modifiers_of(segment: Segment, field: int) -> tuple[str, ...]:
    found = [segment.get(field, 1, n).upper() for n in range(1, segment.repetitions(field) + 1)]
    return tuple(modifier for modifier in found if modifier)
