"""Composes the segments 837P and 837I have in common, each as one text; nothing when it is empty.

Values pass the writer's Cleaner. What several segments of one kind may hold goes out in the order
of the guide, whatever order it is given in.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from rcm.x12.claim_837 import (
    Address,
    Attachment,
    ClaimDate,
    Conditions,
    Contract,
    Identifier,
    Note,
    Patient,
    Person,
    Repricing,
    Subscriber,
)
from rcm.x12.memo import Memo
from rcm.x12.remittance_835 import Adjustment
from rcm.x12.values import format_date, format_decimal
from rcm.x12.writer import InterchangeWriter, composite, segment

MODIFIERS = 4
TRIPLETS = 6  # adjustments in one CAS
ADJUSTMENT_SEGMENTS = 5
CONDITION_CODES = 5
CERTIFICATION = frozenset({"AB", "AD", "AF", "AG", "NS"})  # PWK02 of a DMERC certification
_PUNCTUATION = re.compile(r"[^A-Z0-9]+")
LAST = 99  # behind everything that has a place in the guide's order


def order_of(*qualifiers: str) -> Mapping[str, int]:
    """The guide's order of qualified segments, for sorting; for qualifiers of one kind."""
    return {qualifier: position for position, qualifier in enumerate(qualifiers)}


class SegmentText:
    """One segment each. Amounts in cents; `clean`, `code`, `money`, `days`, `units` remember."""

    def __init__(self, writer: InterchangeWriter) -> None:
        self.writer = writer
        self.clean = writer.clean
        self.money = writer.money
        self.days = writer.days
        self.units: Memo[Decimal, str] = Memo(format_decimal)
        self.code: Memo[str, str] = Memo(self._compact, 16_384)
        self.procedure: Memo[tuple[str, str, tuple[str, ...], str], str] = Memo(self._procedure)

    def _compact(self, text: str) -> str:
        """Codes without dots and dashes: ICD-10, ZIP, NDC, tax id, telephone."""
        return _PUNCTUATION.sub("", self.clean[text])

    def _procedure(self, procedure: tuple[str, str, tuple[str, ...], str]) -> str:
        """Qualifier, code, modifiers, description: SV101, SV202, SVD03."""
        qualifier, code, modifiers, description = procedure
        if len(modifiers) > MODIFIERS:
            raise ValueError(f"A service line has at most {MODIFIERS} modifiers.")
        own = [self.code[modifier] for modifier in modifiers]
        blanks = [""] * (MODIFIERS - len(own))
        told = self.clean[description][:80].rstrip()
        return composite(self.clean[qualifier], self.code[code], *own, *blanks, told)

    def cents(self, amount: int | None) -> str:
        """An amount that may be absent."""
        return "" if amount is None else self.money[amount]

    def number(self, quantity: Decimal | None) -> str:
        """A quantity that may be absent."""
        return "" if quantity is None else self.units[quantity]

    def texts(self, values: Iterable[str]) -> list[str]:
        return [self.clean[value] for value in values]

    def organisation(self, entity: str, name: str, qualifier: str, identifier: str) -> str:
        """NM1 of an organisation; `identifier` is already clean."""
        shown = self.clean[name][:60].rstrip()
        if not identifier:
            return segment("NM1", entity, "2", shown)
        return f"NM1*{entity}*2*{shown}*****{qualifier}*{identifier}~"

    def person(self, entity: str, person: Person, qualifier: str, identifier: str) -> str:
        """NM1 of a person; `identifier` is already clean."""
        clean = self.clean
        last = clean[person.last_name][:60].rstrip()
        first = clean[person.first_name][:35].rstrip()
        if not identifier:
            names = (clean[person.middle_name][:25], "", clean[person.suffix])
            return segment("NM1", entity, "1", last, first, *names)
        middle = clean[person.middle_name][:25] if person.middle_name else ""
        suffix = clean[person.suffix] if person.suffix else ""
        return f"NM1*{entity}*1*{last}*{first}*{middle}**{suffix}*{qualifier}*{identifier}~"

    def contact(self, name: str, phone: str) -> str:
        if not (name or phone):
            return ""
        number = self.code[phone]
        return segment("PER", "IC", self.clean[name][:60].rstrip(), "TE" if number else "", number)

    def address(self, address: Address | None) -> str:
        """N3 and N4."""
        if address is None:
            return ""
        clean = self.clean
        street = f"N3*{clean[address.line_1][:55].rstrip()}"
        if address.line_2:
            street += f"*{clean[address.line_2][:55].rstrip()}"
        place = (
            f"N4*{clean[address.city][:30].rstrip()}*{clean[address.state]}*"
            f"{self.code[address.zip_code]}"
        )
        if address.country:
            place += f"*{clean[address.country]}"
        return f"{street.rstrip('*')}~{place.rstrip('*')}~"

    def birth(self, patient: Subscriber | Patient) -> str:
        if patient.birth_date is None:
            return ""
        return f"DMG*D8*{self.days[patient.birth_date]}*{self.clean[patient.sex] or 'U'}~"

    def condition_of_patient(self, relationship: str, patient: Subscriber | Patient) -> str:
        """PAT: relationship (2000C only), day of death, weight in pounds, pregnancy."""
        died_on, weight = patient.died_on, patient.weight_pounds
        if died_on is None and weight is None and not patient.is_pregnant:
            return f"PAT*{self.clean[relationship]}~" if relationship else ""
        death = ("D8", self.days[died_on]) if died_on else ("", "")
        weighing = ("01", self.units[weight]) if weight is not None else ("", "")
        is_pregnant = "Y" if patient.is_pregnant else ""
        return segment("PAT", self.clean[relationship], "", "", "", *death, *weighing, is_pregnant)

    def identifiers(self, identifiers: Iterable[Identifier]) -> str:
        """REF."""
        return "".join(
            segment("REF", self.clean[each.qualifier], self.clean[each.value])
            for each in identifiers
        )

    def dates(self, dates: Iterable[ClaimDate], order: Mapping[str, int]) -> str:
        """DTP other than 472, by the guide's order."""
        known = sorted(dates, key=lambda each: order.get(each.qualifier, LAST))
        return "".join(map(self.date, known))

    def date(self, told: ClaimDate) -> str:
        """DTP as a day (D8), a range (RD8) or a day and time (DT)."""
        first = self.days[told.on]
        if told.until is not None:
            return f"DTP*{told.qualifier}*RD8*{first}-{self.days[told.until]}~"
        if told.time:
            return f"DTP*{told.qualifier}*DT*{first}{self.code[told.time]}~"
        return f"DTP*{told.qualifier}*D8*{first}~"

    def notes(self, notes: Iterable[Note]) -> str:
        clean = self.clean
        texts = [(note.code, clean[note.text][:80].rstrip()) for note in notes]
        return "".join(segment("NTE", code, text) for code, text in texts if text)

    def fixed_formats(self, texts: Iterable[str]) -> str:
        """K3."""
        return "".join(segment("K3", self.clean[text][:80].rstrip()) for text in texts)

    def attachments(self, attachments: Iterable[Attachment]) -> str:
        """PWK; the certification of durable equipment comes last."""
        known = sorted(attachments, key=lambda each: each.transmission in CERTIFICATION)
        return "".join(map(self.attachment, known))

    def attachment(self, told: Attachment) -> str:
        control = ("", "", "AC", self.clean[told.control_number]) if told.control_number else ()
        return segment("PWK", *self.texts((told.report_type, told.transmission)), *control)

    def contract(self, contract: Contract | None) -> str:
        """CN1."""
        if contract is None:
            return ""
        return segment(
            "CN1",
            self.clean[contract.contract_type],
            self.cents(contract.amount),
            self.number(contract.percentage),
            self.clean[contract.code],
            self.number(contract.discount_percentage),
            self.clean[contract.version],
        )

    def repricing(self, repricing: Repricing | None) -> str:
        """HCP."""
        if repricing is None:
            return ""
        return segment(
            "HCP",
            self.clean[repricing.methodology],
            self.money[repricing.allowed_amount],
            self.cents(repricing.saving_amount),
            self.clean[repricing.organization_id],
            *self.texts(repricing.elements),
        )

    def conditions(self, conditions: Iterable[Conditions], order: Mapping[str, int]) -> str:
        """CRC, by the guide's order of categories."""
        known = sorted(conditions, key=lambda each: order.get(each.category, LAST))
        return "".join(map(self.condition, known))

    def condition(self, told: Conditions) -> str:
        if len(told.codes) > CONDITION_CODES:
            raise ValueError(f"A CRC segment has at most {CONDITION_CODES} codes.")
        answer = "Y" if told.applies else "N"
        return segment("CRC", self.clean[told.category], answer, *self.texts(told.codes))

    def amount(self, qualifier: str, amount: int | None) -> str:
        """AMT; nothing for None."""
        return "" if amount is None else f"AMT*{qualifier}*{self.money[amount]}~"

    def adjustments(self, adjustments: Iterable[Adjustment]) -> str:
        """CAS: the adjustments of one group together, six to a segment, in the order given.

        Raises ValueError for more than five segments, the most a loop has room for.
        """
        groups: dict[str, list[str]] = {}
        for each in adjustments:
            triplet = (self.clean[each.reason], self.money[each.amount], self.number(each.quantity))
            groups.setdefault(each.group, []).append("*".join(triplet))
        texts = [
            segment("CAS", self.clean[group], *triplets[first : first + TRIPLETS])
            for group, triplets in groups.items()
            for first in range(0, len(triplets), TRIPLETS)
        ]
        if len(texts) > ADJUSTMENT_SEGMENTS:
            raise ValueError(f"The adjustments fill more than {ADJUSTMENT_SEGMENTS} CAS segments.")
        return "".join(texts)

    def beginning(self, reference: str) -> str:
        """BHT of a file of charges."""
        created = self.writer.envelope.created_at
        return segment(
            "BHT", "0019", "00", reference, format_date(created), f"{created:%H%M}", "CH"
        )
