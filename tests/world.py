"""One of everything in a practice, for tests that walk all addresses.

Every text a page could show carries the practice's mark, so that a leak is found by its mark.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.models import (
    Account,
    Adjustment,
    Batch,
    Claim,
    ClaimAcknowledgment,
    ClaimFinding,
    FileProblem,
    InterchangeFile,
    Posting,
    ProviderAdjustment,
    Remittance,
    RemittedClaim,
    RemittedLine,
    Submission,
)
from coding.models import Charge, CoderTask, Encounter, EncounterDiagnosis
from denials.models import Denial
from payers.models import Payer
from rcm import access, events
from rcm.models import Event, Job, Patient, Practice, Provider
from tests import make

SENT_AT = "2026-11-03T15:00:00Z"
PAID_ON = date(2026, 11, 16)


@dataclass(frozen=True)
class World:
    """The rows pages and endpoints are about."""

    practice: Practice
    mark: str
    patient: Patient
    provider: Provider
    payer: Payer
    encounter: Encounter
    diagnosis: EncounterDiagnosis
    charge: Charge
    coder_task: CoderTask
    claim: Claim
    batch: Batch
    file: InterchangeFile
    remittance: Remittance
    remitted_claim: RemittedClaim
    posting: Posting
    denial: Denial
    job: Job
    event: Event


def make_world(practice: Practice, mark: str) -> World:
    """Leaves the walls open for `practice`. The charge of 165.00 is paid 100.00, denied 65.00."""
    access.open_walls([practice.pk])
    payer = make.payer(practice, name=f"{mark} Care", short_name=mark)
    patient = make.patient(practice, last_name=mark, mrn=f"MRN{mark}")
    make.coverage(patient, payer=payer, member_id=f"ID{mark}")
    provider = make.provider(practice, last_name=mark)
    encounter = make.encounter(
        practice, patient=patient, provider=provider, number=f"E{mark}", text=f"Note of {mark}."
    )
    make.coded(encounter, ("99213", "165.00"))
    claim = make.claim(
        practice,
        encounter=encounter,
        patient_control_number=f"C{mark}",
        status=Claim.Status.ADJUDICATED,
    )
    task = CoderTask.objects.create(
        practice=practice, encounter=encounter, source=f"denial:{mark}", reason=f"{mark} CO-11"
    )
    file = make.interchange_file(practice, f"ISA of {mark}".encode(), name=f"{mark}.835")
    FileProblem.objects.create(
        practice=practice, file=file, code="count_wrong", severity="error", message=f"{mark} SE01"
    )
    batch = make_batch(claim, file, mark)
    remittance, remitted_claim, line = make_payment(claim, file, mark)
    return World(
        practice=practice,
        mark=mark,
        patient=patient,
        provider=provider,
        payer=payer,
        encounter=encounter,
        diagnosis=encounter.diagnoses.get(),
        charge=encounter.charges.get(),
        coder_task=task,
        claim=claim,
        batch=batch,
        file=file,
        remittance=remittance,
        remitted_claim=remitted_claim,
        posting=Posting.objects.create(
            practice=practice,
            source=Account.PRIMARY_RECEIVABLE,
            destination=Account.UNAPPLIED,
            amount=Decimal("100.00"),
            claim=claim,
            remittance=remittance,
            origin=f"remitted_line:{line.pk}:paid",
            posted_on=PAID_ON,
        ),
        denial=make_denial(claim, remitted_claim, line, task),
        job=Job.objects.create(practice=practice, kind="submission", label=f"Send {mark}"),
        event=events.record("claim.submitted", claim, by=None, patient_id=patient.pk, batch=mark),
    )


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


def make_payment(
    claim: Claim, file: InterchangeFile, mark: str
) -> tuple[Remittance, RemittedClaim, RemittedLine]:
    """100.00 paid of 165.00, the rest denied with CO-50; a PLB of 5.00 and back."""
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
    remitted = RemittedClaim.objects.create(
        practice=practice,
        remittance=remittance,
        position=1,
        patient_control_number=claim.patient_control_number,
        status_code="1",
        amount_billed=claim.amount_billed,
        amount_paid=Decimal("100.00"),
        patient_last_name=mark,
        claim=claim,
        state=RemittedClaim.State.POSTED,
    )
    line = RemittedLine.objects.create(
        practice=practice,
        remittance=remittance,
        remitted_claim=remitted,
        position=1,
        qualifier="HC",
        procedure_code="99213",
        amount_billed=Decimal("165.00"),
        amount_paid=Decimal("100.00"),
        service_line=claim.lines.get(),
    )
    Adjustment.objects.create(
        practice=practice,
        remittance=remittance,
        remitted_claim=remitted,
        remitted_line=line,
        position=1,
        group="CO",
        reason="50",
        amount=Decimal("65.00"),
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
    return remittance, remitted, line


def make_denial(
    claim: Claim, remitted_claim: RemittedClaim, line: RemittedLine, task: CoderTask
) -> Denial:
    return Denial.objects.create(
        practice=claim.practice,
        claim=claim,
        service_line=claim.lines.get(),
        remitted_claim=remitted_claim,
        remitted_line=line,
        payer=claim.payer,
        group="CO",
        reason="50",
        amount=Decimal("65.00"),
        category="medical_necessity",
        owner_queue="coding",
        denied_on=PAID_ON,
        due_on=date(2027, 3, 16),
        coder_task=task,
    )
