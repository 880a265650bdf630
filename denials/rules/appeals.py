"""Appeals: levels, states and outcomes, what a packet must hold, and how often payers give in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from denials.rules.deadlines import (
    EXTERNAL_LEVEL,
    EXTERNAL_REVIEW,
    FILED_LATE,
    MEDICARE,
    UNPROCESSABLE,
)

DRAFT, READY, SUBMITTED, DECIDED = "draft", "ready", "submitted", "decided"
FAVORABLE, PARTLY, UNFAVORABLE = "favorable", "partly", "unfavorable"
DISMISSED, WITHDRAWN = "dismissed", "withdrawn"
# State -> the states an appeal may come to from it. Backwards is undo.
TRANSITIONS: Mapping[str, frozenset[str]] = {
    DRAFT: frozenset({READY, DECIDED}),
    READY: frozenset({DRAFT, SUBMITTED, DECIDED}),
    SUBMITTED: frozenset({READY, DECIDED}),
    DECIDED: frozenset({DRAFT, SUBMITTED}),
}
LIVING = (DRAFT, READY, SUBMITTED)
UNSENT = (DRAFT, READY)
# The payer owes money after these; after the others of WITH_PAYER somebody acts again.
PAYS = frozenset({FAVORABLE, PARTLY})
# What a payer decides; a withdrawal is ours.
OF_PAYER = frozenset({FAVORABLE, PARTLY, UNFAVORABLE, DISMISSED})
# After these the next level is open, counted from the day of the decision.
OPENS_NEXT = frozenset({PARTLY, UNFAVORABLE, DISMISSED})
# Days payers have to decide: 42 CFR 405.950 and 405.970 for Medicare's first two levels.
MEDICARE_DECIDES = {1: 60, 2: 60}
DECIDES = 30
PAYS_WITHIN = 30
MEDICARE_LEVELS = {
    1: "Redetermination",
    2: "Reconsideration",
    3: "Hearing",
    4: "Appeals Council",
    5: "Federal court",
}
BUNDLED = frozenset({"97", "236"})
# Fewer decisions than this say nothing about the next one.
ENOUGH = 20


class Minimum(NamedTuple):
    """The least amount in controversy of a level for requests of one calendar year."""

    level: int
    year: int
    amount: Decimal
    source: str


# Adjusted every year; a year that is not here is not judged.
MINIMUMS = (
    Minimum(3, 2025, Decimal(190), "42 CFR 405.1006, amount of 2025"),
    Minimum(5, 2025, Decimal(1900), "42 CFR 405.1006, amount of 2025"),
    Minimum(3, 2026, Decimal(200), "90 FR 55869"),
    Minimum(5, 2026, Decimal(1960), "90 FR 55869"),
)


def may_become(state: str, to: str) -> bool:
    return to in TRANSITIONS[state]


def level_of(remedy: str) -> int | None:
    """The level a remedy is, 6 for the external review; None for what is no appeal."""
    if remedy == EXTERNAL_REVIEW:
        return EXTERNAL_LEVEL
    number = remedy.removeprefix("appeal_")
    return int(number) if remedy.startswith("appeal_") else None


def level_words(level: int, payer_class: str) -> str:
    """ "Level 2 (Reconsideration)" for Medicare, "Level 2", "External review"."""
    if level == EXTERNAL_LEVEL:
        return "External review"
    if payer_class == MEDICARE:
        return f"Level {level} ({MEDICARE_LEVELS[level]})"
    return f"Level {level}"


@dataclass(frozen=True, slots=True)
class LevelWindow:
    """One level of a denial as its deadlines know it."""

    level: int
    deadline: date
    last_safe_day: date
    is_met: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """The level that can be appealed now, or why none can. Exactly one of both."""

    window: LevelWindow | None = None
    reason: str = ""


def opening(
    windows: Iterable[LevelWindow],
    *,
    today: date,
    payer_class: str,
    reason: str,
    remarks: Sequence[str],
    fixed_pair: tuple[str, str] | None = None,
) -> Opening:
    """Which level of a denial is open today.

    `reason` and `remarks` are the payer's codes; `fixed_pair` the NCCI pair of the denied code
    whose modifier indicator is 0. The rule's own day counts: until then the payer must take it.
    """
    if fixed_pair is not None:
        first, second = fixed_pair
        return Opening(
            reason=f"NCCI pair {first}/{second} has modifier indicator 0: never paid apart, so"
            " never appealed."
        )
    found = sorted(windows, key=lambda each: each.level)
    if not found:
        return Opening(reason=why_no_level(payer_class, reason, remarks))
    unused = [each for each in found if not each.is_met]
    if not unused:
        return Opening(reason="Every level that is open was used.")
    last = unused[-1]
    if last.deadline < today:
        return Opening(reason=f"Appeal window closed {last.deadline:%m/%d}")
    return Opening(window=last)


def why_no_level(payer_class: str, reason: str, remarks: Sequence[str]) -> str:
    if UNPROCESSABLE in remarks:
        return f"{UNPROCESSABLE}: the payer could not read the claim. Send a new one."
    if reason == FILED_LATE and payer_class == MEDICARE:
        return "Medicare’s refusal of a late claim cannot be appealed."
    return "No level of appeal is open."


def minimum_warning(payer_class: str, level: int, amount: Decimal, on: date) -> str:
    """What speaks against a Medicare appeal of this level filed on this day; empty: nothing."""
    if payer_class != MEDICARE:
        return ""
    for each in MINIMUMS:
        if (each.level, each.year) == (level, on.year) and amount < each.amount:
            return (
                f"Level {level} needs ${each.amount:,.2f} in controversy in {each.year}"
                f" ({each.source}); this appeal has ${amount:,.2f}."
            )
    return ""


def decision_due(payer_class: str, level: int, submitted_on: date) -> date:
    """When to ask for a decision that has not come."""
    days = MEDICARE_DECIDES.get(level, DECIDES) if payer_class == MEDICARE else DECIDES
    return submitted_on + timedelta(days=days)


def payment_due(decided_on: date) -> date:
    """When to ask for the payment of a favorable decision."""
    return decided_on + timedelta(days=PAYS_WITHIN)


class Kind:
    """What an appeal argues. Values of denials_appeal.kind."""

    MEDICAL_NECESSITY = "medical_necessity"
    CODING = "coding"
    AUTHORIZATION = "authorization"
    TIMELY_FILING = "timely_filing"
    DOCUMENTATION = "documentation"
    ELIGIBILITY = "eligibility"
    GENERAL = "general"


KINDS = {
    Kind.MEDICAL_NECESSITY: "Medical necessity",
    Kind.CODING: "Bundling and modifiers",
    Kind.AUTHORIZATION: "Authorization",
    Kind.TIMELY_FILING: "Timely filing",
    Kind.DOCUMENTATION: "Documentation",
    Kind.ELIGIBILITY: "Eligibility and other coverage",
    Kind.GENERAL: "General",
}
# Reasons (CARC) that say the service was not needed, whatever cause the practice gives them.
NOT_NEEDED = frozenset({"50", "55", "56", "58", "150", "151", "152"})
KIND_OF_CAUSE = {
    "authorization": Kind.AUTHORIZATION,
    "coding": Kind.CODING,
    "timely_filing": Kind.TIMELY_FILING,
    "documentation": Kind.DOCUMENTATION,
    "eligibility": Kind.ELIGIBILITY,
    "cob": Kind.ELIGIBILITY,
}


def kind_of(category: str, reason: str) -> str:
    """What an appeal of this cause and reason argues."""
    if reason in NOT_NEEDED:
        return Kind.MEDICAL_NECESSITY
    return KIND_OF_CAUSE.get(category, Kind.GENERAL)


LETTER, REMITTANCE, CLAIM, CHART = "letter", "remittance", "claim", "chart"
CODER, POLICY, AUTHORIZATION = "coder", "policy", "authorization"
FILING_PROOF, DECISION, OTHER = "filing_proof", "decision", "other"
# In the order of the packet.
ITEMS = {
    LETTER: "Appeal letter",
    REMITTANCE: "Remittance page",
    DECISION: "Decision of the level before",
    CLAIM: "Claim as sent",
    CHART: "Chart pages",
    CODER: "Coder’s reasoning",
    POLICY: "Coverage policy",
    AUTHORIZATION: "Authorization",
    FILING_PROOF: "Proof of timely filing",
    OTHER: "Other files",
}
_ALWAYS = (LETTER, REMITTANCE, CLAIM)
REQUIRED: Mapping[str, tuple[str, ...]] = {
    Kind.MEDICAL_NECESSITY: (*_ALWAYS, CHART),
    Kind.CODING: (*_ALWAYS, CHART),
    Kind.AUTHORIZATION: (*_ALWAYS, CHART, AUTHORIZATION),
    Kind.TIMELY_FILING: (*_ALWAYS, FILING_PROOF),
    Kind.DOCUMENTATION: (*_ALWAYS, CHART),
    Kind.ELIGIBILITY: _ALWAYS,
    Kind.GENERAL: _ALWAYS,
}


def required_items(
    kind: str, level: int, own: Iterable[str] = (), asked: Iterable[str] = ()
) -> tuple[str, ...]:
    """What the packet must hold, in its order: of the template (`own`), else of the kind.

    Besides what the payer asks for at this level (`asked`); from the second level on, also the
    decision appealed. A letter goes always.
    """
    wanted = {*(own or REQUIRED[kind]), *asked, LETTER}
    if level > 1:
        wanted.add(DECISION)
    return tuple(item for item in ITEMS if item in wanted)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist: is it there, and if not, did a manager let it go?"""

    kind: str
    is_required: bool
    is_present: bool
    is_let_go: bool = False

    @property
    def is_missing(self) -> bool:
        return self.is_required and not self.is_present and not self.is_let_go


def missing_words(items: Iterable[Item]) -> list[str]:
    """What keeps the packet, as people know it: ["Chart pages"]."""
    return [ITEMS[item.kind] for item in items if item.is_missing]


class Rate(NamedTuple):
    """How often appeals of one kind won: `won` of `decided`, and the median days to a decision."""

    won: int
    decided: int
    days: int | None

    @property
    def share(self) -> Decimal | None:
        """None when there are too few to say."""
        return Decimal(self.won) / self.decided if self.decided >= ENOUGH else None

    @property
    def words(self) -> str:
        """ "89% (41 of 46)", or "too few to say (3)"."""
        if self.share is None:
            return f"too few to say ({self.decided})"
        percent = (self.share * 100).quantize(Decimal(1))
        return f"{percent}% ({self.won} of {self.decided})"
