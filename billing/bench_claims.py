"""The claims benchmark: from coded visits to checked claims and the 837P that asks for them.

Visits are made beforehand in bulk; what is timed are the product's own actions, each in its own
committed transaction, and then their parts alone.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.actions.batch_files import refusal_of_gate, render_batch
from billing.actions.claim_drafts import CHUNK, draft_chunk
from billing.actions.claim_scrubs import facts_for
from billing.actions.code_facts import Judged, code_facts_for
from billing.actions.payer_facts import payer_facts_for
from billing.actions.submissions import submit_ready
from billing.bench_encounters import TODAY
from billing.models import Batch, Claim, ClaimFinding
from billing.rules.claim_content import from_json
from billing.rules.scrubbing import scrub_many
from payers.actions.edit_tables import load_table
from payers.bench_tables import write_pair_files, write_unit_file
from payers.rules.edit_tables import Table
from rcm import access
from rcm.bench.generate import make_envelope, make_submitter
from rcm.bench.x12_tasks import write_with_pyx12
from rcm.models import Practice
from rcm.x12.claim_837p import Claim as X12Claim
from rcm.x12.write_837p import write_claims

GATED = 5_000  # claims whose file the gate and pyx12's writer get: a full batch


@dataclass(slots=True)
class Clock:
    """Seconds by the name of the stage: of the wall, and of this process on a processor."""

    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    cpu_seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        started, cpu_started = time.perf_counter(), time.process_time()
        yield
        self.seconds[stage] += time.perf_counter() - started
        self.cpu_seconds[stage] += time.process_time() - cpu_started


def load_tables(folder: Path, pairs: int, clock: Clock) -> int:
    """Write and load made-up tables; how many pairs were loaded. Only their loading is timed."""
    pair_files, unit_file = write_pair_files(folder, pairs), write_unit_file(folder)
    with clock.time("load pairs"):
        load = load_table(Table.PTP_PRACTITIONER, pair_files)
    with clock.time("load units"):
        load_table(Table.MUE_PRACTITIONER, [unit_file])
    return load.counts.rows


def draft_all(practice: Practice) -> int:
    """Draft and check every coded visit, 500 to a transaction; how many."""
    drafted = 0
    while True:
        with access.acting_in(practice.pk):
            count = draft_chunk(practice.pk, by=None, today=TODAY)
        drafted += count
        if not count:
            return drafted


def queue_all(practice: Practice) -> list[Batch]:
    """Every claim that is ready into batches."""
    with access.acting_in(practice.pk):
        return submit_ready(practice, by=None)


def render_all(practice: Practice, batches: Sequence[Batch]) -> int:
    """The bytes of every batch, from what the database holds; how many claims."""
    written = 0
    for batch in batches:
        with access.acting_in(practice.pk):
            written += render_batch(batch)[1].items
    return written


def bill_all(practice: Practice, clock: Clock) -> tuple[int, int]:
    """From coded visits to 837P files; how many were drafted, and how many of them written."""
    with clock.time("draft"):
        drafted = draft_all(practice)
    with clock.time("queue"):
        batches = queue_all(practice)
    with clock.time("render"):
        written = render_all(practice, batches)
    if written != sum(batch.claims_count for batch in batches):
        raise RuntimeError("The files hold other claims than their batches.")
    return drafted, written


def count_statements(practice: Practice) -> int:
    """Statements from coded visits to files for what is seeded; also warms everything up."""
    with CaptureQueriesContext(connection) as captured:
        bill_all(practice, Clock())
    return len(captured)


def stored_claims(practice: Practice, run: str) -> Iterator[list[Claim]]:
    """The claims of a run with what their facts are made of, 500 at a time."""
    last = 0
    rows = Claim.objects.filter(practice=practice, encounter__number__startswith=run)
    rows = rows.select_related(
        *("encounter__patient", "encounter__coverage", "coverage__payer", "coverage__plan")
    )
    rows = rows.prefetch_related("encounter__charges", "coverage__payer__contracts").order_by("pk")
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


def measure_parts(practice: Practice, run: str, clock: Clock) -> int:
    """Reading contents, scrubbing and writing alone, for the run's stored claims; findings."""
    findings = 0
    with access.acting_in(practice.pk):
        for rows in stored_claims(practice, run):
            with clock.time("decode"):
                claims = [from_json(row.content) for row in rows]
            with clock.time("scrub"):
                findings += scrub_stored(practice, rows, claims)
            with clock.time("write"):
                write_claims(BytesIO(), make_envelope(2), make_submitter(), claims)
    return findings


def scrub_stored(practice: Practice, rows: Sequence[Claim], claims: Sequence[X12Claim]) -> int:
    """Look up the facts and run every check; how many findings."""
    judged = [
        Judged(claim, row.encounter, row.coverage.payer.payer_class, row.pk)
        for row, claim in zip(rows, claims, strict=True)
    ]
    facts = code_facts_for(practice.pk, judged)
    payers = payer_facts_for(practice.pk, [(row.encounter, row.coverage) for row in rows])
    works = [
        (claim, facts_for(row.coverage, {}, TODAY, codes, row.date_of_service, said))
        for row, claim, codes, said in zip(rows, claims, facts, payers, strict=True)
    ]
    return sum(len(scrubbed.findings) for scrubbed in scrub_many(works))


def measure_peer(practice: Practice, run: str, clock: Clock) -> int:
    """One file of at most GATED claims: our writer, the gate on it, and pyx12's writer; its claims.

    The gate is pyx12's validator in a process of its own, as before every sending.
    """
    claims: list[X12Claim] = []
    with access.acting_in(practice.pk):
        for rows in stored_claims(practice, run):
            # The gate refuses what the scrubber holds.
            claims += [from_json(row.content) for row in rows if row.status == "submitted"]
            if len(claims) >= GATED:
                break
    claims = claims[:GATED]
    out = BytesIO()
    with clock.time("write for peer"):
        written = write_claims(out, make_envelope(2), make_submitter(), claims)
    with clock.time("gate"):
        refusal = refusal_of_gate(out.getvalue(), written)
    if refusal:
        raise RuntimeError(refusal)
    clock.cpu_seconds["write with pyx12"] = write_with_pyx12(claims)
    return len(claims)


def findings_by_check(practice: Practice, run: str) -> dict[str, int]:
    """How many findings each check left on the run's claims."""
    with access.acting_in(practice.pk):
        return dict(
            Counter(
                ClaimFinding.objects.filter(
                    practice=practice, claim__encounter__number__startswith=run
                ).values_list("code", flat=True)
            ).most_common()
        )
