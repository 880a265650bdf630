"""`manage.py verify_events`: is the audit log what it was when it was sealed?

Names, for each practice, the first seal that does not hold; exit code 1 when there is one.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from rcm import access
from rcm.actions import seals
from rcm.models import Practice


class Command(BaseCommand):
    help = "Recompute the hash chain of the audit log of every practice."

    def handle(self, *args: Any, **options: Any) -> None:
        is_broken = False
        for practice in Practice.objects.order_by("pk"):
            with access.acting_in(practice.pk):
                verdict = seals.verify_events(practice)
            if verdict.broken:
                is_broken = True
                where = f"{practice}: {verdict.broken} does not hold."
                self.stderr.write(f"{where} {verdict.reason}")
            elif verdict.last:
                self.stdout.write(
                    f"{practice}: {verdict.events} events under {verdict.seals} seals hold,"
                    f" through event {verdict.last.last_id}; last hash {verdict.last.hash}"
                )
            else:
                self.stdout.write(f"{practice}: no event is sealed yet")
        if is_broken:
            sys.exit(1)
