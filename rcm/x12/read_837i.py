"""Reads one 837I (005010X223A2): what both 837 guides share comes from ClaimsReader.

Here are loops 2300 and 2400 of an institutional claim. What is not read is said, as a warning.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import ClassVar

from rcm.x12.claim_837i import InstitutionalClaim, RevenueLine
from rcm.x12.claim_facts import Facts, freeze
from rcm.x12.claim_parties import (
    NUMBERED_PLACE,
    NameLoop,
    NameLoops,
    Parties,
    make_facility,
    make_provider,
)
from rcm.x12.claim_syntax import AMOUNT, ANY, NUMBER, SHARED_ELEMENTS, Elements
from rcm.x12.elements import pick
from rcm.x12.institutional_codes import CodesRead
from rcm.x12.read_claims import LOOP_TAKERS, ClaimsReader
from rcm.x12.read_other_payers import Takers

_NUMBERS = ("0B", "1G", "G2", "LU")
_FACILITY_NUMBERS = ("0B", "G2", "LU")
CLAIM_LOOPS: NameLoops = {
    "71": NameLoop("2310A", ("PRV", "REF"), _NUMBERS),
    "72": NameLoop("2310B", ("REF",), _NUMBERS),
    "ZZ": NameLoop("2310C", ("REF",), _NUMBERS),
    "82": NameLoop("2310D", ("REF",), _NUMBERS),
    "77": NameLoop("2310E", NUMBERED_PLACE, _FACILITY_NUMBERS, has_names=False),
    "DN": NameLoop("2310F", ("REF",), _NUMBERS),
}
LINE_LOOPS: NameLoops = {
    "72": NameLoop("2420A", ("REF",), _NUMBERS),
    "ZZ": NameLoop("2420B", ("REF",), _NUMBERS),
    "82": NameLoop("2420C", ("REF",), _NUMBERS),
    "DN": NameLoop("2420D", ("REF",), _NUMBERS),
}
CLAIM_NUMBERS = {
    "9F": "referral_number",
    "G1": "authorization_number",
    "F8": "payer_claim_control_number",
}
OTHER_NUMBERS = frozenset({"4N", "9A", "9C", "LX", "D9", "LU", "EA", "P4", "G4"})
LINE_NUMBERS = frozenset({"9B", "9D"})
LINE_AMOUNTS = {"GT": "service_tax", "N8": "facility_tax"}
TRIALS = "LX"  # the one reference of a claim that may be there more than once
PROCEDURES = frozenset({"ER", "HC", "HP", "IV", "WK"})
LINE_NOTES = frozenset({"TPO"})
CLAIM_NOTES = frozenset(
    {"ADD", "ALG", "DCP", "DGN", "DME", "MED", "NTR", "ODT", "RHB", "RLH", "RNH", "SET", "SFM"}
    | {"SPT", "UPI"}
)
_TIME = re.compile(r"([01]\d|2[0-3])[0-5]\d", re.ASCII)
_BILL = re.compile(r"[0-9A-Z]{2}", re.ASCII)


class InstitutionalReader(ClaimsReader):
    """Yields the Submitter, then one InstitutionalClaim per CLM."""

    elements_of: ClassVar[Mapping[str, Elements]] = {
        **SHARED_ELEMENTS,
        "CLM": {index: known for index, known in SHARED_ELEMENTS["CLM"].items() if index != 6},
        "CL1": {1: 1, 2: 1, 3: 2},
        "SV2": {1: 48, 2: ANY, 3: AMOUNT, 4: frozenset({"DA", "UN"}), 5: NUMBER, 7: AMOUNT},
    }
    loop_takers: ClassVar[Takers] = LOOP_TAKERS
    claim_loops: ClassVar[NameLoops] = CLAIM_LOOPS
    line_loops: ClassVar[NameLoops] = LINE_LOOPS

    __slots__ = ("codes",)

    def clear_claim(self) -> None:
        super().clear_claim()
        self.codes = CodesRead()

    def open_claim(self, elements: list[str], facts: Facts, rare: Facts) -> None:
        """CLM: the bill type is facility and care (CLM05-1) and the frequency (CLM05-3)."""
        parts = self.required(elements, 5).split(self.component)
        place, frequency = pick(parts, 0), pick(parts, 2)
        if pick(elements, 5) and not (_BILL.fullmatch(place) and len(frequency) == 1):
            message = "CLM05 is not a facility type of two characters and a frequency of one."
            self.report("invalid_code", message, "CLM05")
        elif pick(parts, 1) != "A":
            self.report("invalid_code", "CLM05-2 is not A: this is no type of bill.", "CLM05-2")
        facts |= {
            "patient_control_number": self.required(elements, 1),
            "amount_billed": self.cents(pick(elements, 2), "CLM02"),
            "type_of_bill": f"{place}{frequency}",
            "accepts_assignment": self.required(elements, 7),
            "assigns_benefits": self.required(elements, 8),
            "releases_information": self.required(elements, 9),
            "delay_reason": pick(elements, 20),
        }

    def take_claim_date(self, elements: list[str]) -> bool:
        """DTP 434, 435, 096, 050."""
        qualifier = pick(elements, 1)
        if qualifier == "096":
            return self.take_discharge_time(elements)
        if qualifier not in ("434", "435", "050"):
            return self.pass_over("DTP")
        told = self.parse_date(elements)
        if told is None:
            return False
        if qualifier == "050":
            return self.keep(self.facts, "dates", [told], "DTP")
        if qualifier == "435":
            if self.keep(self.facts, "admission_on", told.on, "DTP"):
                return True
            if pick(elements, 2) == "DT" and not _TIME.fullmatch(told.time):
                self.report("invalid_time", "DTP03 has no time of four digits.", "DTP03")
            self.facts["admission_time"] = told.time
            return False
        if self.keep(self.facts, "statement_from", told.on, "DTP"):
            return True
        if told.until is None:
            message = "DTP03 of the statement is not a range of days (RD8)."
            self.report("invalid_date", message, "DTP03")
        self.facts["statement_to"] = told.until or told.on
        return False

    def take_discharge_time(self, elements: list[str]) -> bool:
        text = self.required(elements, 3)
        if text and not _TIME.fullmatch(text):
            self.report("invalid_time", "DTP03 is not a time of four digits.", "DTP03")
            return False
        return self.keep(self.facts, "discharge_time", text, "DTP")

    def take_nature(self, elements: list[str]) -> bool:
        """CL1: type and source of admission, the patient's status."""
        if self.keep(self.facts, "patient_status", self.required(elements, 3), "CL1"):
            return True
        self.facts |= {
            "admission_type": self.required(elements, 1),
            "admission_source": pick(elements, 2),
        }
        return False

    def take_claim_attachment(self, elements: list[str]) -> None:
        self.take_attachment(self.facts, elements)

    def take_claim_amount(self, elements: list[str]) -> bool:
        """AMT*F3."""
        return self.take_amount(self.facts, elements, {"F3": "amount_due_from_patient"})

    def take_claim_reference(self, elements: list[str]) -> bool:
        """REF of the claim; each but LX is there once."""
        qualifier = pick(elements, 1)
        if name := CLAIM_NUMBERS.get(qualifier):
            return self.keep(self.facts, name, self.required(elements, 2), "REF")
        known = [each.qualifier for each in self.facts.get("references", ())]
        is_repeated = qualifier in known and qualifier != TRIALS
        if qualifier not in OTHER_NUMBERS or is_repeated:
            return self.pass_over("REF")
        self.add(self.facts, "references", self.parse_identifier(elements))
        return False

    def take_fixed_format(self, elements: list[str]) -> None:
        """K3."""
        self.add(self.facts, "fixed_format", self.required(elements, 1))

    def take_note(self, elements: list[str]) -> None:
        """NTE of a claim or line."""
        known = LINE_NOTES if self.line is not None else CLAIM_NOTES
        if pick(elements, 1) and elements[1] not in known:
            self.report("invalid_code", "NTE01 is not one of its codes.", "NTE01")
        self.add(self.facts, "notes", self.parse_note(elements))

    def take_condition(self, elements: list[str]) -> bool:
        """CRC*ZZ."""
        if pick(elements, 1) != "ZZ":
            return self.pass_over("CRC")
        return self.keep(self.facts, "conditions", [self.parse_conditions(elements)], "CRC")

    def take_codes(self, elements: list[str]) -> None:
        """HI."""
        self.codes.take(self, elements)

    def take_contract_terms(self, elements: list[str]) -> bool:
        return self.take_contract(self.facts, elements)

    def take_price(self, elements: list[str]) -> bool:
        return self.take_repricing(self.facts, elements)

    def take_work(self, elements: list[str]) -> bool:
        """SV2: revenue code, procedure, charge, units."""
        if self.keep(self.facts, "revenue_code", self.required(elements, 1), "SV2"):
            return True
        procedure = pick(elements, 2)
        qualifier, code, modifiers, described = (
            self.parse_procedure(procedure, "SV202") if procedure else ("HC", "", (), "")
        )
        if qualifier not in PROCEDURES:
            self.report("invalid_code", "SV202-1 is not one of its codes.", "SV202-1")
        self.facts |= {
            "procedure_qualifier": qualifier,
            "procedure_code": code,
            "modifiers": modifiers,
            "description": described,
            "amount_billed": self.cents(pick(elements, 3), "SV203"),
            "unit_code": self.required(elements, 4),
            "units": self.quantity(self.required(elements, 5), "SV205") or Decimal(0),
            "amount_noncovered": self.optional_cents(pick(elements, 7), "SV207"),
        }
        return False

    def take_line_date(self, elements: list[str]) -> bool:
        """DTP 472."""
        if pick(elements, 1) != "472":
            return self.pass_over("DTP")
        told = self.parse_date(elements)
        if told is None:
            return False
        if self.keep(self.facts, "date_of_service", told.on, "DTP"):
            return True
        self.facts["date_of_service_end"] = told.until
        return False

    def take_line_reference(self, elements: list[str]) -> bool:
        """REF 6R, 9B, 9D."""
        qualifier = pick(elements, 1)
        if qualifier == "6R":
            number = self.required(elements, 2)
            return self.keep(self.facts, "line_control_number", number, "REF")
        known = [each.qualifier for each in self.facts.get("references", ())]
        if qualifier not in LINE_NUMBERS or qualifier in known:
            return self.pass_over("REF")
        self.add(self.facts, "references", self.parse_identifier(elements))
        return False

    def take_line_amount(self, elements: list[str]) -> bool:
        """AMT GT, N8."""
        return self.take_amount(self.facts, elements, LINE_AMOUNTS)

    def make_line(self, facts: Facts, rare: Facts, parties: Parties) -> RevenueLine | None:
        if "revenue_code" not in facts:
            self.report("missing_segment", "SV2 is missing.", "SV2")
            return None
        return RevenueLine(
            operating_provider=make_provider(parties, "72"),
            other_operating_provider=make_provider(parties, "ZZ"),
            rendering_provider=make_provider(parties, "82"),
            referring_provider=make_provider(parties, "DN"),
            **freeze(facts),
        )

    def make_claim(self, facts: Facts, rare: Facts, parties: Parties) -> InstitutionalClaim:
        if "statement_from" not in facts:
            self.report("missing_segment", "DTP*434, the statement's days, is missing.", "DTP")
            facts |= {"statement_from": date.min, "statement_to": date.min}
        if "patient_status" not in facts:
            self.report("missing_segment", "CL1 is missing.", "CL1")
            facts |= {"patient_status": "", "admission_type": ""}
        return InstitutionalClaim(
            attending_provider=make_provider(parties, "71"),
            operating_provider=make_provider(parties, "72"),
            other_operating_provider=make_provider(parties, "ZZ"),
            rendering_provider=make_provider(parties, "82"),
            referring_provider=make_provider(parties, "DN"),
            service_facility=make_facility(parties),
            **self.codes.fields(self),
            **facts,
        )

    claim_takers: ClassVar[Takers] = {
        "DTP": take_claim_date,
        "CL1": take_nature,
        "PWK": take_claim_attachment,
        "CN1": take_contract_terms,
        "AMT": take_claim_amount,
        "REF": take_claim_reference,
        "K3": take_fixed_format,
        "NTE": take_note,
        "CRC": take_condition,
        "HI": take_codes,
        "HCP": take_price,
    }
    line_takers: ClassVar[Takers] = {
        "SV2": take_work,
        "PWK": take_claim_attachment,
        "DTP": take_line_date,
        "REF": take_line_reference,
        "AMT": take_line_amount,
        "NTE": take_note,
        "HCP": take_price,
    }
