"""Drugs: the NDC, its quantity, and what was thrown away."""

import re
from datetime import date

from coding.rules.code_facts import CodeFacts
from coding.rules.code_kinds import Kind
from coding.rules.code_lists import COVERED_PAYERS, MULTI_DOSE_DRUGS
from coding.rules.coded_claim import CodedClaim, is_medicare, payer_class_of
from coding.rules.fixes import add
from coding.rules.hits import Hit, Look

_NDC = re.compile(r"\d{11}", re.ASCII)
NDC_UNITS = frozenset({"UN", "ML", "GR", "F2", "ME"})
DISCARDED = frozenset({"JW", "JZ"})
# Medicare asks for JW since 2017, for JZ since July 2023 (CMS IOM 100-04 ch. 17 §40.1).
JZ_FROM = date(2023, 7, 1)
# Oral, inhaled and other drugs of the J section that come in no single-dose vial to inject.
FIRST_NOT_INJECTED = "J7000"
# Giving a vaccine, and the vaccines: CPT 90476-90759 and 91300-91399, HCPCS Q2033-Q2039.
GIVING = frozenset(
    {"90460", "90461", "90471", "90472", "90473", "90474", "90480", "G0008", "G0009", "G0010"}
)
VACCINES = (("90476", "90759"), ("91300", "91399"), ("Q2033", "Q2039"))


def look_ndc(view: CodedClaim, codes: CodeFacts) -> Look:
    for line in view.lines:
        if line.drug is None:
            continue
        if _NDC.fullmatch(line.drug.code) and len(set(line.drug.code)) == 1:
            yield Hit(
                f"Line {line.position}: {line.drug.code} stands for an NDC nobody looked up.",
                line.position,
            )
        elif not _NDC.fullmatch(line.drug.code):
            yield Hit(
                f"Line {line.position}: the NDC {line.drug.code} is not 11 digits; "
                "a number of 10 gets a zero where its part is short.",
                line.position,
            )


def look_ndc_quantity(view: CodedClaim, codes: CodeFacts) -> Look:
    for line in view.lines:
        drug = line.drug
        if drug is None:
            continue
        if drug.quantity is None or drug.quantity <= 0:
            yield Hit(f"Line {line.position}: the NDC has no quantity.", line.position)
        if drug.unit not in NDC_UNITS:
            unit = drug.unit or "(none)"
            yield Hit(
                f"Line {line.position}: the NDC's unit {unit} is not UN, ML, GR, F2 or ME.",
                line.position,
                "2410 CTP05",
            )


def look_ndc_missing(view: CodedClaim, codes: CodeFacts) -> Look:
    """Medicaid must collect it (Deficit Reduction Act 2005 §6002); many others want it too.

    A warning also for Medicaid: a charge has no place yet where a person enters it.
    """
    payer = payer_class_of(view, codes)
    if Kind.DRUG not in view.kinds or payer in COVERED_PAYERS | {""}:
        return
    for line in view.lines:
        if line.kind == Kind.DRUG and line.drug is None:
            yield Hit(
                f"{line.code} on line {line.position} is a drug without its NDC.",
                line.position,
            )


def look_waste(view: CodedClaim, codes: CodeFacts) -> Look:
    """Single-dose containers: JW with what was thrown away, or JZ for nothing."""
    if Kind.DRUG not in view.kinds or not is_medicare(view, codes) or view.is_inpatient:
        return
    for line in view.lines:
        is_injected = line.code[:1] == "J" and line.code < FIRST_NOT_INJECTED
        is_single_dose = is_injected and line.code not in MULTI_DOSE_DRUGS
        if is_single_dose and line.starts_on >= JZ_FROM and not line.marks & DISCARDED:
            yield Hit(
                f"{line.code} on line {line.position} says neither JZ (nothing discarded) nor JW.",
                line.position,
                view.element,
                fix=add("JZ", line.position, line.marks),
            )


def is_vaccine(code: str) -> bool:
    return any(first <= code <= last for first, last in VACCINES)


def look_vaccines(view: CodedClaim, codes: CodeFacts) -> Look:
    """Seldom right: a vaccine of the state, or one that somebody else gave."""
    given = view.codes & GIVING
    vaccines = {code for code in view.codes if is_vaccine(code)}
    if given and not vaccines:
        yield Hit(f"{min(given)} gives a vaccine, and none is on the claim.")
    elif vaccines and not given:
        yield Hit(f"{min(vaccines)} is a vaccine, and nothing on the claim says that it was given.")
