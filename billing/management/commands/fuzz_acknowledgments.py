"""`manage.py fuzz_acknowledgments [--count N] [--seed S] [--json]`: histories of answers."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from billing import fuzz_acknowledgments as fuzz
from rcm import access


class Command(BaseCommand):
    help = "Takes in random histories of TA1, 999 and 277CA; nothing of it is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", type=int, default=1000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--first", type=int, default=0, help="begin at this history")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with access.acting_in():
            report = fuzz.run(
                options["count"], options["seed"], first=options["first"], note=self.stderr.write
            )
            transaction.set_rollback(True)
        for row in fuzz.table(report):
            self.stdout.write(row)
        if options["json"]:
            self.stdout.write(json.dumps(report.figures()))
        if not report.is_clean:
            sys.exit(1)
