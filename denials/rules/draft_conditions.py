"""Conditions that could tell denied claims from paid ones, by what the payer's reason is about.

Each is a condition of billing.rules.practice_rules together with the service lines it holds on, so
that conjunctions of them are counted by intersecting sets.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.rules.claim_properties import PROPERTIES, Values
from billing.rules.findings import AnyClaim
from billing.rules.practice_rules import Condition

# How many values of one property are tried, most frequent first.
MOST_VALUES = 8
# A list of diagnoses longer than this is no rule a person would read.
MOST_LISTED = 12
PREFIX = 3

ALL_KINDS = (
    *("authorization", "modifier", "companion", "units", "place", "age", "sex"),
    *("diagnosis", "provider", "plan", "referral"),
)
# What a reason (CARC) asks for, sharper than its cause.
REASON_KINDS: dict[str, tuple[str, ...]] = {
    "4": ("modifier", "companion", "place", "diagnosis"),
    "5": ("place", "modifier"),
    "6": ("age", "diagnosis"),
    "7": ("sex", "diagnosis"),
    "8": ("provider", "place"),
    "9": ("age", "diagnosis"),
    "10": ("sex", "diagnosis"),
    "11": ("diagnosis", "modifier", "companion"),
    "15": ("authorization", "place", "provider"),
    "18": ("modifier", "companion", "units"),
    "50": ("diagnosis", "units", "modifier", "age"),
    "97": ("modifier", "companion", "diagnosis"),
    "119": ("units", "diagnosis", "age"),
    "151": ("units", "diagnosis", "modifier"),
    "165": ("referral", "provider"),
    "167": ("diagnosis", "age"),
    "185": ("provider", "place"),
    "197": ("authorization", "place", "diagnosis", "provider"),
    "198": ("units", "authorization"),
    "222": ("units", "modifier"),
    "231": ("companion", "modifier"),
    "236": ("modifier", "companion"),
}
CAUSE_KINDS: dict[str, tuple[str, ...]] = {
    "authorization": ("authorization", "referral", "place", "provider", "plan", "diagnosis"),
    "coding": ("modifier", "companion", "diagnosis", "place", "units", "age", "sex"),
    "documentation": ("diagnosis", "modifier", "provider", "units"),
    "payer_policy": ("diagnosis", "units", "place", "age", "plan", "modifier"),
    "enrolment": ("provider", "place", "plan"),
    "contract": ("provider", "plan", "place"),
    "eligibility": ("plan", "age"),
    "cob": ("plan", "age"),
    "duplicate": ("modifier", "companion", "units"),
    # When a claim is sent is no property of the claim: the deadline checks watch over it.
    "timely_filing": (),
}


# What a reason says of itself, whatever claims show: something is missing, or was billed beside.
REMEDIES: dict[str, tuple[str, ...]] = {
    "15": ("authorization",),
    "97": ("companion",),
    "165": ("referral",),
    "197": ("authorization",),
    "198": ("authorization",),
    "231": ("companion",),
    "236": ("companion",),
}


def kinds_of(category: str, reason: str) -> tuple[str, ...]:
    """The kinds of conditions to try for a denial of this cause and reason, likeliest first."""
    found = REASON_KINDS.get(reason)
    return CAUSE_KINDS.get(category, ALL_KINDS) if found is None else found


@dataclass(frozen=True, slots=True)
class Line:
    """One service line of an example: the claim's place in the list, and whether it was denied."""

    example: int
    position: int
    is_denied: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """One condition, the kind it is of, and the places in the list of lines it holds on."""

    condition: Condition
    kind: str
    lines: frozenset[int]


class Lines:
    """The lines in question of all examples, with their properties looked up once."""

    def __init__(self, rows: Sequence[tuple[Line, AnyClaim]]) -> None:
        self.rows = [line for line, _ in rows]
        self._claims = [claim for _, claim in rows]
        self._values: dict[str, list[Values]] = {}
        self.all = frozenset(range(len(self.rows)))
        self.denied = frozenset(at for at, line in enumerate(self.rows) if line.is_denied)
        self.paid = self.all - self.denied
        self.denied_examples = frozenset(line.example for line in self.rows if line.is_denied)
        self.paid_examples = frozenset(line.example for line in self.rows if not line.is_denied)

    def values(self, name: str) -> list[Values]:
        """The property of each line, or of its claim."""
        if name not in self._values:
            found = PROPERTIES[name]
            of_claim, of_line = found.of_claim, found.of_line
            if of_claim is not None:
                values = [of_claim(claim) for claim in self._claims]
            elif of_line is not None:
                values = [
                    of_line(claim, next(w for w in claim.lines if w.position == line.position))
                    for line, claim in zip(self.rows, self._claims, strict=True)
                ]
            self._values[name] = values
        return self._values[name]

    def texts(self, name: str, at: int) -> frozenset[str]:
        found = self.values(name)[at]
        return found if isinstance(found, frozenset) else frozenset()

    def number(self, name: str, at: int) -> Decimal | None:
        found = self.values(name)[at]
        return found if isinstance(found, Decimal) else None

    def where(self, holds: Callable[[int], bool]) -> frozenset[int]:
        return frozenset(at for at in self.all if holds(at))

    def common(self, name: str, among: frozenset[int], cut: int | None = None) -> list[str]:
        """The most frequent values of the property among these lines; `cut` to so many signs."""
        counts: Counter[str] = Counter()
        for at in among:
            counts.update({value[:cut] for value in self.texts(name, at)})
        ordered = sorted(counts, key=lambda value: (-counts[value], value))
        return ordered[:MOST_VALUES]


def candidates(lines: Lines, kinds: Sequence[str]) -> list[Candidate]:
    """Every condition of these kinds that holds on some denied line and not on every line."""
    found = []
    for kind in kinds:
        for condition, where in MAKERS[kind](lines):
            if where & lines.denied and where != lines.all:
                found.append(Candidate(condition, kind, where))
    return found


def remedies(lines: Lines, reason: str) -> Iterator[Candidate]:
    """Conditions that hold on every line and say what the payer's reason (CARC) misses or minds."""
    for kind in REMEDIES.get(reason, ()):
        if kind == "companion":
            beside = _beside_all(lines)
            made = [(Condition("procedures", "have", beside), lines.all)] if beside else []
        else:
            made = list(MAKERS[kind](lines))
        for condition, where in made:
            if where == lines.all:
                yield Candidate(condition, kind, where)


def _beside_all(lines: Lines) -> tuple[str, ...]:
    """The fewest other procedures, most frequent first, of which every claim has one."""
    own = {value for at in lines.all for value in lines.texts("procedure", at)}
    left, chosen = set(lines.all), []
    for value in lines.common("procedures", lines.all):
        hit = {at for at in left if value in lines.texts("procedures", at)}
        if value not in own and hit:
            chosen.append(value)
            left -= hit
    return tuple(chosen) if not left else ()


Made = Iterator[tuple[Condition, frozenset[int]]]


def _having(lines: Lines, name: str, among: frozenset[int]) -> Made:
    for value in lines.common(name, among):
        where = lines.where(lambda at, value=value: value in lines.texts(name, at))  # type: ignore[misc]  # bound now
        yield Condition(name, "have", (value,)), where


def _empty(lines: Lines, name: str) -> Made:
    yield Condition(name, "is empty"), lines.where(lambda at: not lines.texts(name, at))


def _modifiers(lines: Lines) -> Made:
    for value in lines.common("modifiers", lines.paid):
        where = lines.where(lambda at, value=value: value not in lines.texts("modifiers", at))  # type: ignore[misc]  # bound now
        yield Condition("modifiers", "lack", (value,)), where
    yield from _having(lines, "modifiers", lines.denied)


def _diagnoses(lines: Lines) -> Made:
    for name in ("pointed_diagnosis", "first_diagnosis"):
        for start in lines.common(name, lines.denied, PREFIX):
            where = lines.where(
                lambda at, name=name, start=start: any(  # type: ignore[misc]  # bound now
                    value.startswith(start) for value in lines.texts(name, at)
                )
            )
            yield Condition(name, "starts with", (start,)), where
    counts: Counter[str] = Counter()
    for at in lines.paid:
        counts.update(lines.texts("pointed_diagnosis", at))
    paid_with = sorted(code for code, count in counts.items() if count > 1)
    if 0 < len(paid_with) <= MOST_LISTED:
        known = frozenset(paid_with)
        where = lines.where(lambda at: known.isdisjoint(lines.texts("pointed_diagnosis", at)))
        yield Condition("pointed_diagnosis", "lack", tuple(paid_with)), where


def _companions(lines: Lines) -> Made:
    own = {value for at in lines.all for value in lines.texts("procedure", at)}
    for condition, where in _having(lines, "procedures", lines.denied):
        if len(own) > 1 or condition.values[0] not in own:
            yield condition, where


def _numbers(lines: Lines, name: str, *, is_both: bool) -> Made:
    """Above what is the most that was paid; below what is the least, for `is_both`."""
    paid = {number for at in lines.paid if (number := lines.number(name, at)) is not None}
    denied = {number for at in lines.denied if (number := lines.number(name, at)) is not None}
    for limit in sorted(paid | denied)[: 4 * MOST_VALUES]:
        text = f"{limit.normalize():f}"
        for operator in ("above", "below") if is_both else ("above",):
            where = lines.where(
                lambda at, limit=limit, operator=operator: (  # type: ignore[misc]  # bound now
                    (number := lines.number(name, at)) is not None
                    and (number > limit if operator == "above" else number < limit)
                )
            )
            yield Condition(name, operator, (text,)), where


MAKERS: dict[str, Callable[[Lines], Made]] = {
    "authorization": lambda lines: _empty(lines, "authorization"),
    "referral": lambda lines: _empty(lines, "referral"),
    "modifier": _modifiers,
    "companion": _companions,
    "units": lambda lines: _numbers(lines, "units", is_both=False),
    "age": lambda lines: _numbers(lines, "age", is_both=True),
    "sex": lambda lines: _having(lines, "sex", lines.denied),
    "place": lambda lines: _having(lines, "place_of_service", lines.denied),
    "provider": lambda lines: _having(lines, "rendering_npi", lines.denied),
    "plan": lambda lines: _having(lines, "group_number", lines.denied),
    "diagnosis": _diagnoses,
}
