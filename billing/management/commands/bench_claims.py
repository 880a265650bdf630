"""`manage.py bench_claims [--claims N…] [--pairs N] [--json]`: how fast visits become claims."""

import json
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from billing import bench_claims as bench
from billing.bench_encounters import add_code_set, make_billing_practice, seed_visits
from billing.bench_posting import peak_mb, reset_peak
from rcm import access
from rcm.models import Practice

WARM_UP = (1_000, 2_000)  # visits; the difference tells the statements of 1,000


class Command(BaseCommand):
    help = "Measures coded visits to checked claims and 837P files, with edit tables of full size."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--claims", type=int, nargs="+", default=[10_000])
        parser.add_argument("--pairs", type=int, default=2_500_000)
        parser.add_argument("--rounds", type=int, default=1, help="of each size; the best counts")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        reset_peak()
        figures = self.load(options["pairs"])
        self.show("edit tables", figures)
        small, large = (self.count_statements(f"W{count}N", count) for count in WARM_UP)
        figures["statements_per_1000_claims"] = large - small
        sizes: dict[str, dict[str, Any]] = {}
        for claims in sorted(options["claims"]):
            rounds = [
                self.measure(f"R{turn}S{claims}N", claims) for turn in range(options["rounds"])
            ]
            found = sizes[str(claims)] = best_of(rounds)
            smallest = next(iter(sizes.values()))
            found["cost_per_claim_to_smallest"] = round(
                smallest["end_to_end_claims_per_second"] / found["end_to_end_claims_per_second"], 2
            )
            self.show(f"{claims:,} claims", found)
        # The figures of 10,000 claims, or of the last size, stand at the top as well.
        figures = sizes.get("10000", found) | figures | {"sizes": sizes}
        if options["json"]:
            self.stdout.write(json.dumps(figures))

    def show(self, heading: str, found: dict[str, Any]) -> None:
        self.stdout.write(heading)
        for name, value in found.items():
            if not isinstance(value, dict):
                self.stdout.write(f"  {name.replace('_', ' '):40} {value:>12,}")
        self.stdout.flush()

    def load(self, pairs: int) -> dict[str, Any]:
        """Pairs and unit limits, by the loader of the product; a code set."""
        add_code_set()
        clock = bench.Clock()
        with tempfile.TemporaryDirectory() as folder:
            loaded = bench.load_tables(Path(folder), pairs, clock)
        return {"ptp_pairs": loaded, "ptp_load_seconds": round(clock.seconds["load pairs"], 1)}

    def seed(self, run: str, claims: int) -> Practice:
        with access.acting_in():
            practice, ids = make_billing_practice()
            seed_visits(ids, run, claims)
        return practice

    def count_statements(self, run: str, claims: int) -> int:
        return bench.count_statements(self.seed(run, claims))

    def measure(self, run: str, claims: int) -> dict[str, Any]:
        """One run: the whole way, then its parts alone, then the peer on one file."""
        practice, clock = self.seed(run, claims), bench.Clock()
        reset_peak()
        drafted, written = bench.bill_all(practice, clock)
        peak = peak_mb()
        bench.measure_parts(practice, run, clock)
        filed = bench.measure_peer(practice, run, clock)
        cpu_seconds = clock.cpu_seconds

        def rate(count: int, *stages: str) -> int:
            return round(count / sum(clock.seconds[stage] for stage in stages))

        def cpu_rate(count: int, stage: str) -> int:
            return round(count / cpu_seconds[stage])

        return {
            "claims": drafted,
            "claims_written": written,
            "scrub_claims_per_second": rate(drafted, "scrub"),
            "write_claims_per_second": rate(drafted, "write"),
            "end_to_end_claims_per_second": rate(drafted, "draft", "queue", "render"),
            "draft_claims_per_second": rate(drafted, "draft"),
            "queue_claims_per_second": rate(written, "queue"),
            "database_write_claims_per_second": rate(written, "render"),
            "decode_claims_per_second": rate(drafted, "decode"),
            "gate_claims_per_second": rate(filed, "gate"),
            "scrub_claims_per_cpu_second": cpu_rate(drafted, "scrub"),
            "write_claims_per_cpu_second": cpu_rate(drafted, "write"),
            "draft_claims_per_cpu_second": cpu_rate(drafted, "draft"),
            "pyx12_write_claims_per_cpu_second": cpu_rate(filed, "write with pyx12"),
            "write_vs_pyx12": round(
                cpu_seconds["write with pyx12"] / cpu_seconds["write for peer"], 1
            ),
            "peak_mb": peak,
            "findings": bench.findings_by_check(practice, run),
        }


def best_of(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Of each rate the highest, of the rest that of the last round."""
    best = dict(rounds[-1])
    for name in best:
        if name.endswith("_second") or name == "write_vs_pyx12":
            best[name] = max(found[name] for found in rounds)
    return best
