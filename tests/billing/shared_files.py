"""The 835s of other projects, where they are at hand, taken the whole way for a practice.

The samples are no part of this repository; what became of them is (shared_835_outcomes.json).
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

from billing.actions.postings import post_remittance
from billing.models import InterchangeFile, Posting, Remittance
from rcm.models import Practice
from rcm.money import from_cents
from rcm.x12.reader import read
from rcm.x12.remittance_835 import RemittanceStart, RemittedClaim
from tests import make
from tests.billing import remitting as r
from tests.billing.books import charge

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "x12" / "835"
LONGEST_NUMBER = 20
FILES = sorted(path for path in FOLDER.glob("*") if path.is_file())


def become_payee(practice: Practice, content: bytes) -> None:
    """Give the practice the NPI and tax id that the file pays."""
    for start in (item for item in read(content) if isinstance(item, RemittanceStart)):
        if start.payee_qualifier == "XX":
            practice.npi = start.payee_identifier
        tax_ids = [row.value for row in start.payee_references if row.qualifier == "TJ"]
        if start.payee_qualifier == "FI":
            tax_ids.append(start.payee_identifier)
        for tax_id in tax_ids:
            practice.tax_id = tax_id.replace("-", "")[:9]
    practice.save()


def become_stranger(practice: Practice) -> None:
    """Ids that no sample pays."""
    practice.npi, practice.tax_id = "1098765434", "000000009"
    practice.save()


def send_claims(practice: Practice, content: bytes) -> None:
    """The claims the payer answers, as we would have sent them, charged."""
    make.fees(practice)
    known: set[str] = set()
    for item in read(content):
        if not isinstance(item, RemittedClaim) or item.patient_control_number in known:
            continue
        if len(item.patient_control_number) > LONGEST_NUMBER:
            continue  # no number of ours
        known.add(item.patient_control_number)
        lines = [
            (line.submitted_code or line.procedure_code, str(from_cents(abs(line.amount_billed))))
            for line in item.lines
            if line.amount_billed
        ] or [("99213", str(from_cents(abs(item.amount_billed))))]
        number = item.patient_control_number
        charge(make.claim(practice, *lines, patient_control_number=number))


def take_in(practice: Practice, content: bytes) -> dict[str, Any]:
    """Receive, read and post; in short what became of the file."""
    file = r.read(practice, content)
    for row in file.remittances.filter(state=Remittance.State.READY).order_by("pk"):
        post_remittance(row)
    rows = list(file.remittances.order_by("pk"))
    paid = sum((row.amount_paid for row in rows), Decimal(0))
    posted = Posting.objects.filter(practice=practice, origin__endswith=":deposit")
    outcome: dict[str, Any] = {
        "outcome": outcome_of(file, rows),
        "payments": {
            state: sum(row.state == state for row in rows)
            for state in sorted({str(row.state) for row in rows})
        },
        "hold_codes": sorted({row.hold_code for row in rows} - {""}),
        "paid": str(paid),
        "deposited": str(sum((move.amount for move in posted), Decimal(0))),
        "problems": sorted(set(file.problems.values_list("code", flat=True))),
    }
    return outcome


def outcome_of(file: InterchangeFile, rows: list[Remittance]) -> str:
    """The state all payments of the file share, else the ones there are."""
    states = {str(row.state) for row in rows}
    if "Duplicate of" in file.note:
        states.add("duplicate")
    if "not used" in file.note or not states:
        states.add("rejected")
    return "+".join(sorted(states))
