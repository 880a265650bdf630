"""Claims and payers the sandbox tests are made of: valid by default, one change visible."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from payers.sandbox.behaviour import Behaviour, Condition, Denial, PatientShare, Payer
from rcm.x12.claim_837p import (
    Address,
    BillingProvider,
    Claim,
    ClaimPayer,
    Person,
    ServiceLine,
    Submitter,
    Subscriber,
)
from rcm.x12.envelope import Envelope

TODAY = date(2026, 11, 23)
SERVED = date(2026, 11, 3)
PROVIDER = BillingProvider(
    name="NORTH FAMILY MEDICINE",
    npi="1234567893",
    tax_id="123456789",
    taxonomy_code="207Q00000X",
    address=Address("12 ELM ST", "SPRINGFIELD", "IL", "627010001"),
    contact_name="BEN BILLER",
    contact_phone="2175550100",
)
OTHER_PROVIDER = replace(PROVIDER, name="SOUTH CLINIC", npi="1245319599", tax_id="987654321")
SUBMITTER = Submitter(
    "NORTH FAMILY MEDICINE",
    "NORTH01",
    "BEN BILLER",
    "2175550100",
    "SANDBOX CLEARINGHOUSE",
    "SANDBOX",
)
PAYER = Payer(
    payer_id="60054",
    name="EXAMPLE HEALTH",
    trace_identifier="1111222333",
    base={"99213": 9_000, "99214": 13_000},
    unlisted_percent=Decimal(50),
    denials=(Denial(Condition(already_adjudicated=True), "CO", "18"),),
)
BEHAVIOUR = Behaviour({PAYER.payer_id: PAYER})


def make_line(position: int = 1, **changes: Any) -> ServiceLine:
    """99213 for 150.00, pointing to the first diagnosis."""
    line = ServiceLine(
        position=position,
        procedure_code="99213",
        amount_billed=15_000,
        units=Decimal(1),
        pointers=(1,),
        date_of_service=SERVED,
        line_control_number=f"L{position}",
    )
    return replace(line, **changes)


def make_claim(number: str = "C1", *lines: ServiceLine, **changes: Any) -> Claim:
    """One original claim of MARIA EXAMPLE to EXAMPLE HEALTH; CLM02 is the sum of its lines."""
    lines = lines or (make_line(),)
    claim = Claim(
        patient_control_number=number,
        amount_billed=sum(line.amount_billed for line in lines),
        place_of_service="11",
        frequency="1",
        diagnoses=("J069",),
        lines=lines,
        billing_provider=PROVIDER,
        subscriber=Subscriber(
            person=Person("EXAMPLE", "MARIA"),
            member_id="M1000001",
            rank="P",
            filing_indicator="CI",
            birth_date=date(1980, 2, 3),
            sex="F",
            address=Address("1 OAK ST", "SPRINGFIELD", "IL", "627010002"),
        ),
        payer=ClaimPayer("EXAMPLE HEALTH", "60054"),
    )
    return replace(claim, **changes)


def make_payer(**changes: Any) -> Payer:
    """EXAMPLE HEALTH: 90.00 for 99213, 130.00 for 99214, half of the charge for the rest."""
    return replace(PAYER, **changes)


def make_share(**changes: Any) -> PatientShare:
    return PatientShare(**changes)


def make_envelope(control_number: int = 1, sender: str = "NORTH01") -> Envelope:
    """An envelope from the practice to the sandbox."""
    return Envelope(
        sender_id=sender,
        receiver_id="SANDBOX",
        control_number=control_number,
        group_control_number=control_number,
        created_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    )
