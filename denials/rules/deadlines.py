"""Until when each remedy of a denial is open: new claim, correction, reopening, levels of appeal.

A window begins with its event and the day after it is the first counted day, so the deadline is the
event plus the days. A deadline on a weekend or a federal holiday is never moved later: the last
safe day is the last business day on or before it. Windows of law are in
denials.rules.program_deadlines; a payer's own terms (denials.models.AppealTerms) win over them, and
the days on the payer's row are the last resort.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from denials.rules.program_deadlines import PROGRAMS, Window, one_year_after
from payers.rules.filing import FilingLimits, is_business_day, last_safe_day

NEW_CLAIM, CORRECTED_CLAIM, REOPENING = "new_claim", "corrected_claim", "reopening"
EXTERNAL_REVIEW, DECISION = "external_review", "decision"
CALENDAR, BUSINESS, YEAR = "calendar", "business", "calendar_year"
MEDICARE = "medicare"
# An external review is a level of its own, after the payer's.
EXTERNAL_LEVEL = 6
PAYER_LEVELS = 2
# The payer could not read the claim as one: there is no decision to appeal and nothing to replace.
UNPROCESSABLE = "MA130"
FILED_LATE = "29"
DECIDE_WITHIN = 30
EXTERNAL_REVIEW_DAYS = 120


def remedy_of_level(level: int) -> str:
    """Level 1 to 5 as "appeal_1", the external review by its own name."""
    return EXTERNAL_REVIEW if level == EXTERNAL_LEVEL else f"appeal_{level}"


class AppealStep(NamedTuple):
    """One level of a payer's own terms: calendar or business days after the presumed receipt."""

    level: int
    days: int
    day_kind: str = CALENDAR
    presumed_receipt_days: int = 0


@dataclass(frozen=True, slots=True)
class PayerTerms:
    """What a payer, or one plan of it, says of corrections and appeals, both days inclusive."""

    source: str
    starts_on: date
    ends_on: date | None = None
    is_of_plan: bool = False
    corrected_claim_days: int | None = None
    steps: tuple[AppealStep, ...] = ()

    def holds(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


@dataclass(frozen=True, slots=True)
class DeniedClaim:
    """What the windows of one denial depend on.

    `limits` are those of the service day (payers.terms), `appeal_days` the payer's, `decisions` the
    day of the notice of each appeal level decided so far. `denied_on` is the day of the remittance.
    """

    payer_class: str
    payer_name: str
    reason: str
    remarks: tuple[str, ...]
    is_institutional: bool
    takes_replacement: bool
    served_from: date
    served_through: date
    denied_on: date
    limits: FilingLimits
    appeal_days: int
    decisions: Mapping[int, date] = field(default_factory=dict)


class Deadline(NamedTuple):
    """One remedy and its window: `deadline` as the rule has it, `last_safe_day` as we act."""

    remedy: str
    starts_on: date
    days: int
    kind: str
    deadline: date
    last_safe_day: date
    source: str
    confidence: str


def deadlines(claim: DeniedClaim, terms: Iterable[PayerTerms] = ()) -> list[Deadline]:
    """Every remedy that fits the denial, soonest last safe day first; never empty.

    Where no remedy has a window, the day by which somebody decides stands in their place.
    """
    own = terms_on(claim.denied_on, terms)
    found: list[Deadline | None]
    if UNPROCESSABLE in claim.remarks:
        found = [new_claim(claim)]
    elif claim.reason == FILED_LATE:
        # A correction of a late claim is late, too; Medicare's refusal cannot be appealed.
        found = [] if claim.payer_class == MEDICARE else [appeal(claim, own)]
    else:
        found = [correction(claim, own), appeal(claim, own), reopening(claim)]
    fitting = [each for each in found if each is not None]
    return sorted(fitting or [decision(claim)], key=lambda each: (each.last_safe_day, each.remedy))


def terms_on(day: date, terms: Iterable[PayerTerms]) -> PayerTerms | None:
    """The terms in force on `day`: the plan's own before those for all plans."""
    holding = [each for each in terms if each.holds(day)]
    return max(holding, key=lambda each: (each.is_of_plan, each.starts_on), default=None)


def new_claim(claim: DeniedClaim) -> Deadline:
    """Timely filing. Medicare counts one calendar year, a facility from its Through date."""
    program = PROGRAMS.get(claim.payer_class)
    starts_on = claim.served_through if claim.is_institutional else claim.served_from
    if program is not None and program.filing is not None and program.filing.kind == YEAR:
        return in_window(NEW_CLAIM, starts_on, program.filing)
    limits = claim.limits
    source = f"Timely filing of {limits.timely_source}, counted from the service"
    window = Window(limits.timely_filing_days, CALENDAR, 0, source, "medium")
    if program is not None and program.filing is not None:
        # The federal outer limit of a state's program.
        window = min(window, program.filing, key=lambda each: each.days)
    return in_window(NEW_CLAIM, starts_on, window)


def correction(claim: DeniedClaim, own: PayerTerms | None) -> Deadline | None:
    """A replacement (frequency 7); None where the payer takes none.

    A new claim in its place would be a duplicate: the payer has decided the first. Medicare reopens
    professional claims.
    """
    if claim.payer_class == MEDICARE:
        program = PROGRAMS[MEDICARE].correction
        if not claim.is_institutional or program is None:
            return None
        return in_window(CORRECTED_CLAIM, claim.served_through, program)
    if not claim.takes_replacement:
        return None
    if own is not None and own.corrected_claim_days is not None:
        window = Window(own.corrected_claim_days, CALENDAR, 0, own.source, "high")
    else:
        limits = claim.limits
        source = f"Corrected claims of {limits.corrected_source}, counted from the remittance"
        confidence = "low" if limits.corrected_source == claim.payer_name else "medium"
        window = Window(limits.corrected_claim_days, CALENDAR, 0, source, confidence)
    return in_window(CORRECTED_CLAIM, claim.denied_on, window)


def reopening(claim: DeniedClaim) -> Deadline | None:
    """Medicare corrects clerical errors of professional claims within a year, for any reason."""
    program = PROGRAMS.get(claim.payer_class)
    if program is None or program.reopening is None or claim.is_institutional:
        return None
    return in_window(REOPENING, claim.denied_on, program.reopening)


def appeal(claim: DeniedClaim, own: PayerTerms | None) -> Deadline | None:
    """The next level: the first, or the one after the last decided. None after the last level."""
    last = max(claim.decisions, default=0)
    noticed_on = claim.decisions.get(last, claim.denied_on)
    # A level the payer's own terms leave out stays as it is without them.
    windows = program_windows(claim) | own_windows(own)
    following = [level for level in sorted(windows) if level > last]
    if not following:
        return None
    return in_window(remedy_of_level(following[0]), noticed_on, windows[following[0]])


def own_windows(own: PayerTerms | None) -> dict[int, Window]:
    """The levels of a payer's own terms; none when they speak of corrections alone."""
    if own is None:
        return {}
    return {
        step.level: Window(step.days, step.day_kind, step.presumed_receipt_days, own.source, "high")
        for step in own.steps
    }


def program_windows(claim: DeniedClaim) -> dict[int, Window]:
    """The levels of the payer's program, else those the payer's row allows."""
    program = PROGRAMS.get(claim.payer_class)
    if program is not None:
        return dict(program.appeals)
    source = f"Appeal days of {claim.payer_name}, counted from the notice"
    own = Window(claim.appeal_days, CALENDAR, 0, source, "low")
    levels = dict.fromkeys(range(1, PAYER_LEVELS + 1), own)
    return levels | {
        EXTERNAL_LEVEL: Window(
            EXTERNAL_REVIEW_DAYS,
            CALENDAR,
            0,
            "External review: four months after the last decision, counted as 120 days",
            "medium",
        )
    }


def decision(claim: DeniedClaim) -> Deadline:
    """Nothing can be asked for any more; somebody still says how it ends."""
    source = "No remedy has a window: write it off, bill the patient or ask for an exception"
    return in_window(
        DECISION, claim.denied_on, Window(DECIDE_WITHIN, CALENDAR, 0, source, "house rule")
    )


def in_window(remedy: str, event: date, window: Window) -> Deadline:
    """The deadline of a window that `event` opens."""
    starts_on = event + timedelta(days=window.presumed_receipt_days)
    if window.kind == YEAR:
        end = one_year_after(starts_on)
    elif window.kind == BUSINESS:
        end = after_business_days(starts_on, window.days)
    else:
        end = starts_on + timedelta(days=window.days)
    days = (end - starts_on).days if window.kind == YEAR else window.days
    return Deadline(
        remedy,
        starts_on,
        days,
        window.kind,
        end,
        last_safe_day(end, 0),
        window.source,
        window.confidence,
    )


def after_business_days(start: date, count: int) -> date:
    """The `count`-th day after `start` that is no weekend and no federal holiday."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_business_day(day)
    return day
