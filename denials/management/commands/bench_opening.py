"""`manage.py bench_opening [--claims N…] [--json]`: how long the denials of an 835 take to open."""

import json
import time
from argparse import ArgumentParser
from fractions import Fraction
from typing import Any

from django.core.management.base import BaseCommand

from denials import bench_opening as bench
from rcm.bench.generate import DENIED

WARM = 1_000


class Command(BaseCommand):
    help = "Measures opening the denials of a remittance against posting it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--claims", type=int, nargs="+", default=[10_000])
        parser.add_argument("--denied", type=Fraction, default=DENIED, help="share of the lines")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        run = f"O{time.time_ns() // 1_000_000_000 % 10**8}"
        bench.prepare()
        bench.measure(f"{run}W", WARM, DENIED)
        figures: dict[str, Any] = {}
        for place, claims in enumerate(options["claims"]):
            found = bench.measure(f"{run}C{place}", claims, options["denied"])
            figures[str(claims)] = {
                "denials": found.denials,
                "posting_seconds": round(found.posting, 2),
                "opening_seconds": round(found.opening, 2),
                "percent_of_posting": found.percent,
                "triggers_while_posting": found.posting_triggers,
                "triggers_while_opening": found.opening_triggers,
            }
            self.stdout.write(f"{claims:,} claims")
            for name, value in figures[str(claims)].items():
                self.stdout.write(f"  {name.replace('_', ' '):30} {value}")
        if options["json"]:
            self.stdout.write(json.dumps(figures))
