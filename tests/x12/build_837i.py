"""One institutional claim with most of what the guide has, and files of such claims."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from rcm.x12.claim_837 import (
    Attachment,
    ClaimPayer,
    Identifier,
    LineAdjudication,
    Note,
    OtherPayer,
    Person,
    Provider,
    Subscriber,
)
from rcm.x12.claim_837i import (
    DatedCode,
    InstitutionalClaim,
    InstitutionalDiagnosis,
    OccurrenceSpan,
    RevenueLine,
    ValueCode,
)
from rcm.x12.remittance_835 import Adjustment
from rcm.x12.write_837i import write_institutional_claims
from tests.x12.build import CHILD, ENVELOPE, PROVIDER, STREET, SUBMITTER

ADMITTED, LEFT = date(2026, 10, 1), date(2026, 10, 4)
ATTENDING = Provider(Person("SMITH", "PAT"), "1234567893", "207R00000X")
ROOM = RevenueLine(1, "0120", 360_000, Decimal(3), "H1L1", unit_code="DA")
EMERGENCY = RevenueLine(
    2,
    "0450",
    40_000,
    Decimal(1),
    "H1L2",
    "99284",
    ("25",),
    date_of_service=ADMITTED,
    amount_noncovered=1_000,
    adjudications=(
        LineAdjudication(
            "OP1",
            30_000,
            "99284",
            Decimal(1),
            date(2026, 10, 20),
            (Adjustment("CO", "45", 10_000),),
            revenue_code="0450",
        ),
    ),
)
STAY = InstitutionalClaim(
    patient_control_number="H1",
    amount_billed=400_000,
    type_of_bill="111",
    statement_from=ADMITTED,
    statement_to=LEFT,
    lines=(ROOM, EMERGENCY),
    billing_provider=replace(PROVIDER, pay_to=None),
    subscriber=Subscriber(
        Person("ALDER", "ADA"), "W1", "S", "CI", date(1980, 1, 2), "F", STREET, "G1"
    ),
    payer=ClaimPayer("MERIDIAN MUTUAL", "60054"),
    admission_type="1",
    admission_source="1",
    patient_status="01",
    admission_on=ADMITTED,
    admission_time="0915",
    discharge_time="1100",
    principal_diagnosis=InstitutionalDiagnosis("A419", "Y"),
    admitting_diagnosis="R6520",
    external_causes=(InstitutionalDiagnosis("W19XXXA", "N"),),
    drg="871",
    other_diagnoses=(InstitutionalDiagnosis("I10", "Y"), InstitutionalDiagnosis("Z6841")),
    principal_procedure=DatedCode("5A1955Z", date(2026, 10, 2)),
    other_procedures=(DatedCode("02HV33Z", date(2026, 10, 2)),),
    occurrence_spans=(OccurrenceSpan("72", ADMITTED, LEFT),),
    occurrences=(DatedCode("11", ADMITTED),),
    value_codes=(ValueCode("80", 300),),
    condition_codes=("09",),
    attending_provider=ATTENDING,
    operating_provider=replace(ATTENDING, taxonomy_code="", npi="1245319599"),
    attachments=(Attachment("OZ", "BM", "P1"),),
    references=(Identifier("EA", "MRN1"),),
    notes=(Note("ADD", "SEE CHART"),),
    other_payers=(
        OtherPayer(
            "P",
            "18",
            "MA",
            Person("ALDER", "ADA"),
            "M1",
            "OLD PLAN",
            "OP1",
            adjustments=(Adjustment("PR", "1", 30_000),),
            amount_paid=0,
            inpatient=("3",),
        ),
    ),
)
CHILD_STAY = replace(
    STAY,
    patient_control_number="H2",
    subscriber=Subscriber(Person("ALDER", "ADA"), "W1", "P", "CI", relationship="19"),
    patient=CHILD,
    type_of_bill="117",
    payer_claim_control_number="ICN1",
    other_payers=(),
    lines=(ROOM, replace(EMERGENCY, adjudications=())),
)


def stays_file(*claims: InstitutionalClaim, **changes: Any) -> bytes:
    """An 837I of the claims."""
    out = BytesIO()
    write_institutional_claims(out, replace(ENVELOPE, **changes), SUBMITTER, claims)
    return out.getvalue()
