"""`manage.py receive_files --practice NPI FILE…`: bring files in without a browser."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.actions.files import read_file, receive_file
from rcm import access
from rcm.errors import Refusal
from rcm.models import Practice


class Command(BaseCommand):
    help = "Receives and reads X12 files; balanced remittances are posted by the worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--practice", required=True, help="the practice's NPI")

    def handle(self, *args: Any, **options: Any) -> None:
        practice = Practice.objects.filter(npi=options["practice"]).first()
        if practice is None:
            raise CommandError(f"No practice has the NPI {options['practice']}.")
        for path in options["files"]:
            try:
                content = path.read_bytes()
            except OSError as error:
                raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
            self.stdout.write(f"{path.name}: {self.take(practice, path.name, content)}")

    def take(self, practice: Practice, name: str, content: bytes) -> str:
        """What became of one file. Each is committed by itself."""
        try:
            with access.acting_in(practice.pk):
                file = receive_file(practice, name, content)
        except Refusal as refusal:
            return refusal.message
        with access.acting_in(practice.pk):
            file = read_file(file)
            return f"{file.get_state_display()}. {file.note}"
