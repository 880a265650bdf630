"""The whole real system for fault tests: what may be broken in it, and what must be true after.

The tests act as the people do, from outside the worker: this process uses the system's database as
the application role and its broker, and looks at the clearinghouse's folders.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import psycopg2
from celery import current_app
from django.db.models import Q
from django.utils import timezone

from billing import ledger
from billing.actions import submissions
from billing.models import Batch, Claim, InterchangeFile, Posting, Remittance
from coding.actions import encounters
from coding.models import Encounter
from denials.check.drive import Drive
from denials.check.oracle import Payment, read_payments
from denials.models import Denial
from payers.sandbox.command import ask
from rcm import access
from rcm.embedded.children import Child
from rcm.embedded.stack import Stack
from rcm.models import Event, Practice

INITIALS = "NM"
PATIENCE_SECONDS = 120
WORKER = [sys.executable, "-m", "celery", "-A", "rcm", "worker", "-c", "2", "--loglevel", "INFO"]


class System:
    """The running stack, seen by one practice of the demo."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.drive = Drive(stack_says(stack), patience=PATIENCE_SECONDS)
        self.practice = Practice.objects.get(initials=INITIALS)
        self.drive.practices = [self.practice]
        self.sandbox = self.drive.sandbox
        self.outbound = self.sandbox / "files" / "outbound" / INITIALS

    # What people do

    def code(self, count: int) -> None:
        """Ana codes the next charts that are paid without trouble; waits for their claims."""
        charts = self.drive.charts.values()
        plain = {
            chart.number
            for chart in charts
            if chart.practice == INITIALS and not (chart.first_answer or chart.expected_rule)
        }
        with access.acting_in(self.practice.pk):
            waiting = Encounter.objects.filter(state=Encounter.State.NEW, number__in=plain)
            for encounter in waiting.order_by("number")[:count]:
                chart = self.drive.charts[encounter.number]
                encounters.open_encounter(encounter, by=self.drive.ana)
                self.drive.enter(encounter, chart, chart.answer)
                encounters.finalize_encounter(encounter, by=self.drive.ana)
            coded = Encounter.objects.filter(state=Encounter.State.FINALIZED).count()
        self.drive.wait_for_drafts(coded)

    def submit(self) -> list[int]:
        """Ben sends what is ready; ids of the batches."""
        with access.acting_in(self.practice.pk):
            batches = submissions.submit_ready(
                self.practice, by=self.drive.ben, send_after=timezone.now()
            )
        return [batch.pk for batch in batches]

    def settle(self) -> None:
        """Until every claim sent is answered and paid, and nothing waits anywhere."""
        self.drive.wait_for_answers()
        self.drive.wait_until_fetched()

    def batch(self, batch_id: int) -> Batch:
        with access.acting_in(self.practice.pk):
            return Batch.objects.select_related("file").get(pk=batch_id)

    def arm(self, fault: str, **options: object) -> None:
        """Arm a fault at the clearinghouse (docs/sandbox.md)."""
        answer = ask(self.sandbox, {"fault": fault} | options, wait_seconds=30)
        assert answer and answer["ok"], answer

    def drop(self, name: str, content: bytes) -> None:
        """A file appears in the folder we fetch from, complete at once."""
        hidden = self.outbound / f".{name}"
        hidden.write_bytes(content)
        hidden.rename(self.outbound / name)

    # What breaks

    @property
    def worker(self) -> Child:
        [found] = [child for child in self.stack.supervisor.children if child.name == "worker"]
        return found

    def stop_worker(self) -> None:
        worker = self.worker
        self.stack.supervisor.children.remove(worker)
        worker.stop()

    def kill_worker(self) -> None:
        """SIGKILL to the worker and its processes at once: no handler of theirs runs."""
        worker = self.worker
        self.stack.supervisor.children.remove(worker)
        os.killpg(worker.pid, signal.SIGKILL)
        assert worker.stop() == -signal.SIGKILL

    def start_worker(self) -> None:
        supervisor = self.stack.supervisor
        worker = supervisor.start("worker", WORKER, self.stack.environment, stop_seconds=60)
        supervisor.wait_until(
            lambda: " ready." in worker.log.read_text(errors="replace"),
            "waiting for the worker",
            90,
        )

    @contextmanager
    def stuck(self, table: str) -> Iterator[None]:
        """Nobody can write the table; whoever tries waits in the middle of a transaction."""
        holder = psycopg2.connect(self.stack.environment["RCM_DATABASE_URL"])
        try:
            with holder.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
            yield
        finally:
            holder.close()

    def wait_for_stuck(self, table: str) -> None:
        """Until the worker waits for the table."""
        waiting = "SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted"
        watcher = psycopg2.connect(self.stack.environment["RCM_DATABASE_URL"])
        watcher.autocommit = True

        def is_met() -> bool:
            with watcher.cursor() as cursor:
                cursor.execute(waiting, [table])
                return cursor.fetchone()[0] > 0

        try:
            self.wait(f"waiting for a task to need {table}", is_met)
        finally:
            watcher.close()

    # The queue

    def queued_tasks(self) -> list[str]:
        """Names of the tasks whose messages wait in Valkey."""
        with current_app.connection_for_write() as broker:
            messages = broker.default_channel.client.lrange("celery", 0, -1)
        return [name for message in messages if (name := task_name(message))]

    def flush_valkey(self) -> None:
        """FLUSHALL: every message and all that Celery remembers."""
        with current_app.connection_for_write() as broker:
            broker.default_channel.client.flushall()

    def run_tasks(self, *calls: tuple[str, list[int]]) -> list[str]:
        """Send tasks; their ids."""
        return [current_app.send_task(name, args=ids).id for name, ids in calls]

    def wait_for_tasks(self, task_ids: list[str]) -> None:
        """Until the worker's log says of each that it succeeded."""
        log = self.worker.log

        def is_met() -> bool:
            text = log.read_text(errors="replace")
            return all(f"[{task_id}] succeeded" in text for task_id in task_ids)

        self.wait("waiting for the tasks to run", is_met)

    def wait(self, what: str, is_met: Callable[[], bool]) -> None:
        """Like Drive.wait, in the sight of no practice: for what is outside the database."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not is_met():
            assert time.monotonic() < end, what
            time.sleep(0.1)

    # What must be true

    def payments(self) -> list[Payment]:
        """Every payment of the clearinghouse, read from its own files by other means than ours."""
        return read_payments(self.sandbox)

    def received(self) -> list[Path]:
        """Interchanges the clearinghouse has taken and answered."""
        return sorted(path for path in (self.sandbox / "received").rglob("*.837"))

    def facts(self) -> dict[str, object]:
        """Everything that repeating or crashing must not change."""
        with access.acting_in(self.practice.pk):
            return {
                "postings": list(Posting.objects.order_by("pk").values_list("origin", "amount")),
                "remittances": list(Remittance.objects.order_by("pk").values_list("pk", "state")),
                "files": list(InterchangeFile.objects.order_by("pk").values_list("pk", "state")),
                "batches": list(Batch.objects.order_by("pk").values_list("pk", "state")),
                "claims": list(Claim.objects.order_by("pk").values_list("pk", "status")),
                "denials": list(Denial.objects.order_by("pk").values_list("pk", "state")),
                "posted": Event.objects.filter(name="remittance.posted").count(),
                "received": [path.name for path in self.received()],
            }

    def assert_books_are_right(self) -> None:
        """Each payment of the clearinghouse posted exactly once, to the cent; nothing left over."""
        paid = {payment.trace: Decimal(payment.amount).scaleb(-2) for payment in self.payments()}
        with access.acting_in(self.practice.pk):
            found = dict(Remittance.objects.values_list("trace_number", "amount_paid"))
            states = set(Remittance.objects.values_list("state", flat=True))
            deposits = Posting.objects.filter(origin__endswith=":deposit")
            deposited = list(deposits.values_list("remittance__trace_number", "amount"))
            posted = Event.objects.filter(name="remittance.posted")
            times_posted = sorted(posted.values_list("subject_id", flat=True))
            remittances = sorted(Remittance.objects.values_list("pk", flat=True))
            balances = ledger.account_balances(self.practice)
            total = ledger.ledger_sum(self.practice)
            unapplied = ledger.unapplied(self.practice)
            # What an earlier payer left may wait for the biller as a claim to the next.
            waiting = Q(follows__isnull=False, submitted_at__isnull=True)
            claims = Claim.objects.exclude(waiting)
            unanswered = claims.exclude(status=Claim.Status.ADJUDICATED).count()
        assert found == paid
        assert states == {"posted"}
        assert times_posted == remittances
        assert sorted(deposited) == sorted((t, amount) for t, amount in paid.items() if amount)
        assert balances["cash"] == sum(paid.values())
        assert (total, unapplied, unanswered) == (Decimal("0.00"), Decimal("0.00"), 0)

    def assert_nothing_was_sent_twice(self) -> None:
        """Every interchange number of ours is at the clearinghouse once."""
        with access.acting_in(self.practice.pk):
            batches = Batch.objects.filter(state=Batch.State.ACKNOWLEDGED)
            names = sorted(batches.values_list("file__name", flat=True))
        numbers = [path.read_bytes()[90:99] for path in self.received()]
        assert len(numbers) == len(set(numbers)) == len(names)


def task_name(message: bytes) -> str:
    """The task a message of Celery's JSON protocol 2 asks for."""
    return str(json.loads(message)["headers"].get("task", ""))


def stack_says(stack: Stack) -> Callable[[str], None]:
    """Where a story's progress goes: a file beside the logs."""

    def say(text: str) -> None:
        with (stack.logs / "story.log").open("a") as log:
            log.write(f"{text}\n")

    return say
