"""Prove the open insurance balances against the ledger, and that none passes silently; 1 when not.

With --json the last line is one JSON object of the counts over all practices.
"""

import json
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from denials.follow_up_gaps import NAMES, count_gaps
from rcm import access
from rcm.models import Practice


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        total = Counter(dict.fromkeys(NAMES, 0))
        for practice in Practice.objects.order_by("pk"):
            with access.acting_in(practice.pk):
                total.update(count_gaps(practice))
        if options["json"]:
            self.stdout.write(json.dumps(dict(total)))
        else:
            for name, count in total.items():
                self.stdout.write(f"{name.replace('_', ' ')}: {count}")
        if wrong := sum(total.values()):
            raise CommandError(f"{wrong} gaps in the follow-up of open balances")
