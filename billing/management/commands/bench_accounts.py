"""`manage.py bench_accounts [--accounts N] [--rounds N] [--json]`: how long the list takes."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from billing import bench_accounts as bench
from rcm.bench.analyzed import analyze

SMALL = 10_000
NPIS = ("1992739138", "1992739146")


class Command(BaseCommand):
    help = "Measures the list of patients' accounts, at two lengths."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--accounts", type=int, default=100_000, help="in the long list")
        parser.add_argument("--rounds", type=int, default=40)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        made = [
            (count, *bench.seed(npi, count, owing=40))
            for npi, count in zip(NPIS, (SMALL, options["accounts"]), strict=True)
        ]
        analyze()
        figures: dict[str, Any] = {}
        for count, practice, person in made:
            figures[str(count)] = bench.measure_list(practice, person, options["rounds"])
            for name, value in figures[str(count)].items():
                self.stdout.write(f"{count:>9,} {name:14} {value}")
        if options["json"]:
            self.stdout.write(json.dumps(figures))
