"""The claims benchmark in small: what it makes is clean, and statements do not grow with claims."""

from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import bench_claims as bench
from billing.bench_encounters import add_code_set, make_billing_practice, seed_visits
from billing.models import Claim, ClaimFinding, Posting
from payers.models import EditTableRelease
from payers.table_lookup import forget_releases


def statements_for(run: str, visits: int) -> int:
    """Statements from coded visits to the bytes of their files."""
    practice, ids = make_billing_practice()
    seed_visits(ids, run, visits)
    forget_releases()
    with CaptureQueriesContext(connection) as captured:
        assert bench.bill_all(practice, bench.Clock())[0] == visits
    return len(captured)


def test_drafting_queueing_and_writing_cost_the_same_statements_for_40_and_for_80_visits(
    db: None, tmp_path: Path
) -> None:
    add_code_set()
    assert bench.load_tables(tmp_path, 20_000, bench.Clock()) == 19_000
    assert EditTableRelease.objects.count() == 2
    # Each run has pairs and codes no run before has asked the tables about.
    assert statements_for("A", 40) == statements_for("B", 80)


def test_the_visits_become_clean_claims_that_charge_every_line_once(db: None) -> None:
    add_code_set()
    statements_for("A", 20)
    assert list(Claim.objects.values_list("status", flat=True).distinct()) == ["submitted"]
    assert not ClaimFinding.objects.exists()
    charged = Posting.objects.filter(source="revenue", destination="primary_receivable")
    lines = [line for claim in Claim.objects.all() for line in claim.lines.all()]
    assert sorted(charged.values_list("service_line_id", "amount")) == sorted(
        (line.pk, line.amount_billed) for line in lines
    )


def test_the_parts_alone_look_at_every_stored_claim(db: None) -> None:
    add_code_set()
    practice, ids = make_billing_practice()
    seed_visits(ids, "A", 20)
    clock = bench.Clock()
    assert bench.bill_all(practice, clock) == (20, 20)
    assert [len(rows) for rows in bench.stored_claims(practice, "A")] == [20]
    assert bench.measure_parts(practice, "A", clock) == 0
    assert bench.measure_peer(practice, "A", clock) == 20
    assert set(clock.cpu_seconds) == {
        *("draft", "queue", "render", "decode", "scrub", "write"),
        *("write for peer", "gate", "write with pyx12"),
    }
