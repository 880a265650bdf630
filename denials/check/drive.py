"""The people of the story: Ana codes and recodes, Ben submits; machines do the rest."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils import timezone

from billing.actions import submissions
from billing.models import Batch, Claim, InterchangeFile, Remittance, StatusInquiry
from billing.next_parties import step_totals
from billing.rules.next_party import SECONDARY_DUE
from coding.actions import codes, encounters
from coding.demo import encounters as demo_encounters
from coding.demo.answers import DemoAnswer
from coding.demo.encounters import DemoEncounter
from coding.models import CoderTask, Encounter
from denials.actions.opening import remittances_to_read
from denials.models import Denial
from payers.actions.eligibility import OPEN
from payers.models import EligibilityInquiry
from payers.sandbox.command import ask
from rcm import access
from rcm.models import Practice, User

PAUSE_SECONDS = 0.5
IN_FLIGHT = ("draft", "submitted", "accepted")


class CheckFailed(Exception):
    """What did not happen in time, in one sentence."""


class Drive:
    """One run over the seeded demo. Every wait has a limit and says what it waited for."""

    def __init__(self, say: Callable[[str], None], *, patience: float = 300) -> None:
        self.say = say
        self.patience = patience
        self.practices = list(Practice.objects.order_by("pk"))
        self.ana = User.objects.get(email="ana@example.test")
        self.ben = User.objects.get(email="ben@example.test")
        self.sandbox = Path(os.environ["RCM_SANDBOX_ROOT"])
        self.today = timezone.localdate()
        self.charts = {chart.number: chart for chart in demo_encounters.build(self.today)}

    def each_practice(self) -> Iterator[Practice]:
        for practice in self.practices:
            with access.acting_in(practice.pk):
                yield practice

    @contextmanager
    def all_practices(self) -> Iterator[None]:
        with access.acting_in(*(practice.pk for practice in self.practices)):
            yield

    def wait(self, what: str, is_met: Callable[[], bool]) -> None:
        """Until `is_met` in the sight of all practices. Raises CheckFailed after the limit."""
        self.say(what)
        end = time.monotonic() + self.patience
        while True:
            with self.all_practices():
                if is_met():
                    return
            if time.monotonic() > end:
                raise CheckFailed(f"{what}: not within {self.patience:.0f} seconds")
            time.sleep(PAUSE_SECONDS)

    def code_charts(self) -> int:
        """Ana codes every chart; where the content has a hurried first answer, she gives that."""
        coded = 0
        for practice in self.practices:
            while self.code_next(practice):
                coded += 1
        return coded

    def code_next(self, practice: Practice) -> bool:
        with access.acting_in(practice.pk):
            encounter = encounters.next_encounter(practice, by=self.ana)
            if encounter is None:
                return False
            chart = self.charts[encounter.number]
            answer = chart.first_answer.answer if chart.first_answer else chart.answer
            self.enter(encounter, chart, answer)
            encounters.finalize_encounter(encounter, by=self.ana)
        return True

    def enter(self, encounter: Encounter, chart: DemoEncounter, answer: DemoAnswer) -> None:
        """Diagnoses and procedures of `answer`, each with the words that support it."""
        words = {item.code.replace(".", ""): item.snippet for item in chart.evidence}
        for code in answer.plain_diagnoses:
            codes.add_diagnosis(encounter, code, by=self.ana, evidence=words.get(code, ""))
        for line in answer.procedures:
            codes.add_charge(
                encounter,
                line.code,
                by=self.ana,
                modifiers=line.modifiers,
                units=line.units,
                pointers=line.pointers,
                evidence=words.get(line.code, ""),
            )

    def recode_returned(self) -> int:
        """Ana corrects the charts that came back and whose first answer was the mistake."""
        recoded = 0
        for practice in self.practices:
            with access.acting_in(practice.pk):
                tasks = CoderTask.objects.filter(practice=practice, state=CoderTask.State.OPEN)
                numbers = set(tasks.values_list("encounter__number", flat=True))
            for number in sorted(numbers):
                if self.charts[number].first_answer is not None:
                    self.recode(practice, number)
                    recoded += 1
        return recoded

    def recode(self, practice: Practice, number: str) -> None:
        chart = self.charts[number]
        with access.acting_in(practice.pk):
            encounter = Encounter.objects.get(practice=practice, number=number)
            encounters.reopen_encounter(encounter, reason="Denied for its coding", by=self.ana)
            encounter.refresh_from_db()
            for charge in encounter.charges.all():
                codes.remove_charge(charge, by=self.ana)
            for diagnosis in encounter.diagnoses.order_by("-position"):
                codes.remove_diagnosis(diagnosis, by=self.ana)
            encounter.refresh_from_db()
            self.enter(encounter, chart, chart.answer)
            encounters.complete_encounter(encounter, by=self.ana)

    def submit(self) -> int:
        """Ben sends what is ready; returns how many claims."""
        sent = 0
        for practice in self.each_practice():
            for batch in submissions.submit_ready(practice, by=self.ben, send_after=timezone.now()):
                sent += batch.claims_count
        return sent

    def send_all(self) -> int:
        """Send until nothing is left to send, each time what later payers are due as well.

        Returns how many claims were sent.
        """
        sent = 0
        while count := self.submit():
            sent += count
            self.wait_for_answers()
            self.wait_until_fetched()
        return sent

    def wait_for_drafts(self, count: int) -> None:
        """Until so many claims to first payers are drafted, and none is unchecked."""

        def is_met() -> bool:
            claims = Claim.objects.filter(follows=None)
            return claims.count() >= count and not claims.filter(status="draft").exists()

        self.wait("waiting for claims to be drafted and scrubbed", is_met)

    def wait_for_answers(self) -> None:
        """Until every claim sent is adjudicated or rejected, and its money posted."""

        def is_met() -> bool:
            waiting = Batch.objects.filter(state__in=["queued", "sending", "sent"])
            return (
                not (Claim.objects.filter(status__in=IN_FLIGHT).exists() or waiting.exists())
                and self.is_quiet()
            )

        self.wait("waiting for acknowledgments and remittances", is_met)

    def is_quiet(self) -> bool:
        """All received is read and posted, and what follows from it has happened.

        Denials are open, coders' answers followed, payers' answers in, and what a payer left to
        the next one is a claim.
        """
        unread = InterchangeFile.objects.filter(direction="in", state="received")
        unposted = Remittance.objects.filter(state__in=["recorded", "ready"])
        with_coder = CoderTask.objects.exclude(state="open").filter(
            denial__state=Denial.State.WITH_CODER
        )
        asked = (
            rows.objects.filter(state__in=OPEN) for rows in (EligibilityInquiry, StatusInquiry)
        )
        waiting = (unread, unposted, with_coder, *asked)
        return not (
            any(rows.exists() for rows in waiting)
            or any(remittances_to_read(practice.pk) for practice in self.practices)
            or any(SECONDARY_DUE in step_totals(practice.pk) for practice in self.practices)
        )

    def ask_sandbox(self, command: str, **options: str) -> dict[str, object]:
        """One scripted event at the payers. Raises CheckFailed with the sandbox's reason."""
        answer = ask(self.sandbox, {"command": command} | options, wait_seconds=30)
        if answer is None or not answer.get("ok"):
            raise CheckFailed(f"the sandbox did not do {command}: {answer}")
        return answer

    def choose_paid_claim(self) -> str:
        """Our number of a claim paid without a denial, of a patient with one payer."""
        with self.all_practices():
            paid = Claim.objects.filter(
                form=Claim.Form.PROFESSIONAL,
                status=Claim.Status.ADJUDICATED,
                denials=None,
                follows=None,
                followed_by=None,
                remitted__amount_paid__gt=0,
            )
            return paid.order_by("pk").values_list("patient_control_number", flat=True)[0]

    def wait_until_fetched(self) -> None:
        """Until the clearinghouse's folders are empty and everything fetched is settled."""
        outbound = self.sandbox / "files" / "outbound"

        def is_met() -> bool:
            waiting = [
                path
                for path in outbound.rglob("*")
                if path.is_file() and path.parent.name != "archive"
            ]
            return not waiting and self.is_quiet()

        self.wait("waiting for the scripted remittances", is_met)
