"""Services with demands of their own: anesthesia, therapy, ambulance and a few more."""

from decimal import Decimal

from coding.rules.checks.indicators import EXPECTED_DENIAL
from coding.rules.checks.modifiers import ANESTHESIA_PAYMENT
from coding.rules.code_facts import CodeFacts
from coding.rules.code_kinds import Kind, is_way
from coding.rules.code_lists import MINUTES
from coding.rules.coded_claim import CodedClaim, is_medicare
from coding.rules.fixes import drop
from coding.rules.hits import WARNING, Hit, Look

# Daily management of a block has no minutes.
NO_MINUTES = frozenset({"01996"})
LONG_MINUTES = 16 * 60
SHORT_MINUTES = 5
SPINAL = frozenset({"98940", "98941", "98942"})
# Always therapy for Medicare (IOM 100-04 ch. 5 §10.2 and §20): they name the discipline.
# fmt: off
THERAPY = frozenset({
    "92507", "92508", "92526", "97012", "97016", "97018", "97022", "97024", "97026", "97028",
    "97032", "97033", "97034", "97035", "97036", "97110", "97112", "97113", "97116", "97124",
    "97129", "97140", "97150", "97161", "97162", "97163", "97164", "97165", "97166", "97167",
    "97168", "97530", "97533", "97535", "97537", "97542", "97750", "97755", "97760", "97761",
    "97763",
})
TIMED = frozenset({
    "97032", "97033", "97034", "97035", "97036", "97110", "97112", "97113", "97116", "97124",
    "97140", "97530", "97533", "97535", "97537", "97542", "97750", "97755", "97760", "97761",
    "97763",
})
# fmt: on
# Of fifteen minutes each: more than eight hours of one patient's day.
MOST_TIMED_UNITS = 32
DISCIPLINES = frozenset({"GN", "GO", "GP"})
NO_ENDPOINTS = frozenset({"GA", "GX", "GY", "GZ", "QM", "QN", "QL", "TQ", "CR"})


def look_minutes(view: CodedClaim, codes: CodeFacts) -> Look:
    """Certain for Medicare; some Medicaid programs still count units of fifteen minutes."""
    if Kind.ANESTHESIA not in view.kinds:
        return
    severity = "" if is_medicare(view, codes) else WARNING
    for line in view.lines:
        is_timed = line.kind == Kind.ANESTHESIA and line.code not in NO_MINUTES
        if is_timed and line.unit_code != MINUTES:
            yield Hit(
                f"{line.code} on line {line.position} is anesthesia and needs minutes (MJ).",
                line.position,
                severity=severity,
            )


def look_minutes_plausible(view: CodedClaim, codes: CodeFacts) -> Look:
    for line in view.lines:
        if line.unit_code != MINUTES:
            continue
        most = LONG_MINUTES * line.days
        if not SHORT_MINUTES <= line.units <= most or line.units % 1:
            yield Hit(
                f"Line {line.position}: {line.units.normalize():f} minutes of anesthesia; "
                f"whole minutes from {SHORT_MINUTES} to {most} are usual.",
                line.position,
            )


def look_minutes_elsewhere(view: CodedClaim, codes: CodeFacts) -> Look:
    for line in view.lines:
        if line.unit_code == MINUTES and line.kind != Kind.ANESTHESIA:
            yield Hit(
                f"{line.code} on line {line.position} is no anesthesia and carries minutes (MJ).",
                line.position,
            )


def look_anesthetist(view: CodedClaim, codes: CodeFacts) -> Look:
    """Who gave it sets the price. QS and G8 only add to it."""
    if Kind.ANESTHESIA not in view.kinds:
        return
    severity = "" if is_medicare(view, codes) else WARNING
    for line in view.lines:
        is_timed = line.kind == Kind.ANESTHESIA and line.code not in NO_MINUTES
        if is_timed and not line.marks & ANESTHESIA_PAYMENT:
            yield Hit(
                f"{line.code} on line {line.position} needs one of AA, AD, QK, QX, QY or QZ.",
                line.position,
                severity=severity,
            )


def look_anesthesia_mark(view: CodedClaim, codes: CodeFacts) -> Look:
    for line in view.lines if view.marks & ANESTHESIA_PAYMENT else ():
        # Lines, blocks and monitoring of the anaesthetist may carry them as well.
        if line.marks & ANESTHESIA_PAYMENT and line.kind in (Kind.VISIT, Kind.LABORATORY):
            mark = min(line.marks & ANESTHESIA_PAYMENT)
            yield Hit(
                f"Line {line.position}: {mark} is for anesthesia.",
                line.position,
                fix=drop(mark, line.position),
            )


def look_endpoints(view: CodedClaim, codes: CodeFacts) -> Look:
    """The first modifier of a trip is two letters: from where, to where."""
    if Kind.AMBULANCE not in view.kinds:
        return
    for line in view.lines:
        if line.kind != Kind.AMBULANCE:
            continue
        ways = [mark for mark in line.modifiers if mark not in NO_ENDPOINTS]
        if not any(is_way(mark) for mark in ways):
            yield Hit(
                f"{line.code} on line {line.position} does not say from where to where.",
                line.position,
            )


def look_spinal(view: CodedClaim, codes: CodeFacts) -> Look:
    if not view.codes & SPINAL or not is_medicare(view, codes):
        return
    for line in view.lines:
        if line.code in SPINAL and not line.marks & (EXPECTED_DENIAL | {"AT"}):
            yield Hit(
                f"{line.code} on line {line.position}: without AT Medicare takes it for "
                "maintenance and does not pay.",
                line.position,
            )


def look_discipline(view: CodedClaim, codes: CodeFacts) -> Look:
    if not view.codes & THERAPY or not is_medicare(view, codes) or view.is_inpatient:
        return
    for line in view.lines:
        if line.code in THERAPY and not line.marks & DISCIPLINES:
            yield Hit(
                f"{line.code} on line {line.position} is therapy and needs GP, GO or GN.",
                line.position,
            )


def look_timed(view: CodedClaim, codes: CodeFacts) -> Look:
    """Whole units of fifteen minutes, and not more of them than a day has."""
    if not view.codes & TIMED:
        return
    sums: dict[object, Decimal] = {}
    for line in view.lines:
        if line.code not in TIMED:
            continue
        if line.units % 1:
            yield Hit(
                f"{line.code} on line {line.position} is billed in whole units of 15 minutes.",
                line.position,
            )
        sums[line.starts_on] = sums.get(line.starts_on, Decimal(0)) + line.units
    for units in sums.values():
        if units > MOST_TIMED_UNITS:
            yield Hit(f"{units.normalize():f} units of 15 minutes of therapy on one day.")


ANESTHESIA = "CMS IOM 100-04 ch. 12 §50"
