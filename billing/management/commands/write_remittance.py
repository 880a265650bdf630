"""`manage.py write_remittance ID --practice NPI [FILE]`: a recorded remittance as an 835 again."""

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.actions.exports import export_remittance
from billing.models import Remittance
from rcm import access
from rcm.errors import Refusal
from rcm.models import Practice


class Command(BaseCommand):
    help = "Writes one recorded remittance as an 835, to FILE or to the standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=int)
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--practice", required=True, help="the practice's NPI")

    def handle(self, *args: Any, **options: Any) -> None:
        practice = Practice.objects.filter(npi=options["practice"]).first()
        if practice is None:
            raise CommandError(f"No practice has the NPI {options['practice']}.")
        with access.acting_in(practice.pk):
            row = Remittance.objects.filter(practice=practice, pk=options["id"]).first()
            if row is None:
                raise CommandError(f"The practice has no remittance {options['id']}.")
            try:
                content = export_remittance(row, by=None)
            except Refusal as refusal:
                raise CommandError(refusal.message) from refusal
        with content:
            if options["file"] is None:
                self.stdout.write(content.read().decode("latin-1"), ending="")
                return
            try:
                with options["file"].open("wb") as out:
                    shutil.copyfileobj(content, out)
            except OSError as error:
                raise CommandError(
                    f"{options['file']} cannot be written: {error.strerror}."
                ) from error
