"""Institutional claims against three judges: `bin/fuzz 837i [--count N] [--seed S] [--json]`.

Every claim is written, accepted by pyx12, read back equal, and counted by a reader that shares no
line with ours (rcm.fuzz.oracle). Then its file is cut and mangled: the reader must not raise, and a
file that was cut must not be intact.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from random import Random

from rcm.fuzz.oracle import segments
from rcm.x12.claim_837 import Submitter
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.envelope import Envelope, TransactionEnd
from rcm.x12.gate import inspect
from rcm.x12.problems import Problem
from rcm.x12.reader import read
from rcm.x12.values import CENTS
from rcm.x12.write_837i import write_institutional_claims
from tests.x12.generate_837i import make_claims

CLAIMS_PER_FILE = 50
CUTS, MANGLINGS = 10, 10
LARGEST_LIST = 50
# What pyx12 refuses although the guide allows it, by the gate's message. None is known for 837I.
FALSE_REFUSALS: frozenset[str] = frozenset()
CREATED_AT = datetime(2026, 11, 20, 6, 30)  # noqa: DTZ001  X12 carries local wall-clock time
ENVELOPE = Envelope("HOSPITAL", "SANDBOX", 7, 9, CREATED_AT)
SUBMITTER = Submitter("NORTH BILLING", "NB1", "ANA REED", "2175550100", "SANDBOX", "SBX")


@dataclass
class Report:
    """What a run saw. `why` names each thing that must not be, up to fifty of them."""

    files: int = 0
    claims: int = 0
    lines: int = 0
    segments: int = 0
    damaged: int = 0
    refused: int = 0
    miscounted: int = 0
    differing: int = 0
    with_problems: int = 0
    misread_damage: int = 0
    known_false_refusals: int = 0
    why: list[str] = field(default_factory=list)

    def note(self, figure: str, text: str) -> None:
        setattr(self, figure, getattr(self, figure) + 1)
        if len(self.why) < LARGEST_LIST:
            self.why.append(text)


def run(seed: int, first: int, count: int) -> Report:
    """Try `count` claims of `seed` from number `first` on."""
    report = Report()
    for start in range(first, first + count, CLAIMS_PER_FILE):
        claims = list(make_claims(seed, start, min(CLAIMS_PER_FILE, first + count - start)))
        out = BytesIO()
        written = write_institutional_claims(out, ENVELOPE, SUBMITTER, claims)
        content, place = out.getvalue(), f"claims from {start}"
        report.files += 1
        report.claims += len(claims)
        report.lines += sum(len(claim.lines) for claim in claims)
        report.segments += written.segments
        judge_structure(content, written.segments, place, report)
        judge_reading(content, claims, report)
        for difference in count_differences(content, claims):
            report.note("miscounted", f"{place}: {difference}")
        damage(content, Random(f"{seed} {start}"), place, report)
    return report


def judge_structure(content: bytes, count: int, place: str, report: Report) -> None:
    """pyx12 sees every segment and finds nothing wrong."""
    verdict = inspect(content)
    if verdict.segments_read != count:
        report.note("refused", f"{place}: pyx12 read {verdict.segments_read} of {count} segments")
    for problem in verdict.problems:
        if problem.message in FALSE_REFUSALS:
            report.known_false_refusals += 1
        else:
            report.note(
                "refused", f"{place}: pyx12, segment {problem.segment_number}: {problem.message}"
            )


def judge_reading(content: bytes, claims: Sequence[InstitutionalClaim], report: Report) -> None:
    """The reader gives the same objects back and has nothing to say."""
    items = list(read(content))
    found = [item for item in items if isinstance(item, InstitutionalClaim)]
    for problem in items:
        if isinstance(problem, Problem):
            report.note(
                "with_problems", f"reader, segment {problem.segment_number}: {problem.message}"
            )
    if len(found) != len(claims):
        report.note("differing", f"{len(claims)} claims were written and {len(found)} read")
    for claim, again in zip(claims, found, strict=False):
        if claim != again:
            report.note("differing", f"claim {claim.patient_control_number} reads differently")


def count_differences(content: bytes, claims: Sequence[InstitutionalClaim]) -> list[str]:
    """Counts and totals of the bytes, split by hand, beside those of the objects."""
    told = count_objects(claims)
    seen = count_bytes(content)
    return [
        f"{name}: {told[name]} in the claims, {seen[name]} in the file"
        for name in sorted(told.keys() | seen.keys())
        if told[name] != seen[name]
    ]


def count_bytes(content: bytes) -> Counter[str]:
    """Claims, lines, cents billed, codes of HI by kind, adjustments, paid by other payers."""
    seen: Counter[str] = Counter()
    for elements in segments(content.decode("latin-1")):
        name = elements[0]
        if name == "CLM":
            seen["claims"] += 1
            seen["billed"] += CENTS[elements[2]] or 0
        elif name == "SV2":
            seen["lines"] += 1
            seen["lines billed"] += CENTS[elements[3]] or 0
        elif name == "HI":
            for composite in elements[1:]:
                seen[f"HI {composite.split(':')[0]}"] += 1
        elif name == "CAS":
            seen["adjusted"] += sum(CENTS[text] or 0 for text in elements[3::3])
        elif name == "SVD":
            seen["paid on lines"] += CENTS[elements[2]] or 0
        elif name == "PWK":
            seen["attachments"] += 1
    return +seen


def count_objects(claims: Sequence[InstitutionalClaim]) -> Counter[str]:
    told: Counter[str] = Counter()
    for claim in claims:
        told["claims"] += 1
        told["billed"] += claim.amount_billed
        told["attachments"] += len(claim.attachments)
        told += count_codes(claim)
        for payer in claim.other_payers:
            told["adjusted"] += sum(each.amount for each in payer.adjustments)
        for line in claim.lines:
            told["lines"] += 1
            told["lines billed"] += line.amount_billed
            told["attachments"] += len(line.attachments)
            for judged in line.adjudications:
                told["paid on lines"] += judged.amount_paid
                told["adjusted"] += sum(each.amount for each in judged.adjustments)
    return +told


def count_codes(claim: InstitutionalClaim) -> Counter[str]:
    return Counter(
        {
            "HI ABK": 1,
            "HI ABJ": int(bool(claim.admitting_diagnosis)),
            "HI APR": len(claim.patient_reasons),
            "HI ABN": len(claim.external_causes),
            "HI DR": int(bool(claim.drg)),
            "HI ABF": len(claim.other_diagnoses),
            "HI BBR": int(claim.principal_procedure is not None),
            "HI BBQ": len(claim.other_procedures),
            "HI BI": len(claim.occurrence_spans),
            "HI BH": len(claim.occurrences),
            "HI BE": len(claim.value_codes),
            "HI BG": len(claim.condition_codes),
            "HI TC": len(claim.treatment_codes),
        }
    )


def damage(content: bytes, chance: Random, place: str, report: Report) -> None:
    """Cut and mangle; whatever the reader says, it says it and does not raise."""
    for _ in range(CUTS):
        cut = content[: chance.randrange(len(content) - 1)]
        if any(end.is_intact for end in try_reading(cut, place, report)):
            report.note("misread_damage", f"{place}: cut at {len(cut)} and still intact")
    for _ in range(MANGLINGS):
        mangled = bytearray(content)
        for _ in range(chance.randrange(1, 30)):
            mangled[chance.randrange(len(mangled))] = chance.choice(b"~*:^\r\n\x00AZ09-.\xff")
        try_reading(bytes(mangled), place, report)


def try_reading(content: bytes, place: str, report: Report) -> list[TransactionEnd]:
    report.damaged += 1
    try:
        items = list(read(content))
    except Exception as error:  # any at all is what this looks for
        report.note("misread_damage", f"{place}: the reader raised {type(error).__name__}")
        return []
    return [item for item in items if isinstance(item, TransactionEnd)]


def main(arguments: list[str]) -> int:
    """1 when anything was found."""
    parser = argparse.ArgumentParser(prog="bin/fuzz 837i")
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    report = run(options.seed, options.first, options.count)
    told = {name: getattr(report, name) for name in Report.__dataclass_fields__}
    if options.json:
        text = json.dumps({"kind": "837i", "seed": options.seed} | told)
    else:
        text = "\n".join(f"{name}: {value}" for name, value in told.items())
    sys.stdout.write(f"{text}\n")
    return 1 if report.why else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
