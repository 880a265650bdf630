"""Random histories of acknowledgments through the whole way of a file, against an oracle.

Each history sends some claims, takes in its answers as files, sends rejected claims again, is held
against what the oracle says, and is rolled back.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from billing import bench_posting
from billing.actions import claim_status, files, submissions
from billing.models import (
    Batch,
    BatchAnswer,
    Claim,
    ClaimAcknowledgment,
    FileProblem,
    InterchangeFile,
    Rejection,
    Submission,
)
from billing.rejection_list import open_work
from billing.silence import silent_claims, silent_forms
from payers.models import Channel
from rcm.bench.generate import make_cases
from rcm.fuzz import acknowledgments as histories
from rcm.models import Practice

CLAIMS = 24
STRANGERS = ("unknown_interchange", "unknown_group", "unknown_claim")
# A missing 999 is an alarm within the hour; looked at five minutes later.
ALARM_AFTER = timedelta(hours=1, minutes=5)


@dataclass
class Report:
    """Counts of a whole run. `finds` say what was wrong with which history."""

    seed: int
    histories: int = 0
    answers: int = 0
    doubled: int = 0
    repeated: int = 0
    lost: int = 0
    resent: int = 0
    claims: int = 0
    missing_forms: int = 0
    alarms: int = 0
    exceptions: int = 0
    wrong: int = 0
    states: Counter[str] = field(default_factory=Counter)
    finds: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.exceptions or self.wrong)

    def figures(self) -> dict[str, int]:
        """The JSON line."""
        names = ("histories", "answers", "doubled", "repeated", "lost", "resent", "claims")
        more = ("missing_forms", "alarms", "exceptions", "wrong", "seed")
        return {name: getattr(self, name) for name in (*names, *more)}


def run(
    count: int, seed: int, *, first: int = 0, note: Callable[[str], None] = lambda text: None
) -> Report:
    """Histories `first` to `first + count` of the seed, inside the caller's transaction."""
    report = Report(seed)
    practice = seed_claims()
    for index in range(first, first + count):
        known = len(report.finds)
        run_case(report, practice, index)
        for find in report.finds[known:]:
            note(find)
    return report


def seed_claims() -> Practice:
    """A practice with claims and a channel; they stay in the open transaction."""
    practice, ids = bench_posting.make_bench_practice()

    def cases() -> Iterator[bench_posting.Case]:
        return make_cases(CLAIMS, seed=7, claim_number=lambda number: f"FA{number:05d}")

    bench_posting.seed_claims(ids, cases())
    Channel.objects.create(
        practice=practice,
        name="Fuzz",
        host="127.0.0.1",
        username="fuzz",
        secret_name="NO_SUCH_SECRET",  # noqa: S106  (a name, and nothing is sent)
        submitter_id="RCMSUBMIT",
        receiver_id="SANDBOX",
        receiver_name="SANDBOX",
    )
    return practice


def run_case(report: Report, practice: Practice, index: int) -> None:
    """One history of the report's seed, counted in the report and rolled back."""
    report.histories += 1
    try:
        with transaction.atomic():
            _History(report, practice, index).run()
            transaction.set_rollback(True)
    except Exception as error:  # noqa: BLE001  any exception at all is a find
        report.exceptions += 1
        report.finds.append(f"{report.seed}:{index}: {type(error).__name__}: {error}"[:300])


class _History:
    """One history: answers in random order, rejected claims sent again in between."""

    def __init__(self, report: Report, practice: Practice, index: int) -> None:
        self.report = report
        self.practice = practice
        self.label = f"{report.seed}:{index}"
        self.random = Random(f"{report.seed}:{index}")  # noqa: S311  (not for secrets)
        self.oracle = histories.Oracle()
        self.ids: dict[str, int] = {}
        self.queue: list[histories.Answer] = []
        self.number = 0

    def run(self) -> None:
        rows = Claim.objects.filter(practice=self.practice).order_by("pk")
        numbers = dict(rows.values_list("patient_control_number", "pk"))
        chosen = self.random.sample(sorted(numbers), self.random.randint(2, 5))
        self.ids = {number: numbers[number] for number in chosen}
        Claim.objects.filter(pk__in=self.ids.values()).update(
            status=Claim.Status.READY, submitted_at=None, accepted_at=None
        )
        self.send(chosen)
        while self.queue:
            self.deliver(self.queue.pop(self.random.randrange(len(self.queue))))
            if self.random.random() < 0.3:
                self.send_rejected()
            if self.random.random() < 0.03:
                self.decide()
        self.judge()

    def send(self, numbers: list[str]) -> None:
        """Into batches, sent or with an unknown outcome; their answers join the queue."""
        ids = [self.ids[number] for number in numbers]
        for batch in submissions.submit_ready(self.practice, by=None, claim_ids=ids):
            rows = Submission.objects.filter(batch=batch).order_by("pk")
            claims = list(rows.values_list("claim__patient_control_number", flat=True))
            cut = self.random.randint(0, len(claims) - 1)
            parts = [part for part in (claims[:cut], claims[cut:]) if part]
            sending = histories.Sending(
                batch.interchange_control_number,
                batch.group_control_number,
                {f"{n:04d}": part for n, part in enumerate(parts, 1)},
                arrived=self.random.random() > 0.2,
            )
            self.mark_sent(batch, sending)
            self.oracle.send(sending)
            # Each may get lost, or be said again in an interchange of its own.
            for answer in histories.plan_answers(self.random, sending):
                if self.random.random() < 0.15:
                    self.report.lost += 1
                    continue
                self.queue.append(answer)
                if self.random.random() < 0.2:
                    self.report.repeated += 1
                    self.queue.append(answer)

    def mark_sent(self, batch: Batch, sending: histories.Sending) -> None:
        content = histories.sent_file(sending)
        batch.file = InterchangeFile.objects.create(
            practice=self.practice,
            direction=InterchangeFile.Direction.OUT,
            name=f"{sending.interchange}.837",
            content=content,
            size=len(content),
            sha256=f"{sending.interchange:064d}",
        )
        batch.state = Batch.State.SENT if sending.arrived else Batch.State.UNKNOWN
        batch.sent_at = timezone.now()
        batch.save(update_fields=["file", "state", "sent_at"])

    def deliver(self, answer: histories.Answer) -> None:
        """As a file, sometimes with the same bytes again."""
        self.number += 1
        content = histories.write(answer, self.number)
        answer.tell(self.oracle)
        times = self.random.choice((1, 1, 1, 2))
        self.report.answers += 1
        self.report.doubled += times - 1
        for _ in range(times):
            file = files.receive_file(self.practice, f"{self.number}.x12", content)
            files.read_file(file)

    def send_rejected(self) -> None:
        """A person corrected some of the rejected claims and sends them again."""
        rejected = [n for n in self.ids if self.oracle.status(n) == "rejected"]
        chosen = [number for number in rejected if self.random.random() < 0.7]
        if not chosen:
            return
        ids = [self.ids[number] for number in chosen]
        moved = claim_status.advance_claims(self.practice.pk, ids, Claim.Status.READY, by=None)
        if len(moved) != len(ids):
            self.find(f"{len(moved)} of {len(ids)} rejected claims could be sent again")
            raise ValueError("a claim is not rejected")
        self.report.resent += len(moved)
        self.send(chosen)

    def decide(self) -> None:
        """A remittance decides a claim, whatever was said before."""
        number = self.random.choice(sorted(self.ids))
        claim_status.advance_claims(
            self.practice.pk, [self.ids[number]], Claim.Status.ADJUDICATED, by=None
        )
        self.oracle.decide(number)

    def find(self, text: str) -> None:
        self.report.wrong += 1
        self.report.finds.append(f"{self.label}: {text}")

    def judge(self) -> None:
        found = dict(
            Claim.objects.filter(pk__in=self.ids.values()).values_list(
                "patient_control_number", "status"
            )
        )
        for number in self.ids:
            expected = self.oracle.status(number)
            self.report.claims += 1
            self.report.states[expected] += 1
            if found[number] != expected:
                self.find(f"claim {number} is {found[number]}, the oracle has {expected}")
        self.judge_batches()
        self.judge_work()
        self.judge_history()

    def judge_batches(self) -> None:
        """States; and a batch without a 999 is an alarm five minutes after the hour."""
        at = timezone.now() + ALARM_AFTER
        alarms = {batch.interchange_control_number for batch in silent_forms(self.practice.pk, at)}
        for batch in Batch.objects.filter(practice=self.practice):
            sending = self.oracle.sendings[batch.interchange_control_number]
            expected = self.oracle.state(sending)
            if batch.state != expected and (batch.state, expected) != ("acknowledged", "sent"):
                self.find(f"{batch} is {batch.state}, the oracle has {expected}")
            is_silent = not sending.has_form and expected != Batch.State.REJECTED
            self.report.missing_forms += is_silent
            self.report.alarms += batch.interchange_control_number in alarms
            if is_silent != (batch.interchange_control_number in alarms):
                self.find(f"{batch}: the alarm for its 999 is wrong")

    def judge_work(self) -> None:
        """Every rejected claim is work with a clock, no other claim is; silent ones are listed."""
        work = open_work(Rejection.objects.filter(practice=self.practice))
        open_ids = sorted(work.values_list("claim_id", flat=True))
        expected = sorted(
            pk for number, pk in self.ids.items() if self.oracle.status(number) == "rejected"
        )
        if open_ids != expected:
            self.find(f"open rejections of claims {open_ids}, the oracle has {expected}")
        later = timezone.now() + timedelta(days=10)
        listed = sum(batch.silent for batch in silent_claims(self.practice.pk, later))
        waiting = sum(self.oracle.status(number) == "submitted" for number in self.ids)
        if listed != waiting:
            self.find(f"{listed} silent claims are listed, the oracle has {waiting}")

    def judge_history(self) -> None:
        """Nothing that came is lost: each statement, each form, each stranger is kept."""
        counts = (
            ClaimAcknowledgment.objects.filter(practice=self.practice).count(),
            BatchAnswer.objects.filter(practice=self.practice).exclude(kind="ST").count(),
            FileProblem.objects.filter(practice=self.practice, code__in=STRANGERS).count(),
        )
        expected = (self.oracle.statements, self.oracle.forms, self.oracle.strangers)
        if counts != expected:
            self.find(f"kept {counts} statements, forms, strangers; the oracle has {expected}")


def table(report: Report) -> Iterator[str]:
    """The figures for people."""
    for name, value in report.figures().items():
        yield f"{name:28}{value:>7}"
    for state, count in sorted(report.states.items()):
        yield f"{'claims ' + state:28}{count:>7}"
