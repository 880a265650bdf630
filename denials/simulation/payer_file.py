"""The payers of a simulated year and the visits that meet them, read from YAML.

docs/simulated-year.md describes the file. Unknown keys and bad values are refused by their place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from denials.simulation.visits import CodedLine, Coding, Mistake, VisitKind
from payers.models import Payer
from payers.sandbox.behaviour import Behaviour
from payers.sandbox.script import build_behaviour
from payers.sandbox.script_values import Place, ScriptRefused

DEFAULT = Path(__file__).with_name("payers.yaml")
MONTHS = 12
SECONDS_A_DAY = 86_400
# What every payer does beside its own rules: no service is paid twice.
COMMON = {
    "id": "common-duplicate",
    "when": {"frequency": ["1"], "already_adjudicated": True},
    "effect": {"deny": {"group": "CO", "reason": "18"}},
}


@dataclass(frozen=True, slots=True)
class TimedRule:
    """One rule of a payer's script and the months (1 to 12) it is in force, both inclusive."""

    first: int
    last: int
    rule: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FilePayer:
    """One payer. `share` weighs its patients; `script` is the sandbox's, without the rules."""

    payer_id: str
    name: str
    payer_class: str
    filing_indicator: str
    share: int
    script: dict[str, Any]
    rules: tuple[TimedRule, ...]


@dataclass(frozen=True, slots=True)
class PayerFile:
    """All of a file."""

    payers: tuple[FilePayer, ...]
    visits: tuple[VisitKind, ...]

    def behaviour(self, month: int) -> Behaviour:
        """How the payers answer in a month (1 to 12, later ones as the twelfth)."""
        month = min(month, MONTHS)
        scripts = [
            payer.script
            | {"rules": [timed.rule for timed in payer.rules if timed.first <= month <= timed.last]}
            for payer in self.payers
        ]
        return build_behaviour(
            {"version": "1", "base_allowed": {}, "payers": scripts, "common_rules": [COMMON]}
        )


def read_payer_file(path: Path) -> PayerFile:
    """The payers and visits of a file, the product's own visits when it names none.

    Raises ScriptRefused with the place of what cannot be read.
    """
    found = Place(path.name, load(path))
    payers = tuple(read_payer(place, at) for at, place in enumerate(found.read_places("payers")))
    visits = tuple(read_visit(place) for place in found.read_places("visits"))
    found.refuse_rest()
    if not payers:
        raise ScriptRefused(f"{path.name}.payers: at least one is needed")
    if len({payer.payer_id for payer in payers}) != len(payers):
        raise ScriptRefused(f"{path.name}.payers: two have the same payer_id")
    if not visits:
        if path == DEFAULT:
            raise ScriptRefused(f"{path.name}.visits: at least one is needed")
        visits = read_payer_file(DEFAULT).visits
    read = PayerFile(payers, visits)
    for month in range(1, MONTHS + 1):
        read.behaviour(month)
    return read


def load(path: Path) -> Any:
    try:
        return plain(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ScriptRefused(f"{path.name} cannot be read") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise ScriptRefused(f"{path.name}{where} is not YAML") from error


def plain(value: Any) -> Any:
    """Numbers as text: a code need not stand in quotes, and no amount becomes a float."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, bool) or value is None:
        return value
    return str(value)


def read_payer(place: Place, at: int) -> FilePayer:
    """One entry of `payers`; keys not named here are those of the sandbox's script."""
    rules = tuple(read_rule(rule) for rule in place.read_places("rules"))
    payer_id = place.read_text("payer_id")
    payer_class = place.read_choice(
        "payer_class", ("commercial", *(kind.value for kind in Payer.PayerClass))
    )
    own = ("rules", "payer_class", "filing_indicator", "share", "pays_after_days")
    script = {key: place.read_any(key) for key in place.names if key not in own}
    days = read_whole(place, "pays_after_days", "14")
    script["delay_seconds"] = str(days * SECONDS_A_DAY)
    script.setdefault("trace_identifier", f"19{at + 10_000_001:08d}")
    return FilePayer(
        payer_id=payer_id,
        name=place.read_text("name"),
        payer_class=payer_class,
        filing_indicator=place.read_text("filing_indicator", "CI"),
        share=read_whole(place, "share", "1"),
        script=script,
        rules=rules,
    )


def read_rule(place: Place) -> TimedRule:
    """A rule of the sandbox's script, and from which to which month it is in force."""
    first = read_whole(place, "from_month", "1")
    last = read_whole(place, "until_month", str(MONTHS))
    if not 1 <= first <= last <= MONTHS:
        raise ScriptRefused(f"{place.where}: months go from 1 to {MONTHS}, the first one first")
    keys = ("from_month", "until_month")
    return TimedRule(
        first, last, {key: place.read_any(key) for key in place.names if key not in keys}
    )


def read_visit(place: Place) -> VisitKind:
    """One entry of `visits`."""
    lines = tuple(read_line(line) for line in place.read_places("lines"))
    diagnoses = place.read_list("diagnoses")
    if not lines or not diagnoses:
        raise ScriptRefused(f"{place.where}: a visit has diagnoses and lines")
    kind = VisitKind(
        name=place.read_text("name"),
        share=Decimal(read_whole(place, "share", "1")),
        right=Coding(diagnoses, lines),
        mistakes=tuple(read_mistake(each) for each in place.read_places("mistakes")),
        bears=place.read_lists("bears"),
        other_diagnoses=place.read_list("other_diagnoses"),
    )
    place.refuse_rest()
    return kind


def read_line(place: Place) -> CodedLine:
    line = CodedLine(
        place.read_text("code").upper(),
        place.read_list("modifiers"),
        place.read_decimal("units", "1"),
    )
    place.refuse_rest()
    return line


def read_mistake(place: Place) -> Mistake:
    """A chance and exactly one kind: leave_out, diagnosis, units or also."""
    chance = place.read_decimal("chance", "0.1")
    if not 0 <= chance <= 1:
        raise ScriptRefused(f"{place.where}.chance: from 0 to 1")
    kinds = place.names - {"chance"}
    if len(kinds) != 1:
        raise ScriptRefused(f"{place.where}: exactly one of leave_out, diagnosis, units, also")
    diagnosis, units = place.read_place("diagnosis"), place.read_place("units")
    also = place.read_place("also")
    mistake = Mistake(
        chance,
        leave_out=place.read_text("leave_out", ""),
        diagnosis=("", "")
        if diagnosis.is_empty
        else (diagnosis.read_text("right"), diagnosis.read_text("wrong")),
        units=("", Decimal(0))
        if units.is_empty
        else (units.read_text("code"), units.read_decimal("wrong", "1")),
        also=None if also.is_empty else read_line(also),
    )
    refuse_rests((diagnosis, units, place))
    return mistake


def refuse_rests(places: Iterable[Place]) -> None:
    for place in places:
        place.refuse_rest()


def read_whole(place: Place, name: str, default: str) -> int:
    number = place.read_decimal(name, default)
    if number != number.to_integral_value() or number < 0:
        raise ScriptRefused(f"{place.where}.{name}: a whole number is needed")
    return int(number)
