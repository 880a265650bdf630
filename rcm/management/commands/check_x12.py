"""`manage.py check_x12 FILE… [--json]`: what is in these X12 files, and is it right?

Exit code 0 clean, 1 problems or out of balance, 2 not X12 or cannot be opened; the worst of all.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from rcm.x12.check import check_file, to_json, to_text


class Command(BaseCommand):
    help = "Read X12 files and report transactions, balance and problems. Touches no database."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON object per file and line")

    def handle(self, *args: Any, **options: Any) -> None:
        worst = 0
        for path in options["files"]:
            checked = check_file(path)
            self.stdout.write(to_json(checked) if options["json"] else to_text(checked))
            worst = max(worst, checked.exit_code)
        if worst:
            sys.exit(worst)
