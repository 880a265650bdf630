"""Reads one 837P (005010X222A1) as far as our writer goes: no other payers, no special services.

What it does not read it says, once per segment, as a warning.
"""

from datetime import date
from decimal import Decimal

from rcm.x12.claim_837p import BillingProvider, Claim, Drug, Note, ServiceLine
from rcm.x12.claim_parties import (
    NOBODY,
    Parties,
    Party,
    make_billing_provider,
    make_facility,
    make_patient,
    make_payer,
    make_provider,
    make_submitter,
    make_subscriber,
)
from rcm.x12.elements import ENVELOPE, ContentReader, Reading, pick
from rcm.x12.tokenizer import Segments
from rcm.x12.values import CENTS, parse_count, parse_range_end

PROVIDER, SUBSCRIBER, PATIENT = "20", "22", "23"
LOOPS = {PROVIDER: "2000A", SUBSCRIBER: "2000B", PATIENT: "2000C"}
KNOWN_ENTITIES = frozenset({"41", "40", "85", "87", "IL", "PR", "QC", "DN", "82", "77"})
CLAIM_REFERENCES = {
    "9F": "referral_number",
    "G1": "authorization_number",
    "F8": "payer_claim_control_number",
    "X4": "clia_number",
}


class ClaimReader(ContentReader):
    """Yields the Submitter, then one Claim per CLM. A claim is closed by the next CLM, HL or SE."""

    __slots__ = (
        "billing_provider",
        "claim",
        "claim_parties",
        "diagnoses",
        "is_other_payer",
        "is_started",
        "level",
        "line",
        "line_notes",
        "lines",
        "notes",
        "party",
        "patient_parties",
        "patient_relationship",
        "policy",
        "provider_parties",
        "provider_taxonomy",
        "submitter_parties",
        "subscriber_parties",
        "texts",
    )

    def __init__(self, segments: Segments) -> None:
        super().__init__(segments)
        self.loop = "HEADER"
        self.level = ""
        self.is_started = False
        self.submitter_parties: Parties = {}
        self.provider_parties: Parties = {}
        self.provider_taxonomy = ""
        self.billing_provider: BillingProvider | None = None
        self.subscriber_parties: Parties = {}
        self.policy: list[str] = []
        self.patient_parties: Parties = {}
        self.patient_relationship = ""
        self.party = NOBODY
        self.claim: list[str] | None = None
        self.clear_claim()

    def clear_claim(self) -> None:
        self.claim = None
        self.claim_parties: Parties = {}
        self.diagnoses: list[str] = []
        self.texts: dict[str, str] = {}
        self.notes: list[Note] = []
        self.line_notes: list[Note] = []
        self.lines: list[ServiceLine] = []
        self.line: dict[str, object] | None = None
        self.is_other_payer = False

    def read(self) -> Reading:
        ended_by: list[str] | None = None
        for text in self.segments:
            elements = text.split(self.separator)
            if elements[0] in ENVELOPE:
                ended_by = elements
                break
            self.take(elements)
            if self.segments.pending:
                yield from self.take_pending()
        self.close_claim()
        self.start()
        yield from self.take_pending()
        return ended_by

    def start(self) -> None:
        if not self.is_started:
            self.is_started = True
            self.segments.pending.append(make_submitter(self.submitter_parties))

    def take(self, elements: list[str]) -> None:
        name = elements[0]
        taker = _TAKERS.get(name)
        if taker is not None and not (self.is_other_payer and name not in _AFTER_OTHER_PAYER):
            taker(self, elements)
        elif self.is_other_payer:
            self.unexpected(name)
        elif self.line is not None and name in _LINE_TAKERS:
            _LINE_TAKERS[name](self, elements)
        elif self.claim is not None and self.party is NOBODY and name in _CLAIM_TAKERS:
            _CLAIM_TAKERS[name](self, elements)
        elif self.party is NOBODY or not self.party.take(self, elements):
            self.unexpected(name)

    def take_beginning(self, elements: list[str]) -> None:
        """BHT: its reference and times say nothing the envelope does not."""

    def take_level(self, elements: list[str]) -> None:
        self.close_claim()
        self.start()
        self.party = NOBODY
        self.level = pick(elements, 3)
        self.loop = LOOPS.get(self.level, "")
        if not self.loop:
            self.report("invalid_code", "HL03 is not one of 20, 22, 23.", "HL03")
        if self.level == PROVIDER:
            self.provider_parties, self.provider_taxonomy = {}, ""
            self.billing_provider = None
        if self.level in (PROVIDER, SUBSCRIBER):
            self.subscriber_parties, self.policy = {}, []
        self.patient_parties, self.patient_relationship = {}, ""

    def take_name(self, elements: list[str]) -> None:
        entity = pick(elements, 1)
        self.party = NOBODY
        if self.line is not None or entity not in KNOWN_ENTITIES:
            self.unexpected("NM1")
            self.party = Party(elements)  # its segments belong to nobody we keep
            return
        self.party = Party(elements)
        if self.claim is not None:
            parties = self.claim_parties
        elif self.level == PATIENT:
            parties = self.patient_parties
        elif self.level == SUBSCRIBER:
            parties = self.subscriber_parties
        else:
            parties = self.provider_parties if self.level else self.submitter_parties
        parties[entity] = self.party

    def take_provider(self, elements: list[str]) -> None:
        if self.party is not NOBODY:
            self.party.take(self, elements)
        elif self.level == PROVIDER:
            self.provider_taxonomy = pick(elements, 3)
        else:
            self.unexpected("PRV")

    def take_policy(self, elements: list[str]) -> None:
        if self.claim is not None:
            self.is_other_payer = True
            self.loop = "2320"
            self.unexpected("SBR")
        else:
            self.policy = elements

    def take_relationship(self, elements: list[str]) -> None:
        self.patient_relationship = pick(elements, 1)

    def take_claim(self, elements: list[str]) -> None:
        self.close_claim()
        self.loop = "2300"
        self.party = NOBODY
        self.required(elements, 1)
        self.cents(pick(elements, 2), "CLM02")
        self.claim = elements

    def take_diagnoses(self, elements: list[str]) -> None:
        for composite in elements[1:]:
            qualifier, _, code = composite.partition(self.component)
            if qualifier in ("ABK", "ABF"):
                self.diagnoses.append(code.split(self.component)[0])
            elif composite:
                self.warn("unexpected_element", "HI holds a code that is not a diagnosis.", "HI")

    def take_claim_reference(self, elements: list[str]) -> None:
        name = CLAIM_REFERENCES.get(pick(elements, 1))
        if name is None:
            self.unexpected("REF")
        else:
            self.texts[name] = pick(elements, 2)

    def take_claim_note(self, elements: list[str]) -> None:
        self.notes.append(Note(pick(elements, 1), pick(elements, 2)))

    def take_line_number(self, elements: list[str]) -> None:
        if self.claim is None:
            self.report("misplaced_segment", "LX without a claim before it.", "LX")
            return
        self.close_line()
        self.line_notes = []
        self.loop = "2400"
        self.party = NOBODY
        self.is_other_payer = False
        self.line = {"position": parse_count(pick(elements, 1)) or len(self.lines) + 1}

    def take_work(self, elements: list[str]) -> None:
        """SV1: what was done, for how much, how often, where, for which diagnoses."""
        line = self.line
        if line is None:
            return
        parts = pick(elements, 1).split(self.component)
        code = pick(parts, 1)
        if not code:
            self.report("missing_element", "SV101-2 is missing.", "SV101-2")
        pointers = [parse_count(text) for text in pick(elements, 7).split(self.component) if text]
        if None in pointers:
            self.report("invalid_number", "SV107 is not a list of pointers.", "SV107")
        line |= {
            "procedure_code": code,
            "modifiers": tuple(part for part in parts[2:6] if part),
            "amount_billed": self.cents(pick(elements, 2), "SV102"),
            "unit_code": pick(elements, 3),
            "units": self.quantity(self.required(elements, 4), "SV104") or Decimal(0),
            "place_of_service": pick(elements, 5),
            "pointers": tuple(pointer for pointer in pointers if pointer is not None),
        }

    def take_line_date(self, elements: list[str]) -> None:
        if self.line is None or pick(elements, 1) != "472":
            self.unexpected("DTP")
            return
        text = pick(elements, 3)
        on = self.day(text, "DTP03")
        if on is not None:
            self.line |= {"date_of_service": on, "date_of_service_end": parse_range_end(text)}

    def take_line_reference(self, elements: list[str]) -> None:
        names = {"6R": "line_control_number", "X4": "clia_number"}
        name = names.get(pick(elements, 1))
        if name is None or self.line is None:
            self.unexpected("REF")
        else:
            self.line[name] = pick(elements, 2)

    def take_line_note(self, elements: list[str]) -> None:
        if self.line is not None:
            self.line_notes.append(Note(pick(elements, 1), pick(elements, 2)))

    def take_drug(self, elements: list[str]) -> None:
        if self.line is not None:
            self.line["drug"] = Drug(pick(elements, 3))

    def take_drug_quantity(self, elements: list[str]) -> None:
        if self.line is not None:
            drug = self.line.get("drug")
            code = drug.code if isinstance(drug, Drug) else ""
            quantity = self.quantity(pick(elements, 4), "CTP04")
            self.line["drug"] = Drug(code, quantity, pick(elements, 5))

    def close_line(self) -> None:
        line, self.line = self.line, None
        if line is None:
            return
        if "procedure_code" not in line:
            self.report("missing_segment", "SV1 is missing.", "SV1")
        elif not isinstance(line.get("date_of_service"), date):
            self.report("missing_segment", "DTP*472, the date of service, is missing.", "DTP")
        else:
            # The fields were typed where they were read; a mapping cannot carry their types.
            fields = {"line_control_number": ""} | line | {"notes": tuple(self.line_notes)}
            self.lines.append(ServiceLine(**fields))  # type: ignore[arg-type]  # by name

    def close_claim(self) -> None:
        """Build the Claim from its own segments and the levels above it."""
        elements = self.claim
        if elements is None:
            return
        self.close_line()
        if self.billing_provider is None:
            self.billing_provider = make_billing_provider(
                self, self.provider_parties, self.provider_taxonomy
            )
        patient = make_patient(self, self.patient_relationship, self.patient_parties)
        place = pick(elements, 5).split(self.component)
        parties = self.claim_parties
        # Only in the segment after the claim can be said that it has no line.
        if not self.lines:
            self.report("missing_segment", "The claim has no service line.", "LX")
        self.segments.pending.append(
            Claim(
                patient_control_number=pick(elements, 1),
                amount_billed=_cents_or_zero(pick(elements, 2)),
                place_of_service=pick(place, 0),
                frequency=pick(place, 2),
                diagnoses=tuple(self.diagnoses),
                lines=tuple(self.lines),
                billing_provider=self.billing_provider,
                subscriber=make_subscriber(self, self.policy, self.subscriber_parties, patient),
                payer=make_payer(self, self.subscriber_parties),
                patient=patient,
                rendering_provider=make_provider(parties, "82"),
                referring_provider=make_provider(parties, "DN"),
                service_facility=make_facility(parties),
                accepts_assignment=pick(elements, 7),
                notes=tuple(self.notes),
                **self.texts,  # type: ignore[arg-type]  # by name, all of them texts
            )
        )
        self.clear_claim()


def _cents_or_zero(text: str) -> int:
    return CENTS[text] or 0


_TAKERS = {
    "BHT": ClaimReader.take_beginning,
    "HL": ClaimReader.take_level,
    "NM1": ClaimReader.take_name,
    "PRV": ClaimReader.take_provider,
    "SBR": ClaimReader.take_policy,
    "PAT": ClaimReader.take_relationship,
    "CLM": ClaimReader.take_claim,
    "LX": ClaimReader.take_line_number,
}
_AFTER_OTHER_PAYER = frozenset({"HL", "CLM", "LX"})
_CLAIM_TAKERS = {
    "HI": ClaimReader.take_diagnoses,
    "REF": ClaimReader.take_claim_reference,
    "NTE": ClaimReader.take_claim_note,
}
_LINE_TAKERS = {
    "SV1": ClaimReader.take_work,
    "DTP": ClaimReader.take_line_date,
    "REF": ClaimReader.take_line_reference,
    "NTE": ClaimReader.take_line_note,
    "LIN": ClaimReader.take_drug,
    "CTP": ClaimReader.take_drug_quantity,
}
