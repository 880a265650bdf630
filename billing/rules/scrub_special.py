"""Claim checks of special services; the rules: coding.rules.checks.special."""

from billing.rules.coded_claim import coded, on_codes
from billing.rules.findings import (
    BLOCKING,
    PROFESSIONAL,
    WARNING,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.scrub_texts import CHART, SETUP, TR3_P
from coding.rules.checks.special import (
    ANESTHESIA,
    look_anesthesia_mark,
    look_anesthetist,
    look_discipline,
    look_endpoints,
    look_minutes,
    look_minutes_elsewhere,
    look_minutes_plausible,
    look_spinal,
    look_timed,
)
from coding.rules.code_kinds import Kind
from coding.rules.coded_claim import is_medicare
from rcm.x12.claim_837p import Claim

# fmt: off
MAMMOGRAMS = frozenset({"77063", "77065", "77066", "77067", "G0279"})


def look_mammogram(claim: Claim, facts: ClaimFacts) -> Look:
    view = coded(claim)
    if not view.codes & MAMMOGRAMS or not is_medicare(view, facts.codes):
        return
    claim_references = claim.rare.references if claim.rare else ()
    for line in view.lines:
        references = line.source.rare.references if line.source.rare else ()
        has_number = any(ref.qualifier == "EW" for ref in (*claim_references, *references))
        if line.code in MAMMOGRAMS and "26" not in line.marks and not has_number:
            yield Hit(
                f"{line.code} on line {line.position}: the mammography certification number is "
                "missing.",
                line.position,
            )


def look_transport(claim: Claim, facts: ClaimFacts) -> Look:
    view = coded(claim)
    if Kind.AMBULANCE not in view.kinds or (claim.rare and claim.rare.ambulance):
        return
    for line in view.lines:
        rare = line.source.rare
        if line.kind == Kind.AMBULANCE and not (rare and rare.ambulance):
            yield Hit(
                f"{line.code} on line {line.position} has no ambulance transport record (CR1).",
                line.position,
            )


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "anesthesia_minutes",
        "Anesthesia without minutes",
        BLOCKING,
        "2400 SV103",
        CHART,
        TR3_P,
        on_codes(look_minutes),
        PROFESSIONAL,
    ),
    Scrub(
        "anesthesia_time",
        "Minutes of anesthesia",
        WARNING,
        "2400 SV104",
        CHART,
        ANESTHESIA,
        on_codes(look_minutes_plausible),
        PROFESSIONAL,
    ),
    Scrub(
        "minutes_elsewhere",
        "Minutes without anesthesia",
        WARNING,
        "2400 SV103",
        CHART,
        TR3_P,
        on_codes(look_minutes_elsewhere),
        PROFESSIONAL,
    ),
    Scrub(
        "anesthesia_by",
        "Who gave the anesthesia",
        BLOCKING,
        "2400 SV101",
        CHART,
        f"{ANESTHESIA}.K",
        on_codes(look_anesthetist),
        PROFESSIONAL,
    ),
    Scrub(
        "anesthesia_modifier",
        "Modifier of anesthesia elsewhere",
        WARNING,
        "2400 SV101",
        CHART,
        ANESTHESIA,
        on_codes(look_anesthesia_mark),
        PROFESSIONAL,
    ),
    Scrub(
        "mammography_number",
        "Mammography certification number",
        WARNING,
        "2300 REF*EW",
        SETUP,
        "CMS IOM 100-04 ch. 18 §20",
        look_mammogram,
        PROFESSIONAL,
    ),
    Scrub(
        "ambulance_record",
        "Ambulance transport record",
        WARNING,
        "2300 CR1",
        CHART,
        TR3_P,
        look_transport,
        PROFESSIONAL,
    ),
    Scrub(
        "ambulance_way",
        "Ambulance from where to where",
        WARNING,
        "2400 SV101",
        CHART,
        "CMS IOM 100-04 ch. 15 §30",
        on_codes(look_endpoints),
    ),
    Scrub(
        "spinal_at",
        "Spinal manipulation without AT",
        WARNING,
        "2400 SV101",
        CHART,
        "CMS IOM 100-02 ch. 15 §240.1.3",
        on_codes(look_spinal),
        PROFESSIONAL,
    ),
    Scrub(
        "therapy_discipline",
        "Therapy without its discipline",
        BLOCKING,
        "2400 SV101",
        CHART,
        "CMS IOM 100-04 ch. 5 §20.1",
        on_codes(look_discipline),
    ),
    Scrub(
        "therapy_units",
        "Units of timed therapy",
        WARNING,
        "2400 SV104",
        CHART,
        "CMS IOM 100-04 ch. 5 §20.2",
        on_codes(look_timed),
    ),
)
