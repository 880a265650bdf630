"""Plants one known defect in each claim of an invented year and counts what is caught.

`bin/fuzz catches [--count CLAIMS] [--seed S] [--json]`. Needs no database. Each claim is first
judged clean: a blocking finding is then a false alarm. A defect of the claim is caught when the
check meant for it says something it did not say of the clean claim; a defect of the file when the
reader or the gate refuses it, or its check blocks the claim read from it. Nothing else counts.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from random import Random
from typing import Any

from billing.rules.findings import BLOCKING, AnyClaim, Finding
from billing.rules.scrubbing import scrub
from rcm.x12.claim_837 import Submitter
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.claim_837p import Claim
from rcm.x12.envelope import Envelope
from rcm.x12.gate import inspect
from rcm.x12.problems import Problem
from rcm.x12.reader import read
from rcm.x12.write_837i import write_institutional_claims
from rcm.x12.write_837p import write_claims
from tests.catches import clean_institutional, clean_professional
from tests.catches.defects_balance import BALANCES
from tests.catches.defects_codes import CODES
from tests.catches.defects_files import FILES
from tests.catches.defects_payers import PAYERS
from tests.catches.defects_services import SERVICES
from tests.catches.defects_situations import SITUATIONS
from tests.catches.known import Sample
from tests.catches.planting import Defect

DEFECTS: tuple[Defect, ...] = (*FILES, *BALANCES, *SITUATIONS, *CODES, *SERVICES, *PAYERS)
# What is wrong only in the world, not in the claim and the facts: nobody can plant it to be found.
UNDECIDABLE = {
    "another valid diagnosis": "Both are valid for patient and service; only the chart tells.",
    "another level of visit": "99213 for 99214 is a claim like any other; only the chart tells.",
    "service not done": "The claim of a service that was not given is complete in itself.",
    "another valid provider": "Who treated is not among the facts; a valid NPI of ours passes.",
    "another valid day": "A day inside coverage, limits and authorization contradicts nothing.",
    "two digits of an amount": "Prices are the practice's own; line and total agree.",
}
CREATED_AT = datetime(2026, 11, 20, 6, 30)  # noqa: DTZ001  X12 carries local wall-clock time
SUBMITTER = Submitter("NORTH BILLING", "NB1", "ANA REED", "2175550100", "SANDBOX", "SBX")
CLAIMS_PER_FILE = 25


@dataclass
class Tally:
    """Numbers of one kind. `held` are those caught by what blocks the claim."""

    snip: int
    planted: int = 0
    caught: int = 0
    held: int = 0


@dataclass
class Outcome:
    """Numbers of a run; `alarms` are the false ones by what they said, `missed` by kind."""

    seed: int
    claims: int = 0
    kinds: dict[str, Tally] = field(default_factory=dict)
    alarms: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    @property
    def planted(self) -> int:
        return sum(tally.planted for tally in self.kinds.values())

    @property
    def caught(self) -> int:
        return sum(tally.caught for tally in self.kinds.values())

    @property
    def false_alarms(self) -> int:
        return self.alarms.total()


def make_sample(random: Random, shape: str) -> Sample:
    is_professional = shape in clean_professional.MAKERS
    maker = clean_professional if is_professional else clean_institutional
    return maker.make_sample(random, shape)


def run_catches(count: int, seed: int, *, is_gated: bool = True) -> Outcome:
    """`count` claims, each clean and then with one defect; the kinds take turns.

    Without `is_gated` clean files are read by our reader only, which is quicker.
    """
    outcome = Outcome(seed, kinds={each.kind: Tally(each.snip) for each in DEFECTS})
    clean: list[AnyClaim] = []
    for number in range(count):
        random = Random(f"catches-{seed}-{number}")  # noqa: S311  invented claims
        turn, at = divmod(number, len(DEFECTS))
        defect = DEFECTS[at]
        sample = make_sample(random, defect.shapes[turn % len(defect.shapes)])
        outcome.claims += 1
        clean.append(sample.claim)
        judge(outcome, defect, random, sample)
    for content in files_of(clean):
        found = problems_of(content)
        if is_gated:
            found += [problem.message for problem in inspect(content).problems]
        outcome.alarms.update(f"clean file: {message}" for message in found)
    return outcome


def judge(outcome: Outcome, defect: Defect, random: Random, sample: Sample) -> None:
    """One claim: what is said of it clean, and what more with its defect."""
    before = scrub(sample.claim, sample.facts).findings
    for finding in before:
        if finding.severity == BLOCKING:
            outcome.alarms[f"{finding.code}: {finding.message}"] += 1
    tally = outcome.kinds[defect.kind]
    tally.planted += 1
    if defect.damage is not None:
        content = defect.damage(random, write_file([sample.claim]))
        is_caught = is_held = (
            bool(problems_of(content))
            or bool(defect.checks & codes_read(content, sample))
            or not inspect(content).is_accepted
        )
    else:
        assert defect.plant is not None
        spoiled = defect.plant(random, sample)
        new = list(new_findings(before, scrub(spoiled.claim, spoiled.facts).findings))
        is_caught = any(each.code in defect.checks for each in new)
        is_held = any(each.severity == BLOCKING for each in new)
    tally.caught += is_caught
    tally.held += is_caught and is_held
    if not is_caught:
        outcome.missed[defect.kind] += 1


def new_findings(before: tuple[Finding, ...], after: tuple[Finding, ...]) -> Iterator[Finding]:
    known = {(each.code, each.message) for each in before}
    for each in after:
        if (each.code, each.message) not in known:
            yield each


def problems_of(content: bytes) -> list[str]:
    """What our reader refuses."""
    return [
        item.message
        for item in read(content)
        if isinstance(item, Problem) and item.severity == "error"
    ]


def codes_read(content: bytes, sample: Sample) -> set[str]:
    """The checks that block a claim as it is read from the file."""
    return {
        finding.code
        for item in read(content)
        if isinstance(item, Claim | InstitutionalClaim)
        for finding in scrub(item, sample.facts).findings
        if finding.severity == BLOCKING
    }


def write_file(claims: list[Any]) -> bytes:
    """One interchange of claims of one guide."""
    out, envelope = BytesIO(), Envelope("PRACTICE", "SANDBOX", 7, 9, CREATED_AT)
    is_professional = isinstance(claims[0], Claim)
    write = write_claims if is_professional else write_institutional_claims
    write(out, envelope, SUBMITTER, claims)
    return out.getvalue()


def files_of(claims: list[AnyClaim]) -> Iterator[bytes]:
    professional = [each for each in claims if isinstance(each, Claim)]
    institutional = [each for each in claims if not isinstance(each, Claim)]
    for kind in (professional, institutional):
        for start in range(0, len(kind), CLAIMS_PER_FILE):
            yield write_file(kind[start : start + CLAIMS_PER_FILE])


def to_json(outcome: Outcome) -> str:
    planted = outcome.planted
    return json.dumps(
        {
            "seed": outcome.seed,
            "claims": outcome.claims,
            "planted": planted,
            "caught": outcome.caught,
            "share": round(outcome.caught / planted, 4) if planted else None,
            "held": sum(tally.held for tally in outcome.kinds.values()),
            "false_alarms": outcome.false_alarms,
            "alarms": dict(outcome.alarms.most_common(20)),
            "kinds": {kind: vars(tally) for kind, tally in outcome.kinds.items()},
            "undecidable": UNDECIDABLE,
        }
    )


def to_text(outcome: Outcome) -> str:
    """A table of kinds, totals of each SNIP type, then the whole."""
    rows = [f"{'SNIP':4} {'kind':28} {'planted':>7} {'caught':>7} {'share':>7}"]
    types: dict[int, list[int]] = {}
    for kind, tally in outcome.kinds.items():
        rows.append(_row(tally.snip, kind, tally.planted, tally.caught))
        sums = types.setdefault(tally.snip, [0, 0])
        sums[0] += tally.planted
        sums[1] += tally.caught
    rows += [_row(snip, "all of the type", *sums) for snip, sums in sorted(types.items())]
    rows.append(_row("", f"all {len(outcome.kinds)} kinds", outcome.planted, outcome.caught))
    rows.append(f"{outcome.claims} claims without a defect: {outcome.false_alarms} false alarms")
    rows += [f"  {times} x {said}" for said, times in outcome.alarms.most_common(20)]
    return "\n".join(rows)


def _row(snip: object, kind: str, planted: int, caught: int) -> str:
    share = f"{caught / planted:7.1%}" if planted else "      -"
    return f"{snip!s:4} {kind:28} {planted:7} {caught:7} {share}"


def main(arguments: list[str]) -> int:
    """1 when a defect was missed or a clean claim was blocked."""
    parser = argparse.ArgumentParser(prog="bin/fuzz catches")
    parser.add_argument("--count", type=int, default=1_000, help="claims")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    outcome = run_catches(asked.count, asked.seed)
    sys.stdout.write(f"{to_json(outcome) if asked.json else to_text(outcome)}\n")
    return 1 if outcome.missed or outcome.alarms else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
