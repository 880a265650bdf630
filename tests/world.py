"""One of everything in a practice, for tests that walk all addresses.

Every text a page could show carries the practice's mark, so that a leak is found by its mark.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.models import (
    Account,
    Adjustment,
    BankLine,
    BankStatement,
    Batch,
    ChargeReview,
    Claim,
    ClaimAcknowledgment,
    ClaimFinding,
    DepositMatch,
    FileProblem,
    InterchangeFile,
    ManualBatch,
    ManualClaim,
    ManualLine,
    ManualPage,
    ManualProviderAdjustment,
    OffsetLink,
    Posting,
    PostingRule,
    ProviderAdjustment,
    Refund,
    Remittance,
    RemittedClaim,
    RemittedLine,
    StatusInquiry,
    Submission,
)
from coding.models import (
    Charge,
    CoderTask,
    CodingSuggestion,
    Document,
    Encounter,
    EncounterDiagnosis,
    IntakeMessage,
    ProviderQuery,
)
from denials.models import (
    AppealTerms,
    CauseOverride,
    ChangeAlarm,
    Denial,
    DenialDeadline,
    FollowUp,
)
from payers.models import EligibilityInquiry, Payer
from rcm import access, events
from rcm.models import Event, Job, Patient, Practice, Provider, User
from tests import make
from tests.billing import ruling
from tests.billing.reviewing import waiting_review
from tests.world_accounts import AccountWork, make_account_work
from tests.world_appeals import Appealing, make_appealing
from tests.world_claims import ClaimWork, make_claim_work
from tests.world_coding import CoderWork, make_coder_work
from tests.world_denials import DenialWork, make_denial_work
from tests.world_desk import Desk, make_desk
from tests.world_follow_up import make_follow_up
from tests.world_inquiries import make_eligibility, make_status_inquiry
from tests.world_intake import make_document_file, make_intake_message
from tests.world_money import (
    PAID_ON,
    make_appeal_terms,
    make_cause_override,
    make_change_alarm,
    make_denial,
    make_deposit,
    make_manual_line,
    make_offset_link,
    make_refund,
)
from tests.world_paper import make_sent_claim
from tests.world_payers import PayerTerms, make_terms
from tests.world_quality import Quality, make_quality
from tests.world_queries import make_query

SENT_AT = "2026-11-03T15:00:00Z"


@dataclass(frozen=True)
class World:
    """The rows pages and endpoints are about."""

    practice: Practice
    mark: str
    patient: Patient
    provider: Provider
    payer: Payer
    encounter: Encounter
    document: Document
    intake_message: IntakeMessage
    diagnosis: EncounterDiagnosis
    charge: Charge
    coder_task: CoderTask
    suggestion: CodingSuggestion
    work: CoderWork
    charge_review: ChargeReview
    claim: Claim
    claim_work: ClaimWork
    batch: Batch
    terms: PayerTerms
    file: InterchangeFile
    remittance: Remittance
    remitted_claim: RemittedClaim
    posting: Posting
    bank_statement: BankStatement
    bank_line: BankLine
    deposit_match: DepositMatch
    provider_adjustment: ProviderAdjustment
    offset_link: OffsetLink
    refund: Refund
    posting_rule: PostingRule
    denial: Denial
    denial_deadline: DenialDeadline
    appealing: Appealing
    denial_work: DenialWork
    appeal_terms: AppealTerms
    cause_override: CauseOverride
    follow_up: FollowUp
    change_alarm: ChangeAlarm
    manual_batch: ManualBatch
    manual_claim: ManualClaim
    manual_line: ManualLine
    manual_page: ManualPage
    manual_adjustment: ManualProviderAdjustment
    job: Job
    event: Event
    eligibility_inquiry: EligibilityInquiry
    status_inquiry: StatusInquiry
    desk: Desk
    provider_query: ProviderQuery
    quality: Quality
    account_work: AccountWork


def make_world(practice: Practice, mark: str) -> World:
    """Leaves the walls open for `practice`. The charge of 165.00 is paid 100.00, denied 65.00."""
    access.open_walls([practice.pk])
    encounter = make_chart(practice, mark)
    claim = make_sent_claim(encounter, mark)
    task = make_task(encounter, mark)
    file = make_file(practice, mark)
    line = make_payment(claim, file, mark)
    match = make_deposit(line.remittance, mark)
    manual = make_manual_line(claim, mark)
    batch = make_batch(claim, file, mark)
    return World(
        practice=practice,
        mark=mark,
        patient=encounter.patient,
        provider=encounter.provider,
        payer=claim.payer,
        encounter=encounter,
        document=make_document_file(encounter, mark),
        intake_message=make_intake_message(practice, mark),
        diagnosis=encounter.diagnoses.get(),
        charge=encounter.charges.get(),
        coder_task=task,
        suggestion=make_decided_suggestion(encounter, mark),
        work=make_coder_work(practice, mark),
        charge_review=waiting_review(encounter, mark),
        claim=claim,
        claim_work=make_claim_work(batch, file, mark),
        batch=batch,
        terms=make_terms(batch, mark),
        file=file,
        remittance=line.remittance,
        remitted_claim=line.remitted_claim,
        posting=line.postings.get(),
        **deposit_rows(match),
        provider_adjustment=line.remittance.provider_adjustments.get(position=1),
        offset_link=make_offset_link(line.remittance, mark),
        refund=make_refund(claim, line.remittance, mark),
        posting_rule=make_rule(claim, mark),
        **denial_rows(make_denial(line, task)),
        **follow_up_rows(claim, mark),
        **manual_rows(manual),
        job=Job.objects.create(practice=practice, kind="submission", label=f"Send {mark}"),
        event=events.record("claim.submitted", claim, by=None, batch=mark),
        eligibility_inquiry=make_eligibility(claim.coverage, file, mark),
        status_inquiry=make_status_inquiry(claim, file, mark),
        desk=make_desk(encounter, mark),
        provider_query=make_query(encounter, mark),
        **late_rows(encounter, mark),
    )


def late_rows(encounter: Encounter, mark: str) -> dict[str, Any]:
    """What is made after everything else of the visit."""
    return {
        "quality": make_quality(encounter, mark),
        "account_work": make_account_work(encounter.patient, mark),
    }


def denial_rows(denial: Denial) -> dict[str, Any]:
    """The denial with its deadline, terms of its payer, and an alarm about it."""
    return {
        "denial": denial,
        "denial_deadline": denial.deadlines.get(),
        "appealing": make_appealing(denial),
        "denial_work": make_denial_work(denial),
        "appeal_terms": make_appeal_terms(denial.payer),
        "change_alarm": make_change_alarm(denial.payer),
    }


def follow_up_rows(claim: Claim, mark: str) -> dict[str, Any]:
    """What the practice says a code means, and an open balance beside the claim."""
    follow_up = make_follow_up(claim.encounter, mark)
    return {"cause_override": make_cause_override(claim, mark), "follow_up": follow_up}


def deposit_rows(match: DepositMatch) -> dict[str, Any]:
    line = match.bank_line
    return {"bank_statement": line.statement, "bank_line": line, "deposit_match": match}


def manual_rows(line: ManualLine) -> dict[str, Any]:
    batch = line.manual_claim.batch
    return {
        "manual_batch": batch,
        "manual_claim": line.manual_claim,
        "manual_line": line,
        "manual_page": batch.pages.get(),
        "manual_adjustment": batch.provider_adjustments.get(),
    }


def make_decided_suggestion(encounter: Encounter, mark: str) -> CodingSuggestion:
    """A rejected one: an open one would go when somebody opens the chart, whose text lacks it."""
    changes = {"state": "rejected", "decided_at": SENT_AT, "label": f"Suggested for {mark}"}
    return make.suggestion(encounter, **changes)


def make_task(encounter: Encounter, mark: str) -> CoderTask:
    """A denied line went back to the coder."""
    return CoderTask.objects.create(
        practice=encounter.practice,
        encounter=encounter,
        source=f"denial:{mark}",
        reason=f"{mark} CO-11",
    )


def make_file(practice: Practice, mark: str) -> InterchangeFile:
    """An 835 with a defect."""
    file = make.interchange_file(practice, f"ISA of {mark}".encode(), name=f"{mark}.835")
    FileProblem.objects.create(
        practice=practice, file=file, code="count_wrong", severity="error", message=f"{mark} SE01"
    )
    return file


def make_chart(practice: Practice, mark: str) -> Encounter:
    """A coded chart, still open."""
    make.code_release()
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    payer = make.payer(practice, name=f"{mark} Care", short_name=mark)
    patient = make.patient(practice, last_name=mark, mrn=f"MRN{mark}")
    make.coverage(patient, payer=payer, member_id=f"ID{mark}")
    encounter = make.encounter(
        practice,
        patient=patient,
        provider=make.provider(practice, last_name=mark),
        number=f"E{mark}",
        text=f"Note of {mark}.",
    )
    return make.coded(encounter, ("99213", "165.00"))


def make_rule(claim: Claim, mark: str) -> PostingRule:
    """Holds CO-97 of the practice's payer; made by somebody who has left."""
    maker = User.objects.create_user(f"{mark.lower()}-rules@example.test", "correct-Horse-7")
    return ruling.make_rule(claim.practice, maker, name=f"CO-97 of {mark}", payer=claim.payer)


def make_batch(claim: Claim, file: InterchangeFile, mark: str) -> Batch:
    """The claim was sent, acknowledged and has one open finding."""
    practice = claim.practice
    batch = Batch.objects.create(
        practice=practice,
        channel=make.channel(practice, name=f"Channel {mark}"),
        payer=claim.payer,
        state=Batch.State.ACKNOWLEDGED,
        interchange_control_number=901,
        group_control_number=901,
        claims_count=1,
        amount_billed=claim.amount_billed,
        send_after=SENT_AT,
        message=f"{mark} accepted",
    )
    Submission.objects.create(practice=practice, claim=claim, batch=batch)
    ClaimAcknowledgment.objects.create(
        practice=practice, claim=claim, file=file, position=1, action="WQ", category="A2"
    )
    ClaimFinding.objects.create(
        practice=practice, claim=claim, code="member_id", severity="warning", message=f"{mark} id"
    )
    return batch


def make_payment(claim: Claim, file: InterchangeFile, mark: str) -> RemittedLine:
    """100.00 paid of 165.00, the rest denied with CO-50; a PLB of 5.00; posted."""
    practice = claim.practice
    remittance = Remittance.objects.create(
        practice=practice,
        file=file,
        transaction_number="0001",
        payer=claim.payer,
        payer_name=f"{mark} Care",
        payer_identifier="1999999999",
        trace_number=f"T{mark}",
        paid_on=PAID_ON,
        amount_paid=Decimal("100.00"),
        amount_claims=Decimal("100.00"),
        claims_count=1,
        lines_count=1,
        state=Remittance.State.POSTED,
    )
    ProviderAdjustment.objects.create(
        practice=practice,
        remittance=remittance,
        position=1,
        provider_identifier=practice.npi,
        code="WO",
        reference=mark,
        amount=Decimal("5.00"),
    )
    return make_posted_line(remittance, claim)


def make_posted_line(remittance: Remittance, claim: Claim) -> RemittedLine:
    """The payer's statement about the claim and its one line, and the move it caused."""
    shared = {"practice": claim.practice, "remittance": remittance}
    remitted = RemittedClaim.objects.create(
        **shared,
        position=remittance.claims.count() + 1,
        patient_control_number=claim.patient_control_number,
        status_code="1",
        amount_billed=claim.amount_billed,
        amount_paid=Decimal("100.00"),
        patient_last_name=claim.patient.last_name,
        claim=claim,
        state=RemittedClaim.State.POSTED,
    )
    shared["remitted_claim"] = remitted
    line = RemittedLine.objects.create(
        **shared,
        position=1,
        qualifier="HC",
        procedure_code="99213",
        amount_billed=claim.amount_billed,
        amount_paid=Decimal("100.00"),
        service_line=claim.lines.get(),
    )
    Adjustment.objects.create(
        **shared, remitted_line=line, position=1, group="CO", reason="50", amount=Decimal("65.00")
    )
    Posting.objects.create(
        **shared,
        remitted_line=line,
        source=Account.PRIMARY_RECEIVABLE,
        destination=Account.UNAPPLIED,
        amount=Decimal("100.00"),
        claim=claim,
        origin=f"remitted_line:{line.pk}:paid",
        posted_on=PAID_ON,
    )
    return line
