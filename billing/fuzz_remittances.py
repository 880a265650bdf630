"""Damaged 835s through the whole way of a file, held against an oracle that shares no code.

Each file is received, read, recorded, balanced, matched and posted as the tasks do it, looked at,
and rolled back, so that thousands meet the same unpaid claims.
"""

import gzip
import io
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from django.db import connection, transaction
from django.db.models import Q

from billing import bench_posting, ledger
from billing.actions import files, postings
from billing.models import (
    FileProblem,
    InterchangeFile,
    Posting,
    Remittance,
    RemittanceCopy,
    RemittedClaim,
)
from rcm.bench.generate import make_cases
from rcm.errors import Refusal
from rcm.fuzz.mutators import MUTATORS
from rcm.fuzz.oracle import Payment, payments
from rcm.fuzz.remittances import Owed, OwedLine, make_file
from rcm.models import Practice

CLAIMS = 40
OUTCOMES = ("posted", "harmless", "held", "refused")
# Holds about one element of the head: their message names it.
HEAD_HOLDS = {
    "other_practice": "payee",
    "negative_payment": "BPR02",
    "debit_payment": "BPR03",
    "foreign_currency": "amounts are in",
    "test_file": "ISA15",
    "overlaps": "claims are those of remittance",
}
POSTED = (Remittance.State.POSTED, Remittance.State.PARTLY_POSTED)
DEEPEST_ZIP = 3
GZIP_MARK = b"\x1f\x8b"
# There is no segment to name where none begins.
WITHOUT_SEGMENTS = ("not_x12", "empty_file")
# An archive holds files and no segments: its problem names the member or says it is damaged.
ARCHIVE = "archive"


@dataclass
class Tally:
    """What became of the files of one mutator."""

    files: int = 0
    changed: int = 0
    outcomes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))


@dataclass
class Report:
    """Counts of a whole run. `finds` say what was wrong with which file."""

    seed: int
    files: int = 0
    exceptions: int = 0
    unbalanced: int = 0
    unbalanced_posted: int = 0
    wrong: int = 0
    refusals: int = 0
    unlocated: int = 0
    slowest_ms: int = 0
    tallies: dict[str, Tally] = field(default_factory=lambda: {n: Tally() for n in MUTATORS})
    finds: list[str] = field(default_factory=list)

    @property
    def without_effect(self) -> list[str]:
        """Mutators that changed no file at all, though they had one."""
        return [
            name
            for name, tally in self.tallies.items()
            if name != "untouched" and tally.files and not tally.changed
        ]

    @property
    def is_clean(self) -> bool:
        faults = (self.exceptions, self.unbalanced_posted, self.wrong, self.unlocated)
        return not any(faults) and not self.without_effect

    def figures(self) -> dict[str, int]:
        """The JSON line."""
        names = ("files", "exceptions", "unbalanced", "unbalanced_posted", "wrong")
        more = ("refusals", "unlocated", "slowest_ms", "seed")
        return {name: getattr(self, name) for name in (*names, *more)}


def seed_claims() -> tuple[Practice, list[Owed]]:
    """The practice the files pay, and its unpaid claims; they stay in the open transaction."""
    practice, ids = bench_posting.make_bench_practice()

    def cases() -> Iterator[bench_posting.Case]:
        return make_cases(CLAIMS, seed=7, claim_number=lambda number: f"FZ{number:05d}")

    bench_posting.seed_claims(ids, cases())
    owed = [
        Owed(
            case.patient_control_number,
            tuple(
                OwedLine(
                    f"{case.patient_control_number}L{position}",
                    work.procedure_code,
                    work.modifiers,
                    work.billed,
                )
                for position, work in enumerate(case.work, 1)
            ),
        )
        for case in cases()
    ]
    return practice, owed


def make_case(seed: int, index: int, owed: Sequence[Owed]) -> tuple[str, bytes, bytes]:
    """Mutator, the good file and the damaged one: the same for the same seed and index."""
    random = Random(f"{seed}:{index}")  # noqa: S311  (not for secrets)
    name = list(MUTATORS)[index % len(MUTATORS)]
    good = make_file(random, owed, index + 1)
    return name, good, MUTATORS[name](random, good)


def run(
    count: int, seed: int, *, first: int = 0, note: Callable[[str], None] = lambda text: None
) -> Report:
    """Files `first` to `first + count` of the seed, inside the caller's transaction.

    `note` is told each find as it happens. Nothing is left but the seeded claims.
    """
    report = Report(seed)
    practice, owed = seed_claims()
    for index in range(first, first + count):
        known = len(report.finds)
        run_case(report, practice, owed, index)
        for find in report.finds[known:]:
            note(find)
    return report


def run_case(report: Report, practice: Practice, owed: Sequence[Owed], index: int) -> None:
    """One file of the report's seed, counted in the report and rolled back."""
    name, good, content = make_case(report.seed, index, owed)
    tally = report.tallies[name]
    tally.files += 1
    tally.changed += content != good
    report.files += 1
    _Trial(report, practice, f"{report.seed}:{index} {name}", good, content).run(tally)


def unwrapped(content: bytes, depth: int = 0) -> list[bytes]:
    """The files inside of a zip or gzip file, else the file itself."""
    if depth < DEEPEST_ZIP and content[:2] == GZIP_MARK:
        try:
            return unwrapped(gzip.decompress(content), depth + 1)
        except (OSError, EOFError, zlib.error):
            return []
    if depth < DEEPEST_ZIP and zipfile.is_zipfile(io.BytesIO(content)):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                inner = [packed.read(name) for name in packed.namelist()]
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
            return []
        return [found for each in inner for found in unwrapped(each, depth + 1)]
    return [content]


def merged(parts: Sequence[Payment]) -> Payment:
    """The parts of one payment as one."""
    whole = Payment(is_plain=all(part.is_plain for part in parts))
    for part in parts:
        whole.trace, whole.paid = part.trace, part.paid
        whole.kept += part.kept
        whole.claims += part.claims
    return whole


class _Trial:
    """One file: through everything, then judged."""

    def __init__(
        self, report: Report, practice: Practice, label: str, good: bytes, content: bytes
    ) -> None:
        self.report = report
        self.practice = practice
        self.label = label
        self.good = payments(good)
        self.content = content
        self.told = [each for inner in unwrapped(content) for each in payments(inner)]

    def run(self, tally: Tally) -> None:
        started = time.perf_counter()
        try:
            with transaction.atomic():
                refusal = self.take_in()
                tally.outcomes[self.judge(refusal)] += 1
                transaction.set_rollback(True)
        except Exception as error:  # noqa: BLE001  any exception at all is a find
            self.report.exceptions += 1
            self.find(f"{type(error).__name__}: {error}"[:300])
        spent = round((time.perf_counter() - started) * 1000)
        self.report.slowest_ms = max(self.report.slowest_ms, spent)

    def find(self, text: str) -> None:
        self.report.finds.append(f"{self.label}: {text}")

    def take_in(self) -> str:
        """Receive, read and post; the message of a file that was not even received."""
        try:
            files.receive_file(self.practice, "fuzz.835", self.content)
        except Refusal as refusal:
            return refusal.message
        while file := self.files().filter(state=InterchangeFile.State.RECEIVED).first():
            files.read_file(file)
        ready = Remittance.State.READY
        for remittance in self.remittances().filter(state=ready).order_by("pk"):
            postings.post_remittance(remittance)
        # Constraints the database looks at when committing.
        connection.check_constraints()
        return ""

    def files(self):  # type: ignore[no-untyped-def]  # a queryset
        return InterchangeFile.objects.filter(practice=self.practice, direction="in")

    def remittances(self):  # type: ignore[no-untyped-def]  # a queryset
        return Remittance.objects.filter(practice=self.practice)

    def judge(self, refusal: str) -> str:
        """Compare what became of the file with what the oracle says of its bytes; the outcome."""
        report = self.report
        report.unbalanced += any(not each.is_balanced for each in self.told)
        if refusal:
            report.refusals += 1
            return "refused"
        found = list(self.remittances().order_by("pk"))
        posted = [row for row in found if self.judge_posting(row)]
        held = [row for row in found if row.state == Remittance.State.HELD]
        for row in held:
            self.judge_hold(row)
        known = RemittanceCopy.objects.filter(practice=self.practice).count()
        is_left_out = len(found) + known < len(self.told) or not found
        if is_left_out:
            self.judge_refusal()
        if self.label.endswith("untouched") and len(posted) != len(self.good):
            report.wrong += 1
            self.find("a good file did not post")
        if held or is_left_out:
            return "held" if held else "refused"
        return "harmless" if self.is_same(posted) else "posted"

    def is_same(self, posted: Sequence[Remittance]) -> bool:
        """Did exactly the payments of the good file post, to the same claims?"""
        kept = [(each.trace, each.paid, each.claims) for each in self.told]
        return len(posted) == len(self.good) and kept[: len(self.good)] == [
            (each.trace, each.paid, each.claims) for each in self.good
        ]

    def judge_posting(self, row: Remittance) -> bool:
        """Is it posted? Then the oracle knows it, balanced, and the moves say the same."""
        moves = Posting.objects.filter(practice=self.practice, remittance=row)
        if row.state not in POSTED and not moves.exists():
            return False
        claims = RemittedClaim.objects.filter(practice=self.practice, remittance=row)
        told = list(claims.order_by("position").values_list("amount_paid", "state"))
        balanced = self.find_payment(row, [amount for amount, _ in told])
        if balanced is None:
            self.report.unbalanced_posted += 1
            self.find(f"{row.trace_number} posted; the oracle has {self.told}"[:400])
            return True
        explained = sum((amount for amount, state in told if state == "posted"), Decimal(0))
        self.judge_moves(row, explained)
        return True

    def find_payment(self, row: Remittance, amounts: list[Decimal]) -> Payment | None:
        """The oracle's balanced payment that the row is, alone or put together from its parts.

        A further copy of a payment holds only what the first did not.
        """
        same = [
            each
            for each in self.told
            if (each.trace, each.paid) == (row.trace_number, row.amount_paid)
        ]
        for each in (*same, merged(same)):
            paid = Counter(claim.paid for claim, _ in each.claims)
            is_part = row.copy_number > 1 and not Counter(amounts) - paid
            if each.is_balanced and (paid == Counter(amounts) or is_part):
                return each
        return None

    def judge_moves(self, row: Remittance, explained: Decimal) -> None:
        """Cash is BPR02, what is unapplied is what posted claims and PLB leave, all is zero."""
        balances = ledger.remittance_balances(self.practice, row.pk)
        kept = row.amount_provider_adjustments
        cash = row.amount_paid - row.amount_elsewhere
        expected = {"cash": cash, "unapplied": explained - cash - kept}
        for account, amount in expected.items():
            if balances.get(account, Decimal(0)) != amount:
                self.report.wrong += 1
                self.find(f"{row.trace_number}: {account} is not {amount}")
        if sum(balances.values()):
            self.report.wrong += 1
            self.find(f"{row.trace_number}: its moves do not add up to zero")

    def judge_hold(self, row: Remittance) -> None:
        """A hold names the claim or line and both amounts, or the element of the head."""
        self.report.refusals += 1
        if row.hold_code in HEAD_HOLDS:
            is_located = HEAD_HOLDS[row.hold_code] in row.hold_message
        else:
            first = (row.differences or [{}])[0]
            names = ("where", "stated", "computed")
            is_located = bool(first) and all(first[name] in row.hold_message for name in names)
        if not is_located:
            self.report.unlocated += 1
            self.find(f"held as {row.hold_code} without a place: {row.hold_message}")

    def judge_refusal(self) -> None:
        """What was left out has a problem with segment and byte."""
        self.report.refusals += 1
        for file in self.files():
            problems = FileProblem.objects.filter(practice=self.practice, file=file)
            if file.kind == ARCHIVE:
                is_opened = file.members.exists() or "Archive of" in file.note
                if not is_opened and not problems.filter(code="bad_archive").exists():
                    self.report.unlocated += 1
                    self.find(f"an archive refused without a reason: {file.note}")
                continue
            located = problems.exclude(byte_offset=None).exclude(
                ~Q(code__in=WITHOUT_SEGMENTS), segment_number=None
            )
            if not located.exists():
                self.report.unlocated += 1
                self.find(f"refused without a place: {file.note}")


def table(report: Report) -> Iterator[str]:
    """One row per mutator, then the sums."""
    yield f"{'mutator':28}{'files':>7}{'changed':>9}" + "".join(f"{o:>10}" for o in OUTCOMES)
    for name, tally in report.tallies.items():
        counts = "".join(f"{tally.outcomes[outcome]:>10}" for outcome in OUTCOMES)
        yield f"{name:28}{tally.files:>7}{tally.changed:>9}{counts}"
    for name, value in report.figures().items():
        yield f"{name.replace('_', ' '):28}{value:>7}"
