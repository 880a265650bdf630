"""`manage.py bench_coding [--charts N] [--rounds N] [--json]`: how long a coder waits."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from coding import bench_coding as bench

SMALL = 10_000


class Command(BaseCommand):
    help = (
        "Measures search, adding a code, suggestions and completing, at two lengths of the queue."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--charts", type=int, default=1_000_000, help="in the long queue")
        parser.add_argument("--rounds", type=int, default=60, help="charts coded in each queue")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        bench.load_code_sets()
        figures: dict[str, Any] = {
            "search_p95_ms": bench.measure_search(),
            "suggest_p95_ms": bench.measure_suggestions(),
        }
        small = self.measure(bench.SMALL_NPI, SMALL, options["rounds"])
        large = self.measure(bench.LARGE_NPI, options["charts"], options["rounds"])
        ratio = round(large["complete_p95_ms"] / small["complete_p95_ms"], 2)
        figures |= large | {"ratio_1m_to_10k": ratio, "charts": options["charts"], "small": small}
        for name, value in figures.items():
            self.stdout.write(f"{name.replace('_', ' '):20} {value}")
        if options["json"]:
            self.stdout.write(json.dumps(figures))

    def measure(self, npi: str, charts: int, rounds: int) -> dict[str, float]:
        practice, coder = bench.make_practice(npi, charts)
        return bench.measure_chart_work(practice, coder, rounds)
