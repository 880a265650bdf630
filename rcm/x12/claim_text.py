"""Composes the loops 837P and 837I have in common and streams claims into a file of either guide.

A guide derives from ClaimText and adds loops 2300 and 2400. Order of segments is the guide's.
"""

from collections.abc import Callable, Iterable
from typing import BinaryIO, ClassVar, Protocol, TypeVar

from rcm.x12.claim_837 import (
    Address,
    BillingProvider,
    ClaimPayer,
    Drug,
    LineAdjudication,
    OtherPayer,
    Patient,
    PayToPlan,
    Person,
    Provider,
    ServiceFacility,
    Submitter,
    Subscriber,
)
from rcm.x12.claim_segments import LAST, SegmentText, order_of
from rcm.x12.envelope import Envelope, Written
from rcm.x12.writer import InterchangeWriter, segment

CLAIMS_PER_TRANSACTION = 5_000  # TR3 X222 and X223 1.4.1 advise no more
OTHER_PAYERS = 10
LINE_ADJUDICATIONS = 15
_PIECE = 64  # claims joined before each write
_OTHER_PAYER_REFERENCES = order_of("2U", "EI", "FY", "NF", "G1", "9F", "T4", "F8")


class ClaimShape(Protocol):
    """What streaming needs to know of a claim."""

    @property
    def billing_provider(self) -> BillingProvider: ...


class AdjudicatedLine(Protocol):
    """A service line of either guide."""

    @property
    def adjudications(self) -> tuple[LineAdjudication, ...]: ...


Kind = TypeVar("Kind", bound=ClaimShape)


class ClaimText(SegmentText):
    """Composes each loop as one text. Numbers the HL segments of the open transaction.

    `version` is GS08 and ST03. `taxonomy_qualifiers` says with which PRV01 a provider's taxonomy
    code is sent, by NM101; `other_payer_amounts` the guide's order of AMT in loop 2320.
    """

    version: ClassVar[str] = ""
    taxonomy_qualifiers: ClassVar[dict[str, str]] = {}
    other_payer_amounts: ClassVar[tuple[str, ...]] = ("D", "A8", "EAF")

    def __init__(self, writer: InterchangeWriter) -> None:
        super().__init__(writer)
        self.level = 0
        self.provider_level = 0

    def header(self, submitter: Submitter, transaction: int) -> str:
        """BHT and loops 1000A, 1000B; HL numbers begin again."""
        self.level = 0
        reference = f"{self.writer.envelope.control_number:09d}{transaction:04d}"
        sender, receiver = submitter.identifier, submitter.receiver_identifier
        return "".join(
            (
                self.beginning(reference),
                self.organisation("41", submitter.name, "46", self.clean[sender]),
                self.contact(submitter.contact_name, submitter.contact_phone),
                self.organisation("40", submitter.receiver_name, "46", self.clean[receiver]),
            )
        )

    def billing_provider(self, provider: BillingProvider) -> str:
        """HL 20 with loops 2010AA, 2010AB and 2010AC."""
        self.level += 1
        self.provider_level = self.level
        taxonomy = self.clean[provider.taxonomy_code]
        npi = self.code[provider.npi]
        if provider.is_person:
            names = (provider.first_name, provider.middle_name, provider.suffix)
            name = self.person("85", Person(provider.name, *names), "XX", npi)
        else:
            name = self.organisation("85", provider.name, "XX", npi)
        return "".join(
            (
                f"HL*{self.level}**20*1~",
                f"PRV*BI*PXC*{taxonomy}~" if taxonomy else "",
                name,
                self.address(provider.address),
                segment("REF", provider.tax_id_qualifier, self.code[provider.tax_id]),
                self.identifiers(provider.identifiers),
                self.contact(provider.contact_name, provider.contact_phone),
                f"NM1*87*2~{self.address(provider.pay_to)}" if provider.pay_to else "",
                self.pay_to_plan(provider.pay_to_plan) if provider.pay_to_plan else "",
            )
        )

    def pay_to_plan(self, plan: PayToPlan) -> str:
        """Loop 2010AC."""
        identifier = self.clean[plan.identifier]
        return "".join(
            (
                self.organisation("PE", plan.name, self.clean[plan.qualifier], identifier),
                self.address(plan.address),
                self.identifiers(plan.identifiers),
                segment("REF", "EI", self.code[plan.tax_id]),
            )
        )

    def levels(self, subscriber: Subscriber, patient: Patient | None, payer: ClaimPayer) -> str:
        """Loops 2000B, 2010BA, 2010BB and, for another patient, 2000C, 2010CA.

        Address, birth date and condition of a subscriber who is not the patient are not sent
        (2010BA and 2000B notes).
        """
        clean = self.clean
        self.level += 1
        policy = f"{clean[subscriber.group_number]}*{clean[subscriber.group_name][:60]}"
        insurance, indicator = subscriber.insurance_type, clean[subscriber.filing_indicator]
        policy = f"{policy}*{clean[insurance] if insurance else ''}****{indicator}"
        if subscriber.is_organization:
            name = self.insured("IL", subscriber)
        else:
            name = self.person("IL", subscriber.person, "MI", clean[subscriber.member_id])
        if subscriber.property_claim_number or subscriber.social_security_number:
            numbers = self.subscriber_numbers(subscriber)
        else:
            numbers = ""
        at_payer = self.payer(payer)
        if patient is None:
            relation = clean[subscriber.relationship]
            home = self.address(subscriber.address) if subscriber.address else ""
            return (
                f"HL*{self.level}*{self.provider_level}*22*0~"
                f"SBR*{clean[subscriber.rank]}*{relation}*{policy}".rstrip("*")
                + f"~{self.condition_of_patient('', subscriber)}{name}{home}"
                f"{self.birth(subscriber)}{numbers}{at_payer}"
            )
        self.level += 1
        return (
            f"HL*{self.level - 1}*{self.provider_level}*22*1~"
            f"SBR*{clean[subscriber.rank]}**{policy}".rstrip("*")
            + f"~{name}{numbers}{at_payer}HL*{self.level}*{self.level - 1}*23*0~"
            f"{self.patient(patient)}"
        )

    def insured(self, entity: str, insured: Subscriber | OtherPayer) -> str:
        """NM1*IL: a person, or in workers' compensation the employer."""
        member_id = self.clean[insured.member_id]
        if insured.is_organization:
            return self.organisation(entity, insured.person.last_name, "MI", member_id)
        return self.person(entity, insured.person, "MI", member_id)

    def subscriber_numbers(self, subscriber: Subscriber) -> str:
        """REF of 2010BA: social security number, property and casualty claim number."""
        text = ""
        if subscriber.social_security_number:
            text = f"REF*SY*{self.code[subscriber.social_security_number]}~"
        if subscriber.property_claim_number:
            text += f"REF*Y4*{self.clean[subscriber.property_claim_number]}~"
        return text

    def patient(self, patient: Patient) -> str:
        """PAT and loop 2010CA."""
        text = (
            f"{self.condition_of_patient(patient.relationship, patient)}"
            f"{self.person('QC', patient.person, '', '')}"
            f"{self.address(patient.address)}{self.birth(patient)}"
        )
        if patient.property_claim_number:
            text += segment("REF", "Y4", self.clean[patient.property_claim_number])
        if patient.member_id:
            text += segment("REF", "1W", self.clean[patient.member_id])
        return text

    def payer(self, payer: ClaimPayer) -> str:
        """Loop 2010BB."""
        qualifier, identifier = self.clean[payer.payer_id_qualifier], self.clean[payer.payer_id]
        text = self.organisation("PR", payer.name, qualifier, identifier)
        if payer.address is None and not payer.identifiers and not payer.provider_identifiers:
            return text
        numbers = (*payer.identifiers, *payer.provider_identifiers)
        return f"{text}{self.address(payer.address)}{self.identifiers(numbers)}"

    def provider(self, entity: str, provider: Provider, address: Address | None = None) -> str:
        """A loop of 2310 or 2420: NM1, PRV or address where the guide has one, REF."""
        npi = self.code[provider.npi]
        if provider.is_organization:
            text = self.organisation(entity, provider.person.last_name, "XX", npi)
        else:
            text = self.person(entity, provider.person, "XX", npi)
        qualifier = self.taxonomy_qualifiers.get(entity)
        if provider.taxonomy_code and qualifier:
            text += f"PRV*{qualifier}*PXC*{self.clean[provider.taxonomy_code]}~"
        if address is not None:
            text += self.address(address)
        return text + self.identifiers(provider.identifiers) if provider.identifiers else text

    def facility(self, facility: ServiceFacility) -> str:
        """NM1*77."""
        name = self.organisation("77", facility.name, "XX", self.code[facility.npi])
        return name + self.address(facility.address) + self.identifiers(facility.identifiers)

    def other_payers(self, payers: tuple[OtherPayer, ...], lines: Iterable[AdjudicatedLine]) -> str:
        """Loops 2320. The day of payment is sent here only when no line of that payer has one."""
        if len(payers) > OTHER_PAYERS:
            raise ValueError(f"A claim has at most {OTHER_PAYERS} other payers.")
        dated = {
            told.payer_id
            for line in lines
            for told in line.adjudications
            if told.paid_on is not None
        }
        return "".join(self.other_payer(each, each.payer_id in dated) for each in payers)

    def other_payer(self, payer: OtherPayer, is_dated_by_line: bool) -> str:
        clean = self.clean
        amounts = {
            "D": payer.amount_paid,
            "A8": payer.amount_noncovered,
            "EAF": payer.amount_remaining,
        }
        outpatient = [*payer.outpatient, "", ""][:2] if payer.remarks else [*payer.outpatient]
        policy = (payer.group_number, payer.group_name[:60], payer.insurance_type, "", "", "")
        return "".join(
            (
                segment(
                    "SBR",
                    clean[payer.rank],
                    clean[payer.relationship],
                    *self.texts(policy),
                    clean[payer.filing_indicator],
                ),
                self.adjustments(payer.adjustments),
                *(self.amount(name, amounts[name]) for name in self.other_payer_amounts),
                segment(
                    "OI",
                    "",
                    "",
                    clean[payer.assigns_benefits],
                    clean[payer.signature_source],
                    "",
                    clean[payer.releases_information],
                ),
                segment("MIA", *self.texts(payer.inpatient)),
                segment("MOA", *self.texts((*outpatient, *payer.remarks))),
                self.other_payer_names(payer, is_dated_by_line),
            )
        )

    def other_payer_names(self, payer: OtherPayer, is_dated_by_line: bool) -> str:
        """Loops 2330A and 2330B. Identifiers with SY are the insured's, the others the payer's."""
        clean = self.clean
        pairs = [(each.qualifier, each.value) for each in payer.identifiers]
        own = [("SY", value) for qualifier, value in pairs if qualifier == "SY"]
        told = [pair for pair in pairs if pair[0] != "SY"]
        told += [("G1", payer.authorization_number), ("9F", payer.referral_number)]
        told += [("F8", payer.payer_claim_control_number)]
        told.sort(key=lambda pair: _OTHER_PAYER_REFERENCES.get(pair[0], LAST))
        paid_on = payer.paid_on if not is_dated_by_line else None
        qualifier, identifier = clean[payer.payer_id_qualifier], clean[payer.payer_id]
        return "".join(
            (
                self.insured("IL", payer),
                self.address(payer.subscriber_address),
                *(segment("REF", *self.texts(pair)) for pair in own),
                self.organisation("PR", payer.name, qualifier, identifier),
                self.address(payer.payer_address),
                f"DTP*573*D8*{self.days[paid_on]}~" if paid_on else "",
                *(segment("REF", *self.texts(pair)) for pair in told if pair[1]),
            )
        )

    def line_adjudications(self, adjudications: tuple[LineAdjudication, ...]) -> str:
        """Loops 2430."""
        if len(adjudications) > LINE_ADJUDICATIONS:
            raise ValueError(f"A service line has at most {LINE_ADJUDICATIONS} adjudications.")
        return "".join(map(self.line_adjudication, adjudications))

    def line_adjudication(self, told: LineAdjudication) -> str:
        procedure = (told.procedure_qualifier, told.procedure_code, told.modifiers, "")
        return "".join(
            (
                segment(
                    "SVD",
                    self.clean[told.payer_id],
                    self.money[told.amount_paid],
                    self.procedure[procedure] if told.procedure_code else "",
                    self.clean[told.revenue_code],
                    self.units[told.units],
                    "" if told.bundled_into is None else str(told.bundled_into),
                ),
                self.adjustments(told.adjustments),
                f"DTP*573*D8*{self.days[told.paid_on]}~" if told.paid_on else "",
                self.amount("EAF", told.amount_remaining),
            )
        )

    def drug(self, drug: Drug) -> str:
        """Loop 2410."""
        text = f"LIN**N4*{self.code[drug.code]}~"
        if drug.quantity is not None:
            quantity = self.units[drug.quantity]
            text += segment("CTP", "", "", "", quantity, self.clean[drug.unit])
        if drug.prescription is not None:
            text += self.identifiers((drug.prescription,))
        return text


def stream_claims(
    out: BinaryIO,
    envelope: Envelope,
    submitter: Submitter,
    claims: Iterable[Kind],
    compose: Callable[[InterchangeWriter], tuple[ClaimText, Callable[[Kind], str]]],
    claims_per_transaction: int,
) -> Written:
    """Write `claims`, in order; consecutive ones of a billing provider share its HL 20.

    `compose` gives, for the open writer, the guide's text and what composes one claim from HL 22
    on. `Written.items` counts claims. Raises ValueError for a claim the guide has no room for.
    """
    writer = InterchangeWriter(out, envelope)
    text, claim_text = compose(writer)
    writer.start_group("HC", text.version)
    pieces: list[str] = []
    provider: BillingProvider | None = None
    in_transaction = 0
    for claim in claims:
        if in_transaction == claims_per_transaction:
            _end_transaction(writer, pieces)
            in_transaction = 0
        if not in_transaction:
            writer.start_transaction("837", text.version)
            pieces.append(text.header(submitter, writer.transactions))
            provider = None
        if claim.billing_provider is not provider and claim.billing_provider != provider:
            pieces.append(text.billing_provider(claim.billing_provider))
        provider = claim.billing_provider
        pieces.append(claim_text(claim))
        in_transaction += 1
        writer.items += 1
        if len(pieces) >= _PIECE:
            writer.put("".join(pieces))
            pieces.clear()
    if in_transaction:
        _end_transaction(writer, pieces)
    return writer.finish()


def _end_transaction(writer: InterchangeWriter, pieces: list[str]) -> None:
    writer.put("".join(pieces))
    pieces.clear()
    writer.end_transaction()
