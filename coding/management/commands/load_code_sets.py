"""load_code_sets: ICD-10-CM, procedure numbers, CARC and RARC into the database."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from coding import icd_release
from coding.actions.code_sets import load_diagnosis_codes, load_procedure_codes
from coding.actions.own_terms import load_own_terms
from payers.actions.code_lists import load_code_lists
from rcm.errors import Refusal


class Command(BaseCommand):
    """Run it after `migrate` and after an upgrade; repeating it writes only what changed."""

    help = "Load ICD-10-CM, procedure codes and the CARC/RARC routing. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        self.stdout.write(f"ICD-10-CM, {icd_release.RELEASE}")
        self.load_diagnoses()
        counts = load_procedure_codes(lambda count: None)
        self.stdout.write(f"  {counts.new + counts.changed:,} procedure codes new or changed")
        self.stdout.write(f"  {load_own_terms():,} words of our own for diagnoses")
        reasons, remarks = load_code_lists()
        self.stdout.write(f"  {reasons} reason codes, {remarks} remark codes")
        self.stdout.write(f"Code sets loaded in {time.monotonic() - started:.1f} s")

    def load_diagnoses(self) -> None:
        try:
            load = load_diagnosis_codes(self.show)
        except Refusal as refusal:
            # An official release was loaded since: what comes with the product gives way.
            if refusal.code != "code_set_older":
                raise
            self.stdout.write(f"  {refusal.message} It stays.")
            return
        counts = load.counts
        self.stdout.write(f"  {counts.new + counts.changed:,} diagnosis codes new or changed")

    def show(self, count: int) -> None:
        """One line per ten thousand codes: the demo shows it while it starts."""
        self.stdout.write(f"  {count:,} codes read")
        self.stdout.flush()
