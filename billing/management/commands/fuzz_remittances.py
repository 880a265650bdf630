"""`manage.py fuzz_remittances [--count N] [--seed S] [--json]`: damaged 835s against an oracle."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from billing import fuzz_remittances as fuzz
from billing.bench_posting import peak_mb
from rcm import access


class Command(BaseCommand):
    help = "Damages 835s and takes them the whole way; nothing of it is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", type=int, default=2000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--first", type=int, default=0, help="begin at this file of the seed")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with access.acting_in():
            report = fuzz.run(
                options["count"], options["seed"], first=options["first"], note=self.stderr.write
            )
            transaction.set_rollback(True)
        for row in fuzz.table(report):
            self.stdout.write(row)
        self.stdout.write(f"{'peak mb':28}{peak_mb():>7}")
        for name in report.without_effect:
            self.stderr.write(f"{name} changed no file")
        if options["json"]:
            self.stdout.write(json.dumps(report.figures()))
        if not report.is_clean:
            sys.exit(1)
