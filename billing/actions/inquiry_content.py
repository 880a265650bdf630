"""One question as it goes out: a policy as a 270 names it, a claim as a 276 names it."""

from billing.models import StatusInquiry
from billing.rules.claim_content import AnyClaim, read_content
from payers.models import Channel, Coverage, EligibilityInquiry
from rcm.models import Practice
from rcm.money import to_cents
from rcm.x12.claim_837 import Identifier, Person
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.eligibility_27x import EligibilityInquiry as Asked270
from rcm.x12.eligibility_27x import Wanted
from rcm.x12.inquiry_parts import Member, Party, Period, Trace
from rcm.x12.status_27x import StatusInquiry as Asked276

PLAN, SERVICE, SELF = "291", "472", "18"


def party_of_practice(practice: Practice) -> Party:
    """2100B of a 270, 2100C of a 276: the billing provider asks."""
    return Party("1P", practice.name, qualifier="XX", identifier=practice.npi)


def originator_of(practice: Practice) -> str:
    """TRN03: 9 and our tax id."""
    return f"9{practice.tax_id}"


def ask_270(inquiry: EligibilityInquiry, practice: Practice, reference: str) -> Asked270:
    """The subscriber alone when the patient holds the policy, else with the patient below."""
    coverage = inquiry.coverage
    payer = coverage.payer
    return Asked270(
        reference,
        Party("PR", payer.name, qualifier="PI", identifier=payer.payer_id),
        party_of_practice(practice),
        subscriber_of(coverage),
        (Trace("1", inquiry.trace_number, originator_of(practice)),),
        dependent_of(coverage),
        (Period(PLAN, inquiry.for_day),),
        (Wanted(tuple(inquiry.service_types)),),
    )


def subscriber_of(coverage: Coverage) -> Member:
    """2100C."""
    patient = coverage.patient
    references = (Identifier("6P", coverage.group_number),) if coverage.group_number else ()
    if coverage.relationship == SELF:
        who = Person(patient.last_name, patient.first_name)
        party = person("IL", who, coverage.member_id)
        return Member(party, patient.birth_date, patient.sex, references)
    who = Person(coverage.subscriber_last_name, coverage.subscriber_first_name)
    party = person("IL", who, coverage.member_id)
    return Member(party, coverage.subscriber_birth_date, coverage.subscriber_sex, references)


def dependent_of(coverage: Coverage) -> Member | None:
    """2100D, with the relationship to the policy's holder."""
    if coverage.relationship == SELF:
        return None
    patient = coverage.patient
    party = Party("03", patient.last_name, patient.first_name, is_person=True)
    return Member(party, patient.birth_date, patient.sex, relationship=coverage.relationship)


def person(entity: str, who: Person, member_id: str = "") -> Party:
    """NM1 of a person on a claim."""
    names = (who.last_name, who.first_name, who.middle_name, who.suffix)
    return Party(entity, *names, "MI" if member_id else "", member_id, True)


def ask_276(
    inquiry: StatusInquiry, channel: Channel, practice: Practice, reference: str
) -> Asked276:
    """The claim as it was sent; the payer's number goes along once it is known."""
    claim = inquiry.claim
    content = read_content(claim.content)
    holder, patient = content.subscriber, content.patient
    known = {
        "1K": claim.payer_claim_control_number,
        "BLT": content.type_of_bill if isinstance(content, InstitutionalClaim) else "",
        "EJ": claim.patient_control_number,
        "6P": holder.group_number,
    }
    return Asked276(
        reference,
        inquiry.trace_number,
        Party("PR", content.payer.name, qualifier="PI", identifier=content.payer.payer_id),
        Party("41", practice.name, qualifier="46", identifier=channel.submitter_id),
        Party(
            "1P",
            content.billing_provider.name,
            qualifier="XX",
            identifier=content.billing_provider.npi,
        ),
        Member(person("IL", holder.person, holder.member_id), holder.birth_date, holder.sex),
        None
        if patient is None
        else Member(person("QC", patient.person), patient.birth_date, patient.sex),
        tuple(Identifier(qualifier, value) for qualifier, value in known.items() if value),
        to_cents(claim.amount_billed),
        (period_of(content),),
    )


def period_of(content: AnyClaim) -> Period:
    """DTP*472: the days of service, of a facility's bill those of its statement."""
    if isinstance(content, InstitutionalClaim):
        days = [content.statement_from, content.statement_to]
    else:
        days = [line.date_of_service for line in content.lines]
    first, last = min(days), max(days)
    return Period(SERVICE, first, last if last != first else None)
