"""Drugs: the NDC, its quantity, and what was thrown away."""

import re
from datetime import date

from billing.rules.code_kinds import Kind
from billing.rules.coded_claim import coded, is_medicare, payer_class_of
from billing.rules.findings import (
    BLOCKING,
    PROFESSIONAL,
    WARNING,
    AnyClaim,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.scrub_texts import CHART, TR3
from coding.rules.line_edits import MULTI_DOSE_DRUGS

_NDC = re.compile(r"\d{11}", re.ASCII)
NDC_UNITS = frozenset({"UN", "ML", "GR", "F2", "ME"})
DISCARDED = frozenset({"JW", "JZ"})
# Medicare asks for JW since 2017, for JZ since July 2023 (CMS IOM 100-04 ch. 17 §40.1).
JZ_FROM = date(2023, 7, 1)
# Oral, inhaled and other drugs of the J section that come in no single-dose vial to inject.
FIRST_NOT_INJECTED = "J7000"


def look_ndc(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for line in coded(claim).lines:
        if line.drug is not None and not _NDC.fullmatch(line.drug.code):
            yield Hit(
                f"Line {line.position}: the NDC {line.drug.code} is not 11 digits; "
                "a number of 10 gets a zero where its part is short.",
                line.position,
            )


def look_ndc_quantity(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for line in coded(claim).lines:
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


def look_ndc_missing(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """Medicaid must collect it (Deficit Reduction Act 2005 §6002); many others want it too.

    A warning also for Medicaid: a charge has no place yet where a person enters it.
    """
    view = coded(claim)
    payer = payer_class_of(view, facts.codes)
    if Kind.DRUG not in view.kinds or payer in ("medicare", "advantage", ""):
        return
    for line in view.lines:
        if line.kind == Kind.DRUG and line.drug is None:
            yield Hit(
                f"{line.code} on line {line.position} is a drug without its NDC.",
                line.position,
            )


def look_waste(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """Single-dose containers: JW with what was thrown away, or JZ for nothing."""
    view = coded(claim)
    if Kind.DRUG not in view.kinds or not is_medicare(view, facts) or view.is_inpatient:
        return
    for line in view.lines:
        is_injected = line.code[:1] == "J" and line.code < FIRST_NOT_INJECTED
        is_single_dose = is_injected and line.code not in MULTI_DOSE_DRUGS
        if is_single_dose and line.starts_on >= JZ_FROM and not line.marks & DISCARDED:
            yield Hit(
                f"{line.code} on line {line.position} says neither JZ (nothing discarded) nor JW.",
                line.position,
                view.element,
            )


SCRUBS: tuple[Scrub, ...] = (
    Scrub("ndc", "NDC not 11 digits", BLOCKING, "2410 LIN03", CHART, TR3, look_ndc),
    Scrub(
        "ndc_quantity",
        "NDC without quantity or unit",
        BLOCKING,
        "2410 CTP04",
        CHART,
        TR3,
        look_ndc_quantity,
    ),
    Scrub(
        "ndc_missing",
        "NDC missing",
        WARNING,
        "2410 LIN03",
        CHART,
        "Social Security Act §1927(a)(7)",
        look_ndc_missing,
        PROFESSIONAL,
    ),
    Scrub(
        "drug_waste",
        "Discarded drug not said",
        WARNING,
        "2400 SV101",
        "Have the coder add JZ, or bill the discarded part with JW.",
        "CMS IOM 100-04 ch. 17 §40",
        look_waste,
    ),
)
