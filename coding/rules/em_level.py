"""The level of an office visit from problems, data and risk.

By the rules of 2021 (office) and 2023: two of the three elements decide. Total time may decide
instead; its minutes belong to the licensed descriptors, so that is left to the coder. Hints from
the text only say what was found. The result is shown beside the coder's own choice and decides
nothing.
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


def code_of(elements: Sequence[int], *, is_new: bool) -> str:
    """The office visit that two of three elements, 0 to 4 each, reach."""
    level = sorted(elements, reverse=True)[1]
    codes = NEW if is_new else ESTABLISHED
    return codes.get(level, codes[min(codes)])
