"""Rules a practice writes over the properties of its claims: read from text, tried on a claim.

A rule is blocks of conditions, one on each line, the blocks parted by an empty line. All lines of
one block must hold, on the same service line where they ask about lines; one block is enough:

    payer is UNIFD
    procedure is 99213, 99214
    modifiers lack 25
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from billing.rules.claim_properties import PROPERTIES, Property, Values, plain
from billing.rules.claim_views import first_day
from billing.rules.findings import BLOCKING, WARNING, AnyClaim, AnyLine, Finding
from rcm.x12.claim_837 import Note

# Longer wordings first: "is not" must not be read as "is" and a value.
OPERATORS = (
    "is not", "is empty", "is present", "starts with", "is", "have", "has", "lack", "lacks",
    "above", "below", "from",
)  # fmt: skip
SAME = {"has": "have", "lacks": "lack", "is": "have", "is not": "lack"}
# A kept rule says "have" for "is": a number is read in that wording, too.
NUMBERS = frozenset(
    {"above", "below", "from", "is", "is not", "have", "lack", "is empty", "is present"}
)
TEXTS = frozenset(OPERATORS) - {"above", "below"}
ALONE = frozenset({"is empty", "is present"})
MOST_CONDITIONS = 60

HOLD, WARN, SET = "hold", "warn", "set"
SET_FIELDS = {
    "modifier": "Add a modifier to the lines",
    "note": "Add a note to the claim",
    "authorization": "Authorization number, where there is none",
    "referral": "Referral number, where there is none",
}
# What a person may set on many claims at once: these stand on the claim alone.
FIXABLE = {name: SET_FIELDS[name] for name in ("modifier", "note", "referral")}
_MODIFIER = re.compile(r"[0-9A-Z]{2}", re.ASCII)


class NotARule(ValueError):
    """The text is no rule; says on which line and what was expected."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a rule. `values` are plain texts; numbers of a range are two."""

    name: str
    operator: str
    values: tuple[str, ...] = ()

    def text(self) -> str:
        """As a person writes it."""
        if self.operator == "from":
            return f"{self.name} from {self.values[0]} to {self.values[1]}"
        return f"{self.name} {self.operator} {', '.join(self.values)}".rstrip()


Blocks = tuple[tuple[Condition, ...], ...]
Kind = TypeVar("Kind", bound=AnyClaim)


@dataclass(frozen=True, slots=True)
class PracticeRule:
    """A rule in force for services from `starts_on` to `ends_on`, both inclusive."""

    id: int
    name: str
    blocks: Blocks
    action: str
    message: str = ""
    set_field: str = ""
    set_value: str = ""
    starts_on: date = date.min
    ends_on: date | None = None

    @property
    def code(self) -> str:
        """Under which its findings are kept."""
        return f"rule:{self.id}"


def read_blocks(text: str) -> Blocks:
    """The blocks of a rule's text. Raises NotARule with the line that is wrong."""
    blocks: list[list[Condition]] = [[]]
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            blocks[-1].append(_read_condition(number, line.strip()))
        elif blocks[-1]:
            blocks.append([])
    found = tuple(tuple(block) for block in blocks if block)
    if not found:
        raise NotARule("Write at least one condition, such as: payer is UNIFD")
    if sum(map(len, found)) > MOST_CONDITIONS:
        raise NotARule(f"A rule has at most {MOST_CONDITIONS} conditions.")
    return found


def write_blocks(blocks: Blocks) -> str:
    """The text of a rule: read_blocks gives the same blocks back."""
    return "\n\n".join("\n".join(one.text() for one in block) for block in blocks)


def _read_condition(number: int, line: str) -> Condition:
    name, _, rest = line.partition(" ")
    found = PROPERTIES.get(name.lower())
    if found is None:
        raise NotARule(f"Line {number}: “{name}” is no property of a claim.")
    rest = " ".join(rest.split())
    for operator in OPERATORS:
        if rest.lower() == operator or rest.lower().startswith(f"{operator} "):
            return _checked(number, found, operator, rest[len(operator) :].strip())
    allowed = ", ".join(OPERATORS)
    raise NotARule(f"Line {number}: after “{name}” comes one of: {allowed}.")


def _checked(number: int, found: Property, operator: str, rest: str) -> Condition:
    if operator not in (NUMBERS if found.is_number else TEXTS):
        kind = "a number" if found.is_number else "no number"
        raise NotARule(f"Line {number}: “{found.name}” is {kind}; “{operator}” does not fit.")
    if operator in ALONE:
        if rest:
            raise NotARule(f"Line {number}: nothing comes after “{operator}”.")
        return Condition(found.name, operator)
    parts = re.split(r"\s+to\s+", rest) if operator == "from" else rest.split(",")
    values = tuple(
        part.strip() if found.is_number else plain(part) for part in parts if part.strip()
    )
    if operator == "from" and len(values) != 2:
        raise NotARule(f"Line {number}: write “from A to B”.")
    if not values:
        raise NotARule(f"Line {number}: a value is missing after “{operator}”.")
    if found.is_number:
        for value in values:
            _number(number, value)
    return Condition(found.name, SAME.get(operator, operator), values)


def _number(line: int, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise NotARule(f"Line {line}: “{text}” is no number.") from error
    if not number.is_finite():
        raise NotARule(f"Line {line}: “{text}” is no number.")
    return number


def check_setting(field: str, value: str) -> None:
    """Raises NotARule when a rule may not set this, or not to this value."""
    if field not in SET_FIELDS:
        raise NotARule("Choose what the rule sets.")
    if field == "modifier" and not _MODIFIER.fullmatch(value):
        raise NotARule("A modifier is two letters or digits.")
    if not 0 < len(value) <= (80 if field == "note" else 50):
        raise NotARule("The value is missing or too long.")


def hits_of(blocks: Blocks, claim: AnyClaim) -> list[int | None]:
    """Positions of the lines a rule hits; [None] when no condition is about lines; [] for none."""
    of_lines = [[one for one in block if _is_of_line(one)] for block in blocks]
    # What is the same for all lines is asked once: a stay has hundreds.
    left = [
        own
        for block, own in zip(blocks, of_lines, strict=True)
        if all(_is_met(one, claim, None) for one in block if not _is_of_line(one))
    ]
    if not any(of_lines):
        return [None] if left else []
    return [
        line.position
        for line in claim.lines
        if any(all(_is_met(one, claim, line) for one in own) for own in left)
    ]


def _is_of_line(condition: Condition) -> bool:
    return PROPERTIES[condition.name].of_line is not None


def _is_met(condition: Condition, claim: AnyClaim, line: AnyLine | None) -> bool:
    values = _values_of(PROPERTIES[condition.name], claim, line)
    return _TESTS[condition.operator](values, condition.values)


def _values_of(found: Property, claim: AnyClaim, line: AnyLine | None) -> Values:
    if found.of_claim is not None:
        return found.of_claim(claim)
    return found.of_line(claim, line) if found.of_line is not None and line is not None else None


Test = Callable[[Values, tuple[str, ...]], bool]


def _have(values: Values, wanted: tuple[str, ...]) -> bool:
    if isinstance(values, frozenset):
        return not values.isdisjoint(wanted)
    return values is not None and any(values == Decimal(text) for text in wanted)


def _starts(values: Values, wanted: tuple[str, ...]) -> bool:
    return isinstance(values, frozenset) and any(value.startswith(wanted) for value in values)


def _between(values: Values, wanted: tuple[str, ...]) -> bool:
    low, high = wanted
    if isinstance(values, frozenset):
        # E139 belongs to "E08 to E13": a range of headings holds what stands below them.
        return any(low <= each and (each <= high or each.startswith(high)) for each in values)
    return values is not None and Decimal(low) <= values <= Decimal(high)


def _is_empty(values: Values, wanted: tuple[str, ...]) -> bool:
    return values is None or (isinstance(values, frozenset) and not values)


_TESTS: Mapping[str, Test] = {
    "have": _have,
    "lack": lambda values, wanted: not _have(values, wanted),
    "starts with": _starts,
    "from": _between,
    "above": lambda values, wanted: isinstance(values, Decimal) and values > Decimal(wanted[0]),
    "below": lambda values, wanted: isinstance(values, Decimal) and values < Decimal(wanted[0]),
    "is empty": _is_empty,
    "is present": lambda values, wanted: not _is_empty(values, wanted),
}


def is_in_force(rule: PracticeRule, claim: AnyClaim) -> bool:
    """By the first day of service."""
    day = first_day(claim)
    if day is None:
        return False
    return rule.starts_on <= day and (rule.ends_on is None or day <= rule.ends_on)


def apply_rules(rules: Sequence[PracticeRule], claim: Kind) -> tuple[Kind, list[Finding]]:
    """The claim with what the rules set, and a finding for each rule that fired, by its code.

    Setting comes first, so that holds and warnings look at the claim as it will be sent.
    """
    findings = []
    ordered = sorted(rules, key=lambda rule: (rule.action != SET, rule.id))
    for rule in ordered:
        if not is_in_force(rule, claim):
            continue
        hits = hits_of(rule.blocks, claim)
        if not hits:
            continue
        if rule.action == SET:
            changed = set_value(claim, rule.set_field, rule.set_value, hits)
            if changed == claim:
                continue
            claim = changed
        findings += list(findings_of(rule, hits, claim))
    return claim, findings


def findings_of(
    rule: PracticeRule, hits: Sequence[int | None], claim: AnyClaim
) -> Iterator[Finding]:
    """One finding for each place the rule hits, with what the rule looked at of its codes."""
    severity = BLOCKING if rule.action == HOLD else WARNING
    asked = sorted({one.name for block in rule.blocks for one in block})
    coded = [found for name in asked if (found := PROPERTIES[name]).is_coded]
    lines = {line.position: line for line in claim.lines}
    for position in hits:
        line = lines.get(position) if position is not None else None
        yield Finding(
            rule.code,
            severity,
            rule.message,
            source=f"Rule “{rule.name}”",
            line=position,
            looked_at=tuple(_told(found, _values_of(found, claim, line)) for found in coded),
        )


def _told(found: Property, values: Values) -> str:
    """A property with its values as one text, the same for the same values."""
    if isinstance(values, frozenset):
        return f"{found.name} {' '.join(sorted(values))}"
    return f"{found.name} {values.normalize():f}" if values is not None else found.name


def set_value(claim: Kind, field: str, value: str, hits: Sequence[int | None]) -> Kind:
    """The claim with one field set where it may be; a field that is filled stays as it is."""
    changes: dict[str, Any] = {}
    if field == "authorization" and not claim.authorization_number:
        changes["authorization_number"] = value
    elif field == "referral" and not claim.referral_number:
        changes["referral_number"] = value
    elif field == "note" and value not in {note.text for note in claim.notes}:
        changes["notes"] = (*claim.notes, Note("ADD", value))
    elif field == "modifier":
        changes["lines"] = tuple(_with_modifier(line, value, hits) for line in claim.lines)
    return replace(claim, **changes) if changes else claim


def _with_modifier(line: Any, modifier: str, hits: Sequence[int | None]) -> Any:
    is_hit = None in hits or line.position in hits
    if not is_hit or modifier in line.modifiers or len(line.modifiers) >= 4:
        return line
    return replace(line, modifiers=(*line.modifiers, modifier))
