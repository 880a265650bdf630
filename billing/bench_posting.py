"""The posting benchmark: from the bytes of a large 835 to the committed ledger.

Claims are made beforehand in bulk; what is timed is receive, read, record, balance, match and post,
each in its own committed transaction, as the tasks run them.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from io import BytesIO
from itertools import islice
from pathlib import Path
from threading import Event, Thread

from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.actions import files, postings
from billing.ledger import ledger_sum, unapplied
from billing.models import Remittance
from billing.staging import StagedTable, cursor
from payers.models import Coverage, Payer
from rcm import access
from rcm.bench.generate import (
    BILLING_NPI,
    DENIED,
    PAYER_IDENTIFIER,
    Case,
    make_cases,
    write_remittance_file,
)
from rcm.models import Patient, Practice, Provider, ServiceLocation
from rcm.money import cents_text

CHUNK = 2000
SMALL = 10  # claims of the neighbour's file
NEIGHBOUR_NPI = "1993999998"
PAUSE_SECONDS = 1.0
CLAIMS = StagedTable("bench_claim", {"number": "text", "served_on": "date", "billed": "numeric"})
LINES = StagedTable(
    "bench_line",
    {
        "claim": "text",
        "position": "smallint",
        "code": "text",
        "modifiers": "text[]",
        "units": "numeric",
        "billed": "numeric",
        "served_on": "date",
    },
)
# One statement: what it has just made is joined, never a whole table, whatever that holds by now.
SEED = """
WITH encounter AS (
    INSERT INTO coding_encounter (practice_id, number, patient_id, coverage_id, provider_id,
        location_id, date_of_service, visit_type, specialty, priority, authorization_number,
        state, hold_reason, finalized_at, version)
    SELECT %(practice)s, s.number, %(patient)s, %(coverage)s, %(provider)s, %(location)s,
        s.served_on, 'Established', 'Primary care', 0, '', 'finalized', '', now(), 1
    FROM staged_bench_claim s
    RETURNING id, number
), claim AS (
    INSERT INTO billing_claim (practice_id, encounter_id, patient_id, coverage_id, payer_id, rank,
        status, frequency, patient_control_number, payer_claim_control_number, date_of_service,
        amount_billed, content, submitted_at)
    SELECT %(practice)s, e.id, %(patient)s, %(coverage)s, %(payer)s, 'P', 'submitted', '1',
        s.number, '', s.served_on, s.billed, '{}', now()
    FROM staged_bench_claim s JOIN encounter e ON e.number = s.number
    RETURNING id, patient_control_number
), line AS (
    INSERT INTO billing_serviceline (practice_id, claim_id, position, line_control_number,
        procedure_code, label, modifiers, units, pointers, date_of_service, amount_billed)
    SELECT %(practice)s, c.id, s.position, c.patient_control_number || 'L' || s.position, s.code,
        '', s.modifiers, s.units, '{1}', s.served_on, s.billed
    FROM staged_bench_line s JOIN claim c ON c.patient_control_number = s.claim
    RETURNING id, claim_id, amount_billed, date_of_service
)
INSERT INTO billing_posting (practice_id, source, destination, amount, claim_id,
    service_line_id, origin, posted_on)
SELECT %(practice)s, 'revenue', 'primary_receivable', amount_billed, claim_id, id,
    'line:' || id || ':charge', date_of_service
FROM line
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run. `statements` is 0 unless they were counted."""

    claims: int
    seconds: float
    statements: int
    remittance_id: int


ADDRESS = {
    "address_line_1": "100 MAIN ST",
    "city": "SPRINGFIELD",
    "state": "IL",
    "zip_code": "627011234",
}
NAME = {"first_name": "PAT", "last_name": "BENCH"}
PRACTICE = ADDRESS | {
    "name": "Bench practice",
    "initials": "BP",
    "tax_id": "371234567",
    "taxonomy_code": "207Q00000X",
    "contact_name": "Billing Office",
    "phone": "2175550100",
}
PAYER = {
    "name": "Meridian Mutual",
    "short_name": "Meridian",
    "trace_identifier": PAYER_IDENTIFIER,
    "payer_class": "commercial",
    "filing_indicator": "CI",
}


def make_bench_practice(npi: str = BILLING_NPI) -> tuple[Practice, dict[str, int]]:
    """A practice the generated 835 pays, and the ids its claims refer to.

    Another one than BILLING_NPI's is paid through a provider of it with that number.
    """
    practice, _ = Practice.objects.get_or_create(npi=npi, defaults=PRACTICE)
    access.open_walls([practice.pk])
    if npi != BILLING_NPI:
        Provider.objects.get_or_create(
            practice=practice, npi=BILLING_NPI, defaults=NAME | {"taxonomy_code": "207Q00000X"}
        )
    provider, _ = Provider.objects.get_or_create(
        practice=practice, npi="1234567893", defaults=NAME | {"taxonomy_code": "207Q00000X"}
    )
    location, _ = ServiceLocation.objects.get_or_create(
        practice=practice, name="Bench", defaults=ADDRESS | {"place_of_service": "11"}
    )
    payer, _ = Payer.objects.get_or_create(practice=practice, payer_id="60054", defaults=PAYER)
    patient, _ = Patient.objects.get_or_create(
        practice=practice,
        mrn="BENCH",
        defaults=NAME | ADDRESS | {"birth_date": date(1980, 1, 1), "sex": "F"},
    )
    coverage, _ = Coverage.objects.get_or_create(
        practice=practice,
        patient=patient,
        payer=payer,
        defaults={"member_id": "W1", "starts_on": date(2026, 1, 1)},
    )
    rows = {"provider": provider, "location": location, "payer": payer, "patient": patient}
    ids = {key: row.pk for key, row in rows.items()}
    return practice, ids | {"practice": practice.pk, "coverage": coverage.pk}


def seed_claims(ids: dict[str, int], cases: Iterator[Case]) -> None:
    """Submitted claims with lines and charges for the generated cases, 2,000 at a time."""
    with cursor() as db:
        CLAIMS.open(db)
        LINES.open(db)
        while chunk := list(islice(cases, CHUNK)):
            claims, lines = [], []
            for case in chunk:
                number = case.patient_control_number
                claims.append(f"{number}\t{case.on}\t{cents_text(case.billed)}")
                for position, work in enumerate(case.work, 1):
                    modifiers = "{" + ",".join(work.modifiers) + "}"
                    lines.append(
                        f"{number}\t{position}\t{work.procedure_code}\t{modifiers}\t"
                        f"{work.units}\t{cents_text(work.billed)}\t{case.on}"
                    )
            CLAIMS.fill(db, claims)
            LINES.fill(db, lines)
            db.execute(SEED, ids)


def make_content(run: str, claims: int, denied: Fraction = DENIED) -> bytes:
    """The 835 that pays `claims` claims of `run`; `denied` is a share of the lines."""
    out = BytesIO()
    write_remittance_file(
        out,
        claims,
        claim_number=lambda number: f"{run}{number}",
        line_number=lambda number, position: f"{run}{number}L{position}",
        trace_number=f"BENCH{run}",
        denied=denied,
    )
    return out.getvalue()


def seed_run(run: str, claims: int, npi: str = BILLING_NPI, denied: Fraction = DENIED) -> Practice:
    """Commit the claims the 835 of the same run, size and share pays."""
    with access.acting_in():
        practice, ids = make_bench_practice(npi)
        cases = make_cases(claims, claim_number=lambda number: f"{run}{number}", denied=denied)
        seed_claims(ids, cases)
    return practice


def measure(practice: Practice, run: str, content: bytes, *, count: bool = False) -> Measured:
    """Take the bytes to the committed ledger and check the result: posted, explained, zero."""
    started = time.perf_counter()
    if count:
        with CaptureQueriesContext(connection) as captured:
            remittance_id = take_in(practice, run, content)
        statements = len(captured)
    else:
        remittance_id, statements = take_in(practice, run, content), 0
    seconds = time.perf_counter() - started
    with access.acting_in(practice.pk):
        remittance = Remittance.objects.get(pk=remittance_id)
        if remittance.state != Remittance.State.POSTED:
            raise RuntimeError(f"The remittance ended {remittance.state}.")
        if ledger_sum(practice) or unapplied(practice):
            raise RuntimeError("The ledger does not add up.")
        return Measured(remittance.claims_count, seconds, statements, remittance_id)


def take_in(practice: Practice, run: str, content: bytes) -> int:
    """Receive, read and post, three transactions; the remittance's id."""
    with access.acting_in(practice.pk):
        file = files.receive_file(practice, f"bench-{run}.835", content)
    with access.acting_in(practice.pk):
        files.read_file(file)
    with access.acting_in(practice.pk):
        remittance = postings.post_remittance(file.remittances.get())
    return int(remittance.pk)


class Neighbour(Thread):
    """Another practice, which posts a file of ten claims again and again beside the large one.

    `slowest` is the longest that took, in seconds.
    """

    def __init__(self, run: str) -> None:
        super().__init__(daemon=True)
        self.run_name = run
        self.is_over = Event()
        self.slowest = 0.0  # seconds
        self.files = 0

    def run(self) -> None:
        try:
            while not self.is_over.is_set():
                name = f"{self.run_name}N{self.files}"
                practice = seed_run(name, SMALL, NEIGHBOUR_NPI)
                measured = measure(practice, name, make_content(name, SMALL))
                self.slowest = max(self.slowest, measured.seconds)
                self.files += 1
                self.is_over.wait(PAUSE_SECONDS)
        finally:
            connection.close()


@contextmanager
def beside_a_neighbour(run: str) -> Iterator[Neighbour]:
    """While the block runs, another practice posts small files."""
    neighbour = Neighbour(run)
    neighbour.start()
    try:
        yield neighbour
    finally:
        neighbour.is_over.set()
        neighbour.join()


def reset_peak() -> None:
    """Begin a new high-water mark of this process's memory (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> float:
    """The high-water mark since `reset_peak`, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0
