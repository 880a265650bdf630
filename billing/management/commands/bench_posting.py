"""`manage.py bench_posting [--claims N…] [--json]`: how fast an 835 becomes money."""

import json
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from billing import bench_posting as bench

PYX12 = """
import sys, time
from pathlib import Path
from rcm.bench.x12_tasks import read_with_pyx12
started = time.perf_counter()
read_with_pyx12(Path(sys.argv[1]))
print(time.perf_counter() - started)
"""

PYX12_LIMIT = 20_000  # claims; more would take pyx12 minutes


class Command(BaseCommand):
    help = "Measures bytes of an 835 to committed ledger, against pyx12 reading the same file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--claims", type=int, nargs="+", default=[10_000])
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        run = f"B{time.time_ns() // 1_000_000_000 % 10**8}"
        small = self.count_statements(f"{run}A", 2000)
        large = self.count_statements(f"{run}B", 4000)
        figures: dict[str, Any] = {"statements_per_1000": (large - small) / 2, "sizes": {}}
        for place, claims in enumerate(options["claims"]):
            found = self.measure(f"{run}C{place}", claims)
            figures["sizes"][str(claims)] = found
            self.stdout.write(f"{claims:,} claims")
            for name, value in found.items():
                self.stdout.write(f"  {name.replace('_', ' '):40} {value:>12,}")
        # The figures of 10,000 claims, or of the last size, stand at the top as well.
        main = figures["sizes"].get("10000") or found
        figures = main | figures
        if options["json"]:
            self.stdout.write(json.dumps(figures))

    def measure(self, run: str, claims: int) -> dict[str, Any]:
        """One file alone; up to PYX12_LIMIT claims pyx12 reads it too, above it a second practice
        posts small files beside a second one of this size.
        """
        practice = bench.seed_run(run, claims)
        content = bench.make_content(run, claims)
        bench.reset_peak()
        measured = bench.measure(practice, run, content)
        found: dict[str, Any] = {
            "claims": measured.claims,
            "seconds": round(measured.seconds, 2),
            "claims_per_second": round(measured.claims / measured.seconds),
            "peak_mb": bench.peak_mb(),
        }
        if claims <= PYX12_LIMIT:
            pyx12_seconds = self.read_with_pyx12(content)
            found["vs_pyx12_read"] = round(pyx12_seconds / measured.seconds, 1)
        else:
            bench.seed_run(f"{run}S", claims)
            content = bench.make_content(f"{run}S", claims)
            with bench.beside_a_neighbour(run) as neighbour:
                bench.measure(practice, f"{run}S", content)
            found["neighbour_files"] = neighbour.files
            found["neighbour_slowest_seconds"] = round(neighbour.slowest, 2)
        return found

    def count_statements(self, run: str, claims: int) -> int:
        """Statements for a file of this size; also warms everything up."""
        practice = bench.seed_run(run, claims)
        content = bench.make_content(run, claims)
        return bench.measure(practice, run, content, count=True).statements

    def read_with_pyx12(self, content: bytes) -> float:
        """Seconds of X12ContextReader on the same bytes, in its own process, by the same clock."""
        with tempfile.NamedTemporaryFile(suffix=".835") as file:
            file.write(content)
            file.flush()
            command = [sys.executable, "-c", PYX12, file.name]
            done = subprocess.run(  # noqa: S603  our own module, our own file
                command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
            )
        return float(done.stdout)
