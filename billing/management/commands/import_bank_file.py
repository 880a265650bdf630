"""`manage.py import_bank_file FILE --practice NPI --json`: bring in a bank's file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.actions.bank_statements import import_statement
from billing.models import BankStatement
from rcm import access
from rcm.errors import Refusal
from rcm.models import Practice


class Command(BaseCommand):
    help = "Imports a BAI2 or CSV file of the bank and matches its lines with payments."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--practice", required=True, help="the practice's NPI")
        parser.add_argument("--json", action="store_true", help="one JSON object, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 when the file has a fault."""
        practice = Practice.objects.filter(npi=options["practice"]).first()
        if practice is None:
            raise CommandError(f"No practice has the NPI {options['practice']}.")
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        try:
            with access.acting_in(practice.pk):
                statement = import_statement(practice, path.name, content)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(described(statement)))
        else:
            self.stdout.write(f"{path.name}: {statement.get_state_display()}. {statement.note}")
        if statement.state == BankStatement.State.FAILED:
            raise CommandError(f"{path.name} was not used.")


def described(statement: BankStatement) -> dict[str, Any]:
    names = ("id", "kind", "state", "note", "lines_new", "lines_known", "lines_left_out", "faults")
    found = {name: getattr(statement, name) for name in names}
    return found | {"amount": f"{statement.amount:.2f}"}
