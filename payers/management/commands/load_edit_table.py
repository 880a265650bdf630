"""`manage.py load_edit_table KIND FILE…`: load a published edit table, or say what would change."""

import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payers.actions.edit_tables import TableLoad, Wish, load_table
from payers.rules.edit_tables import Table
from payers.table_kinds import KINDS
from rcm.errors import Refusal


class Command(BaseCommand):
    """Give the files as they were downloaded: .zip, .txt or .csv, several, or their folder."""

    help = "Loads a release of a published edit table in one transaction, or nothing of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[str(table) for table in KINDS])
        parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
        parser.add_argument("--release", default="", help="its name, if the files do not tell it")
        parser.add_argument("--starts-on", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--ends-on", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--partial", action="store_true", help="load though parts are missing")
        parser.add_argument("--dry-run", action="store_true", help="read and compare only")
        parser.add_argument("--json", action="store_true", help="one JSON object, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        is_quiet = options["json"]
        wish = Wish(
            options["release"], options["starts_on"], options["ends_on"], options["partial"]
        )
        try:
            load = load_table(
                Table(options["kind"]),
                options["files"],
                wish=wish,
                is_dry_run=options["dry_run"],
                report=(lambda name, count: None) if is_quiet else self.show,
            )
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        if is_quiet:
            self.stdout.write(json.dumps(described(load)))
            return
        for line in told(load):
            self.stdout.write(line)
        self.stdout.write(f"{time.monotonic() - started:.1f} s")

    def show(self, name: str, count: int) -> None:
        self.stdout.write(f"  {name}: {count:,} rows read")
        self.stdout.flush()


def told(load: TableLoad) -> list[str]:
    """The load in lines for people."""
    dates, counts = load.dates, load.counts
    until = f"to {dates.ends_on}" if dates.ends_on else "until the next one"
    lines = [
        f"{load.table}: release {dates.name}, {dates.starts_on} {until}",
        f"  SHA-256 {load.checksum}",
    ]
    if load.is_known:
        return [*lines, "  These bytes are in use already; nothing was written."]
    lines += [
        f"  {counts.rows:,} rows: {counts.new:,} new, {counts.changed:,} changed,"
        f" {counts.ended:,} ended, {counts.unchanged:,} unchanged",
        f"  {counts.left_out:,} left out (never applied, or twice the same)",
        "  Loaded." if load.release else "  Dry run: nothing was written.",
    ]
    return lines


def described(load: TableLoad) -> dict[str, Any]:
    """The load as JSON; dates as YYYY-MM-DD."""
    dates = load.dates
    return {
        "table": str(load.table),
        "release": dates.name,
        "starts_on": str(dates.starts_on),
        "ends_on": str(dates.ends_on) if dates.ends_on else None,
        "checksum": load.checksum,
        "files": list(load.file_names),
        "counts": asdict(load.counts),
        "is_known": load.is_known,
        "is_written": load.release is not None and not load.is_known,
    }
