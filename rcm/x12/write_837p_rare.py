"""Composes what few professional claims and lines carry: transport, equipment, dates, contracts…

Kept apart so that the common claim never looks at it. References, dates and conditions go out in
the order of the guide, with those the claim has fields for in their places.
"""

from collections.abc import Mapping

from rcm.x12.claim_837 import Address, Identifier, Provider
from rcm.x12.claim_837p import (
    AmbulanceTransport,
    Claim,
    EquipmentRental,
    Form,
    RareClaimFacts,
    RareLineFacts,
    ServiceLine,
)
from rcm.x12.claim_segments import LAST, order_of
from rcm.x12.claim_text import ClaimText
from rcm.x12.writer import segment

CLAIM_DATES = order_of(
    *("431", "454", "304", "453", "439", "484", "455", "471", "314", "360", "361", "297", "296"),
    *("435", "096", "090", "091", "444", "050"),
)
CLAIM_REFERENCES = order_of(
    *("4N", "F5", "EW", "9F", "G1", "F8", "X4", "9A", "9C", "LX", "D9", "EA", "P4", "1J"),
)
CLAIM_CONDITIONS = order_of("07", "E1", "E2", "E3", "75", "ZZ")
LINE_DATES = order_of("471", "607", "463", "461", "304", "738", "739", "011", "455", "454")
LINE_REFERENCES = order_of("9B", "9D", "G1", "6R", "EW", "X4", "F4", "BT", "9F")
LINE_CONDITIONS = order_of("07", "70", "09")
CONDITION_CODES_PER_SEGMENT = 12
REFERRING = ("DN", "P3")  # the first and the second referring provider of a line


class RareText:
    """Uses the segments of the guide's `text`."""

    def __init__(self, text: ClaimText) -> None:
        self.text = text

    def claim_elements(self, claim: Claim, rare: RareClaimFacts) -> str:
        """CLM10 to CLM20 and the end of CLM."""
        clean = self.text.clean
        causes = [clean[cause] for cause in rare.related_causes]
        if len(causes) > 2:
            raise ValueError("A claim has at most two related causes.")
        accident = [*causes, "", ""][:2]
        accident += ["", clean[rare.accident_state], clean[rare.accident_country]]
        elements = (
            clean[claim.patient_signature_source],
            ":".join(accident).rstrip(":"),
            clean[rare.special_program],
            *[""] * 7,
            clean[rare.delay_reason],
        )
        return f"*{'*'.join(elements)}".rstrip("*") + "~"

    def claim_facts(self, claim: Claim, rare: RareClaimFacts, diagnoses: str) -> str:
        """DTP to HCP and the referring providers (2310A)."""
        text = self.text
        references = [
            ("9F", claim.referral_number),
            ("G1", claim.authorization_number),
            ("F8", claim.payer_claim_control_number),
            ("X4", claim.clia_number),
        ]
        parts = [
            text.dates(rare.dates, CLAIM_DATES),
            text.attachments(rare.attachments),
            text.contract(rare.contract),
            text.amount("F5", claim.amount_paid_by_patient),
            self.references(references, rare.references, CLAIM_REFERENCES),
            text.fixed_formats(rare.fixed_format),
            text.notes(claim.notes),
            self.transport(rare.ambulance),
            self.spinal(rare),
            text.conditions(rare.conditions, CLAIM_CONDITIONS),
            diagnoses,
            self.surgery(rare.surgical_procedures),
            self.condition_codes(rare.condition_codes),
            text.repricing(rare.repricing),
        ]
        referring = (claim.referring_provider, rare.primary_care_provider)
        for entity, provider in zip(REFERRING, referring, strict=True):
            if provider is not None:
                parts.append(text.provider(entity, provider))
        return "".join(parts)

    def claim_parties(self, rare: RareClaimFacts) -> str:
        """Loops 2310D, E and F."""
        supervising = rare.supervising_provider
        return "".join(
            (
                self.text.provider("DQ", supervising) if supervising is not None else "",
                self.place("PW", rare.pick_up),
                self.place("45", rare.drop_off),
            )
        )

    def place(self, entity: str, address: Address | None) -> str:
        """Where an ambulance picks up (PW) or drops off (45)."""
        return "" if address is None else f"NM1*{entity}*2~{self.text.address(address)}"

    def references(
        self,
        own: list[tuple[str, str]],
        others: tuple[Identifier, ...],
        order: Mapping[str, int],
    ) -> str:
        """REF: those of fields and the others, by the guide's order; empty ones are left out."""
        pairs = own + [(each.qualifier, each.value) for each in others]
        pairs.sort(key=lambda pair: order.get(pair[0], LAST))
        return "".join(segment("REF", *self.text.texts(pair)) for pair in pairs if pair[1])

    def transport(self, told: AmbulanceTransport | None) -> str:
        """CR1."""
        if told is None:
            return ""
        text = self.text
        weight = (
            ("LB", text.units[told.weight_pounds]) if told.weight_pounds is not None else ("", "")
        )
        purposes = (told.round_trip_purpose[:80], told.stretcher_purpose[:80])
        reason, miles = text.clean[told.reason], text.units[told.miles]
        return segment("CR1", *weight, "", reason, "DH", miles, "", "", *text.texts(purposes))

    def spinal(self, rare: RareClaimFacts) -> str:
        """CR2."""
        if rare.spinal is None:
            return ""
        told = rare.spinal
        described = (told.condition, "", told.description[:80], told.more_description[:80])
        return segment("CR2", *[""] * 7, *self.text.texts(described))

    def surgery(self, codes: tuple[str, ...]) -> str:
        """HI of anaesthesia: BP, then BO."""
        if len(codes) > 2:
            raise ValueError("A claim has at most two surgical procedures.")
        named = zip(("BP", "BO"), codes, strict=False)
        return segment("HI", *(f"{name}:{self.text.code[code]}" for name, code in named))

    def condition_codes(self, codes: tuple[str, ...]) -> str:
        """HI*BG, twelve to a segment."""
        size = CONDITION_CODES_PER_SEGMENT
        if len(codes) > 2 * size:
            raise ValueError(f"A claim has at most {2 * size} condition codes.")
        return "".join(
            segment("HI", *(f"BG:{self.text.code[code]}" for code in codes[first : first + size]))
            for first in range(0, len(codes), size)
        )

    def line_facts(self, line: ServiceLine, rare: RareLineFacts, when: str) -> str:
        """SV5 to loop 2440; `when` is DTP*472."""
        text = self.text
        purchased = rare.purchased_service
        references = [
            ("G1", line.authorization_number),
            ("6R", line.line_control_number),
            ("X4", line.clia_number),
            ("9F", line.referral_number),
        ]
        return "".join(
            (
                self.equipment(rare),
                text.conditions(rare.conditions, LINE_CONDITIONS),
                when,
                text.dates(rare.dates, LINE_DATES),
                self.measures(rare),
                text.contract(rare.contract),
                self.references(references, rare.references, LINE_REFERENCES),
                text.amount("T", rare.sales_tax),
                text.amount("F4", rare.postage),
                text.fixed_formats(rare.fixed_format),
                text.notes(line.notes),
                segment("PS1", text.clean[purchased[0]], text.money[purchased[1]])
                if purchased
                else "",
                text.repricing(rare.repricing),
                text.drug(line.drug) if line.drug is not None else "",
                self.line_parties(line, rare),
                text.line_adjudications(line.adjudications),
                *map(self.form, rare.forms),
            )
        )

    def equipment(self, rare: RareLineFacts) -> str:
        """SV5, PWK, CR1 and CR3."""
        text = self.text
        certification = rare.equipment_certification
        months = text.units[certification.months] if certification else ""
        return "".join(
            (
                self.rental(rare.equipment) if rare.equipment is not None else "",
                text.attachments(rare.attachments),
                self.transport(rare.ambulance),
                segment("CR3", text.clean[certification.certification_type], "MO", months)
                if certification
                else "",
            )
        )

    def rental(self, told: EquipmentRental) -> str:
        """SV5."""
        text = self.text
        return segment(
            "SV5",
            f"HC:{text.code[told.procedure_code]}",
            "DA",
            text.units[told.days],
            text.money[told.rental_price],
            text.money[told.purchase_price],
            text.clean[told.rental_unit],
        )

    def measures(self, rare: RareLineFacts) -> str:
        """QTY and MEA."""
        text = self.text
        patients, units = rare.ambulance_patients, rare.obstetric_units
        return "".join(
            (
                f"QTY*PT*{patients}~" if patients is not None else "",
                f"QTY*FL*{text.units[units]}~" if units is not None else "",
                *(
                    f"MEA*{each.reference}*{each.qualifier}*{text.units[each.result]}~"
                    for each in rare.measurements
                ),
            )
        )

    def line_parties(self, line: ServiceLine, rare: RareLineFacts) -> str:
        """Loops 2420A to 2420H."""
        text = self.text
        if len(rare.referring_providers) > len(REFERRING):
            raise ValueError("A service line has at most two referring providers.")
        referring = zip(REFERRING, rare.referring_providers, strict=False)
        return "".join(
            (
                self.party("82", line.rendering_provider),
                self.party("QB", rare.purchased_service_provider),
                text.facility(rare.service_facility) if rare.service_facility is not None else "",
                self.party("DQ", rare.supervising_provider),
                self.party("DK", rare.ordering_provider, rare.ordering_provider_address),
                *(self.party(entity, provider) for entity, provider in referring),
                self.place("PW", rare.pick_up),
                self.place("45", rare.drop_off),
            )
        )

    def party(self, entity: str, provider: Provider | None, address: Address | None = None) -> str:
        return "" if provider is None else self.text.provider(entity, provider, address)

    def form(self, form: Form) -> str:
        """Loop 2440."""
        texts = self.text.texts
        answers = (segment("FRM", *texts(answer)) for answer in form.answers)
        return segment("LQ", *texts((form.qualifier, form.code))) + "".join(answers)
