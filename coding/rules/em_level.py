"""The level of an office visit from problems, data and risk, or from total time.

By the rules of 2021 (office) and 2023: two of the three elements decide, or the time of the day of
the visit. What counts is chosen by the coder; hints from the text only say what was found. The
result is shown beside the coder's own choice and decides nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal[0, 1, 2, 3, 4]
NAMES = ("none", "straightforward", "low", "moderate", "high")
# Level of decision making -> code.
NEW = {1: "99202", 2: "99203", 3: "99204", 4: "99205"}
ESTABLISHED = {0: "99211", 1: "99212", 2: "99213", 3: "99214", 4: "99215"}


@dataclass(frozen=True, slots=True)
class Problems:
    """How many problems of each kind were addressed."""

    minor: int = 0
    stable_chronic: int = 0
    unstable_chronic: int = 0
    acute_simple: int = 0
    acute_systemic: int = 0
    new_uncertain: int = 0
    acute_injury_complicated: int = 0
    severe_or_threatening: int = 0


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Tests and notes count one each, whether ordered or reviewed."""

    tests_and_notes: int = 0
    has_historian: bool = False
    has_own_interpretation: bool = False
    has_discussion: bool = False


@dataclass(frozen=True, slots=True)
class Risk:
    """The highest risk of what was decided: 0 none named, 1 minimal to 4 high."""

    level: Level = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class TimeBand:
    """From `minutes` of total time on the day a visit may be `code`. From the licensed table."""

    code: str
    minutes: int


@dataclass(frozen=True, slots=True)
class EmResult:
    """Level and code with the reasons; `by` says whether decision making or time gave them."""

    level: Level
    code: str
    by: Literal["decision making", "time"]
    reasons: tuple[str, ...]


def problem_level(problems: Problems) -> tuple[Level, str]:
    """1 one minor problem … 4 one threat to life or function."""
    chronic = problems.stable_chronic
    if problems.severe_or_threatening:
        return 4, "a severe or threatening problem"
    if problems.unstable_chronic:
        return 3, "a chronic illness that is not at goal"
    if chronic >= 2:
        return 3, f"{chronic} stable chronic illnesses"
    if problems.new_uncertain:
        return 3, "a new problem of uncertain course"
    if problems.acute_systemic:
        return 3, "an acute illness with systemic symptoms"
    if problems.acute_injury_complicated:
        return 3, "a complicated injury"
    if chronic == 1:
        return 2, "one stable chronic illness"
    if problems.acute_simple:
        return 2, "an acute uncomplicated illness or injury"
    if problems.minor >= 2:
        return 2, f"{problems.minor} minor problems"
    if problems.minor:
        return 1, "one minor problem"
    return 0, "no problem"


def reviewed_level(data: Reviewed) -> tuple[Level, str]:
    """1 little or none, 2 two items or a historian, 3 one of three kinds, 4 two of three."""
    items = data.tests_and_notes + (1 if data.has_historian else 0)
    kinds = [
        name
        for name, is_there in (
            (f"{items} tests, notes or historian", items >= 3),
            ("own interpretation of a test", data.has_own_interpretation),
            ("discussion with another professional", data.has_discussion),
        )
        if is_there
    ]
    if len(kinds) >= 2:
        return 4, " and ".join(kinds[:2])
    if kinds:
        return 3, kinds[0]
    if data.tests_and_notes >= 2:
        return 2, f"{data.tests_and_notes} tests or notes"
    if data.has_historian:
        return 2, "a historian other than the patient"
    return 1, "little or no data"


def level_of(problems: Problems, data: Reviewed, risk: Risk, *, is_new: bool) -> EmResult:
    """The level two of the three elements reach."""
    (one, why_one), (two, why_two) = problem_level(problems), reviewed_level(data)
    elements: list[Level] = [one, two, risk.level]
    level = sorted(elements, reverse=True)[1]
    reasons = (
        f"Problems {NAMES[one]}: {why_one}.",
        f"Data {NAMES[two]}: {why_two}.",
        f"Risk {NAMES[risk.level]}" + (f": {risk.why}." if risk.why else "."),
        f"Two of three reach {NAMES[level]}.",
    )
    codes = NEW if is_new else ESTABLISHED
    return EmResult(level, codes.get(level, codes[min(codes)]), "decision making", reasons)


def code_of(elements: Sequence[int], *, is_new: bool) -> str:
    """The office visit that two of three elements, 0 to 4 each, reach."""
    level = sorted(elements, reverse=True)[1]
    codes = NEW if is_new else ESTABLISHED
    return codes.get(level, codes[min(codes)])


def level_by_time(minutes: int, bands: Sequence[TimeBand], *, is_new: bool) -> EmResult | None:
    """The highest code whose minutes are reached; None without a table or below its first band.

    The minutes belong to the licensed descriptors, so they are given, never known here.
    """
    codes = NEW if is_new else ESTABLISHED
    levels: dict[str, Level] = {code: level for level, code in codes.items()}  # type: ignore[misc]  # keys are levels
    reached = [band for band in bands if band.code in levels and band.minutes <= minutes]
    if not reached:
        return None
    band = max(reached, key=lambda band: band.minutes)
    reason = f"{minutes} minutes on the day reach {band.minutes}."
    return EmResult(levels[band.code], band.code, "time", (reason,))


def best_level(by_decision: EmResult, by_time: EmResult | None) -> EmResult:
    """The higher of the two: either may be used, whichever is documented."""
    if by_time is not None and by_time.level > by_decision.level:
        return by_time
    return by_decision
