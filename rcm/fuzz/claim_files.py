"""Writes invented claims, has pyx12 judge the file, counts it, reads it back and compares.

`python -m rcm.fuzz 837p [--count CLAIMS] [--seed S] [--json]`. Needs no database.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from io import BytesIO
from random import Random
from typing import Any, BinaryIO

from rcm.fuzz import professional_claims
from rcm.fuzz.counts import miscounts
from rcm.x12.claim_837 import Submitter
from rcm.x12.envelope import Envelope, Written
from rcm.x12.gate import inspect
from rcm.x12.problems import Problem
from rcm.x12.reader import read
from rcm.x12.write_837p import write_claims

CLAIMS_PER_FILE = 25
CREATED_AT = datetime(2026, 11, 20, 6, 30)  # noqa: DTZ001  X12 carries local wall-clock time
SUBMITTER = Submitter("NORTH BILLING", "NB1", "ANA REED", "2175550100", "SANDBOX", "SBX")
LARGEST_LIST = 20

Make = Callable[[Random, int], Sequence[Any]]
Write = Callable[[BinaryIO, Envelope, Submitter, Iterable[Any]], Written]


@dataclass
class Outcome:
    """Numbers of a run. `refused` are files pyx12 refuses, `why` its words by how often."""

    kind: str
    seed: int
    files: int = 0
    claims: int = 0
    segments: int = 0
    refused: int = 0
    miscounted: int = 0
    differing: int = 0
    with_problems: int = 0
    why: Counter[str] = field(default_factory=Counter)

    @property
    def is_good(self) -> bool:
        return not (self.refused or self.miscounted or self.differing or self.with_problems)


KINDS: dict[str, tuple[Make, Write]] = {
    "837p": (professional_claims.make_claims, write_claims),
}


def run_claims(kind: str, count: int, seed: int, *, is_gated: bool = True) -> Outcome:
    """`count` claims of `kind` in files of 25; the same for the same seed."""
    make, write = KINDS[kind]
    outcome = Outcome(kind, seed)
    while outcome.claims < count:
        size = min(CLAIMS_PER_FILE, count - outcome.claims)
        random = Random(f"{kind}-{seed}-{outcome.files}")  # noqa: S311  invented claims
        claims = make(random, size)
        out = BytesIO()
        envelope = Envelope("PRACTICE", "SANDBOX", outcome.files + 1, 1, CREATED_AT)
        outcome.segments += write(out, envelope, SUBMITTER, claims).segments
        outcome.files += 1
        outcome.claims += size
        judge_file(outcome, out.getvalue(), claims, is_gated=is_gated)
    return outcome


def judge_file(outcome: Outcome, content: bytes, claims: Sequence[Any], *, is_gated: bool) -> None:
    """Add one file to the numbers."""
    verdict = inspect(content) if is_gated else None
    if verdict is not None and not verdict.is_accepted:
        outcome.refused += 1
        outcome.why.update(f"pyx12: {problem.message}" for problem in verdict.problems)
    wrong = miscounts(content)
    outcome.miscounted += bool(wrong)
    outcome.why.update(f"counts: {text}" for text in wrong)
    items = list(read(content))
    problems = [item for item in items if isinstance(item, Problem)]
    outcome.with_problems += bool(problems)
    outcome.why.update(f"reader: {each.loop} {each.message}" for each in problems)
    found = [item for item in items if isinstance(item, type(claims[0]))]
    differing = sum(a != b for a, b in zip(claims, found, strict=False))
    outcome.differing += differing + abs(len(claims) - len(found))


def main(arguments: Sequence[str]) -> int:
    """The exit code: 1 when anything was found."""
    parser = argparse.ArgumentParser(prog="python -m rcm.fuzz")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--count", type=int, default=500, help="claims")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    outcome = run_claims(asked.kind, asked.count, asked.seed)
    numbers = asdict(outcome) | {"why": dict(outcome.why.most_common(LARGEST_LIST))}
    if asked.json:
        print(json.dumps(numbers))
    else:
        print("\n".join(f"{name}: {value}" for name, value in numbers.items()))
    return 0 if outcome.is_good else 1
