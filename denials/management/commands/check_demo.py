"""Drive the seeded demo from chart to posted payment and judge every figure.

Runs against the processes `bin/demo --check` started. The last line is one JSON object; the exit
code is 0 only when every figure is what the clearinghouse's own files say it must be.
"""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from denials.check import biller, desk, judge
from denials.check.drive import CheckFailed, Drive
from denials.demo_stays import STAYS


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        drive = Drive(lambda text: self.stdout.write(text))
        try:
            figures, wrong = self.run_story(drive)
        except CheckFailed as failure:
            raise CommandError(str(failure)) from failure
        for sentence in wrong:
            self.stderr.write(sentence)
        figures["seconds"] = round(time.monotonic() - started, 1)
        self.stdout.write(json.dumps(figures))
        if wrong:
            raise CommandError(f"{len(wrong)} figures are not right")

    def run_story(self, drive: Drive) -> tuple[dict[str, Any], list[str]]:
        """Chart, claim, payment, next payer, rejection, denial, correction, and questions."""
        drive.say("asking about policies and coding the charts")
        questions = biller.ask_about_policies(drive)
        coded = drive.code_charts()
        drive.wait_for_drafts(coded + STAYS)
        submitted = drive.submit()
        drive.wait_for_answers()
        drive.wait_until_fetched()
        drive.ask_sandbox("duplicate-last-835")
        drive.ask_sandbox("unbalanced-835")
        drive.ask_sandbox("reverse-and-correct", claim=drive.choose_paid_claim())
        drive.wait_until_fetched()
        drive.say("asking about claims, correcting and recoding what came back")
        statuses = biller.ask_about_claims(drive)
        questions += biller.ask_about_rejected(drive)
        drive.wait("waiting for payers' answers", drive.is_quiet)
        corrected = biller.correct_rejected(drive)
        recoded = drive.recode_returned()
        drive.wait_for_drafts(coded + STAYS + recoded)
        submitted += drive.send_all()
        run = judge.Run(coded, submitted, recoded, corrected, questions, statuses)
        figures, wrong = judge.judge(drive, run)
        worked, wrong_there = desk.work(drive)
        return figures | worked, wrong + wrong_there
