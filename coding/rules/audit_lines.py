"""A coded chart cut into lines that are judged one by one, and two codings laid side by side.

A line is one statement that can be wrong by itself: a diagnosis, a procedure, one modifier, the
units or the pointers of a procedure. Pointers are compared by the diagnoses they mean, not by
letters.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from coding.rules.audit_scores import Kind, Verdict

Effect = Literal["over_coded", "under_coded", "none"]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXY"
# Evaluation and management stands between these in CPT.
FIRST_VISIT, LAST_VISIT = "99202", "99499"


@dataclass(frozen=True)
class CodedLine:
    """A procedure with what goes with it; `pointers` are diagnosis codes in order."""

    code: str
    modifiers: tuple[str, ...] = ()
    units: str = "1"
    pointers: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodedChart:
    """Diagnoses in order, without dots, and procedures in order."""

    diagnoses: tuple[str, ...] = ()
    lines: tuple[CodedLine, ...] = ()

    def letters(self, pointers: Sequence[str]) -> str:
        """The pointer letters of diagnoses on this chart: "AC"."""
        return "".join(
            LETTERS[self.diagnoses.index(code)] for code in pointers if code in self.diagnoses
        )


@dataclass(frozen=True)
class AuditedLine:
    """One line to judge. `verdict` is "" until somebody or the comparison has judged it."""

    position: str
    kind: Kind
    coder_value: str = ""
    auditor_value: str = ""
    verdict: Verdict | Literal[""] = ""
    effect: Effect = "none"


def is_visit(code: str) -> bool:
    """Is it an evaluation and management code?"""
    return len(code) == 5 and code.isdecimal() and FIRST_VISIT <= code <= LAST_VISIT


def kind_of(code: str) -> Kind:
    return "em" if is_visit(code) else "procedure"


def cut_chart(chart: CodedChart) -> list[AuditedLine]:
    """Everything the coder said, as lines without a verdict."""
    return [
        AuditedLine(position, kind, coder_value=said) for position, kind, said in _statements(chart)
    ]


def _statements(chart: CodedChart) -> Iterator[tuple[str, Kind, str]]:
    for letter, code in zip(LETTERS, chart.diagnoses, strict=False):
        yield letter, "dx", code
    for number, line in enumerate(chart.lines, 1):
        position = str(number)
        yield position, kind_of(line.code), line.code
        for modifier in line.modifiers:
            yield position, "modifier", modifier
        yield position, "units", line.units
        if line.pointers:
            yield position, "pointer", chart.letters(line.pointers)


def compare(coder: CodedChart, auditor: CodedChart) -> list[AuditedLine]:
    """Both codings line by line with verdicts and effects, in the coder's order.

    Codes are paired when they are the same, diagnoses else within their category (the first three
    characters), visits else with visits; what has no partner is "added" (the coder's) or "missed"
    (the auditor's). Modifiers, units and pointers of a code with no partner are not judged.
    """
    found = list(_compare_diagnoses(coder, auditor))
    pairs = _pair_lines(coder.lines, auditor.lines)
    for number, line in enumerate(coder.lines, 1):
        other = pairs.get(number)
        found += _compare_lines(str(number), line, other, coder, auditor)
    paired = {id(other) for other in pairs.values()}
    for line in auditor.lines:
        if id(line) not in paired:
            found.append(_judged(_next_position(found), kind_of(line.code), "", line.code))
    return found


def _next_position(found: Iterable[AuditedLine]) -> str:
    numbers = [int(line.position) for line in found if line.position.isdecimal()]
    return str(max(numbers, default=0) + 1)


def _compare_diagnoses(coder: CodedChart, auditor: CodedChart) -> Iterator[AuditedLine]:
    left = [code for code in auditor.diagnoses if code not in coder.diagnoses]
    for letter, code in zip(LETTERS, coder.diagnoses, strict=False):
        if code in auditor.diagnoses:
            yield _judged(letter, "dx", code, code)
            continue
        near = next((other for other in left if other[:3] == code[:3]), "")
        if near:
            left.remove(near)
        yield _judged(letter, "dx", code, near)
    for letter, code in zip(LETTERS[len(coder.diagnoses) :], left, strict=False):
        yield _judged(letter, "dx", "", code)


def _pair_lines(coder: Sequence[CodedLine], auditor: Sequence[CodedLine]) -> dict[int, CodedLine]:
    """Number of the coder's line -> the auditor's line it stands against."""
    left = list(auditor)
    pairs: dict[int, CodedLine] = {}
    for is_partner in (_is_same, _are_visits):
        for number, line in enumerate(coder, 1):
            if number in pairs:
                continue
            at = next((at for at, other in enumerate(left) if is_partner(line, other)), None)
            if at is not None:
                pairs[number] = left.pop(at)
    return pairs


def _is_same(line: CodedLine, other: CodedLine) -> bool:
    return line.code == other.code


def _are_visits(line: CodedLine, other: CodedLine) -> bool:
    return is_visit(line.code) and is_visit(other.code)


def _compare_lines(
    position: str,
    line: CodedLine,
    other: CodedLine | None,
    coder: CodedChart,
    auditor: CodedChart,
) -> Iterator[AuditedLine]:
    kind = kind_of(line.code)
    if other is None:
        yield _judged(position, kind, line.code, "")
        return
    yield _judged(position, kind, line.code, other.code)
    for modifier in line.modifiers:
        yield _judged(position, "modifier", modifier, modifier * (modifier in other.modifiers))
    for modifier in other.modifiers:
        if modifier not in line.modifiers:
            yield _judged(position, "modifier", "", modifier)
    yield _judged(position, "units", line.units, other.units)
    if line.pointers and other.pointers:
        said = coder.letters(line.pointers)
        is_same = line.pointers == other.pointers
        meant = said if is_same else ", ".join(other.pointers)
        yield _judged(position, "pointer", said, meant)


def _judged(position: str, kind: Kind, coder_value: str, auditor_value: str) -> AuditedLine:
    verdict = verdict_of(coder_value, auditor_value)
    effect = effect_of(kind, coder_value, auditor_value)
    return AuditedLine(position, kind, coder_value, auditor_value, verdict, effect)


def verdict_of(coder_value: str, auditor_value: str) -> Verdict:
    if coder_value == auditor_value:
        return "agree"
    if not coder_value:
        return "missed"
    return "disagree" if auditor_value else "added"


def effect_of(kind: Kind, coder_value: str, auditor_value: str) -> Effect:
    """What the difference does to the claim, as far as the values tell; the auditor may differ.

    A procedure or unit too many is over-coded, one too few under-coded; of two visit codes of one
    family (the first four digits) the higher is over.
    """
    if coder_value == auditor_value or kind in ("dx", "modifier", "pointer"):
        return "none"
    if not auditor_value:
        return "over_coded"
    if not coder_value:
        return "under_coded"
    if kind == "units":
        return "over_coded" if _number(coder_value) > _number(auditor_value) else "under_coded"
    if kind == "em" and coder_value[:4] == auditor_value[:4]:
        return "over_coded" if coder_value > auditor_value else "under_coded"
    return "none"


def _number(text: str) -> tuple[int, str]:
    """Units compare by their whole part, then by the rest: exact, whatever was typed."""
    whole, _, rest = text.partition(".")
    return int(whole) if whole.isdecimal() else 0, rest


def changes_claim(verdict: str, severity: str) -> bool:
    """Does a finding send the chart back? One that only teaches does not."""
    return verdict not in ("", "agree") and severity != "education"
