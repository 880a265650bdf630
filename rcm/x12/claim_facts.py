"""Reads the facts of claims and lines both 837 guides share: dates, numbers, notes, contracts…

Facts are collected by the names of the fields they end in; one that occurs more often than there
is room for is said aloud.
"""

from collections.abc import Mapping
from typing import Any

from rcm.x12.claim_837 import (
    Attachment,
    ClaimDate,
    Conditions,
    Contract,
    Identifier,
    Note,
    Repricing,
)
from rcm.x12.elements import ContentReader, pick, trim
from rcm.x12.remittance_835 import Adjustment
from rcm.x12.values import parse_count, parse_date, parse_range_end

Procedure = tuple[str, str, tuple[str, ...], str]
Facts = dict[str, Any]  # by field name; lists become tuples when the object is made

DAY_AND_TIME = 12  # CCYYMMDDHHMM
PLAIN_PROCEDURE = 6  # a qualifier, a code of five or six characters and four modifiers
ADJUSTMENT_ELEMENTS = 20  # CAS holds six triplets, elements 02 to 19


def freeze(facts: Mapping[str, Any]) -> Facts:
    """The facts as arguments of their dataclass."""
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()
    }


class FactReader(ContentReader):
    """Takers of single segments. Each returns True when it has said that it does not read it."""

    __slots__ = ()

    def pass_over(self, name: str) -> bool:
        """Say that a segment is not read."""
        self.unexpected(name)
        return True

    def keep(self, facts: Facts, name: str, value: object, segment: str) -> bool:
        """Set a fact that can be there once."""
        if name in facts:
            return self.pass_over(segment)
        facts[name] = value
        return False

    def add(self, facts: Facts, name: str, value: object) -> None:
        """Add to a fact that can be there more than once; None adds nothing."""
        if value is not None:
            facts.setdefault(name, []).append(value)

    def parse_date(self, elements: list[str]) -> ClaimDate | None:
        """DTP as a day, a range or a day and time; None, said aloud, when it is none of them."""
        qualifier, form, text = pick(elements, 1), pick(elements, 2), self.required(elements, 3)
        time = ""
        if form == "DT" and len(text) == DAY_AND_TIME and text.isdecimal():
            text, time = text[:8], text[8:]
        on = parse_date(text)
        until = parse_range_end(text)
        if text and (on is None or (form == "RD8") != (until is not None)):
            self.report("invalid_date", "DTP03 is not a date of the form DTP02 says.", "DTP03")
            return None
        return ClaimDate(qualifier, on, until, time) if on else None

    def parse_identifier(self, elements: list[str]) -> Identifier:
        return Identifier(pick(elements, 1), self.required(elements, 2))

    def parse_note(self, elements: list[str]) -> Note:
        return Note(self.required(elements, 1), self.required(elements, 2))

    def take_attachment(self, facts: Facts, elements: list[str]) -> None:
        """PWK."""
        kind, transmission = self.required(elements, 1), self.required(elements, 2)
        self.add(facts, "attachments", Attachment(kind, transmission, pick(elements, 6)))

    def take_contract(self, facts: Facts, elements: list[str]) -> bool:
        """CN1."""
        contract = Contract(
            self.required(elements, 1),
            self.optional_cents(pick(elements, 2), "CN102"),
            self.quantity(pick(elements, 3), "CN103"),
            pick(elements, 4),
            self.quantity(pick(elements, 5), "CN105"),
            pick(elements, 6),
        )
        return self.keep(facts, "contract", contract, "CN1")

    def take_repricing(self, facts: Facts, elements: list[str]) -> bool:
        """HCP."""
        repricing = Repricing(
            self.required(elements, 1),
            self.cents(pick(elements, 2), "HCP02"),
            self.optional_cents(pick(elements, 3), "HCP03"),
            pick(elements, 4),
            trim(elements)[4:],
        )
        return self.keep(facts, "repricing", repricing, "HCP")

    def parse_conditions(self, elements: list[str]) -> Conditions:
        """CRC."""
        applies = self.required(elements, 2) == "Y"
        self.required(elements, 3)
        return Conditions(pick(elements, 1), applies, tuple(filter(None, elements[3:8])))

    def parse_adjustments(self, elements: list[str]) -> list[Adjustment]:
        """CAS: one for each triplet."""
        group = self.required(elements, 1)
        found = []
        for index in range(2, min(len(elements), ADJUSTMENT_ELEMENTS), 3):
            reason, amount, quantity = (pick(elements, index + step) for step in range(3))
            if not (reason or amount or quantity):
                continue
            self.required(elements, index)
            cents = self.cents(amount, f"CAS{index + 1:02d}")
            units = self.quantity(quantity, f"CAS{index + 2:02d}")
            found.append(Adjustment(group, reason, cents, units))
        if not found:
            self.report("missing_element", "CAS02 is missing.", "CAS02")
        return found

    def optional_cents(self, text: str, element: str) -> int | None:
        """Cents of an amount that may be absent."""
        return self.cents(text, element) if text else None

    def count(self, text: str, element: str) -> int | None:
        """A whole number that may be absent; an error when the text is none."""
        number = parse_count(text)
        if text and number is None:
            self.report("invalid_number", f"{element} is not a whole number.", element)
        return number

    def take_amount(self, facts: Facts, elements: list[str], names: Mapping[str, str]) -> bool:
        """AMT by AMT01."""
        name = names.get(pick(elements, 1))
        if name is None:
            return self.pass_over("AMT")
        return self.keep(facts, name, self.cents(pick(elements, 2), "AMT02"), "AMT")

    def parse_procedure(self, text: str, element: str) -> Procedure:
        """Qualifier, code, modifiers and description of a composite such as ``HC:99213:25``."""
        parts = text.split(self.component)
        size = len(parts)
        is_plain = 2 <= size <= PLAIN_PROCEDURE and all(len(part) == 2 for part in parts[2:])
        if is_plain and 0 < len(parts[1]) <= PLAIN_PROCEDURE:  # nearly all of them
            return parts[0], parts[1], tuple(parts[2:]), ""
        if not pick(parts, 1):
            self.report("missing_element", f"{element}-2 is missing.", f"{element}-2")
        for index, limit in ((1, 48), (2, 2), (3, 2), (4, 2), (5, 2), (6, 80)):
            if len(pick(parts, index)) > limit:
                name = f"{element}-{index + 1}"
                self.report("element_too_long", f"{name} has more than {limit} characters.", name)
        if any(parts[7:]):
            message = f"{element}-8 is not expected here and not read."
            self.warn("unexpected_element", message, f"{element}-8")
        modifiers = tuple(part for part in parts[2:6] if part)
        return parts[0], pick(parts, 1), modifiers, pick(parts, 6)
