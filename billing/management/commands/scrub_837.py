"""`manage.py scrub_837 FILE [--json] [--today D]`: what the checks say of anybody's 837.

Nothing is stored, and it works without a database. Exit code 0 when the file was read, 1 when it is
no 837 that is read here.
"""

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, connection
from django.utils import timezone

from billing.foreign_scrubs import ForeignScrub, to_json, to_text
from rcm.x12.problems import Problem

TABLE = "payers_edittablerelease"


class Command(BaseCommand):
    help = "Runs every check that applies over the claims of an 837P or 837I file."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--json", action="store_true", help="one JSON object per claim and line"
        )
        parser.add_argument(
            "--today", type=date.fromisoformat, help="the day judged, YYYY-MM-DD; default today"
        )

    def find_database(self) -> bool:
        """Is there a migrated database to ask? The file is checked either way."""
        try:
            if TABLE in connection.introspection.table_names():
                return True
            reason = "The database is not set up (manage.py migrate)"
        except OperationalError:
            reason = "The database does not answer"
        self.stderr.write(
            f"{reason}: checks that ask code sets or published tables answer “not checked”."
        )
        return False

    def handle(self, *args: Any, **options: Any) -> None:
        show = to_json if options["json"] else to_text
        today = options["today"] or timezone.localdate()
        try:
            with options["file"].open("rb") as source:
                scrub = ForeignScrub(source, today, has_database=self.find_database())
                for result in scrub.results():
                    self.stdout.write(show(result))
        except OSError as error:
            reason = error.strerror or "unknown reason"
            self.stdout.write(show(Problem("cannot_open", f"The file cannot be read: {reason}.")))
            sys.exit(1)
        if not scrub.is_read:
            sys.exit(1)
