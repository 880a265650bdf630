"""What the writers of 270, 271, 276 and 277 share: segments of parties, members and dates."""

from collections.abc import Iterable

from rcm.x12.claim_837 import Address, Identifier
from rcm.x12.inquiry_parts import AskedProcedure, Member, Party, Period, Trace
from rcm.x12.values import format_date
from rcm.x12.writer import InterchangeWriter, composite, segment


class InquiryText:
    """Composes segments with clean values; numbers the levels of one transaction."""

    def __init__(self, writer: InterchangeWriter) -> None:
        self.writer = writer
        self.clean = writer.clean
        self.levels = 0

    def beginning(self, structure: str, purpose: str, reference: str, kind: str = "") -> str:
        """BHT with the moment of the envelope."""
        created = self.writer.envelope.created_at
        day, time = format_date(created), self.writer.time(created)
        return segment("BHT", structure, purpose, self.clean[reference][:50], day, time, kind)

    def level(self, code: str, above: int, *, has_more: bool) -> str:
        """HL; `self.levels` is its number afterwards."""
        self.levels += 1
        parent = str(above) if above else ""
        return segment("HL", str(self.levels), parent, code, "1" if has_more else "0")

    def party(self, party: Party) -> str:
        """NM1."""
        clean = self.clean
        code = clean[party.identifier][:80]
        return segment(
            "NM1",
            clean[party.entity],
            "1" if party.is_person else "2",
            clean[party.name][:60].rstrip(),
            clean[party.first_name][:35].rstrip(),
            clean[party.middle_name][:25].rstrip(),
            "",
            clean[party.suffix][:10].rstrip(),
            clean[party.qualifier] if code else "",
            code,
        )

    def person(self, member: Member) -> str:
        """DMG; empty when neither birth date nor sex is known."""
        born = "" if member.birth_date is None else format_date(member.birth_date)
        return segment("DMG", "D8" if born else "", born, self.clean[member.sex])

    def address(self, address: Address | None) -> str:
        """N3 and N4."""
        if address is None:
            return ""
        clean = self.clean
        return segment("N3", clean[address.line_1][:55], clean[address.line_2][:55]) + segment(
            "N4",
            clean[address.city][:30],
            clean[address.state],
            clean[address.zip_code],
            clean[address.country],
        )

    def relationship(self, member: Member) -> str:
        """INS: 18 is the subscriber's own."""
        if not (member.relationship or member.is_changed):
            return ""
        is_own = "Y" if member.relationship in ("", "18") else "N"
        changed = ("001", "25") if member.is_changed else ()
        return segment("INS", is_own, self.clean[member.relationship] or "18", *changed)

    def trace(self, trace: Trace) -> str:
        """TRN."""
        parts = (trace.kind, trace.number[:50], trace.origin, trace.division)
        return segment("TRN", *(self.clean[part] for part in parts))

    def references(self, references: Iterable[Identifier]) -> str:
        """REF."""
        return "".join(
            segment("REF", self.clean[each.qualifier], self.clean[each.value][:50])
            for each in references
        )

    def places(self, places: Iterable[Identifier]) -> str:
        """III."""
        return "".join(
            segment("III", self.clean[each.qualifier], self.clean[each.value]) for each in places
        )

    def periods(self, periods: Iterable[Period]) -> str:
        """DTP: a day (D8) or a range (RD8)."""
        texts = []
        for each in periods:
            first = format_date(each.starts_on)
            if each.ends_on is None:
                texts.append(segment("DTP", self.clean[each.qualifier], "D8", first))
            else:
                days = f"{first}-{format_date(each.ends_on)}"
                texts.append(segment("DTP", self.clean[each.qualifier], "RD8", days))
        return "".join(texts)

    def procedure(self, procedure: AskedProcedure | None) -> str:
        """A composite medical procedure, empty when there is none."""
        if procedure is None:
            return ""
        parts = (procedure.qualifier, procedure.code, *procedure.modifiers[:4])
        return composite(*(self.clean[part] for part in parts))

    def types(self, numbers: Iterable[str]) -> str:
        """Service types, repeated in one element."""
        return "^".join(filter(None, (self.clean[number] for number in numbers)))
