"""What a kind of defect is, and short ways to spoil a sample."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests.catches import clean_institutional, clean_professional
from tests.catches.known import Sample

PROFESSIONAL = tuple(clean_professional.MAKERS)
INSTITUTIONAL = tuple(clean_institutional.MAKERS)
ANY = PROFESSIONAL + INSTITUTIONAL
STAYS = ("stay", "surgical_stay")
OUTPATIENT = ("emergency", "series")
# Shapes whose patient holds the policy.
HOLDERS = tuple(shape for shape in ANY if shape != "child")
# Shapes with a person who rendered.
RENDERED = tuple(shape for shape in PROFESSIONAL if shape != "ambulance")

Plant = Callable[[Random, Sample], Sample]
Damage = Callable[[Random, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Defect:
    """One kind of defect: its SNIP type, the shapes it is planted in, the checks that see it.

    Either `plant` spoils the claim or its facts, or `damage` the file made of the claim. The
    readers of the file have to see damage, or the checks the claim that is read from it.
    """

    kind: str
    snip: int
    shapes: tuple[str, ...]
    checks: frozenset[str]
    plant: Plant | None = None
    damage: Damage | None = None


def planted(snip: int, kind: str, shapes: tuple[str, ...], checks: str, plant: Plant) -> Defect:
    return Defect(kind, snip, shapes, frozenset(checks.split()), plant)


def damaged(
    snip: int, kind: str, shapes: tuple[str, ...], damage: Damage, checks: str = ""
) -> Defect:
    return Defect(kind, snip, shapes, frozenset(checks.split()), damage=damage)


def claim(sample: Sample, **changes: Any) -> Sample:
    return replace(sample, claim=replace(sample.claim, **changes))


def facts(sample: Sample, **changes: Any) -> Sample:
    return replace(sample, facts=replace(sample.facts, **changes))


def part(sample: Sample, name: str, **changes: Any) -> Sample:
    """One party or group of facts of the claim, changed."""
    return claim(sample, **{name: replace(getattr(sample.claim, name), **changes)})


def billing(sample: Sample, **changes: Any) -> Sample:
    return part(sample, "billing_provider", **changes)


def holder(sample: Sample, **changes: Any) -> Sample:
    return part(sample, "subscriber", **changes)


def street(sample: Sample, **changes: Any) -> Sample:
    """The billing provider's address, changed."""
    address = sample.claim.billing_provider.address
    return billing(sample, address=replace(address, **changes))


def home(sample: Sample, **changes: Any) -> Sample:
    """The subscriber's address, changed."""
    address = sample.claim.subscriber.address
    assert address is not None
    return holder(sample, address=replace(address, **changes))


def line(sample: Sample, at: int = 0, **changes: Any) -> Sample:
    lines = list(sample.claim.lines)
    lines[at] = replace(lines[at], **changes)
    return claim(sample, lines=tuple(lines))


def marked(sample: Sample, marks: str, at: int = 0) -> Sample:
    """The line's modifiers, replaced."""
    return line(sample, at, modifiers=tuple(marks.split()))


def more(sample: Sample, **changes: Any) -> Sample:
    """One more line like the first; the total follows."""
    lines = sample.claim.lines
    position = len(lines) + 1
    number = f"{lines[0].line_control_number}X"
    added = replace(lines[0], position=position, line_control_number=number, **changes)
    total = sample.claim.amount_billed + added.amount_billed
    return claim(sample, lines=(*lines, added), amount_billed=total)


def kept(sample: Sample, *positions: int) -> Sample:
    """Only these lines, numbered anew; the total follows."""
    chosen = [sample.claim.lines[at] for at in positions]
    lines = tuple(replace(each, position=at) for at, each in enumerate(chosen, 1))
    return claim(sample, lines=lines, amount_billed=sum(each.amount_billed for each in lines))


def diagnosed(sample: Sample, codes: str) -> Sample:
    """The claim's diagnoses, replaced; institutional: the principal one, then the others."""
    listed = codes.split()
    if hasattr(sample.claim, "diagnoses"):
        return claim(sample, diagnoses=tuple(listed))
    principal = sample.claim.principal_diagnosis
    made = [replace(principal, code=code) for code in listed]
    return claim(sample, principal_diagnosis=made[0], other_diagnoses=tuple(made[1:]))


def served(sample: Sample, days: int) -> Sample:
    """All lines of a professional claim some days later."""
    lines = tuple(
        replace(each, date_of_service=each.date_of_service + timedelta(days))
        for each in sample.claim.lines
    )
    return claim(sample, lines=lines)


def other_payer(sample: Sample, **changes: Any) -> Sample:
    return claim(sample, other_payers=(replace(sample.claim.other_payers[0], **changes),))


def answer(sample: Sample, **changes: Any) -> Sample:
    """What the other payer said of the first line, changed."""
    return line(sample, adjudications=(replace(sample.claim.lines[0].adjudications[0], **changes),))


def authorized(sample: Sample, **changes: Any) -> Sample:
    return facts(sample, authorization=replace(sample.facts.authorization, **changes))


def told(sample: Sample, **changes: Any) -> Sample:
    """What the payer answered about the policy, changed."""
    return facts(sample, eligibility=replace(sample.facts.eligibility, **changes))


def wrong_digit(random: Random, number: str) -> str:
    """One digit is another one."""
    at = random.randrange(1, len(number))
    others = [digit for digit in "0123456789" if digit != number[at]]
    return number[:at] + random.choice(others) + number[at + 1 :]


def swapped(random: Random, number: str) -> str:
    """Two different neighbours change places, of those a check digit sees (not 0 and 9)."""
    places = [
        at
        for at in range(len(number) - 1)
        if number[at] != number[at + 1] and {number[at], number[at + 1]} != {"0", "9"}
    ]
    at = random.choice(places)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def some_cents(random: Random) -> int:
    return random.choice((-1, 1)) * random.choice((1, 9, 90, 100, random.randint(2, 1_999)))


def units(number: int | str) -> Decimal:
    return Decimal(number)
