"""`manage.py race_next_chart [--processes N] [--rounds N] [--json]`: one chart, one coder."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from coding.bench_queue import make_coder, make_queue_practice, seed_queue
from coding.race import race

RACE_NPI = "1730155209"


class Command(BaseCommand):
    help = (
        "Lets many processes ask for the next chart at once and counts charts given twice. "
        "Adds an invented practice: run it beside a database of its own."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--processes", type=int, default=50)
        parser.add_argument("--rounds", type=int, default=100)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        practice, _, ids = make_queue_practice(RACE_NPI)
        coders = [make_coder(practice, number) for number in range(options["processes"])]
        seed_queue(practice, coders, ids, options["processes"])
        found = race(practice.pk, [user.pk for user in coders], options["rounds"])
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found)))
        else:
            self.stdout.write(
                f"{found.processes} processes, {found.rounds} rounds: {found.charts_given} charts "
                f"given, {found.doubles} twice, {found.missed} missed."
            )
        if not found.is_right:
            sys.exit(1)
