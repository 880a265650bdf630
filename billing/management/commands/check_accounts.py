"""Compare what is kept of patients' accounts with the sum of their moves; 1 when they differ.

With --rebuild what differs is made anew first. With --json the last line is one JSON object.
"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.actions.balances import rebuild_balances
from billing.balance_check import differences
from rcm import access
from rcm.models import Practice


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="make anew what differs")
        parser.add_argument("--json", action="store_true", help="print the count as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for practice in Practice.objects.order_by("pk"):
            with access.acting_in(practice.pk):
                found = differences(practice)
                if found and options["rebuild"]:
                    rebuild_balances(practice)
                    found = differences(practice)
            wrong += len(found)
            for row in found:
                summed, kept = " ".join(row.summed), " ".join(row.kept)
                self.stdout.write(f"account {row.patient_id}: summed {summed}, kept {kept}")
        if options["json"]:
            self.stdout.write(json.dumps({"different_accounts": wrong}))
        if wrong:
            raise CommandError(f"{wrong} accounts are not what their moves add up to")
