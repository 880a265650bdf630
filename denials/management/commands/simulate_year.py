"""Play a year of invented practices against payers whose rules the product is not told.

Prints one JSON object: the figures of each month, and what must be zero. It runs beside servers of
its own, on a clock of its own; nothing of it stays. See docs/simulated-year.md.
"""

import io
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from denials.simulation.cast import open_clinics
from denials.simulation.clearing import clearinghouse
from denials.simulation.clock import SimulatedClock
from denials.simulation.machines import Machines
from denials.simulation.payer_file import DEFAULT, MONTHS, PayerFile, read_payer_file
from denials.simulation.year import LOOPS, VISITS_A_WEEK, WORKING_HOUR, Year
from payers.sandbox.script_values import ScriptRefused
from rcm.embedded.run_with import OWNER_URL

MOST_PRACTICES = 50
MOST_VISITS = 400


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same year")
        parser.add_argument("--practices", type=int, default=1)
        parser.add_argument(
            "--without",
            action="append",
            default=[],
            choices=LOOPS,
            help="leave a loop out; denial_loop is all of them",
        )
        parser.add_argument("--payers", type=Path, default=DEFAULT, help="YAML of the payers")
        parser.add_argument("--months", type=int, default=MONTHS, help="how many of the twelve")
        parser.add_argument("--visits", type=int, default=VISITS_A_WEEK, help="a week, by practice")
        parser.add_argument("--begins", type=date.fromisoformat, default=date(2026, 1, 5))

    def handle(self, *args: Any, **options: Any) -> None:
        self.refuse(options)
        try:
            file = read_payer_file(options["payers"])
        except ScriptRefused as refused:
            raise CommandError(str(refused)) from refused
        owner_url = os.environ.get(OWNER_URL, "")
        if not owner_url:
            raise CommandError("Run it as manage.py simulate_year: it starts servers of its own.")
        # The clearinghouse tells of every file.
        logging.getLogger("payers.sandbox").setLevel(logging.WARNING)
        began = time.monotonic()
        found = self.play(file, owner_url, options)
        found["seconds"] = round(time.monotonic() - began)
        self.stdout.write(json.dumps(found))
        if any(found["gaps"].values()) or found["ledger_sum"] != "0.00":
            raise CommandError("something was forgotten, or the ledger does not add up")

    def refuse(self, options: dict[str, Any]) -> None:
        limits = {"practices": MOST_PRACTICES, "months": MONTHS, "visits": MOST_VISITS}
        for name, most in limits.items():
            if not 1 <= options[name] <= most:
                raise CommandError(f"--{name}: from 1 to {most}")
        if options["begins"].weekday() != 0:
            raise CommandError("--begins: a Monday")

    def play(self, file: PayerFile, owner_url: str, options: dict[str, Any]) -> dict[str, Any]:
        self.prepare(owner_url)
        clock, machines = SimulatedClock(owner_url), Machines()
        clock.install(datetime.combine(options["begins"] - timedelta(days=1), WORKING_HOUR))
        try:
            return self.play_year(file, clock, machines, options)
        finally:
            clock.remove()

    def prepare(self, owner_url: str) -> None:
        """Tables, by the role that owns them, and code sets."""
        self.say("creating tables")
        environment = os.environ | {"RCM_DATABASE_URL": owner_url}
        migrate = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity=0"]
        subprocess.run(migrate, env=environment, check=True)  # noqa: S603  # ourselves
        self.say("loading code sets")
        call_command("load_code_sets", stdout=io.StringIO())
        # The next connection asks the simulated clock.
        connection.close()

    def play_year(
        self, file: PayerFile, clock: SimulatedClock, machines: Machines, options: dict[str, Any]
    ) -> dict[str, Any]:
        begins_on, count = options["begins"], options["practices"]
        clinics = open_clinics(file, count, options["seed"], begins_on)
        mailboxes = [clinic.practice.initials for clinic in clinics]
        with (
            tempfile.TemporaryDirectory() as root,
            clearinghouse(Path(root), file.behaviour(1), mailboxes, clock.now) as house,
            machines.at_work(),
        ):
            year = Year(
                file=file,
                clinics=clinics,
                house=house,
                clock=clock,
                machines=machines,
                begins_on=begins_on,
                months=options["months"],
                without=options["without"],
                visits_a_week=options["visits"],
                say=self.say,
            )
            year.run()
            asked = {name: options[name] for name in ("seed", "practices", "without")}
            return asked | {"payers": options["payers"].name} | year.result()

    def say(self, text: str) -> None:
        self.stderr.write(text)
        self.stderr.flush()
