"""Reads the single segments only professional claims have: transport, equipment, forms, codes."""

from collections.abc import Mapping

from rcm.x12.claim_837 import Note
from rcm.x12.claim_837p import (
    AmbulanceTransport,
    EquipmentCertification,
    EquipmentRental,
    Form,
    Measurement,
    SpinalManipulation,
)
from rcm.x12.claim_syntax import (
    AMOUNT,
    ANY,
    LINE,
    NUMBER,
    SHARED_ELEMENTS,
    YES_NO,
    Elements,
)
from rcm.x12.elements import pick, trim
from rcm.x12.read_claims import ClaimsReader
from rcm.x12.read_other_payers import NO_TAKERS, Takers
from rcm.x12.write_837p_rare import LINE_CONDITIONS, LINE_DATES, LINE_REFERENCES

PROFESSIONAL_ELEMENTS: Mapping[str, Elements] = {
    **SHARED_ELEMENTS,
    "CLM": {
        **SHARED_ELEMENTS["CLM"],
        10: frozenset("P"),
        11: ANY,
        12: frozenset({"02", "03", "05", "09"}),
    },
    "CR1": {
        **{1: frozenset({"LB"}), 2: 10, 4: frozenset("ABCDE"), 5: frozenset({"DH"})},
        **{6: NUMBER, 9: LINE, 10: LINE},
    },
    "CR2": {8: frozenset("ACDEFGM"), 10: LINE, 11: LINE},
    "CR3": {1: frozenset("IRS"), 2: frozenset({"MO"}), 3: NUMBER},
    "SV1": {
        **{1: ANY, 2: AMOUNT, 3: frozenset({"MJ", "UN"}), 4: NUMBER, 5: 2, 7: ANY},
        **{9: YES_NO, 11: YES_NO, 12: YES_NO, 15: frozenset("0")},
    },
    "SV5": {
        **{1: ANY, 2: frozenset({"DA"}), 3: NUMBER, 4: AMOUNT, 5: AMOUNT},
        **{6: frozenset("146")},
    },
    "QTY": {1: ANY, 2: NUMBER},
    "MEA": {1: frozenset({"OG", "TR"}), 2: frozenset({"HT", "R1", "R2", "R3", "R4"}), 3: 20},
    "PS1": {1: 50, 2: AMOUNT},
    "LQ": {1: frozenset({"AS", "UT"}), 2: 30},
    "FRM": {1: 20, 2: frozenset("NWY"), 3: 50, 4: 8, 5: 6},
}
LARGEST_DIAGNOSES = 12
LONGEST_CODE = 30
OUTDATED = ("BK", "BF")  # ICD-9
LINE_AMOUNTS = {"T": "sales_tax", "F4": "postage"}
LINE_NUMBERS = {
    "6R": "line_control_number",
    "X4": "clia_number",
    "G1": "authorization_number",
    "9F": "referral_number",
}


class ProfessionalFacts(ClaimsReader):
    """Takers of segments; each returns True when it has said that it does not read the segment."""

    __slots__ = ()

    def take_rare_attachment(self, elements: list[str]) -> None:
        self.take_attachment(self.rare, elements)

    def take_rare_contract(self, elements: list[str]) -> bool:
        return self.take_contract(self.rare, elements)

    def take_rare_repricing(self, elements: list[str]) -> bool:
        return self.take_repricing(self.rare, elements)

    def take_fixed_format(self, elements: list[str]) -> None:
        """K3."""
        self.add(self.rare, "fixed_format", self.required(elements, 1))

    def take_note(self, elements: list[str]) -> None:
        """NTE."""
        note: Note = self.parse_note(elements)
        self.add(self.facts, "notes", note)

    def take_transport(self, elements: list[str]) -> bool:
        """CR1."""
        weight = self.quantity(pick(elements, 2), "CR102")
        miles = self.quantity(self.required(elements, 6), "CR106")
        reason = self.required(elements, 4)
        if miles is None:
            return False
        told = AmbulanceTransport(reason, miles, weight, pick(elements, 9), pick(elements, 10))
        return self.keep(self.rare, "ambulance", told, "CR1")

    def take_spinal(self, elements: list[str]) -> bool:
        """CR2."""
        condition = self.required(elements, 8)
        told = SpinalManipulation(condition, pick(elements, 10), pick(elements, 11))
        return self.keep(self.rare, "spinal", told, "CR2")

    def take_certification(self, elements: list[str]) -> bool:
        """CR3."""
        months = self.quantity(self.required(elements, 3), "CR303")
        if months is None:
            return False
        told = EquipmentCertification(self.required(elements, 1), months)
        return self.keep(self.rare, "equipment_certification", told, "CR3")

    def take_rental(self, elements: list[str]) -> bool:
        """SV5."""
        qualifier, code, modifiers, description = self.parse_procedure(
            self.required(elements, 1), "SV501"
        )
        if qualifier != "HC" or modifiers or description:
            self.warn("unexpected_element", "SV501 holds more than an HC code.", "SV501")
        days = self.quantity(self.required(elements, 3), "SV503")
        if days is None:
            return False
        told = EquipmentRental(
            code,
            days,
            self.cents(pick(elements, 4), "SV504"),
            self.cents(pick(elements, 5), "SV505"),
            self.required(elements, 6),
        )
        return self.keep(self.rare, "equipment", told, "SV5")

    def take_quantity(self, elements: list[str]) -> bool:
        """QTY: patients in the ambulance (PT), obstetric anaesthesia units (FL)."""
        qualifier, text = pick(elements, 1), self.required(elements, 2)
        if qualifier == "PT":
            patients = self.count(text, "QTY02")
            return self.keep(self.rare, "ambulance_patients", patients, "QTY")
        if qualifier == "FL":
            units = self.quantity(text, "QTY02")
            return self.keep(self.rare, "obstetric_units", units, "QTY")
        return self.pass_over("QTY")

    def take_measurement(self, elements: list[str]) -> None:
        """MEA."""
        reference, qualifier = self.required(elements, 1), self.required(elements, 2)
        result = self.quantity(self.required(elements, 3), "MEA03")
        if result is not None:
            self.add(self.rare, "measurements", Measurement(reference, qualifier, result))

    def take_purchase(self, elements: list[str]) -> bool:
        """PS1."""
        told = (self.required(elements, 1), self.cents(pick(elements, 2), "PS102"))
        return self.keep(self.rare, "purchased_service", told, "PS1")

    def take_line_amount(self, elements: list[str]) -> bool:
        return self.take_amount(self.rare, elements, LINE_AMOUNTS)

    def take_line_conditions(self, elements: list[str]) -> bool:
        if pick(elements, 1) not in LINE_CONDITIONS:
            return self.pass_over("CRC")
        self.add(self.rare, "conditions", self.parse_conditions(elements))
        return False

    def take_other_line_date(self, elements: list[str]) -> bool:
        if pick(elements, 1) not in LINE_DATES:
            return self.pass_over("DTP")
        self.add(self.rare, "dates", self.parse_date(elements))
        return False

    def take_line_reference(self, elements: list[str]) -> bool:
        """REF: one with a field of its own goes there, a second one to the others."""
        qualifier = pick(elements, 1)
        if qualifier not in LINE_REFERENCES:
            return self.pass_over("REF")
        number = self.parse_identifier(elements)
        name = LINE_NUMBERS.get(qualifier)
        if name and name not in self.facts:
            self.facts[name] = number.value
        else:
            self.add(self.rare, "references", number)
        return False

    def take_form(self, elements: list[str]) -> bool:
        """LQ, loop 2440."""
        self.close_adjudication()
        self.enter("2440", FORM_TAKERS if self.line is not None else NO_TAKERS)
        if self.line is None:
            return self.pass_over("LQ")
        form = Form(self.required(elements, 1), self.required(elements, 2))
        self.add(self.rare, "forms", form)
        return False

    def take_answer(self, elements: list[str]) -> None:
        """FRM."""
        self.required(elements, 1)
        forms: list[Form] = self.rare["forms"]
        last = forms[-1]
        forms[-1] = Form(last.qualifier, last.code, (*last.answers, trim(elements)))

    def take_codes(self, elements: list[str]) -> None:
        """HI: diagnoses, procedures of anaesthesia, conditions."""
        pairs = [text.split(self.component, 2) for text in elements[1:] if text]
        for qualifier, code, *rest in ([*pair, ""][:3] for pair in pairs):
            if not code:
                self.report("missing_element", "HI holds a qualifier without a code.", "HI")
            elif len(code) > LONGEST_CODE:
                message = f"HI holds a code of more than {LONGEST_CODE} characters."
                self.report("element_too_long", message, "HI")
            if any(rest):
                self.warn("unexpected_element", "HI holds more than a code; it is not read.", "HI")
            self.keep_code(qualifier, code)
        if any(qualifier in OUTDATED for qualifier, *_ in pairs):
            message = "HI holds ICD-9 codes, which are no longer in use; they are read."
            self.warn("outdated_code", message, "HI")

    def keep_code(self, qualifier: str, code: str) -> None:
        if qualifier in ("ABK", "ABF", *OUTDATED):
            self.add(self.facts, "diagnoses", code)
            if len(self.facts["diagnoses"]) == LARGEST_DIAGNOSES + 1:
                message = f"The claim has more than {LARGEST_DIAGNOSES} diagnoses."
                self.report("wrong_count", message, "HI")
        elif qualifier in ("BP", "BO"):
            self.add(self.rare, "surgical_procedures", code)
        elif qualifier == "BG":
            self.add(self.rare, "condition_codes", code)
        else:
            self.warn("unexpected_element", "HI holds a code that is not a diagnosis.", "HI")


FORM_TAKERS: Takers = {"FRM": ProfessionalFacts.take_answer}
