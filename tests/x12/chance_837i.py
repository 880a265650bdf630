"""Chance for invented institutional claims: names, amounts, codes, and which facts are there."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from rcm.x12.claim_837 import (
    Address,
    Attachment,
    Identifier,
    Person,
    Provider,
    Repricing,
)
from rcm.x12.remittance_835 import Adjustment

Made = TypeVar("Made")

LAST = ("ALDER", "BIRCH", "CEDAR", "ELM", "FIR", "HAZEL", "MAPLE", "OAK", "PINE", "ROWAN")
FIRST = ("ADA", "BEN", "CLEO", "DAN", "EVA", "FAY", "GUS", "HAL", "IDA", "JON", "KIM", "LEO")
NPIS = ("1234567893", "1245319599", "1003000126", "1457394527")
BILLS = ("111", "112", "113", "114", "117", "118", "121", "131", "137", "138", "181", "211", "221")
BILLS += ("321", "329", "411", "711", "721", "771", "831", "851", "141", "331", "811", "13G")
DIAGNOSES = ("E119", "I10", "J189", "N179", "A419", "I5023", "Z6841", "K5900", "R0789", "O80")
POOL = [f"{letter}{number:03d}" for letter in "ACEIJKLMN" for number in range(100, 180)]
CAUSES = ("W19XXXA", "V4352XA", "Y929", "X58XXXA", "Y9301", "W010XXA")
PROCEDURES = ("0DTJ4ZZ", "5A1955Z", "02HV33Z", "B2111ZZ", "10E0XZZ", "30233N1")
REVENUES = ("0120", "0250", "0300", "0320", "0360", "0450", "0636", "0710", "0762", "0636", "0270")
CODES = ("99284", "J1885", "71046", "80053", "36415", "G0378", "96374", "93005")
FILING = ("11", "12", "13", "14", "15", "16", "AM", "BL", "CH", "CI", "HM", "MA", "MB", "MC", "VA")
RELATIONS = ("01", "19", "20", "21", "39", "40", "53", "G8")
NOTE_CODES = ("ALG", "DCP", "DGN", "DME", "MED", "NTR", "ODT", "RHB", "RLH", "RNH", "SET", "SFM")
WORDS = ("ROOM", "TRANSFER", "FALL AT HOME", "SEE CHART", "DR O'NEIL (2 DAYS)", "A/B, C-D.")
REPORTS = ("03", "06", "11", "21", "A3", "AS", "B2", "CK", "DS", "NN", "OB", "OZ", "RB")
SEGMENT_LIMIT = 24


class Maker:
    """Draws everything of one claim from one source of chance."""

    def __init__(self, seed: int, number: int) -> None:
        self.chance = Random(f"837i {seed} {number}")
        self.number = number
        self.pick = self.chance.choice
        self.begins = date(2026, 1, 1) + timedelta(self.chance.randrange(300))
        self.ends = self.begins + timedelta(self.pick((0, 0, 1, 3, 12, 45)))

    def some(self, odds: float, make: Callable[[], Made], otherwise: Any = None) -> Any:
        """What `make` makes, in `odds` of the claims."""
        return make() if self.chance.random() < odds else otherwise

    def text(self, odds: float, *choices: str) -> str:
        return str(self.some(odds, lambda: self.pick(choices), ""))

    def many(self, make: Callable[[], Made], most: int, odds: float = 0.3) -> tuple[Made, ...]:
        """None, a few, or as many as the guide holds."""
        if self.chance.random() >= odds:
            return ()
        count = self.pick((1, 2, most)) if most > 1 else 1
        return tuple(make() for _ in range(min(count, most)))

    def cents(self, largest: int = 900_000) -> int:
        return self.pick((self.chance.randrange(1, largest), 100 * self.chance.randrange(1, 900)))

    def day(self) -> date:
        return self.begins + timedelta(self.chance.randrange((self.ends - self.begins).days + 1))

    def token(self, letter: str) -> str:
        return f"{letter}{self.chance.randrange(10**9):09d}"

    def person(self) -> Person:
        middle, suffix = self.text(0.3, "Q", "LEE"), self.text(0.1, "JR", "III")
        return Person(self.pick(LAST), self.pick(FIRST), middle, suffix)

    def address(self) -> Address:
        street, more = (
            f"{self.chance.randrange(1, 999)} MAIN ST",
            self.text(0.3, "SUITE 2", "APT B"),
        )
        return Address(street, "SPRINGFIELD", "IL", self.pick(("627011234", "62702")), more)

    def identifier(self, *qualifiers: str) -> Identifier:
        return Identifier(self.pick(qualifiers), self.token("R"))

    def identifiers(self, *qualifiers: str, odds: float = 0.15) -> tuple[Identifier, ...]:
        """At most one of each qualifier, in the order given."""
        kept = [each for each in qualifiers if self.chance.random() < odds]
        return tuple(Identifier(each, self.token("R")) for each in kept)

    def provider(self, *qualifiers: str, taxonomy: bool = False) -> Provider:
        npi = self.pick((*NPIS, ""))
        identifiers = self.identifiers(*qualifiers) if npi else (self.identifier(*qualifiers),)
        code = self.text(0.7, "207R00000X", "208600000X") if taxonomy else ""
        return Provider(self.person(), npi, code, identifiers=identifiers)

    def amount_adjusted(self, total: int) -> tuple[Adjustment, ...]:
        """One to nine CAS triplets that add up to `total`, none when it is nothing."""
        found: list[Adjustment] = []
        groups = sorted(self.chance.sample(("CO", "OA", "PI", "PR"), self.pick((1, 2))))
        for group in groups:
            for _ in range(self.pick((1, 2, 4))):
                part = total if len(found) == 8 else self.chance.randrange(total + 1)
                quantity = self.some(0.1, lambda: Decimal(self.chance.randrange(1, 9)))
                found.append(
                    Adjustment(group, self.pick(("1", "2", "45", "23", "253")), part, quantity)
                )
                total -= part
        if total:
            found.append(Adjustment(groups[-1], "97", total))
        return tuple(found)


def make_attachment(maker: Maker) -> Attachment:
    way = maker.pick(("AA", "BM", "EL", "EM", "FT", "FX"))
    return Attachment(maker.pick(REPORTS), way, "" if way == "AA" else maker.token("P"))


def make_repricing(maker: Maker, *, is_line: bool) -> Repricing:
    """HCP05 to HCP15; a line may name the procedure that was approved (HCP09, HCP10)."""
    rest = ["12.5", maker.text(0.3, "470"), "100.25", "0450" if maker.chance.random() < 0.5 else ""]
    rest += ["HC", "99284"] if is_line else ["", ""]
    rest += [
        "UN",
        "3",
        maker.text(0.3, "T1", "T3"),
        maker.text(0.3, "1", "5"),
        maker.text(0.3, "1"),
    ]
    while rest and (not rest[-1] or maker.chance.random() < 0.2):
        rest.pop()
        if rest[-1:] in (["HC"], ["UN"]):
            rest.pop()
    return Repricing(
        maker.pick(("00", "01", "05", "10", "14")),
        maker.cents(),
        maker.some(0.7, maker.cents),
        maker.text(0.6, "RP01"),
        tuple(rest),
    )
