"""Kinds of visits: what the note says and bears, and how coders go wrong. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random


@dataclass(frozen=True, slots=True)
class CodedLine:
    """One procedure as coded."""

    code: str
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Coding:
    """The codes of a visit; every line points to the first four diagnoses."""

    diagnoses: tuple[str, ...]
    lines: tuple[CodedLine, ...]

    def typed(self) -> str:
        """As a coder types it into the add field."""
        pointers = "ABCD"[: len(self.diagnoses)]
        words = [*self.diagnoses]
        for line in self.lines:
            code = "-".join((line.code, *line.modifiers))
            units = f" x{line.units.normalize():f}" if line.units != 1 else ""
            words.append(f"{code}:{pointers}{units}")
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One way to code a visit wrongly, made with `chance` (0 to 1). Exactly one of the rest is set.

    A modifier left out, one diagnosis in place of another, other units of a code, or a further
    line.
    """

    chance: Decimal
    leave_out: str = ""
    diagnosis: tuple[str, str] = ("", "")
    units: tuple[str, Decimal] = ("", Decimal(0))
    also: CodedLine | None = None

    def is_in(self, coded: Coding, right: Coding) -> bool:
        """Was it made here?"""
        if self.also is not None:
            return self.also in coded.lines
        return self.make(right) != right and self.make(coded) == coded

    def make(self, coding: Coding) -> Coding:
        if self.leave_out:
            lines = tuple(
                replace(line, modifiers=tuple(m for m in line.modifiers if m != self.leave_out))
                for line in coding.lines
            )
            return replace(coding, lines=lines)
        if self.also is not None:
            return replace(coding, lines=(*coding.lines, self.also))
        code, units = self.units
        if code:
            lines = tuple(
                replace(line, units=units) if line.code == code else line for line in coding.lines
            )
            return replace(coding, lines=lines)
        right, wrong = self.diagnosis
        return replace(
            coding, diagnoses=tuple(wrong if code == right else code for code in coding.diagnoses)
        )


@dataclass(frozen=True, slots=True)
class VisitKind:
    """A kind of visit. `right` is what a careful coder gives.

    `bears` (code -> modifiers) and `other_diagnoses` are what the note documents, too, and a payer
    may insist on.
    """

    name: str
    share: Decimal
    right: Coding
    mistakes: tuple[Mistake, ...] = ()
    bears: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    other_diagnoses: tuple[str, ...] = ()

    def readings(self) -> Iterator[Coding]:
        """All that the note bears, the plain one first."""
        yield self.right
        added = replace(
            self.right,
            lines=tuple(
                replace(line, modifiers=(*line.modifiers, *self.bears.get(line.code, ())))
                for line in self.right.lines
            ),
        )
        further = replace(self.right, diagnoses=(*self.right.diagnoses, *self.other_diagnoses))
        for reading in (added, further, replace(added, diagnoses=further.diagnoses)):
            if reading != self.right:
                yield reading


class Coder:
    """How one person codes: each mistake with its chance, less after each lesson about it."""

    # One chart that came back makes the same mistake so much rarer, never below the floor.
    AFTER_A_LESSON = Decimal("0.93")
    FLOOR = Decimal("0.40")

    def __init__(self, seed: str) -> None:
        self._drawn = Random(seed)  # noqa: S311 -- varies an invented year only
        self._lessons: dict[tuple[str, int], int] = {}

    def code(self, kind: VisitKind) -> Coding:
        """The visit as this person codes it at first."""
        coding = kind.right
        for at, mistake in enumerate(kind.mistakes):
            drawn = Decimal(self._drawn.randrange(10_000)) / 10_000
            if drawn < mistake.chance * self._care(kind, at):
                coding = mistake.make(coding)
        return coding

    def learn(self, kind: VisitKind, coded: Coding) -> None:
        """A chart came back that was coded wrongly."""
        for at, mistake in enumerate(kind.mistakes):
            if mistake.is_in(coded, kind.right):
                key = kind.name, at
                self._lessons[key] = self._lessons.get(key, 0) + 1

    def notices(self, chance: Decimal) -> bool:
        """Does the person see what stands beside the chart?"""
        return Decimal(self._drawn.randrange(10_000)) / 10_000 < chance

    def _care(self, kind: VisitKind, at: int) -> Decimal:
        lessons = self._lessons.get((kind.name, at), 0)
        return max(self.FLOOR, self.AFTER_A_LESSON**lessons)
