"""A practice per trial, with the claims its files pay. Trials never meet: nothing is cleaned up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.actions import files, postings
from billing.faults import payments
from billing.models import Claim, Posting, ServiceLine
from coding.models import Encounter
from payers.models import Coverage, Payer
from rcm import access
from rcm.demo.identifiers import make_npi
from rcm.faults.workers import Messages
from rcm.models import Patient, Practice, Provider, ServiceLocation

ADDRESS = {
    "address_line_1": "100 MAIN ST",
    "city": "SPRINGFIELD",
    "state": "IL",
    "zip_code": "627011234",
}
NAME = {"first_name": "PAT", "last_name": "FAULTS"}
SENT_AT = "2026-11-03T15:00:00Z"


@dataclass(frozen=True, slots=True)
class Seeded:
    """A practice whose files are received and not read, and the messages that ask to read them."""

    practice_id: int
    messages: tuple[bytes, ...]


def seed(numbers: range, messages: Messages) -> Iterator[Seeded]:
    """One practice per number. The queue is used and left empty."""
    for number in numbers:
        with access.acting_in():
            practice = make_practice(number)
        with access.acting_in(practice.pk):
            make_claims(practice)
            file = files.receive_file(practice, "earlier.835", payments.earlier_file(practice.npi))
        with access.acting_in(practice.pk):
            files.read_file(file)
        with access.acting_in(practice.pk):
            postings.post_remittance(file.remittances.get())
        messages.clear()
        for position, content in enumerate(payments.new_files(practice.npi), 1):
            with access.acting_in(practice.pk):
                files.receive_file(practice, f"new-{position}.835", content)
        yield Seeded(practice.pk, tuple(messages.waiting()))
        messages.clear()


def make_practice(number: int) -> Practice:
    return Practice.objects.create(
        **ADDRESS,
        name=f"Faults {number}",
        initials="FP",
        npi=make_npi(f"1{number:08d}"),
        tax_id="371234567",
        taxonomy_code="207Q00000X",
        contact_name="Billing Office",
        phone="2175550100",
    )


def make_claims(practice: Practice) -> None:
    """Submitted claims with their charges; every second patient has a second coverage."""
    provider = Provider.objects.create(
        practice=practice, npi="1234567893", taxonomy_code="207Q00000X", **NAME
    )
    location = ServiceLocation.objects.create(
        practice=practice, name="Main", place_of_service="11", **ADDRESS
    )
    payer = Payer.objects.create(
        practice=practice,
        name="Unified Care",
        short_name="Unified",
        payer_id="UNIFD",
        trace_identifier=payments.PAYER_IDENTIFIER,
        payer_class="commercial",
        filing_indicator="CI",
    )
    coverages = [make_coverage(payer, "P"), make_coverage(payer, "P", "S")]
    for turn, (number, lines) in enumerate(payments.CLAIMS.items()):
        coverage = coverages[turn % 2]
        encounter = Encounter.objects.create(
            practice=practice,
            number=f"E{number}",
            patient=coverage.patient,
            coverage=coverage,
            provider=provider,
            location=location,
            date_of_service=payments.SERVED_ON,
            visit_type="Established",
            specialty="Primary care",
            state="finalized",
            finalized_at=SENT_AT,
        )
        make_claim(encounter, coverage, number, lines)


def make_coverage(payer: Payer, *ranks: str) -> Coverage:
    """A patient with one coverage per rank; the first one."""
    patient = Patient.objects.create(
        practice=payer.practice,
        mrn="-".join(ranks),
        birth_date=date(1980, 1, 1),
        sex="F",
        **NAME,
        **ADDRESS,
    )
    made = [
        Coverage.objects.create(
            practice=payer.practice,
            patient=patient,
            payer=payer,
            member_id="UC10000001",
            rank=rank,
            starts_on=date(2026, 1, 1),
        )
        for rank in ranks
    ]
    return made[0]


def make_claim(
    encounter: Encounter, coverage: Coverage, number: str, lines: tuple[tuple[str, str], ...]
) -> None:
    claim = Claim.objects.create(
        practice=encounter.practice,
        encounter=encounter,
        patient=encounter.patient,
        coverage=coverage,
        payer=coverage.payer,
        status=Claim.Status.ACCEPTED,
        patient_control_number=number,
        date_of_service=encounter.date_of_service,
        amount_billed=sum((Decimal(billed) for _, billed in lines), Decimal(0)),
        content={},
        submitted_at=SENT_AT,
        accepted_at=SENT_AT,
    )
    made = ServiceLine.objects.bulk_create(
        ServiceLine(
            practice=encounter.practice,
            claim=claim,
            position=position,
            line_control_number=f"{number}-{position}",
            procedure_code=code,
            units=1,
            pointers=[1],
            date_of_service=encounter.date_of_service,
            amount_billed=Decimal(billed),
        )
        for position, (code, billed) in enumerate(lines, 1)
    )
    Posting.objects.bulk_create(
        Posting(
            practice=encounter.practice,
            source="revenue",
            destination="primary_receivable",
            amount=line.amount_billed,
            claim=claim,
            service_line=line,
            origin=f"line:{line.pk}:charge",
            posted_on=line.date_of_service,
        )
        for line in made
    )
