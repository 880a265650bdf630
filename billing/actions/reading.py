"""Reads a received file: each transaction goes to whoever understands it, each problem is kept.

Bad content is never an exception here. A transaction that is not intact is not used, the others of
the file are; the file ends with a sentence that says what became of it.
"""

from collections.abc import Iterator

from django.db import DataError, transaction
from django.utils import timezone

from billing.actions import acknowledgments, inquiry_answers, manual_twins, recording
from billing.actions.remittances import make_ready
from billing.models import FileProblem, InterchangeFile, Remittance
from billing.overlong import find_overlong
from billing.rules.balancing import HOLDABLE_PROBLEMS, Payee
from billing.rules.file_outcome import Outcome, summarize
from billing.staging import collector_paused
from payers.models import Channel
from rcm import events
from rcm.models import Provider, User
from rcm.x12.acknowledgment_277ca import (
    ClaimAcknowledgmentEnd,
    ClaimAcknowledgmentStart,
    ClaimStatus,
)
from rcm.x12.acknowledgment_999 import GroupAcknowledgment, InterchangeAcknowledgment
from rcm.x12.eligibility_27x import EligibilityAnswer
from rcm.x12.envelope import InterchangeStart, TransactionEnd, TransactionStart
from rcm.x12.items import Item
from rcm.x12.problems import Problem
from rcm.x12.reader import read
from rcm.x12.remittance_835 import RemittanceStart
from rcm.x12.status_27x import StatusAnswer

MAX_PROBLEMS = 1000


@transaction.atomic
def read_file(file: InterchangeFile, *, by: User | None = None) -> InterchangeFile:
    """Read a received file once; a file already read is returned as it is.

    Each transaction has its own savepoint, the file one transaction: a crash leaves it unread and
    the next attempt starts over. Balanced remittances are handed to the posting task after commit.
    """
    locked = InterchangeFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    is_waiting = locked.state == InterchangeFile.State.RECEIVED
    if not is_waiting or locked.direction != InterchangeFile.Direction.IN:
        return locked
    with collector_paused():
        outcome = _FileReading(locked, by).run()
    summary = summarize(outcome)
    locked.state = InterchangeFile.State(summary.state)
    locked.note = summary.note[:300]
    locked.kind = summary.kind
    locked.read_at = timezone.now()
    locked.save(update_fields=["state", "note", "kind", "read_at"])
    events.record("file.read", locked, by=by, state=locked.state, problems=outcome.problems)
    return locked


class _FileReading:
    """One pass over one file. `errors` are the codes of the open transaction's errors."""

    def __init__(self, file: InterchangeFile, by: User | None) -> None:
        self.file = file
        self.by = by
        self.outcome = Outcome()
        self.errors: set[str] = set()
        self.problems: list[FileProblem] = []
        self.usage = ""
        self.number = ""

    def run(self) -> Outcome:
        """Read everything and store the problems."""
        items = self.content()
        for item in items:
            if isinstance(item, TransactionStart):
                self.take_transaction(item, items)
            elif isinstance(item, InterchangeStart):
                self.usage, self.number = item.usage, item.control_number
                self.outcome.interchanges += 1
            elif isinstance(item, InterchangeAcknowledgment):
                with transaction.atomic():
                    acknowledgments.apply_interchange(self.file, item, answer_number=self.number)
                self.outcome.acknowledgments += 1
                self.outcome.kinds.add("TA1")
        FileProblem.objects.bulk_create(self.problems)
        return self.outcome

    def content(self) -> Iterator[Item]:
        """Every item but the problems, which are noted on the way."""
        for item in read(bytes(self.file.content)):
            if isinstance(item, Problem):
                self.note(item)
            else:
                yield item

    def note(self, problem: Problem) -> None:
        """Keep the first MAX_PROBLEMS problems, count all."""
        self.outcome.problems += 1
        if problem.severity == "error":
            self.errors.add(problem.code)
            self.outcome.first_error = self.outcome.first_error or problem.message
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(
                FileProblem(
                    practice_id=self.file.practice_id,
                    file=self.file,
                    code=problem.code,
                    severity=problem.severity,
                    message=problem.message[:300],
                    segment_number=problem.segment_number,
                    byte_offset=problem.byte_offset,
                    loop=problem.loop or "",
                    element=problem.element or "",
                )
            )

    def take_transaction(self, start: TransactionStart, items: Iterator[Item]) -> None:
        """Use one transaction in a savepoint of its own; what cannot be used leaves nothing."""
        self.errors.clear()
        self.outcome.transactions += 1
        content = _Transaction(items)
        takers = {
            "835": self.take_remittance,
            "999": self.take_acknowledgment,
            "277": self.take_acknowledgment,
            "271": self.take_inquiry_answers,
        }
        is_status = start.type == "277" and start.version.startswith("005010X212")
        if is_status:
            takers["277"] = self.take_inquiry_answers
        kind = "277CA" if start.type == "277" and not is_status else start.type
        self.outcome.kinds.add(kind)
        taker = takers.get(start.type)
        try:
            with transaction.atomic():
                if taker is not None:
                    taker(start, content)
        except recording.AlreadyRecorded as known:
            self.note_duplicate(start, known)
        except (recording.NotUsable, DataError) as error:
            content.skip()
            self.note_unusable(start, content, error)
        content.skip()

    def note_duplicate(self, start: TransactionStart, known: recording.AlreadyRecorded) -> None:
        """Keep of which remittance the transaction is a duplicate."""
        remittance, count = known.remittance, known.count
        source = recording.Source(self.file, start, lambda: iter(()), self.by)
        recording.note_copy(source, remittance, "duplicate", count, count)
        self.outcome.duplicates.append(remittance.pk)
        events.record("remittance.received_again", remittance, by=self.by, file=self.file.pk)

    def note_unusable(
        self, start: TransactionStart, content: "_Transaction", error: Exception
    ) -> None:
        """Say which transaction was left out; a value the database refuses is a problem too."""
        self.outcome.unusable += 1
        what = "holds an error" if self.errors else "does not identify a payment"
        if isinstance(error, DataError):
            what = "holds a value that is too long or too large"
            self.note_overlong(start)
        number = start.control_number
        self.note(
            Problem(
                "transaction_not_used",
                f"Transaction {number} ({start.type}) {what}: nothing of it was used.",
                "error",
                start.segment_number,
                start.byte_offset,
                element="ST",
            )
        )

    def note_overlong(self, start: TransactionStart) -> None:
        """Say which value the database had no room for."""
        found = find_overlong(bytes(self.file.content), start)
        if found is not None:
            place = (found.segment_number, found.byte_offset)
            self.note(
                Problem(
                    "value_too_long", found.message, "error", *place, element=found.element[:12]
                )
            )

    def take_remittance(self, start: TransactionStart, content: "_Transaction") -> None:
        number = self.outcome.transactions
        source = recording.Source(self.file, start, lambda: self.again(number), self.by)
        remittance = recording.record_remittance(
            source, content, payee=self.payee(), is_test=self.is_test()
        )
        content.skip()
        if not content.is_intact and (not self.errors or self.errors - HOLDABLE_PROBLEMS):
            raise recording.NotUsable
        self.outcome.recorded.append(remittance.pk)
        manual_twins.hold_if_keyed(remittance, by=self.by)
        if remittance.state == Remittance.State.HELD:
            self.outcome.held += 1
        else:
            make_ready(remittance, by=self.by)
            events.enqueue_on_commit(
                "billing.tasks.post_remittance", remittance.practice_id, remittance.pk
            )

    def again(self, number: int) -> Iterator[Item]:
        """The content of the file's n-th transaction once more, after its RemittanceStart."""
        items = read(bytes(self.file.content))
        for item in items:
            number -= isinstance(item, TransactionStart)
            if number == 0 and isinstance(item, RemittanceStart):
                break
        yield from (item for item in items if not isinstance(item, Problem))

    def take_acknowledgment(self, start: TransactionStart, content: "_Transaction") -> None:
        """Collect a 999 or 277CA to its end, because only an intact one may move a claim."""
        found = list(content)
        if not content.is_intact:
            raise recording.NotUsable
        groups = [item for item in found if isinstance(item, GroupAcknowledgment)]
        statuses = [item for item in found if isinstance(item, ClaimStatus)]
        heads = [item for item in found if isinstance(item, ClaimAcknowledgmentStart)]
        ends = [item for item in found if isinstance(item, ClaimAcknowledgmentEnd)]
        number = f"{self.number}/{start.control_number}"
        for group in groups:
            acknowledgments.apply_group(self.file, group, answer_number=number)
        for head, end in zip(heads, ends, strict=False):
            acknowledgments.apply_claim_statuses(
                self.file, head, statuses, end, answer_number=number
            )
        self.outcome.acknowledgments += 1

    def take_inquiry_answers(self, start: TransactionStart, content: "_Transaction") -> None:
        """Collect a 271 or 277 to its end: half an answer could say the opposite of the whole."""
        found = list(content)
        if not content.is_intact:
            raise recording.NotUsable
        eligibility = [item for item in found if isinstance(item, EligibilityAnswer)]
        statuses = [item for item in found if isinstance(item, StatusAnswer)]
        inquiry_answers.apply_eligibility(self.file, eligibility)
        inquiry_answers.apply_statuses(self.file, statuses)
        self.outcome.answers += len(eligibility) + len(statuses)

    def payee(self) -> Payee:
        """Who this practice is to a payer."""
        practice = self.file.practice
        providers = Provider.objects.filter(practice=practice).values_list("npi", flat=True)
        return Payee(frozenset({practice.npi, *providers}), practice.tax_id)

    def is_test(self) -> bool:
        """A test interchange (ISA15 T) where real files are expected."""
        if self.usage != "T":
            return False
        if self.file.channel is not None:
            return not self.file.channel.is_test
        live = Channel.objects.filter(practice_id=self.file.practice_id, is_active=True)
        return live.filter(is_test=False).exists()


class _Transaction:
    """The items of the open transaction up to and including its end."""

    def __init__(self, items: Iterator[Item]) -> None:
        self.items = items
        self.end: TransactionEnd | None = None

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        if self.end is not None:
            raise StopIteration
        item = next(self.items)
        if isinstance(item, TransactionEnd):
            self.end = item
        return item

    @property
    def is_intact(self) -> bool:
        return self.end is not None and self.end.is_intact

    def skip(self) -> None:
        """Read over what is left."""
        for _ in self:
            pass
