"""`manage.py receive_file FILE… --practice P [--json]`: bring files in and wait for the outcome."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Q

from billing.actions.files import receive_file
from billing.intake import outcome_of
from billing.models import InterchangeFile
from billing.tasks_in import post_remittance, read_file, unfinished, waiting_remittances
from rcm import access
from rcm.commands import find_practice
from rcm.errors import Refusal
from rcm.models import Practice

PATIENCE_SECONDS = 1800
PAUSE_SECONDS = 0.5


class Command(BaseCommand):
    help = "Receives, reads and posts X12 files or archives of them; says what became of each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--practice", required=True, help="its NPI, id, initials or name")
        parser.add_argument("--json", action="store_true", help="one JSON object per file")

    def handle(self, *args: Any, **options: Any) -> None:
        practice = find_practice(options["practice"])
        for path in options["files"]:
            found = self.take(practice, path)
            if options["json"]:
                self.stdout.write(json.dumps(found))
            else:
                self.show(found)

    def take(self, practice: Practice, path: Path) -> dict[str, Any]:
        """What became of one file. Each step is committed by itself, as the tasks do it."""
        try:
            content = path.read_bytes()
        except OSError as error:
            return rejected(path, f"{path.name} cannot be read: {error.strerror}.")
        try:
            with access.acting_in(practice.pk):
                newest = InterchangeFile.objects.filter(practice=practice).order_by("-pk")
                known = newest.values_list("pk", flat=True).first() or 0
                file = receive_file(practice, path.name, content)
        except Refusal as refusal:
            return rejected(path, refusal.message)
        is_known = file.pk <= known
        with access.acting_in(practice.pk):
            members = list(file.members.values_list("file_id", flat=True)) or [file.pk]
        for member in members:
            self.finish(practice, member)
        with access.acting_in(practice.pk):
            file.refresh_from_db()
            return outcome_of(path.name, file, is_known=is_known)

    def finish(self, practice: Practice, file_id: int) -> None:
        """Read it and post what it brought, or wait for the worker that is at it."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            read_file(practice.pk, file_id)
            for remittance_id in self.unposted(practice, file_id):
                post_remittance(practice.pk, remittance_id)
            if self.is_finished(practice, file_id):
                return
            time.sleep(PAUSE_SECONDS)

    def unposted(self, practice: Practice, file_id: int) -> list[int]:
        """The payments the file brought or speaks of, that are not wholly posted."""
        with access.acting_in(practice.pk):
            spoken_of = Q(file=file_id) | Q(copies__file=file_id)
            rows = unfinished(practice.pk).filter(spoken_of).distinct()
            return list(rows.order_by("pk").values_list("pk", flat=True))

    def is_finished(self, practice: Practice, file_id: int) -> bool:
        with access.acting_in(practice.pk):
            file = InterchangeFile.objects.filter(pk=file_id, state="received")
            waiting = waiting_remittances(practice.pk).filter(file=file_id)
            return not file.exists() and not waiting.exists()

    def show(self, found: dict[str, Any]) -> None:
        words = found["outcome"].replace("_", " ")
        self.stdout.write(f"{found['file']}: {words}. {found['note']}".rstrip())
        for row in found["remittances"]:
            self.stdout.write(
                f"  {row['trace_number']}: paid {row['paid']}, posted {row['posted']}, "
                f"unapplied {row['unapplied']}. {row['held_because']}".rstrip()
            )
        for problem in found["problems"][:20]:
            place = f"segment {problem['segment_number']}, byte {problem['byte_offset']}"
            self.stdout.write(f"  {place}: {problem['message']}")


def rejected(path: Path, why: str) -> dict[str, Any]:
    """A file that was not even stored."""
    problem = {
        "code": "not_received",
        "severity": "error",
        "message": why,
        "segment_number": None,
        "byte_offset": None,
        "loop": "",
        "element": "",
    }
    return {
        "file": path.name,
        "outcome": "rejected",
        "note": why,
        "remittances": [],
        "problems": [problem],
    }
