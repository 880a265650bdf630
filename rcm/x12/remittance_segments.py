"""Single segments of loops 2100 and 2110 to their frozen rows; repeated texts are parsed once."""

from collections.abc import Callable
from typing import TypeVar

from rcm.x12.elements import ContentReader, pick
from rcm.x12.memo import Memo, quick
from rcm.x12.remittance_835 import (
    Adjustment,
    Amount,
    DateReference,
    Party,
    ProviderAdjustment,
    Quantity,
    Reference,
    Remark,
)
from rcm.x12.tokenizer import Segments
from rcm.x12.values import CENTS

Value = TypeVar("Value")
Adjustments = tuple[tuple[Adjustment, ...], int]
Procedure = tuple[str, str, tuple[str, ...], str]

_new_adjustment = quick(Adjustment)
_new_amount = quick(Amount)
_new_date = quick(DateReference)
_new_party = quick(Party)
_new_reference = quick(Reference)

GROUPS = ("CO", "PR", "OA", "PI")
LAST_ADJUSTMENT = 20  # CAS holds six triplets, elements 02 to 19
LAST_PROVIDER_ADJUSTMENT = 15  # PLB holds six pairs, elements 03 to 14
PLAIN_DAY = 8  # CCYYMMDD; a range is longer


class SegmentMemo(Memo[str, Value]):
    """A Memo that forgets texts with a problem, so that each occurrence is reported."""

    __slots__ = ("_segments",)

    def __init__(self, parse: Callable[[str], Value], segments: Segments) -> None:
        super().__init__(parse)
        self._segments = segments

    def __missing__(self, text: str) -> Value:
        pending = self._segments.pending
        known = len(pending)
        value = self._parse(text)
        if len(pending) == known and len(text) <= 120:
            if len(self) >= self._size:
                self.clear()
            self[text] = value
        return value


class RemittanceSegments(ContentReader):
    """Parsers of segments whose meaning does not depend on where in the claim they stand."""

    __slots__ = (
        "adjustments_of",
        "amount_of",
        "date_of",
        "procedure_of",
    )

    def __init__(self, segments: Segments) -> None:
        super().__init__(segments)
        self.adjustments_of = SegmentMemo(self.parse_adjustments, segments)
        self.amount_of = SegmentMemo(self.parse_amount, segments)
        self.date_of = SegmentMemo(self.parse_date, segments)
        self.procedure_of = SegmentMemo(self.parse_procedure, segments)

    def parse_adjustments(self, text: str) -> Adjustments:
        """CAS: its triplets and the sum of their cents."""
        elements = text.split(self.separator)
        if len(elements) == 4 and elements[1] in GROUPS and elements[2]:
            only = CENTS[elements[3]]
            if only is not None:  # one adjustment without a quantity: nearly every CAS
                return (_new_adjustment(elements[1], elements[2], only, None),), only
        group = pick(elements, 1)
        if group not in GROUPS:
            self.warn("unknown_group", "CAS01 is not one of CO, PR, OA, PI.", "CAS01")
        if any(elements[LAST_ADJUSTMENT:]):
            self.report("too_many_elements", "CAS has more than six adjustments.", "CAS20")
        found: list[Adjustment] = []
        total = 0
        for index in range(2, min(len(elements), LAST_ADJUSTMENT), 3):
            reason, amount, quantity = (pick(elements, index + step) for step in range(3))
            if not (reason or amount or quantity):
                continue
            if not reason:
                self.required(elements, index)
            cents = self.cents(amount, f"CAS{index + 1:02d}")
            total += cents
            units = self.quantity(quantity, f"CAS{index + 2:02d}")
            found.append(_new_adjustment(group, reason, cents, units))
        if not found:
            self.report("missing_element", "CAS02 is missing.", "CAS02")
        return tuple(found), total

    def parse_date(self, text: str) -> DateReference:
        elements = text.split(self.separator)
        said = self.required(elements, 2)
        on = self.day(said, "DTM02")
        is_plain = on is not None and len(said) == PLAIN_DAY
        return _new_date(pick(elements, 1), on, "" if is_plain else said)

    def parse_amount(self, text: str) -> Amount:
        elements = text.split(self.separator)
        return _new_amount(pick(elements, 1), self.cents(pick(elements, 2), "AMT02"))

    def parse_quantity(self, elements: list[str]) -> Quantity | None:
        """QTY; None (with an error) when QTY02 is not a number."""
        number = self.quantity(self.required(elements, 2), "QTY02")
        return None if number is None else Quantity(pick(elements, 1), number)

    def parse_remark(self, elements: list[str]) -> Remark:
        return Remark(self.required(elements, 1), self.required(elements, 2))

    def parse_party(self, elements: list[str]) -> Party:
        elements.extend([""] * (10 - len(elements)))
        _, entity, kind, last, first, middle, prefix, suffix, qualifier, identifier = elements[:10]
        return _new_party(entity, kind, last, first, middle, suffix, qualifier, identifier, prefix)

    def parse_procedure(self, text: str) -> Procedure:
        """A composite such as ``HC:99213:25``: qualifier, code, four modifiers, description."""
        parts = text.split(self.component)
        modifiers = tuple(part for part in parts[2:6] if part)
        return parts[0], pick(parts, 1), modifiers, pick(parts, 6)

    def parse_reference(self, text: str) -> Reference:
        """Not remembered: control numbers do not repeat."""
        elements = text.split(self.separator)
        if len(elements) == 3:
            return _new_reference(elements[1], elements[2])
        elements += ["", "", ""]
        return _new_reference(elements[1], elements[2], elements[3])

    def parse_provider_adjustments(self, elements: list[str]) -> list[ProviderAdjustment]:
        """PLB: one row per pair of (code:reference, amount)."""
        provider = self.required(elements, 1)
        period_end = self.day(self.required(elements, 2), "PLB02")
        if any(elements[LAST_PROVIDER_ADJUSTMENT:]):
            self.report("too_many_elements", "PLB has more than six adjustments.", "PLB15")
        found = []
        for index in range(3, min(len(elements), LAST_PROVIDER_ADJUSTMENT), 2):
            identifier, amount = elements[index], pick(elements, index + 1)
            if not (identifier or amount):
                continue
            code, _, reference = identifier.partition(self.component)
            if not code:
                self.report("missing_element", f"PLB{index:02d}-1 is missing.", f"PLB{index:02d}-1")
            cents = self.cents(amount, f"PLB{index + 1:02d}")
            found.append(ProviderAdjustment(provider, period_end, code, reference, cents))
        if not found:
            self.report("missing_element", "PLB03 is missing.", "PLB03")
        return found
