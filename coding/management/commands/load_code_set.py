"""`manage.py load_code_set SET FILE…`: load a release of a code set, or say what would change."""

import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coding.actions.code_releases import CodeSetLoad, Manner, load_code_set
from coding.rules.code_files.releases import CodeSet
from payers.actions.edit_tables import Wish
from rcm.errors import Refusal


class Command(BaseCommand):
    """Give the files as they were downloaded: .zip, .txt or .xml, several, or their folder."""

    help = "Loads a release of a code set in one transaction, or nothing of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code_set", choices=[str(code_set) for code_set in CodeSet])
        parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
        parser.add_argument("--release", default="", help="its name, if the files do not tell it")
        parser.add_argument("--starts-on", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--ends-on", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--dry-run", action="store_true", help="read and compare only")
        parser.add_argument(
            "--preview", action="store_true", help="show the comparison under Code sets, no more"
        )
        parser.add_argument("--may-shrink", action="store_true", help="many codes are meant to end")
        parser.add_argument(
            "--i-have-a-license",
            action="store_true",
            help="load the descriptions of CPT, for which your practice has a license of the AMA",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        is_quiet = options["json"]
        manner = Manner(
            is_dry_run=options["dry_run"],
            is_preview=options["preview"],
            with_text=options["i_have_a_license"],
            may_shrink=options["may_shrink"],
        )
        try:
            load = load_code_set(
                CodeSet(options["code_set"]),
                options["files"],
                wish=Wish(options["release"], options["starts_on"], options["ends_on"]),
                manner=manner,
                report=(lambda count: None) if is_quiet else self.show,
            )
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        if is_quiet:
            self.stdout.write(json.dumps(described(load, manner)))
            return
        for line in told(load, manner):
            self.stdout.write(line)
        self.stdout.write(f"{time.monotonic() - started:.1f} s")

    def show(self, count: int) -> None:
        self.stdout.write(f"  {count:,} codes read")
        self.stdout.flush()


def told(load: CodeSetLoad, manner: Manner) -> list[str]:
    """The load in lines for people."""
    dates, counts = load.dates, load.counts
    until = f"to {dates.ends_on}" if dates.ends_on else "until the next one"
    lines = [
        f"{load.code_set}: release {dates.name}, {dates.starts_on} {until}",
        f"  SHA-256 {load.checksum}",
    ]
    if load.is_known:
        return [*lines, "  These bytes are in use already; nothing was written."]
    lines.append(
        f"  {counts.rows:,} codes and headings: {counts.new:,} new, {counts.changed:,} changed,"
        f" {counts.ended:,} ended, {counts.unchanged:,} unchanged"
    )
    lines.append(f"  {counts.terms:,} terms, {counts.left_out:,} left out")
    if load.lacking:
        lines.append(f"  Without {load.lacking}: what is known of them stays.")
    return [*lines, f"  {result(load, manner)}"]


def result(load: CodeSetLoad, manner: Manner) -> str:
    if load.release is None:
        return "Dry run: nothing was written."
    return "Preview: see Code sets; nothing was loaded." if manner.is_preview else "Loaded."


def described(load: CodeSetLoad, manner: Manner) -> dict[str, Any]:
    """The load as JSON; dates as YYYY-MM-DD."""
    dates = load.dates
    return {
        "code_set": str(load.code_set),
        "release": dates.name,
        "starts_on": str(dates.starts_on),
        "ends_on": str(dates.ends_on) if dates.ends_on else None,
        "checksum": load.checksum,
        "files": list(load.file_names),
        "lacking": load.lacking,
        "counts": asdict(load.counts),
        "is_known": load.is_known,
        "is_written": bool(load.release) and not (load.is_known or manner.is_preview),
    }
