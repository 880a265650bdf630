"""`manage.py bench_statements [--accounts N] [--json]`: how fast a batch of statements is made."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from billing import bench_accounts as bench
from rcm.bench.analyzed import analyze

NPI = "1992739153"


class Command(BaseCommand):
    help = "Measures a whole batch of statements with their PDFs on one worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--accounts", type=int, default=10_000)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        # Of ten accounts one has a claim that no payer has decided: it gets none.
        practice, person = bench.seed(NPI, options["accounts"] * 10 // 9, owing=100)
        analyze()
        figures = bench.measure_statements(practice, person)
        for name, value in figures.items():
            self.stdout.write(f"{name.replace('_', ' '):26} {value:>10}")
        if options["json"]:
            self.stdout.write(json.dumps(figures))
