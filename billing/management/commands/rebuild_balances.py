"""`manage.py rebuild_balances [--check] [--practice P] [--json]`: every balance from the moves."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from billing.books import disagreements
from billing.ledger import account_balances, ledger_sum
from rcm import access
from rcm.models import Practice


class Command(BaseCommand):
    help = (
        "Computes all balances from the moves; with --check also whether ledger and recorded "
        "payments agree, and ends with 1 when they do not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")
        parser.add_argument("--practice", help="one practice by its NPI; otherwise all")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        practices = Practice.objects.order_by("pk")
        if options["practice"]:
            practices = practices.filter(npi=options["practice"])
        wrong = 0
        for practice in practices:
            found = self.look(practice, check=options["check"])
            wrong += len(found["disagreements"]) + (found["sum"] != "0.00")
            if options["json"]:
                self.stdout.write(json.dumps(found))
            else:
                self.show(found)
        if options["check"] and wrong:
            sys.exit(1)

    def look(self, practice: Practice, *, check: bool) -> dict[str, Any]:
        with access.acting_in(practice.pk):
            balances = account_balances(practice)
            found = list(disagreements(practice)) if check else []
            total = ledger_sum(practice)
        return {
            "practice": practice.npi,
            "balances": {account: f"{amount:.2f}" for account, amount in balances.items()},
            "sum": f"{total:.2f}",
            "disagreements": [row._asdict() for row in found],
        }

    def show(self, found: dict[str, Any]) -> None:
        self.stdout.write(f"Practice {found['practice']}: the ledger adds up to {found['sum']}.")
        for account, amount in found["balances"].items():
            self.stdout.write(f"  {account:24} {amount:>16}")
        for row in found["disagreements"]:
            self.stdout.write(
                f"  {row['check']} {row['row']}: {row['expected']} expected, {row['found']} found"
            )
