"""Reads loops 2320 to 2330B, 2410 and 2430: other payers, what they made of lines, drugs."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from rcm.x12.claim_837 import Drug, LineAdjudication, OtherPayer
from rcm.x12.claim_facts import FactReader, Facts, freeze
from rcm.x12.claim_parties import (
    NOBODY,
    OTHER_PAYER_LOOPS,
    PLAN_NUMBERS,
    NameLoops,
    Parties,
    Party,
)
from rcm.x12.elements import pick, trim

# A taker returns True when it has said that it does not read the segment.
Taker = Callable[[Any, list[str]], bool | None]
Takers = Mapping[str, Taker]
NO_TAKERS: Takers = {}
OTHER_PAYER_AMOUNTS = {
    "D": "amount_paid",
    "A8": "amount_noncovered",
    "EAF": "amount_remaining",
}


class OtherPayerReader(FactReader):
    """Collects the other payers of the open claim, the adjudications and the drug of the open line.

    `facts` collect the fields of what is open, `takers` are the segments known there, `parties`
    and `loops` its names.
    """

    __slots__ = (
        "adjudication",
        "facts",
        "line",
        "loops",
        "other_payer",
        "other_payers",
        "parties",
        "party",
        "takers",
    )

    facts: Facts
    line: Facts | None
    other_payer: Facts | None
    other_payers: list[OtherPayer]
    adjudication: Facts | None
    parties: Parties
    loops: NameLoops
    party: Party
    takers: Takers

    def enter(self, loop: str, takers: Takers) -> None:
        """Stand in a loop in which `takers` are the segments known."""
        self.loop, self.takers, self.party = loop, takers, NOBODY

    def open_other_payer(self, elements: list[str]) -> None:
        """SBR in a claim."""
        self.close_other_payer()
        self.enter("2320", OTHER_PAYER_TAKERS)
        self.other_payer = {
            "rank": self.required(elements, 1),
            "relationship": self.required(elements, 2),
            "group_number": pick(elements, 3),
            "group_name": pick(elements, 4),
            "insurance_type": pick(elements, 5),
            "filing_indicator": pick(elements, 9),
        }
        self.facts = self.other_payer
        self.parties, self.loops = {}, OTHER_PAYER_LOOPS

    def take_adjustments(self, elements: list[str]) -> None:
        """CAS of another payer, for the claim or for the line that is open."""
        for each in self.parse_adjustments(elements):
            self.add(self.facts, "adjustments", each)

    def take_other_payer_amount(self, elements: list[str]) -> bool:
        return self.take_amount(self.facts, elements, OTHER_PAYER_AMOUNTS)

    def take_coverage(self, elements: list[str]) -> bool:
        """OI."""
        self.facts |= {
            "assigns_benefits": self.required(elements, 3),
            "signature_source": pick(elements, 4),
        }
        released = self.required(elements, 6)
        return self.keep(self.facts, "releases_information", released, "OI")

    def take_inpatient(self, elements: list[str]) -> bool:
        """MIA."""
        return self.keep(self.facts, "inpatient", trim(elements), "MIA")

    def take_outpatient(self, elements: list[str]) -> bool:
        """MOA: two figures and five remark codes."""
        values = trim(elements)
        figures = trim(["MOA", *values[:2]])
        self.facts["outpatient"] = figures
        return self.keep(self.facts, "remarks", trim(["MOA", *values[2:7]]), "MOA")

    def close_other_payer(self) -> None:
        facts, self.other_payer = self.other_payer, None
        if facts is None:
            return
        insured, payer = self.parties.get("IL", NOBODY), self.parties.get("PR", NOBODY)
        if "releases_information" not in facts:
            self.report("missing_segment", "OI of the other payer is missing.", "OI")
        if insured is NOBODY:
            self.report("missing_segment", "NM1*IL of the other payer is missing.", "NM1")
        if payer is NOBODY:
            self.report("missing_segment", "NM1*PR of the other payer is missing.", "NM1")
        numbers = payer.identifiers("G1", "9F", "F8")
        self.other_payers.append(
            OtherPayer(
                person=insured.person,
                member_id=insured.identifier,
                name=payer.name,
                payer_id=payer.identifier,
                is_organization=insured.is_organization,
                subscriber_address=insured.address,
                payer_id_qualifier=payer.identifier_qualifier or "PI",
                payer_address=payer.address,
                paid_on=payer.paid_on,
                payer_claim_control_number=payer.number("F8"),
                authorization_number=payer.number("G1"),
                referral_number=payer.number("9F"),
                identifiers=(*insured.identifiers(*PLAN_NUMBERS), *numbers),
                **freeze(facts),
            )
        )

    def take_drug(self, elements: list[str]) -> bool:
        """LIN, loop 2410."""
        if self.line is None or "drug" in self.line:
            self.enter("", NO_TAKERS)
            return self.pass_over("LIN")
        self.close_adjudication()
        self.enter("2410", DRUG_TAKERS)
        if pick(elements, 2) != "N4":
            self.warn("unexpected_element", "LIN02 is not N4: the code is no NDC.", "LIN02")
        self.line["drug"] = Drug(self.required(elements, 3))
        return False

    def take_drug_quantity(self, elements: list[str]) -> bool:
        """CTP."""
        drug = self.line and self.line["drug"]
        if not isinstance(drug, Drug) or drug.quantity is not None or self.line is None:
            return self.pass_over("CTP")
        quantity = self.quantity(self.required(elements, 4), "CTP04")
        unit, _, rest = self.required(elements, 5).partition(self.component)
        if rest:
            self.warn("unexpected_element", "CTP05-2 is not read.", "CTP05-2")
        self.line["drug"] = Drug(drug.code, quantity, unit, drug.prescription)
        return False

    def take_prescription(self, elements: list[str]) -> bool:
        """REF*XZ or REF*VY."""
        drug = self.line and self.line["drug"]
        is_known = pick(elements, 1) in ("XZ", "VY")
        if not isinstance(drug, Drug) or drug.prescription or not is_known or self.line is None:
            return self.pass_over("REF")
        number = self.parse_identifier(elements)
        self.line["drug"] = Drug(drug.code, drug.quantity, drug.unit, number)
        return False

    def take_adjudication(self, elements: list[str]) -> bool:
        """SVD, loop 2430."""
        if self.line is None:
            self.enter("", NO_TAKERS)
            return self.pass_over("SVD")
        self.close_adjudication()
        self.enter("2430", ADJUDICATION_TAKERS)
        procedure = pick(elements, 3)
        qualifier, code, modifiers, described = (
            self.parse_procedure(procedure, "SVD03") if procedure else ("HC", "", (), "")
        )
        if described:
            self.warn("unexpected_element", "SVD03-7 is not read.", "SVD03-7")
        payer_id = self.required(elements, 1)
        if payer_id not in [each.payer_id for each in self.other_payers]:
            message = "SVD01 is not the identifier of another payer of the claim."
            self.warn("unknown_payer", message, "SVD01")
        self.facts = self.adjudication = {
            "payer_id": payer_id,
            "amount_paid": self.cents(pick(elements, 2), "SVD02"),
            "procedure_qualifier": qualifier,
            "procedure_code": code,
            "modifiers": modifiers,
            "revenue_code": pick(elements, 4),
            "units": self.quantity(self.required(elements, 5), "SVD05") or Decimal(0),
            "bundled_into": self.count(pick(elements, 6), "SVD06"),
        }
        return False

    def take_adjudication_date(self, elements: list[str]) -> bool:
        """DTP*573."""
        if pick(elements, 1) != "573":
            return self.pass_over("DTP")
        on = self.day(self.required(elements, 3), "DTP03")
        return self.keep(self.facts, "paid_on", on, "DTP")

    def take_remaining_amount(self, elements: list[str]) -> bool:
        return self.take_amount(self.facts, elements, {"EAF": "amount_remaining"})

    def close_adjudication(self) -> None:
        facts, self.adjudication = self.adjudication, None
        if facts is None or self.line is None:
            return
        self.add(self.line, "adjudications", LineAdjudication(**freeze(facts)))
        self.facts = self.line


OTHER_PAYER_TAKERS: Takers = {
    "CAS": OtherPayerReader.take_adjustments,
    "AMT": OtherPayerReader.take_other_payer_amount,
    "OI": OtherPayerReader.take_coverage,
    "MIA": OtherPayerReader.take_inpatient,
    "MOA": OtherPayerReader.take_outpatient,
}
DRUG_TAKERS: Takers = {
    "CTP": OtherPayerReader.take_drug_quantity,
    "REF": OtherPayerReader.take_prescription,
}
ADJUDICATION_TAKERS: Takers = {
    "CAS": OtherPayerReader.take_adjustments,
    "DTP": OtherPayerReader.take_adjudication_date,
    "AMT": OtherPayerReader.take_remaining_amount,
}
