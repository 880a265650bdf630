"""Runs the checks over an 837 of anybody: no practice, nothing stored, nothing logged."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, BinaryIO

from billing.actions.code_facts import code_facts_of_foreign
from billing.rules.findings import BLOCKING, AnyClaim, Finding, Scrubbed, form_of
from billing.rules.foreign_claims import ForeignFile
from billing.rules.scrubbing import scrub_many
from coding.rules.code_facts import NO_CODE_FACTS
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.claim_837p import Claim
from rcm.x12.envelope import TransactionStart
from rcm.x12.problems import Problem
from rcm.x12.reader import read

CHUNK = 500
READ_VERSIONS = ("005010X222", "005010X223")


@dataclass(frozen=True, slots=True)
class ForeignClaim:
    """One claim of the file. `position` counts claims from 1, `transaction` is its ST02."""

    content: AnyClaim
    transaction: str
    position: int


@dataclass(frozen=True, slots=True)
class ScrubbedClaim:
    """What the checks say of one claim of the file."""

    number: str
    transaction: str
    position: int
    form: str
    scrubbed: Scrubbed


class ForeignScrub:
    """One pass over one file; `is_read` afterwards says whether there was an 837 to read.

    `today` is the day judged. Without a database the checks that ask code sets or published tables
    answer "not checked". Only reading `source` itself can raise (OSError).
    """

    def __init__(self, source: BinaryIO, today: date, *, has_database: bool = True) -> None:
        self.has_database = has_database
        self.source = source
        self.file = ForeignFile(today)
        self.is_read = False
        self.other: TransactionStart | None = None

    def results(self) -> Iterator[ScrubbedClaim | Problem]:
        """Claims and problems in file order, at most 500 claims in memory.

        The last problem of a file without an 837 says so.
        """
        waiting: list[ForeignClaim | Problem] = []
        transaction, position = "", 0
        for item in read(self.source):
            if isinstance(item, TransactionStart):
                transaction = item.control_number
                self.look_at(item)
            elif isinstance(item, Problem):
                waiting.append(item)
            elif isinstance(item, Claim | InstitutionalClaim):
                position += 1
                waiting.append(ForeignClaim(item, transaction, position))
                if not position % CHUNK:
                    yield from self.judge(waiting)
                    waiting = []
        yield from self.judge(waiting)
        if not self.is_read:
            yield self.no_837()

    def look_at(self, start: TransactionStart) -> None:
        """Is this one of those read here? The first that is not stays known."""
        if start.type == "837" and start.version.startswith(READ_VERSIONS):
            self.is_read = True
        elif self.other is None:
            self.other = start

    def no_837(self) -> Problem:
        if self.other is None:
            return Problem("no_837", "The file holds no X12 transaction.", "error", 1, 0)
        kind = f"{self.other.type} of version {self.other.version}"
        return Problem(
            "no_837",
            f"This is an {kind}, not an 837 of version 005010X222 or 005010X223.",
            segment_number=self.other.segment_number,
            byte_offset=self.other.byte_offset,
            element="ST01",
        )

    def judge(self, waiting: Sequence[ForeignClaim | Problem]) -> Iterator[ScrubbedClaim | Problem]:
        claims = [each for each in waiting if isinstance(each, ForeignClaim)]
        contents = [each.content for each in claims]
        codes = (
            code_facts_of_foreign(contents)
            if self.has_database
            else [NO_CODE_FACTS] * len(contents)
        )
        works = [
            (each.content, self.file.facts_of(each.content, each.position, known))
            for each, known in zip(claims, codes, strict=True)
        ]
        results = iter(scrub_many(works))
        for each in waiting:
            if isinstance(each, Problem):
                yield each
                continue
            yield ScrubbedClaim(
                each.content.patient_control_number,
                each.transaction,
                each.position,
                form_of(each.content),
                next(results),
            )


def to_json(result: ScrubbedClaim | Problem) -> str:
    """One line of JSON: a claim with its findings, or a problem of the file."""
    if isinstance(result, Problem):
        return json.dumps({"problem": asdict(result)})
    return json.dumps(
        {
            "claim": result.number,
            "transaction": result.transaction,
            "position": result.position,
            "form": result.form,
            "findings": [_finding(each) for each in result.scrubbed.findings],
            "not_checked": [asdict(each) for each in result.scrubbed.not_checked],
        }
    )


def _finding(finding: Finding) -> dict[str, Any]:
    """A finding of the whole claim has no line."""
    said = asdict(finding)
    # Names what a rule of a practice looked at; a foreign file is checked by none.
    del said["looked_at"]
    if finding.line is None:
        del said["line"]
    return said


def to_text(result: ScrubbedClaim | Problem) -> str:
    """The same for people."""
    if isinstance(result, Problem):
        return f"{place_of(result)}: {result.message}"
    scrubbed = result.scrubbed
    blocking = sum(finding.severity == BLOCKING for finding in scrubbed.findings)
    lines = [
        f"Claim {result.position} ({result.number}, {result.form}): {scrubbed.passed} passed, "
        f"{blocking} blocking, {len(scrubbed.findings) - blocking} warnings, "
        f"{len(scrubbed.not_checked)} not checked"
    ]
    for finding in scrubbed.findings:
        lines.append(f"  {finding.severity} {finding.code}: {finding.message} ({finding.element})")
    return "\n".join(lines)


def place_of(problem: Problem) -> str:
    """Where a problem is, as people count."""
    if problem.segment_number is None:
        return "The file"
    element = f", {problem.element}" if problem.element else ""
    return f"Segment {problem.segment_number}, byte {problem.byte_offset}{element}"
