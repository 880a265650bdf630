"""A professional claim as texts on the CMS-1500 (02/12), from the same content as its 837P.

Which element goes into which box follows the NUCC instruction manual; where Medicare differs
(boxes 4, 7, 9, 11 and 29), the Medicare Claims Processing Manual, chapter 26, section 10.
"""

from collections.abc import Iterable

from billing.rules.claim_views import is_medicare
from billing.rules.cms1500_slots import DIAGNOSES, GRID, SERVICE_LINES, SLOTS
from billing.rules.paper_form import (
    FormWriter,
    PaperForm,
    in_parts,
    name_text,
    only_digits,
    place_text,
    spaced,
    street_text,
    zip_text,
)
from rcm.x12.claim_837 import Address, Drug, OtherPayer, Provider
from rcm.x12.claim_837p import Claim, RareClaimFacts, RareLineFacts, ServiceLine

PROGRAMS = {"MA": "medicare", "MB": "medicare", "MC": "medicaid", "CH": "tricare", "VA": "champva"}
GROUP_PLANS = frozenset({"12", "13", "14", "BL", "CI", "HM"})
ON_FILE = "SIGNATURE ON FILE"
TAXONOMY = "ZZ"
# DTP qualifiers: the first is printed, the others are said not to be.
ILLNESS_DATES = ("431", "484")
OTHER_DATES = ("454", "304", "453", "439", "455", "471", "090", "091", "444")
ABSENCE_STARTS, ABSENCE_ENDS = ("360", "314", "297"), ("361", "296")
EPSDT_REASONS = frozenset({"AV", "S2", "ST", "NU"})

# Fields with a place on the form, or that mean nothing on paper; any other is said to be left off.
PRINTED_OF_RARE_CLAIM = frozenset(
    {"related_causes", "accident_state", "dates", "condition_codes", "supervising_provider"}
    | {"conditions"}
)
PRINTED_OF_LINE = frozenset(
    {"position", "procedure_code", "amount_billed", "units", "pointers", "date_of_service"}
    | {"line_control_number", "modifiers", "unit_code", "date_of_service_end", "place_of_service"}
    | {"drug", "notes", "procedure_qualifier", "description", "is_emergency", "is_epsdt"}
    | {"is_family_planning", "rendering_provider", "rare"}
)
PRINTED_OF_RARE_LINE = frozenset({"purchased_service", "ordering_provider"})


def fill_cms1500(claim: Claim) -> PaperForm:
    """The form's pages, six service lines each; amounts of box 28 and 29 on the last one."""
    writer = FormWriter(GRID, SLOTS)
    starts = range(0, max(len(claim.lines), 1), SERVICE_LINES)
    for number, start in enumerate(starts, start=1):
        writer.start_page()
        if len(starts) > 1:
            writer.put("page", f"PAGE {number} OF {len(starts)}")
        _put_payer_and_patient(writer, claim)
        _put_insured(writer, claim)
        _put_condition(writer, claim)
        _put_dates(writer, claim)
        _put_referral(writer, claim)
        _put_diagnoses(writer, claim)
        for row, line in enumerate(claim.lines[start : start + SERVICE_LINES]):
            _put_line(writer, claim, line, row)
        _put_account(writer, claim, is_last=number == len(starts))
        _put_providers(writer, claim)
    _leave_off_the_rest(writer, claim)
    return writer.finish()


def _rare(claim: Claim) -> RareClaimFacts:
    return claim.rare or RareClaimFacts()


def _rare_of(line: ServiceLine) -> RareLineFacts:
    return line.rare or RareLineFacts()


def _primary(claim: Claim) -> OtherPayer | None:
    """The payer before Medicare, whose policy boxes 4 and 11 then show."""
    others = (other for other in claim.other_payers if other.rank == "P")
    return next(others, None) if claim.subscriber.rank != "P" else None


def _put_address(writer: FormWriter, box: str, address: Address | None) -> None:
    if address:
        writer.put(f"{box}.street", street_text(address))
        writer.put(f"{box}.city", address.city)
        writer.put(f"{box}.state", address.state)
        writer.put(f"{box}.zip", zip_text(address.zip_code))


def _put_payer_and_patient(writer: FormWriter, claim: Claim) -> None:
    """The payer above the form, boxes 1 to 3, 5 and 6."""
    payer, holder, patient = claim.payer, claim.subscriber, claim.patient
    where = payer.address
    rows = (payer.name, *((where.line_1, where.line_2, place_text(where)) if where else ()))
    writer.put_rows([f"payer.{row}" for row in range(1, 5)], rows)
    program = PROGRAMS.get(holder.filing_indicator, "other")
    if holder.filing_indicator in GROUP_PLANS and holder.group_number:
        program = "group"
    writer.tick(f"1.{program}")
    writer.put("1a", holder.member_id)
    person = patient.person if patient else holder.person
    writer.put("2", name_text(person, ","))
    writer.put("3.birth", spaced(patient.birth_date if patient else holder.birth_date, "%Y"))
    sex = patient.sex if patient else holder.sex
    if sex in ("M", "F"):
        writer.tick(f"3.{sex}")
    _put_address(writer, "5", patient.address if patient else holder.address)
    relationship = patient.relationship if patient else holder.relationship
    known = relationship in ("18", "01", "19")
    writer.tick(f"6.{relationship}" if known else "6.other")


def _put_insured(writer: FormWriter, claim: Claim) -> None:
    """Boxes 4, 7, 9 to 9d and 11 to 11d."""
    holder, primary = claim.subscriber, _primary(claim)
    if holder.property_claim_number:
        writer.put("11b.qualifier", "Y4")
        writer.put("11b", holder.property_claim_number)
    if not is_medicare(claim):
        writer.put("4", name_text(holder.person, ","))
        _put_address(writer, "7", holder.address)
        writer.put("11", holder.group_number)
        writer.put("11a.birth", spaced(holder.birth_date, "%Y"))
        if holder.sex in ("M", "F"):
            writer.tick(f"11a.{holder.sex}")
        writer.put("11c", holder.group_name or claim.payer.name)
        _put_other_payer(writer, claim.other_payers)
    elif primary is None:
        writer.put("11", "NONE")
        _leave_off_payers(writer, claim.other_payers)
    else:
        writer.put("4", name_text(primary.person, ","))
        _put_address(writer, "7", primary.subscriber_address)
        writer.put("11", primary.group_number or primary.member_id)
        writer.put("11c", primary.group_name or primary.name)
        _leave_off_payers(writer, (one for one in claim.other_payers if one is not primary))


def _put_other_payer(writer: FormWriter, others: tuple[OtherPayer, ...]) -> None:
    """Boxes 9, 9a, 9d and 11d take one other payer."""
    writer.tick("11d.yes" if others else "11d.no")
    for other in others[:1]:
        writer.put("9", name_text(other.person, ","))
        writer.put("9a", other.group_number or other.member_id)
        writer.put("9d", other.group_name or other.name)
    _leave_off_payers(writer, others[1:])


def _leave_off_payers(writer: FormWriter, others: Iterable[OtherPayer]) -> None:
    for other in others:
        writer.leave_off("9", f"the other payer {other.name}")


def _put_condition(writer: FormWriter, claim: Claim) -> None:
    """Boxes 10a to 10d, 12 and 13."""
    rare = _rare(claim)
    for box, cause in (("10a", "EM"), ("10b", "AA"), ("10c", "OA")):
        writer.tick(f"{box}.{'yes' if cause in rare.related_causes else 'no'}")
    if "AA" in rare.related_causes:
        writer.put("10b.state", rare.accident_state)
    writer.put("10d", " ".join(rare.condition_codes))
    if claim.releases_information in ("Y", "I"):
        writer.put("12", ON_FILE)
    if claim.assigns_benefits == "Y":
        writer.put("13", ON_FILE)


def _put_dates(writer: FormWriter, claim: Claim) -> None:
    """Boxes 14 to 16 and 18, from the claim's DTP segments; what has no box is left off."""
    left = {dated.qualifier: dated for dated in _rare(claim).dates}
    for box, qualifiers in (("14", ILLNESS_DATES), ("15", OTHER_DATES)):
        found = next((name for name in qualifiers if name in left), "")
        if found:
            writer.put(f"{box}.qualifier", found)
            writer.put(box, spaced(left.pop(found).on, "%Y"))
    starts, ends = (
        next((left.pop(name) for name in names if name in left), None)
        for names in (ABSENCE_STARTS, ABSENCE_ENDS)
    )
    until = ends.on if ends else starts.until if starts else None
    writer.put("16.from", spaced(starts.on if starts else None, "%Y"))
    writer.put("16.to", spaced(until, "%Y"))
    for box, name in (("18.from", "435"), ("18.to", "096")):
        if name in left:
            writer.put(box, spaced(left.pop(name).on, "%Y"))
    for name, dated in left.items():
        writer.leave_off("15", f"the date {spaced(dated.on, '%Y')} (qualifier {name})")


def _put_referral(writer: FormWriter, claim: Claim) -> None:
    """Boxes 17 to 17b, 19 and 20: one source of the order, the notes, work bought elsewhere."""
    rare = [_rare_of(line) for line in claim.lines]
    sources = [("DN", claim.referring_provider)]
    sources += [("DK", facts.ordering_provider) for facts in rare]
    sources += [("DQ", _rare(claim).supervising_provider)]
    named = [(code, who) for code, who in sources if who]
    for code, who in named[:1]:
        _put_source(writer, code, who)
    for code, who in named[1:]:
        if who != named[0][1]:
            writer.leave_off("17", f"{code} {name_text(who.person, ',')}, {who.npi}")
    writer.put("19", "   ".join(note.text for note in claim.notes))
    bought = [facts.purchased_service[1] for facts in rare if facts.purchased_service]
    writer.tick("20.yes" if bought else "20.no")
    if bought:
        writer.put("20", in_parts(sum(bought)))


def _put_source(writer: FormWriter, code: str, who: Provider) -> None:
    """First name first, without commas; the NPI, or taxonomy or another number above it."""
    person = who.person
    parts = (person.first_name, person.middle_name[:1], person.last_name, person.suffix)
    writer.put("17.qualifier", code)
    writer.put("17", " ".join(part for part in parts if part))
    writer.put("17b", who.npi)
    numbers = [(number.qualifier, number.value) for number in who.identifiers]
    if who.taxonomy_code:
        numbers.append((TAXONOMY, who.taxonomy_code))
    for qualifier, value in numbers[:1]:
        writer.put("17a.qualifier", qualifier)
        writer.put("17a", value)
    for qualifier, value in numbers[1:]:
        writer.leave_off("17A", f"{qualifier} {value}")


def _put_diagnoses(writer: FormWriter, claim: Claim) -> None:
    """Boxes 21 to 23. ICD-10-CM has the indicator 0; codes stand without their dot."""
    writer.put("21.icd", "0")
    for index, code in enumerate(claim.diagnoses[:DIAGNOSES]):
        writer.put(f"21.{chr(65 + index)}", code.replace(".", ""))
    for code in claim.diagnoses[DIAGNOSES:]:
        writer.leave_off("21", f"the diagnosis {code}")
    if claim.frequency in ("7", "8"):
        writer.put("22.code", claim.frequency)
        writer.put("22.number", claim.payer_claim_control_number)
    numbers = (claim.authorization_number, claim.referral_number, claim.clia_number)
    writer.put_rows(["23"], numbers)


def _put_line(writer: FormWriter, claim: Claim, line: ServiceLine, row: int) -> None:
    """Box 24: supplemental text in the shaded half, the service below."""
    slot = f"24.{row}"
    writer.put(f"{slot}.shaded", "   ".join(_supplement(line)))
    writer.put(f"{slot}.from", spaced(line.date_of_service))
    writer.put(f"{slot}.to", spaced(line.date_of_service_end or line.date_of_service))
    writer.put(f"{slot}.b", line.place_of_service or claim.place_of_service)
    writer.put(f"{slot}.c", "Y" if line.is_emergency else "")
    writer.put(f"{slot}.d", line.procedure_code)
    writer.put(f"{slot}.modifiers", " ".join(line.modifiers))
    writer.put(f"{slot}.e", "".join(chr(64 + pointer) for pointer in line.pointers))
    writer.put(f"{slot}.f", in_parts(line.amount_billed))
    writer.put(f"{slot}.g", format(line.units.normalize(), "f"))
    if line.is_epsdt or line.is_family_planning:
        writer.put(f"{slot}.h", "Y")
    if line.is_epsdt:
        reasons = {code for group in _rare(claim).conditions for code in group.codes}
        writer.put(f"{slot}.h.shaded", next(iter(sorted(reasons & EPSDT_REASONS)), ""))
    who = line.rendering_provider or claim.rendering_provider
    if who:
        writer.put(f"{slot}.i", TAXONOMY if who.taxonomy_code else "")
        writer.put(f"{slot}.j.shaded", who.taxonomy_code)
        writer.put(f"{slot}.j", who.npi)


def _supplement(line: ServiceLine) -> list[str]:
    """NDC (N4), what the service was (ZZ) and the notes, as the shaded half takes them."""
    texts = [drug_text(line.drug)] if line.drug else []
    if line.description:
        texts.append(f"ZZ{line.description}")
    return texts + [note.text for note in line.notes]


def drug_text(drug: Drug) -> str:
    """``N4`` and the eleven digits, a blank, unit and quantity: ``N400002143380 ML1.5``."""
    quantity = format(drug.quantity.normalize(), "f") if drug.quantity is not None else ""
    return f"N4{drug.code} {drug.unit}{quantity}".strip()


def _put_account(writer: FormWriter, claim: Claim, *, is_last: bool) -> None:
    """Boxes 25 to 29 and 31. Box 29 is what patient and other payers paid; Medicare: patient."""
    provider = claim.billing_provider
    writer.put("25", only_digits(provider.tax_id))
    writer.tick("25.ssn" if provider.tax_id_qualifier == "SY" else "25.ein")
    writer.put("26", claim.patient_control_number)
    writer.tick("27.yes" if claim.accepts_assignment == "A" else "27.no")
    if is_last:
        paid = claim.amount_paid_by_patient or 0
        if not is_medicare(claim):
            paid += sum(other.amount_paid or 0 for other in claim.other_payers)
        writer.put("28", in_parts(claim.amount_billed))
        writer.put("29", in_parts(paid))
    else:
        writer.put("28", "CONTINUED")
    if claim.has_provider_signature:
        writer.put("31", ON_FILE)


def _put_providers(writer: FormWriter, claim: Claim) -> None:
    """Box 32, the billing address when the claim names no other place, and box 33."""
    provider, place = claim.billing_provider, claim.service_facility
    names = (provider.first_name, provider.middle_name[:1], provider.name, provider.suffix)
    name = " ".join(part for part in names if part)
    where = place.address if place else provider.address
    writer.put("32.1", place.name if place else name)
    writer.put("32.2", street_text(where))
    writer.put("32.3", place_text(where))
    if place:
        writer.put("32a", place.npi)
        writer.put_rows(["32b"], (one.qualifier + one.value for one in place.identifiers))
    phone = only_digits(provider.contact_phone)
    writer.put("33.area", phone[:3])
    writer.put("33.phone", phone[3:])
    writer.put("33.1", name)
    writer.put("33.2", street_text(provider.address))
    writer.put("33.3", place_text(provider.address))
    writer.put("33a", provider.npi)
    writer.put("33b", TAXONOMY + provider.taxonomy_code if provider.taxonomy_code else "")


def _leave_off_the_rest(writer: FormWriter, claim: Claim) -> None:
    """Facts of the 837P the form has no box for."""
    provider = claim.billing_provider
    if provider.pay_to and provider.pay_to != provider.address:
        writer.leave_off("33", f"the pay-to address {street_text(provider.pay_to)}")
    if provider.pay_to_plan:
        writer.leave_off("33", f"the pay-to plan {provider.pay_to_plan.name}")
    for number in provider.identifiers + claim.payer.provider_identifiers:
        writer.leave_off("33B", f"{number.qualifier} {number.value}")
    writer.leave_off_fields("19", _rare(claim), PRINTED_OF_RARE_CLAIM)
    for line in claim.lines:
        whose = f" of line {line.position}"
        writer.leave_off_fields("24", line, PRINTED_OF_LINE, whose)
        writer.leave_off_fields("24", _rare_of(line), PRINTED_OF_RARE_LINE, whose)
        if line.drug and line.drug.prescription:
            writer.leave_off("24", f"prescription {line.drug.prescription.value}{whose}")
