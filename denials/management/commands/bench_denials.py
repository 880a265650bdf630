"""`manage.py bench_denials [--denials N] [--rounds N] [--json]`: how long the worklist takes."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from denials import bench_denials as bench
from rcm.bench.analyzed import analyze

SMALL = 10_000
NPIS = ("1992739112", "1992739120")


class Command(BaseCommand):
    help = "Measures the pages of the denial worklist, at two lengths."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--denials", type=int, default=200_000, help="in the long worklist")
        parser.add_argument("--rounds", type=int, default=40)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        made = [
            (count, *bench.seed(npi, count))
            for npi, count in zip(NPIS, (SMALL, options["denials"]), strict=True)
        ]
        analyze()
        figures: dict[str, Any] = {}
        for count, practice, person in made:
            figures[str(count)] = bench.measure(practice, person, options["rounds"])
        figures["explain"] = bench.explain(made[-1][1])
        for name, value in figures.items():
            self.stdout.write(f"{name:10} {value}")
        if options["json"]:
            self.stdout.write(json.dumps(figures))
