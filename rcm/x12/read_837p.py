"""Reads one 837P (005010X222A1): every loop of the guide that has a place in Claim.

What it does not read it says, once per segment, as a warning.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import ClassVar

from rcm.x12.claim_837p import Claim, RareClaimFacts, RareLineFacts, ServiceLine
from rcm.x12.claim_facts import Facts, freeze
from rcm.x12.claim_parties import (
    NUMBERED_PLACE,
    PLACE,
    NameLoop,
    NameLoops,
    Parties,
    make_address,
    make_facility,
    make_provider,
)
from rcm.x12.claim_syntax import Elements
from rcm.x12.elements import pick
from rcm.x12.items import Item
from rcm.x12.professional_facts import PROFESSIONAL_ELEMENTS, ProfessionalFacts
from rcm.x12.read_claims import LOOP_TAKERS
from rcm.x12.read_other_payers import Takers
from rcm.x12.values import parse_range_end
from rcm.x12.write_837p_rare import CLAIM_CONDITIONS, CLAIM_DATES, CLAIM_REFERENCES

_NUMBERS = ("0B", "1G", "G2", "LU")
_FACILITY = NameLoop("2310C", NUMBERED_PLACE, ("0B", "G2", "LU"), has_names=False)
CLAIM_LOOPS: NameLoops = {
    "DN": NameLoop("2310A", ("REF",), _NUMBERS),
    "P3": NameLoop("2310A", ("REF",), _NUMBERS),
    "82": NameLoop("2310B", ("PRV", "REF"), _NUMBERS),
    "77": _FACILITY,
    "DQ": NameLoop("2310D", ("REF",), _NUMBERS),
    "PW": NameLoop("2310E", PLACE, has_names=False),
    "45": NameLoop("2310F", PLACE, has_names=False),
}
LINE_LOOPS: NameLoops = {
    "82": NameLoop("2420A", ("PRV", "REF"), _NUMBERS),
    "QB": NameLoop("2420B", ("REF",), _NUMBERS),
    "77": NameLoop("2420C", NUMBERED_PLACE, ("0B", "G2", "LU"), has_names=False),
    "DQ": NameLoop("2420D", ("REF",), _NUMBERS),
    "DK": NameLoop("2420E", NUMBERED_PLACE, _NUMBERS),
    "DN": NameLoop("2420F", ("REF",), _NUMBERS),
    "P3": NameLoop("2420F", ("REF",), _NUMBERS),
    "PW": NameLoop("2420G", PLACE, has_names=False),
    "45": NameLoop("2420H", PLACE, has_names=False),
}
CLAIM_NUMBERS = {
    "9F": "referral_number",
    "G1": "authorization_number",
    "F8": "payer_claim_control_number",
    "X4": "clia_number",
}
CAUSES = frozenset({"AA", "EM", "OA"})


class ClaimReader(ProfessionalFacts):
    """Yields the Submitter, then one Claim per CLM."""

    __slots__ = ()

    elements_of: ClassVar[Mapping[str, Elements]] = PROFESSIONAL_ELEMENTS
    claim_loops: ClassVar[NameLoops] = CLAIM_LOOPS
    line_loops: ClassVar[NameLoops] = LINE_LOOPS
    largest_lines: ClassVar[int] = 50

    def open_rare(self, facts: Facts) -> Facts:
        return {}

    def open_claim(self, elements: list[str], facts: Facts, rare: Facts) -> None:
        """CLM."""
        for index in (6, 7, 8, 9):
            self.required(elements, index)
        place = self.required(elements, 5).split(self.component)
        if pick(place, 1) not in ("B", ""):
            self.report("invalid_code", "CLM05-2 is not B.", "CLM05-2")
        facts |= {
            "patient_control_number": self.required(elements, 1),
            "amount_billed": self.cents(pick(elements, 2), "CLM02"),
            "place_of_service": place[0],
            "frequency": pick(place, 2),
            "has_provider_signature": pick(elements, 6) == "Y",
            "accepts_assignment": pick(elements, 7),
            "assigns_benefits": pick(elements, 8),
            "releases_information": pick(elements, 9),
            "patient_signature_source": pick(elements, 10),
        }
        told = {
            **self.parse_accident(pick(elements, 11)),
            "special_program": pick(elements, 12),
            "delay_reason": pick(elements, 20),
        }
        rare |= {name: value for name, value in told.items() if value}

    def parse_accident(self, text: str) -> Facts:
        """CLM11: up to two causes, state and country of an accident."""
        parts = text.split(self.component) + [""] * 5
        causes = tuple(part for part in parts[:2] if part)
        if any(cause not in CAUSES for cause in causes):
            self.report("invalid_code", "CLM11 is not one of AA, EM, OA.", "CLM11")
        if parts[2] or any(parts[5:]):
            self.warn("unexpected_element", "CLM11-3 is not read.", "CLM11-3")
        return {
            "related_causes": causes,
            "accident_state": parts[3],
            "accident_country": parts[4],
        }

    def take_claim_date(self, elements: list[str]) -> bool:
        if pick(elements, 1) not in CLAIM_DATES:
            return self.pass_over("DTP")
        self.add(self.rare, "dates", self.parse_date(elements))
        return False

    def take_patient_amount(self, elements: list[str]) -> bool:
        return self.take_amount(self.facts, elements, {"F5": "amount_paid_by_patient"})

    def take_claim_reference(self, elements: list[str]) -> bool:
        """REF: one with a field of its own goes there, a second one to the others."""
        qualifier = pick(elements, 1)
        if qualifier not in CLAIM_REFERENCES:
            return self.pass_over("REF")
        number = self.parse_identifier(elements)
        name = CLAIM_NUMBERS.get(qualifier)
        if name and name not in self.facts:
            self.facts[name] = number.value
        else:
            self.add(self.rare, "references", number)
        return False

    def take_claim_conditions(self, elements: list[str]) -> bool:
        if pick(elements, 1) not in CLAIM_CONDITIONS:
            return self.pass_over("CRC")
        self.add(self.rare, "conditions", self.parse_conditions(elements))
        return False

    def make_line(self, facts: Facts, rare: Facts, parties: Parties) -> ServiceLine | None:
        if "procedure_code" not in facts:
            self.report("missing_segment", "SV1 is missing.", "SV1")
            return None
        if not isinstance(facts.get("date_of_service"), date):
            self.report("missing_segment", "DTP*472, the date of service, is missing.", "DTP")
            return None
        if "drug" in facts and facts["drug"].quantity is None:
            self.warn("missing_segment", "CTP of the drug is missing.", "CTP")
        facts = freeze(facts)
        facts.setdefault("line_control_number", "")
        if parties:
            facts["rendering_provider"] = make_provider(parties, "82")
            rare = rare | self.line_party_facts(parties)
        return ServiceLine(**facts, rare=RareLineFacts(**freeze(rare)) if rare else None)

    def line_party_facts(self, parties: Parties) -> Facts:
        """The parties that few lines have: those there are."""
        if "P3" in parties and "DN" not in parties:
            message = "NM101 is P3 without a DN: it is read as the referring provider."
            self.warn("unexpected_element", message, "NM101")
        ordering = parties.get("DK")
        referring = [make_provider(parties, entity) for entity in ("DN", "P3")]
        found: Facts = {
            "purchased_service_provider": make_provider(parties, "QB"),
            "service_facility": make_facility(parties),
            "supervising_provider": make_provider(parties, "DQ"),
            "ordering_provider": make_provider(parties, "DK"),
            "ordering_provider_address": ordering.address if ordering else None,
            "referring_providers": tuple(filter(None, referring)),
            "pick_up": make_address(parties, "PW"),
            "drop_off": make_address(parties, "45"),
        }
        return {name: value for name, value in found.items() if value}

    def make_claim(self, facts: Facts, rare: Facts, parties: Parties) -> Item:
        if not facts.get("diagnoses"):
            self.report("missing_segment", "HI, the diagnoses, is missing.", "HI")
        facts.setdefault("diagnoses", ())
        found = {
            "primary_care_provider": make_provider(parties, "P3"),
            "supervising_provider": make_provider(parties, "DQ"),
            "pick_up": make_address(parties, "PW"),
            "drop_off": make_address(parties, "45"),
        }
        rare = rare | {name: value for name, value in found.items() if value}
        return Claim(
            **facts,
            referring_provider=make_provider(parties, "DN"),
            rendering_provider=make_provider(parties, "82"),
            service_facility=make_facility(parties),
            rare=RareClaimFacts(**rare) if rare else None,
        )

    def take_work(self, elements: list[str]) -> bool:
        """SV1: what was done, for how much, how often, where, for which diagnoses."""
        if "procedure_code" in self.facts:
            return self.pass_over("SV1")
        qualifier, code, modifiers, description = self.parse_procedure(
            self.required(elements, 1), "SV101"
        )
        texts = [text for text in pick(elements, 7).split(self.component) if text]
        pointers = [self.count(text, "SV107") for text in texts]
        if not 1 <= len(pointers) <= 4:
            self.report("wrong_count", "SV107 has not one to four pointers.", "SV107")
        self.facts |= {
            "procedure_qualifier": qualifier,
            "procedure_code": code,
            "modifiers": modifiers,
            "description": description,
            "amount_billed": self.cents(pick(elements, 2), "SV102"),
            "unit_code": self.required(elements, 3),
            "units": self.quantity(self.required(elements, 4), "SV104") or Decimal(0),
            "place_of_service": pick(elements, 5),
            "pointers": tuple(pointer for pointer in pointers if pointer is not None),
            "is_emergency": pick(elements, 9) == "Y",
            "is_epsdt": pick(elements, 11) == "Y",
            "is_family_planning": pick(elements, 12) == "Y",
            "is_copay_exempt": pick(elements, 15) == "0",
        }
        return False

    def take_line_date(self, elements: list[str]) -> bool:
        """DTP: 472 is the date of service."""
        if pick(elements, 1) != "472":
            return self.take_other_line_date(elements)
        if "date_of_service" in self.facts:
            return self.pass_over("DTP")
        text = self.required(elements, 3)
        on = self.day(text, "DTP03")
        if on is None:
            return False
        until = parse_range_end(text)
        if (pick(elements, 2) == "RD8") != (until is not None):
            message = "DTP03 is not a date of the form DTP02 says."
            self.report("invalid_date", message, "DTP03")
        self.facts |= {"date_of_service": on, "date_of_service_end": until}
        return False


CLAIM_TAKERS: Takers = {
    "DTP": ClaimReader.take_claim_date,
    "PWK": ClaimReader.take_rare_attachment,
    "CN1": ClaimReader.take_rare_contract,
    "AMT": ClaimReader.take_patient_amount,
    "REF": ClaimReader.take_claim_reference,
    "K3": ClaimReader.take_fixed_format,
    "NTE": ClaimReader.take_note,
    "CR1": ClaimReader.take_transport,
    "CR2": ClaimReader.take_spinal,
    "CRC": ClaimReader.take_claim_conditions,
    "HI": ClaimReader.take_codes,
    "HCP": ClaimReader.take_rare_repricing,
}
LINE_TAKERS: Takers = {
    "SV1": ClaimReader.take_work,
    "SV5": ClaimReader.take_rental,
    "PWK": ClaimReader.take_rare_attachment,
    "CR1": ClaimReader.take_transport,
    "CR3": ClaimReader.take_certification,
    "CRC": ClaimReader.take_line_conditions,
    "DTP": ClaimReader.take_line_date,
    "QTY": ClaimReader.take_quantity,
    "MEA": ClaimReader.take_measurement,
    "CN1": ClaimReader.take_rare_contract,
    "REF": ClaimReader.take_line_reference,
    "AMT": ClaimReader.take_line_amount,
    "K3": ClaimReader.take_fixed_format,
    "NTE": ClaimReader.take_note,
    "PS1": ClaimReader.take_purchase,
    "HCP": ClaimReader.take_rare_repricing,
}
ClaimReader.claim_takers = CLAIM_TAKERS
ClaimReader.line_takers = LINE_TAKERS
ClaimReader.loop_takers = {**LOOP_TAKERS, "LQ": ClaimReader.take_form}
