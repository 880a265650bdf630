"""Invented professional claims over every situation the 837P guide has. Seeded."""

from datetime import timedelta
from random import Random

from rcm.fuzz.claim_parts import Inventor
from rcm.x12.claim_837p import (
    AmbulanceTransport,
    Attachment,
    BillingProvider,
    Claim,
    ClaimDate,
    Conditions,
    EquipmentCertification,
    EquipmentRental,
    Form,
    Identifier,
    LineAdjudication,
    Measurement,
    Note,
    Person,
    Provider,
    RareClaimFacts,
    RareLineFacts,
    ServiceLine,
    SpinalManipulation,
)

PLACES = ("11", "12", "21", "22", "23", "24", "31", "41", "65", "81")
QUALIFIERS = ("HC", "HC", "HC", "ER", "IV", "WK")
TRANSPORT_CODES = ("01", "04", "05", "06", "07", "08", "09", "12")
CLAIM_DATES = (
    *("431", "454", "304", "453", "439", "484", "455", "471", "314", "297", "296", "435", "096"),
    *("090", "091", "444", "050"),
)
CLAIM_NUMBERS_BEFORE = ("4N", "F5", "EW")
CLAIM_NUMBERS_AFTER = ("9A", "9C", "LX", "D9", "EA", "P4", "1J")
LINE_DATES = ("471", "607", "463", "461", "304", "738", "739", "011", "455", "454")
REFERRING = ("0B", "1G", "G2")
OTHERS = (*REFERRING, "LU")


def make_claims(random: Random, count: int) -> list[Claim]:
    """`count` claims; some follow each other under one billing provider."""
    claims: list[Claim] = []
    inventor = ProfessionalInventor(random)
    provider = inventor.billing_provider(can_be_person=True)
    for _ in range(count):
        if inventor.chance(0.4):
            provider = inventor.billing_provider(can_be_person=True)
        claims.append(inventor.claim(provider))
    return claims


class ProfessionalInventor(Inventor):
    """Claims, lines and their rare facts."""

    def claim(self, provider: BillingProvider) -> Claim:
        patient = self.patient(professional=True) if self.chance(0.4) else None
        payer_ids = [f"P{n}{self.token(10)}" for n in range(self.pick((0, 0, 0, 1, 1, 2, 10)))]
        diagnoses = list({f"{self.pick('ABEIJMZ')}{self.digits(3)}" for _ in range(12)})
        diagnoses = diagnoses[: self.random.randint(1, 12)]
        count = self.pick((1, 1, 2, 3, 5, 50 if self.chance(0.05) else 4))
        lines = tuple(
            self.line(position, len(diagnoses), payer_ids) for position in range(1, count + 1)
        )
        dated = {told.payer_id for line in lines for told in line.adjudications}
        return Claim(
            self.token(20),
            sum(line.amount_billed for line in lines),
            self.pick(PLACES),
            self.pick("178"),
            tuple(diagnoses),
            lines,
            provider,
            self.subscriber(patient, professional=True),
            self.payer(),
            patient,
            self.maybe(lambda: self.provider(OTHERS, can_be_organization=True, taxonomy=True)),
            self.maybe(lambda: self.provider(REFERRING)),
            self.maybe(lambda: self.facility(("0B", "G2", "LU"))),
            self.optional(50, 0.2),
            self.optional(50, 0.2),
            self.optional(50, 0.2),
            self.optional(50, 0.2),
            notes=self.notes(("ADD", "CER", "DCP", "DGN", "TPO"), 1),
            accepts_assignment=self.pick("ABC"),
            assigns_benefits=self.pick("NWY"),
            releases_information=self.pick("IY"),
            has_provider_signature=self.chance(0.8),
            patient_signature_source=self.pick(("", "", "P")),
            amount_paid_by_patient=self.maybe(self.cents),
            other_payers=tuple(
                self.other_payer(each, is_dated=each not in dated, professional=True)
                for each in payer_ids
            ),
            rare=self.rare_claim_facts() if self.chance(0.5) else None,
        )

    def notes(self, codes: tuple[str, ...], most: int) -> tuple[Note, ...]:
        if self.chance(0.7):
            return ()
        return tuple(Note(code, self.words(80)) for code in self.some(codes, most))

    def rare_claim_facts(self) -> RareClaimFacts | None:
        """None when nothing came out: a reader cannot tell an empty object from none."""
        causes = self.some(("AA", "EM", "OA"), 2) if self.chance(0.3) else ()
        made = RareClaimFacts(
            related_causes=causes,
            accident_state="IL" if causes and self.chance(0.5) else "",
            accident_country=self.pick(("", "", "MX")) if causes else "",
            special_program=self.pick(("", "", "02", "03", "05", "09")),
            delay_reason=self.pick(("", "", "1", "9", "11", "15")),
            dates=self.dates(CLAIM_DATES, ranges=("314",)),
            attachments=self.few(self.attachment, 10),
            contract=self.maybe(self.contract),
            references=(
                *self.numbers(CLAIM_NUMBERS_BEFORE),
                *self.numbers(CLAIM_NUMBERS_AFTER),
            ),
            fixed_format=self.few(lambda: self.words(80), 10),
            ambulance=self.maybe(self.transport),
            spinal=self.maybe(self.spinal),
            conditions=self.claim_conditions(),
            surgical_procedures=self.few(lambda: self.token(5, 5), 2),
            condition_codes=self.few(lambda: self.token(2, 2), 24),
            repricing=self.maybe(lambda: self.repricing(is_line=False)),
            primary_care_provider=self.maybe(lambda: self.provider(REFERRING)),
            supervising_provider=self.maybe(lambda: self.provider(OTHERS)),
            pick_up=self.maybe(self.address),
            drop_off=self.maybe(self.address),
        )
        return None if made == RareClaimFacts() else made

    def dates(self, qualifiers: tuple[str, ...], ranges: tuple[str, ...]) -> tuple[ClaimDate, ...]:
        if self.chance(0.4):
            return ()
        found = []
        for qualifier in self.some(qualifiers, len(qualifiers)):
            on = self.day()
            days = self.random.randint(0, 60)
            until = on + timedelta(days) if qualifier in ranges and self.chance(0.7) else None
            found.append(ClaimDate(qualifier, on, until))
        return tuple(found)

    def numbers(self, qualifiers: tuple[str, ...]) -> tuple[Identifier, ...]:
        if self.chance(0.5):
            return ()
        picked = self.some(qualifiers, len(qualifiers))
        return tuple(Identifier(each, self.token(50)) for each in picked)

    def claim_conditions(self) -> tuple[Conditions, ...]:
        found: list[Conditions] = []
        if self.chance(0.3):
            found += [
                Conditions("07", self.chance(0.5), self.some(TRANSPORT_CODES, 5))
                for _ in range(self.random.randint(1, 3))
            ]
        vision = self.some(("E1", "E2", "E3"), 3) if self.chance(0.3) else ()
        for category in vision:
            codes = self.some(("L1", "L2", "L3", "L4", "L5"), 5)
            found.append(Conditions(category, self.chance(0.5), codes))
        if self.chance(0.2):
            found.append(Conditions("75", True, ("IH",)))
        if self.chance(0.2):
            codes = self.some(("AV", "NU", "S2", "ST"), 3)
            found.append(Conditions("ZZ", self.chance(0.5), codes))
        return tuple(found)

    def transport(self) -> AmbulanceTransport:
        return AmbulanceTransport(
            self.pick("ABCDE"),
            self.number(),
            self.maybe(self.number, 0.6),
            self.text(80),
            self.text(80),
        )

    def spinal(self) -> SpinalManipulation:
        return SpinalManipulation(self.pick("ACDEFGM"), self.text(80), self.text(80))

    def line(self, position: int, diagnoses: int, payer_ids: list[str]) -> ServiceLine:
        count = self.random.randint(1, min(4, diagnoses))
        first = self.day()
        last = self.maybe(lambda: first + timedelta(self.random.randint(0, 30)))
        authorization, referral = self.optional(50, 0.2), self.optional(50, 0.2)
        rare = self.rare_line_facts(authorization, referral) if self.chance(0.4) else None
        return ServiceLine(
            position,
            self.token(5, 5),
            self.cents(),
            self.number(),
            tuple(self.random.sample(range(1, diagnoses + 1), count)),
            first,
            self.optional(30, 0.9),
            self.modifiers(),
            self.pick(("UN", "UN", "MJ")),
            last,
            self.pick(("", *PLACES)),
            self.maybe(self.drug),
            self.optional(50, 0.2),
            (*self.notes(("ADD", "DCP"), 1), *self.notes(("TPO",), 1)),
            self.pick(QUALIFIERS),
            self.text(80, 0.2),
            is_emergency=self.chance(0.2),
            is_epsdt=self.chance(0.2),
            is_family_planning=self.chance(0.2),
            is_copay_exempt=self.chance(0.2),
            rendering_provider=self.maybe(
                lambda: self.provider(OTHERS, can_be_organization=True, taxonomy=True), 0.2
            ),
            authorization_number=authorization,
            referral_number=referral,
            adjudications=self.adjudications(payer_ids),
            rare=rare,
        )

    def adjudications(self, payer_ids: list[str]) -> tuple[LineAdjudication, ...]:
        """An unbundled line repeats its payer."""
        if not payer_ids or self.chance(0.4):
            return ()
        told = [each for each in payer_ids if self.chance(0.7)]
        told += told[:1] if self.chance(0.2) else []
        return tuple(self.line_adjudication(each, QUALIFIERS) for each in told)

    def rare_line_facts(self, authorization: str, referral: str) -> RareLineFacts | None:
        """None when nothing came out. A second number needs a first in its own field."""
        ordering = self.maybe(lambda: self.provider(REFERRING))
        purchased = self.chance(0.2)
        made = RareLineFacts(
            purchased_service=(self.token(50), self.cents()) if purchased else None,
            purchased_service_provider=self.purchased_provider() if purchased else None,
            supervising_provider=self.maybe(lambda: self.provider(OTHERS)),
            ordering_provider=ordering,
            ordering_provider_address=self.maybe(self.address) if ordering else None,
            referring_providers=self.few(lambda: self.provider(REFERRING), 2),
            service_facility=self.maybe(lambda: self.facility(("G2", "LU"))),
            pick_up=self.maybe(self.address),
            drop_off=self.maybe(self.address),
            equipment=self.maybe(self.rental),
            equipment_certification=self.maybe(
                lambda: EquipmentCertification(self.pick("IRS"), self.number(99))
            ),
            ambulance=self.maybe(self.transport),
            conditions=self.line_conditions(),
            attachments=(*self.few(self.attachment, 9), *self.few(self.certificate, 1)),
            dates=self.dates(LINE_DATES, ranges=()),
            ambulance_patients=self.maybe(lambda: self.random.randint(1, 9)),
            obstetric_units=self.maybe(self.number),
            measurements=self.few(self.measurement, 5),
            contract=self.maybe(self.contract),
            references=self.line_numbers(authorization, referral),
            sales_tax=self.maybe(self.cents),
            postage=self.maybe(self.cents),
            fixed_format=self.few(lambda: self.words(80), 10),
            repricing=self.maybe(lambda: self.repricing(is_line=True)),
            forms=self.few(self.form, 3),
        )
        return None if made == RareLineFacts() else made

    def line_numbers(self, authorization: str, referral: str) -> tuple[Identifier, ...]:
        """REF in the guide's order."""
        more = self.few(lambda: Identifier("G1", self.token(50)), 4) if authorization else ()
        last = self.few(lambda: Identifier("9F", self.token(50)), 4) if referral else ()
        first, rest = self.numbers(("9B", "9D")), self.numbers(("EW", "F4", "BT"))
        return (*first, *more, *rest, *last)

    def purchased_provider(self) -> Provider:
        """Loop 2420B has no name."""
        return Provider(
            Person("", ""), self.npi(), "", self.chance(0.5), self.identifiers(REFERRING, 3)
        )

    def line_conditions(self) -> tuple[Conditions, ...]:
        found: list[Conditions] = []
        if self.chance(0.3):
            found.append(Conditions("07", self.chance(0.5), self.some(TRANSPORT_CODES, 5)))
        if self.chance(0.2):
            found.append(Conditions("70", self.chance(0.5), ("65",)))
        if self.chance(0.2):
            found.append(Conditions("09", self.chance(0.5), self.some(("38", "ZV"), 2)))
        return tuple(found)

    def certificate(self) -> Attachment:
        """PWK of durable equipment."""
        return Attachment("CT", self.pick(("AB", "AD", "AF", "AG", "NS")))

    def rental(self) -> EquipmentRental:
        unit = self.pick("146")
        return EquipmentRental(self.token(5, 5), self.number(), self.cents(), self.cents(), unit)

    def measurement(self) -> Measurement:
        reference, qualifier = self.pick(("OG", "TR")), self.pick(("HT", "R1", "R2", "R3", "R4"))
        return Measurement(reference, qualifier, self.number())

    def form(self) -> Form:
        return Form(
            self.pick(("AS", "UT")),
            self.token(8),
            self.few(self.answer, 5, 0.9) or (self.answer(),),
        )

    def answer(self) -> tuple[str, ...]:
        """FRM01 and one of its four kinds of answer."""
        question = self.token(4)
        return self.pick(
            (
                (question, self.pick("NWY")),
                (question, "", self.words(50)),
                (question, "", "", f"{self.day():%Y%m%d}"),
                (question, "", "", "", "12.5"),
            )
        )
