"""What is paid of several services of one day: ranked, halved, shared between surgeons.

CMS IOM 100-04 chapter 12: multiple surgery 40.6, bilateral 40.7, co-surgeons and teams 40.8,
assistants 20.4.3 and 110.2, global package 40.2 to 40.4, diagnostic tests 20.4, therapy chapter 5
section 10.7. The indicators are those of the fee schedule. Each unit of a ranked service counts as
a service of its own. A line is rounded to the cent once, half up, after all shares.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from payers.rules.medicare_units import HALF, Unit, Unknown, round_cent
from rcm.money import ZERO

FULL = Decimal(1)
ASSISTANTS = frozenset({"80", "81", "82", "AS"})
ASSISTANT_SHARE = Decimal("0.16")
NURSE_SHARE = Decimal("0.85")
CO_SURGEON_SHARE = Decimal("0.625")
BOTH_SIDES = Decimal("1.5")
RANKED_PROCEDURES = 5
SURGERY = frozenset("23")
FURTHER = "further procedure of the day 50 %"
THERAPY = "therapy: half the practice expense of further units"
RETURN_TO_ROOM = "a return to the operating room beside another procedure is priced by report"
# Multiple-procedure indicator -> share of the professional and of the technical part of the second
# and each further service.
TEST_SHARES = {
    "4": (Decimal("0.95"), HALF),
    "6": (FULL, Decimal("0.75")),
    "7": (FULL, Decimal("0.80")),
}


class Rules(NamedTuple):
    """Which reductions a contract knows; off: each service and each side is paid in full.

    `ranks_surgery_only`: the prices do not tell the parts that tests and therapy are reduced by.
    """

    reduces_multiple: bool = True
    reduces_bilateral: bool = True
    ranks_surgery_only: bool = False


class Paid(NamedTuple):
    """What is paid of a line, or why that is not known; `notes` say what was reduced."""

    amount: Decimal | None
    reason: str = ""
    notes: tuple[str, ...] = ()


class Slot(NamedTuple):
    """One unit (or side) of a service in a ranking."""

    at: int
    fee: Decimal


class Day(NamedTuple):
    """The lines of a day by place; `amounts` and `notes` are what the rankings change.

    `pairs` are lines that are two sides of one service -> the first of them.
    """

    units: Sequence[Unit]
    sides: Sequence["Side | Unknown"]
    amounts: list[Decimal]
    notes: list[list[str]]
    pairs: Mapping[int, int]

    def times(self, at: int) -> int:
        side = self.sides[at]
        return side.times if isinstance(side, Side) else 0

    def factor(self, at: int) -> Decimal:
        side = self.sides[at]
        return side.factor if isinstance(side, Side) else FULL


def reduce_day(units: Sequence[Unit], rules: Rules) -> list[Paid]:
    """What is paid of the services of one day, in their order."""
    shares = [share_of(unit) for unit in units]
    sides = [side_of(unit, rules) for unit in units]
    faults = [_fault(share) or _fault(side) for share, side in zip(shares, sides, strict=True)]
    open_ones = [at for at in range(len(units)) if not faults[at]]
    amounts, notes = full_amounts(units, sides, open_ones)
    pairs = halve_other_side(units, open_ones, amounts, notes) if rules.reduces_bilateral else {}
    if rules.reduces_multiple:
        day = Day(units, sides, amounts, notes, pairs)
        for at, reason in rank_day(day, open_ones, rules).items():
            faults[at] = reason
    found = []
    for at, share in enumerate(shares):
        if faults[at] or isinstance(share, Unknown):
            found.append(Paid(None, faults[at]))
            continue
        told = [*notes[at], *([share.note] if share.note else [])]
        found.append(Paid(round_cent(amounts[at] * share.share), notes=tuple(told)))
    return found


class Share(NamedTuple):
    """The part of a fee one surgeon gets."""

    share: Decimal
    note: str = ""


class Side(NamedTuple):
    """How a fee counts: `times` one unit's fee × `factor`."""

    times: int
    factor: Decimal = FULL
    note: str = ""


def _fault(found: Share | Side | Unknown) -> str:
    return found.reason if isinstance(found, Unknown) else ""


def share_of(unit: Unit) -> Share | Unknown:
    """What a modifier makes of the fee: assistants, co-surgeons, parts of the global package."""
    value, given = unit.value, set(unit.service.modifiers)
    code = unit.service.code
    for modifier in ("52", "66"):
        if modifier in given:
            return Unknown(f"{code}-{modifier} is priced by report")
    split = given & {"54", "55", "56", "78"}
    if not (given & (ASSISTANTS | {"62"}) or split):
        return Share(FULL)
    if value is None:
        return Unknown(f"the indicators of {code} are not in the Medicare fee schedule")
    marks = value.indicators
    if given & ASSISTANTS:
        return assistant_share(code, marks.assistant, is_nurse="AS" in given)
    if "62" in given:
        if marks.co_surgeon == "0":
            return Share(ZERO, "co-surgeons are not paid for")
        if marks.co_surgeon not in ("1", "2"):
            return Unknown(f"co-surgeons do not apply to {code}")
        return Share(CO_SURGEON_SHARE, "co-surgeon 62.5 %")
    if marks.global_days not in ("010", "090"):
        if split == {"78"}:
            return Share(FULL)
        return Unknown(f"{code} has no global package to share")
    parts = {
        "54": _sum(value.preoperative_share, value.intraoperative_share),
        "55": value.postoperative_share,
        "56": value.preoperative_share,
        "78": value.intraoperative_share,
    }
    known = [parts[modifier] for modifier in sorted(split)]
    shares = [part for part in known if part is not None]
    if not shares or len(shares) != len(known):
        return Unknown(f"the shares of the global package of {code} are not in the loaded table")
    total = sum(shares, ZERO)
    return Share(total, f"{'-'.join(sorted(split))} {total * 100:.0f} %")


def _sum(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    return None if first is None or second is None else first + second


def assistant_share(code: str, indicator: str, *, is_nurse: bool) -> Share | Unknown:
    """16 % of the fee, and of that 85 % for one who is no physician (AS)."""
    if indicator == "1":
        return Share(ZERO, "an assistant is not paid for")
    if indicator == "0":
        return Unknown(f"an assistant at {code} is paid with proof of need only")
    if indicator != "2":
        return Unknown(f"an assistant does not apply to {code}")
    if is_nurse:
        return Share(ASSISTANT_SHARE * NURSE_SHARE, "assistant 13.6 %")
    return Share(ASSISTANT_SHARE, "assistant 16 %")


def side_of(unit: Unit, rules: Rules) -> Side | Unknown:
    """How often the unit is paid: by its units, and by modifier 50."""
    units, code = unit.service.units, unit.service.code
    if "50" not in unit.service.modifiers:
        whole = int(units)
        return Side(whole) if units == whole else Side(1, units)
    if not rules.reduces_bilateral:
        return Side(2 * int(units))
    if unit.value is None:
        return Unknown(f"the indicators of {code} are not in the Medicare fee schedule")
    if units != 1:
        return Unknown(f"{code}-50 is billed with one unit")
    indicator = unit.value.indicators.bilateral
    if indicator == "1":
        return Side(1, BOTH_SIDES, "both sides 150 %")
    if indicator == "3":
        return Side(2)
    if indicator in ("0", "2"):
        return Side(1)
    return Unknown(f"50 does not apply to {code}")


def full_amounts(
    units: Sequence[Unit], sides: Sequence[Side | Unknown], open_ones: Iterable[int]
) -> tuple[list[Decimal], list[list[str]]]:
    """Every line in full, both sides counted."""
    amounts = [ZERO] * len(units)
    notes: list[list[str]] = [[] for _ in units]
    for at in open_ones:
        side = sides[at]
        if isinstance(side, Side):
            amounts[at] = units[at].price * side.times * side.factor
            notes[at] = [side.note] if side.note else []
    return amounts, notes


def rank_day(day: Day, open_ones: Sequence[int], rules: Rules) -> dict[int, str]:
    """Reduce the amounts by the multiple-procedure rules; returns lines that stay unknown."""
    groups: defaultdict[tuple[str, bool], list[int]] = defaultdict(list)
    faults: dict[int, str] = {}
    is_alone = sum(day.times(at) for at in range(len(day.units))) <= 1
    for at in open_ones:
        unit = day.units[at]
        if unit.value is None:
            if not is_alone:
                code = unit.service.code
                faults[at] = f"the indicators of {code} are not in the Medicare fee schedule"
            continue
        is_assistant = bool(ASSISTANTS & set(unit.service.modifiers))
        indicator = unit.value.indicators.multiple
        groups["2" if indicator in SURGERY else indicator, is_assistant].append(at)
    for (indicator, _), members in groups.items():
        if indicator == "2":
            faults |= rank_surgery(day, members)
        elif rules.ranks_surgery_only:
            continue
        elif indicator in TEST_SHARES:
            faults |= rank_tests(day, members, TEST_SHARES[indicator])
        elif indicator == "5":
            rank_therapy(day, members)
    return faults


def rank_surgery(day: Day, members: Sequence[int]) -> dict[int, str]:
    """100, then 50 % of the second to fifth; a family of endoscopies or two sides count as one."""
    families, faults = endoscopies(day, members)
    families = {at: head for at, head in day.pairs.items() if at in members} | families
    slots: list[Slot] = []
    for at in members:
        if at not in faults and at not in families:
            slots += [Slot(at, day.units[at].price * day.factor(at))] * day.times(at)
    totals: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    for at, head in families.items():
        totals[head] += day.amounts[at]
    slots += [Slot(head, total) for head, total in totals.items()]
    if len(slots) <= 1:
        return faults
    if any("78" in day.units[slot.at].service.modifiers for slot in slots):
        return faults | dict.fromkeys(members, RETURN_TO_ROOM)
    kept: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    for rank, slot in enumerate(sorted(slots, key=lambda slot: (-slot.fee, slot.at))):
        if rank >= RANKED_PROCEDURES:
            faults[slot.at] = "the sixth and each further procedure of a day is priced by report"
        kept[slot.at] += slot.fee * (HALF if rank else FULL)
    for at in members:
        head = families.get(at, at)
        if head in faults:
            faults[at] = faults[head]
        elif at not in families and kept[at] < day.amounts[at]:
            day.amounts[at] = kept[at]
            day.notes[at].append(FURTHER)
        elif at in families and kept[head] < totals[head]:
            day.amounts[at] *= HALF  # a family is one slot
            day.notes[at].append(FURTHER)
    return faults


def endoscopies(day: Day, members: Sequence[int]) -> tuple[dict[int, int], dict[int, str]]:
    """Lines of families with more than one member -> the family's first line; and what is unknown.

    The dearest is paid whole, the others what they cost above the base; the base itself nothing.
    """
    units, scopes = day.units, []
    for at in members:
        value = units[at].value
        if value is not None and value.indicators.multiple == "3":
            scopes.append((at, value.endoscopy_base))
    billed = {units[at].service.code for at in members}
    if not scopes or (len(scopes) == 1 and scopes[0][1] not in billed):
        return {}, {}
    by_base: defaultdict[str, list[int]] = defaultdict(list)
    faults = {}
    for at, base in scopes:
        if base and units[at].base is not None:
            by_base[base].append(at)
        else:
            code = units[at].service.code
            faults[at] = f"the endoscopic base of {code} is not in the loaded table"
    families: dict[int, int] = {}
    for base, found in by_base.items():
        group = found + [at for at in members if units[at].service.code == base and at not in found]
        if len(group) == 1:
            continue
        dearest = max(found, key=lambda at: (day.amounts[at], -at))
        for at in group:
            families[at] = min(group)
            faults.pop(at, None)
            if at != dearest:
                day.amounts[at] = max(day.amounts[at] - (units[found[0]].base or ZERO), ZERO)
                day.notes[at].append(f"above the base endoscopy {base}")
    return families, faults


def rank_tests(day: Day, members: Sequence[int], shares: tuple[Decimal, Decimal]) -> dict[int, str]:
    """The dearest professional and the dearest technical part whole, the others by their share."""
    faults: dict[int, str] = {}
    if sum(day.times(at) for at in members) <= 1:
        return faults
    parts: tuple[list[Slot], list[Slot]] = ([], [])
    for at in members:
        unit, factor, times = day.units[at], day.factor(at), day.times(at)
        if unit.professional is None or unit.technical is None:
            code = unit.service.code
            faults[at] = f"the professional and technical parts of {code} are not in the table"
            continue
        parts[0].extend([Slot(at, unit.professional * factor)] * times)
        parts[1].extend([Slot(at, unit.technical * factor)] * times)
    kept: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    for slots, share in zip(parts, shares, strict=True):
        for rank, slot in enumerate(sorted(slots, key=lambda slot: (-slot.fee, slot.at))):
            kept[slot.at] += slot.fee * (share if rank else FULL)
    for at in members:
        if at not in faults and kept[at] < day.amounts[at]:
            day.amounts[at] = kept[at]
            day.notes[at].append("further test of the day reduced")
    return faults


def rank_therapy(day: Day, members: Sequence[int]) -> None:
    """The unit with the highest practice expense whole, of every other half of that expense."""
    slots: list[tuple[Decimal, int]] = []
    for at in members:
        unit = day.units[at]
        if unit.half_expense is not None:
            slots += [((unit.price - unit.half_expense) * day.factor(at), at)] * day.times(at)
    for saved, at in sorted(slots, key=lambda slot: (-slot[0], slot[1]))[1:]:
        day.amounts[at] -= saved
        if THERAPY not in day.notes[at]:
            day.notes[at].append(THERAPY)


def halve_other_side(
    units: Sequence[Unit],
    open_ones: Iterable[int],
    amounts: list[Decimal],
    notes: list[list[str]],
) -> dict[int, int]:
    """RT and LT of one code on two lines are together what 50 is: 150 % (bilateral indicator 1).

    Returns the lines of such pairs -> the first of them.
    """
    seen: dict[tuple[str, bool, str], int] = {}
    pairs: dict[int, int] = {}
    other = {"RT": "LT", "LT": "RT"}
    for at in open_ones:
        unit = units[at]
        code = unit.service.code
        side = next((each for each in unit.service.modifiers if each in other), "")
        if not side or unit.value is None or unit.value.indicators.bilateral != "1":
            continue
        is_assistant = bool(ASSISTANTS & set(unit.service.modifiers))
        first = seen.pop((code, is_assistant, other[side]), None)
        if first is None:
            seen[code, is_assistant, side] = at
            continue
        amounts[at] *= HALF
        notes[at].append("other side 50 %")
        pairs |= {first: first, at: first}
    return pairs
