"""An institutional claim as texts on the UB-04, from the same content as its 837I.

Form locators (FL) are those of the Medicare Claims Processing Manual, chapter 25, section 75.
"""

from dataclasses import dataclass
from datetime import date

from billing.rules.form_cms1500 import drug_text
from billing.rules.paper_form import (
    FormWriter,
    PaperForm,
    in_digits,
    name_text,
    only_digits,
    packed,
    place_text,
    street_text,
    zip_text,
)
from billing.rules.ub04_slots import (
    CONDITIONS,
    GRID,
    OCCURRENCES,
    OTHER_DIAGNOSES,
    OTHER_PROCEDURES,
    PAYERS,
    REVENUE_LINES,
    SLOTS,
    SPANS,
    VALUES,
)
from rcm.x12.claim_837 import OtherPayer, Person, Provider
from rcm.x12.claim_837i import InstitutionalClaim, InstitutionalDiagnosis, RevenueLine

TOTAL_CODE = "0001"
TAXONOMY = "B3"  # FL 81
MEDICAL_RECORD = "EA"
# Value codes that count days, units or measures and no dollars: their number stands left of the
# rule for cents, which stay blank.
COUNTED_VALUES = frozenset(
    {"37", "38", "39", "46", "50", "51", "52", "53", "54", "56", "57", "58", "59", "60", "61"}
    | {"67", "68", "80", "81", "82", "83", "A0", "A8", "A9"}
)
RANKS = ("P", "S", "T")
# Fields with a place on the form, or that mean nothing on paper; any other is said to be left off.
PRINTED_OF_CLAIM = frozenset(
    {"patient_control_number", "amount_billed", "type_of_bill", "statement_from", "statement_to"}
    | {"lines", "billing_provider", "subscriber", "payer", "admission_type", "patient_status"}
    | {"principal_diagnosis", "admission_source", "admission_on", "admission_time"}
    | {"discharge_time", "admitting_diagnosis", "patient_reasons", "external_causes", "drg"}
    | {"other_diagnoses", "principal_procedure", "other_procedures", "occurrence_spans"}
    | {"occurrences", "value_codes", "condition_codes", "patient", "attending_provider"}
    | {"operating_provider", "other_operating_provider", "rendering_provider"}
    | {"referring_provider", "payer_claim_control_number", "authorization_number", "notes"}
    | {"referral_number", "accepts_assignment", "assigns_benefits", "releases_information"}
    | {"other_payers", "references"}
)
PRINTED_OF_LINE = frozenset(
    {"position", "revenue_code", "amount_billed", "units", "line_control_number", "drug"}
    | {"procedure_code", "modifiers", "procedure_qualifier", "description", "unit_code"}
    | {"amount_noncovered", "date_of_service"}
)


@dataclass(frozen=True, slots=True)
class PayerRow:
    """Row A, B or C of FL 50 to 64. `amount_paid` is in cents, None when nothing is known."""

    rank: str
    name: str
    payer_id: str
    person: Person
    relationship: str
    member_id: str
    group_name: str
    group_number: str
    releases_information: str
    assigns_benefits: str
    amount_paid: int | None
    authorization_number: str
    control_number: str


def fill_ub04(claim: InstitutionalClaim, printed_on: date) -> PaperForm:
    """The form's pages, 22 revenue lines each; totals on the last one (FL 47, 23rd line)."""
    writer = FormWriter(GRID, SLOTS)
    starts = range(0, max(len(claim.lines), 1), REVENUE_LINES)
    for number, start in enumerate(starts, start=1):
        writer.start_page()
        _put_head(writer, claim)
        _put_patient(writer, claim)
        _put_codes(writer, claim)
        for row, line in enumerate(claim.lines[start : start + REVENUE_LINES]):
            _put_line(writer, line, row)
        writer.put("43.page", str(number))
        writer.put("43.pages", str(len(starts)))
        writer.put("45.created", packed(printed_on))
        if number == len(starts):
            _put_totals(writer, claim)
        _put_payers(writer, claim)
        _put_diagnoses(writer, claim)
        _put_procedures(writer, claim)
        _put_providers(writer, claim)
    writer.leave_off_fields("80", claim, PRINTED_OF_CLAIM)
    for line in claim.lines:
        writer.leave_off_fields("42", line, PRINTED_OF_LINE, f" of line {line.position}")
    return writer.finish()


def _put_head(writer: FormWriter, claim: InstitutionalClaim) -> None:
    """FL 1 to 6 and 56."""
    provider = claim.billing_provider
    names = (provider.first_name, provider.middle_name[:1], provider.name, provider.suffix)
    name = " ".join(part for part in names if part)
    rows = (name, street_text(provider.address), place_text(provider.address))
    for row, text in enumerate((*rows, only_digits(provider.contact_phone)), start=1):
        writer.put(f"1.{row}", text)
    if provider.pay_to and provider.pay_to != provider.address:
        where = (name, street_text(provider.pay_to), place_text(provider.pay_to))
        for row, text in enumerate(where, start=1):
            writer.put(f"2.{row}", text)
    writer.put("3a", claim.patient_control_number)
    records = [one.value for one in claim.references if one.qualifier == MEDICAL_RECORD]
    writer.put_rows(["3b"], records)
    for other in claim.references:
        if other.qualifier != MEDICAL_RECORD:
            writer.leave_off("80", f"the number {other.value} (qualifier {other.qualifier})")
    writer.put("4", f"0{claim.type_of_bill}")
    writer.put("5", only_digits(provider.tax_id))
    writer.put("6.from", packed(claim.statement_from))
    writer.put("6.to", packed(claim.statement_to))
    writer.put("56", provider.npi)


def _put_patient(writer: FormWriter, claim: InstitutionalClaim) -> None:
    """FL 8 to 17, and 38: whoever answers for the bill, the policy holder."""
    holder, patient = claim.subscriber, claim.patient
    writer.put("8a", patient.member_id if patient else "")
    writer.put("8b", name_text(patient.person if patient else holder.person, ""))
    where = patient.address if patient else holder.address
    if where:
        writer.put("9a", street_text(where))
        writer.put("9b", where.city)
        writer.put("9c", where.state)
        writer.put("9d", zip_text(where.zip_code))
        writer.put("9e", where.country)
    writer.put("10", packed(patient.birth_date if patient else holder.birth_date, "%Y"))
    writer.put("11", patient.sex if patient else holder.sex)
    writer.put("12", packed(claim.admission_on))
    writer.put("13", claim.admission_time[:2])
    writer.put("14", claim.admission_type)
    writer.put("15", claim.admission_source)
    writer.put("16", claim.discharge_time[:2])
    writer.put("17", claim.patient_status)
    rows = [name_text(holder.person, "")]
    if holder.address:
        rows += [street_text(holder.address), place_text(holder.address)]
    writer.put_rows([f"38.{row}" for row in range(5)], rows)


def _put_codes(writer: FormWriter, claim: InstitutionalClaim) -> None:
    """FL 18 to 36 and 39 to 41, filled in the order of their letters, then their numbers."""
    writer.put_rows([f"18.{index}" for index in range(CONDITIONS)], claim.condition_codes)
    for index, dated in enumerate(claim.occurrences[:OCCURRENCES]):
        writer.put(f"31.{index}", dated.code)
        writer.put(f"31.{index}.on", packed(dated.on))
    for dated in claim.occurrences[OCCURRENCES:]:
        writer.leave_off("31", f"the occurrence {dated.code} {packed(dated.on)}")
    for index, span in enumerate(claim.occurrence_spans[:SPANS]):
        writer.put(f"35.{index}", span.code)
        writer.put(f"35.{index}.from", packed(span.starts_on))
        writer.put(f"35.{index}.to", packed(span.ends_on))
    for span in claim.occurrence_spans[SPANS:]:
        days = f"{packed(span.starts_on)}-{packed(span.ends_on)}"
        writer.leave_off("35", f"the occurrence span {span.code} {days}")
    for index, value in enumerate(claim.value_codes[:VALUES]):
        writer.put(f"39.{index}", value.code)
        writer.put(f"39.{index}.amount", value_text(value.code, value.amount))
    for value in claim.value_codes[VALUES:]:
        text = value_text(value.code, value.amount).strip()
        writer.leave_off("39", f"the value code {value.code} {text}")


def value_text(code: str, amount: int) -> str:
    """Hundredths as digits; a whole count leaves the two places of the cents blank."""
    if code in COUNTED_VALUES and amount % 100 == 0:
        return f"{amount // 100}  "
    return in_digits(amount)


def _put_line(writer: FormWriter, line: RevenueLine, row: int) -> None:
    """FL 42 to 48. The drug takes the place of a description: N4, code, unit and quantity."""
    writer.put(f"42.{row}", line.revenue_code.zfill(4))
    drug = drug_text(line.drug).replace(" ", "") if line.drug else ""
    writer.put_rows([f"43.{row}"], (drug, line.description))
    writer.put(f"44.{row}", line.procedure_code + "".join(line.modifiers))
    writer.put(f"45.{row}", packed(line.date_of_service))
    writer.put(f"46.{row}", format(line.units.normalize(), "f"))
    writer.put(f"47.{row}", in_digits(line.amount_billed))
    if line.amount_noncovered:
        writer.put(f"48.{row}", in_digits(line.amount_noncovered))
    whose = f" of line {line.position}"
    if line.drug and line.drug.prescription:
        writer.leave_off("43", f"prescription {line.drug.prescription.value}{whose}")


def _put_totals(writer: FormWriter, claim: InstitutionalClaim) -> None:
    noncovered = sum(line.amount_noncovered or 0 for line in claim.lines)
    writer.put("42.total", TOTAL_CODE)
    writer.put("47.total", in_digits(claim.amount_billed))
    if noncovered:
        writer.put("48.total", in_digits(noncovered))


def payer_rows(claim: InstitutionalClaim) -> list[PayerRow]:
    """The billed payer and the others, primary first."""
    holder = claim.subscriber
    billed = PayerRow(
        holder.rank,
        claim.payer.name,
        claim.payer.payer_id,
        holder.person,
        claim.patient.relationship if claim.patient else holder.relationship,
        holder.member_id,
        holder.group_name,
        holder.group_number,
        claim.releases_information,
        claim.assigns_benefits,
        None,
        claim.authorization_number or claim.referral_number,
        claim.payer_claim_control_number,
    )
    rows = [billed, *(_row_of(other) for other in claim.other_payers)]
    return sorted(rows, key=lambda row: RANKS.index(row.rank) if row.rank in RANKS else len(RANKS))


def _row_of(other: OtherPayer) -> PayerRow:
    return PayerRow(
        other.rank,
        other.name,
        other.payer_id,
        other.person,
        other.relationship,
        other.member_id,
        other.group_name,
        other.group_number,
        other.releases_information,
        other.assigns_benefits,
        other.amount_paid,
        other.authorization_number or other.referral_number,
        other.payer_claim_control_number,
    )


def _put_payers(writer: FormWriter, claim: InstitutionalClaim) -> None:
    """FL 50 to 54 and 57 to 64. FL 51 is the payer's number, 57 ours at the billed payer."""
    rows = payer_rows(claim)
    for index, row in enumerate(rows[: len(PAYERS)]):
        writer.put(f"50.{index}", row.name)
        writer.put(f"51.{index}", row.payer_id)
        writer.put(f"52.{index}", row.releases_information)
        writer.put(f"53.{index}", row.assigns_benefits)
        if row.amount_paid is not None:
            writer.put(f"54.{index}", in_digits(row.amount_paid))
        writer.put(f"58.{index}", name_text(row.person, ""))
        writer.put(f"59.{index}", row.relationship)
        writer.put(f"60.{index}", row.member_id)
        writer.put(f"61.{index}", row.group_name)
        writer.put(f"62.{index}", row.group_number)
        writer.put(f"63.{index}", row.authorization_number)
        writer.put(f"64.{index}", row.control_number)
        if row.rank == claim.subscriber.rank:
            numbers = (one.value for one in claim.payer.provider_identifiers)
            writer.put_rows([f"57.{index}"], numbers)
    for row in rows[len(PAYERS) :]:
        writer.leave_off("50", f"the payer {row.name}")
    if claim.authorization_number and claim.referral_number:
        writer.leave_off("63", f"the referral number {claim.referral_number}")


def _put_diagnoses(writer: FormWriter, claim: InstitutionalClaim) -> None:
    """FL 66 to 72. ICD-10-CM has the version 0."""
    writer.put("66", "0")
    everyone = (claim.principal_diagnosis, *claim.other_diagnoses)
    _put_coded(writer, "67", everyone, OTHER_DIAGNOSES + 1)
    writer.put("69", claim.admitting_diagnosis)
    writer.put_rows([f"70.{index}" for index in range(3)], claim.patient_reasons)
    writer.put("71", claim.drg)
    _put_coded(writer, "72", claim.external_causes, 3)


def _put_coded(
    writer: FormWriter, box: str, coded: tuple[InstitutionalDiagnosis, ...], room: int
) -> None:
    for index, diagnosis in enumerate(coded[:room]):
        writer.put(f"{box}.{index}", diagnosis.code.replace(".", ""))
        writer.put(f"{box}.{index}.poa", diagnosis.present_on_admission)
    for diagnosis in coded[room:]:
        writer.leave_off(box, f"the diagnosis {diagnosis.code}")


def _put_procedures(writer: FormWriter, claim: InstitutionalClaim) -> None:
    """FL 74: the principal procedure and five others."""
    first = claim.principal_procedure
    everything = ((first,) if first else ()) + claim.other_procedures
    for index, dated in enumerate(everything[: OTHER_PROCEDURES + 1]):
        writer.put(f"74.{index}", dated.code)
        writer.put(f"74.{index}.on", packed(dated.on))
    for dated in everything[OTHER_PROCEDURES + 1 :]:
        writer.leave_off("74", f"the procedure {dated.code} {packed(dated.on)}")


def _put_providers(writer: FormWriter, claim: InstitutionalClaim) -> None:
    """FL 76 attending, 77 operating, 78 and 79 others with their kind, 80 notes, 81 taxonomies."""
    for box, who in (("76", claim.attending_provider), ("77", claim.operating_provider)):
        if who:
            _put_provider(writer, box, who)
    others = [
        (kind, who)
        for kind, who in (
            ("ZZ", claim.other_operating_provider),
            ("82", claim.rendering_provider),
            ("DN", claim.referring_provider),
        )
        if who
    ]
    for box, (kind, who) in zip(("78", "79"), others, strict=False):
        writer.put(f"{box}.type", kind)
        _put_provider(writer, box, who)
    for kind, who in others[2:]:
        writer.leave_off("79", f"{kind} {name_text(who.person, '')}, {who.npi}")
    writer.put_rows([f"80.{row}" for row in range(4)], _remarks(claim))
    attending = claim.attending_provider.taxonomy_code if claim.attending_provider else ""
    codes = [code for code in (claim.billing_provider.taxonomy_code, attending) if code]
    for row, code in enumerate(codes):
        writer.put(f"81.{row}.qualifier", TAXONOMY)
        writer.put(f"81.{row}", code)


def _remarks(claim: InstitutionalClaim) -> list[str]:
    """The notes' words over the four lines of FL 80; words that do not fit make further lines."""
    lines: list[str] = []
    for word in " ".join(note.text for note in claim.notes).split():
        room = SLOTS["80.1" if lines[1:] else "80.0"].width
        if lines and len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _put_provider(writer: FormWriter, box: str, who: Provider) -> None:
    writer.put(f"{box}.npi", who.npi)
    for number in who.identifiers[:1]:
        writer.put(f"{box}.qualifier", number.qualifier)
        writer.put(f"{box}.number", number.value)
    for number in who.identifiers[1:]:
        writer.leave_off(box, f"{number.qualifier} {number.value}")
    writer.put(f"{box}.last", f"{who.person.last_name} {who.person.suffix}".strip())
    writer.put(f"{box}.first", who.person.first_name)
