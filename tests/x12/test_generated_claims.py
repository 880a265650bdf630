"""Invented claims over every situation of the guides: pyx12, counts and our reader all agree.

pyx12 refuses two things the guide allows, which the claims here therefore do not have:
- PWK02 of a certification of equipment (AB, AD, AF, AG, NS): `gate_maps` corrects this.
- A line with ten attachments and a certification: pyx12 counts them together, so there are nine.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from io import BytesIO
from random import Random
from typing import Any, get_args, get_type_hints

import pytest

from rcm.fuzz.claim_files import KINDS, Outcome, judge_file, run_claims
from rcm.fuzz.counts import miscounts
from rcm.x12.claim_837p import Claim, RareClaimFacts, RareLineFacts
from rcm.x12.envelope import Delimiters
from rcm.x12.gate import ROOT
from rcm.x12.write_837p import write_claims
from tests.x12.build import CLAIM, ENVELOPE, SUBMITTER, claims_file, only, read_all

# Fields of shared shapes that a professional claim has no place for.
INSTITUTIONAL = {"OtherPayer.inpatient", "LineAdjudication.revenue_code", "ClaimDate.time"}


def filled(value: object) -> Iterator[str]:
    """`Class.field` of everything in an object that says something."""
    if isinstance(value, tuple):
        for each in value:
            yield from filled(each)
    elif is_dataclass(value):
        for field in fields(value):
            inner = getattr(value, field.name)
            if inner != field.default:
                yield f"{type(value).__name__}.{field.name}"
            yield from filled(inner)


def every_field(kind: type, seen: set[type]) -> Iterator[str]:
    """`Class.field` of a dataclass and of all it is made of."""
    if kind in seen:
        return
    seen.add(kind)
    for name, hint in get_type_hints(kind).items():
        yield f"{kind.__name__}.{name}"
        for part in _parts(hint):
            if is_dataclass(part):
                yield from every_field(part, seen)


def _parts(hint: Any) -> Iterator[Any]:
    inner = get_args(hint)
    if not inner:
        yield hint
    for each in inner:
        yield from _parts(each)


@pytest.mark.parametrize("kind", KINDS)
def test_invented_claims_pass_pyx12_and_read_back_equal(kind: str) -> None:
    outcome = run_claims(kind, 200, seed=7)
    assert dict(outcome.why) == {}
    assert (outcome.files, outcome.claims, outcome.is_good) == (8, 200, True)


def test_many_professional_claims_read_back_equal() -> None:
    outcome = run_claims("837p", 600, seed=8, is_gated=False)
    assert dict(outcome.why) == {}
    assert outcome.differing == 0


def test_every_field_of_a_professional_claim_is_filled_somewhere() -> None:
    make, _ = KINDS["837p"]
    found = {name for claim in make(Random(3), 400) for name in filled(claim)}
    assert set(every_field(Claim, set())) - found == INSTITUTIONAL


def test_the_counts_are_not_the_writers() -> None:
    content = claims_file(CLAIM)
    assert miscounts(content) == []
    for old, new, wrong in (
        (b"HL*2*1*22*0~", b"HL*2*1*22*1~", "HL04 of 2 says 1, there are 0 below"),
        (b"HL*2*1*22*0~", b"HL*3*1*22*0~", "HL 3 is number 2"),
        (b"HL*2*1*22*0~", b"HL*2*7*22*0~", "HL 2 has no parent 7"),
        (b"LX*2~", b"LX*3~", "LX 3 is number 2"),
        (b"GE*1*", b"GE*2*", "GE01 says 2, not 1"),
        (b"IEA*1*", b"IEA*0*", "IEA01 says 0, not 1"),
        (b"N3*100 MAIN ST*SUITE 2~", b"", "SE01 says 43, not 39"),
    ):
        assert content.count(old), old
        assert wrong in miscounts(content.replace(old, new)), (old, miscounts(content))


def test_a_difference_is_noticed() -> None:
    outcome = Outcome("837p", 0)
    judge_file(outcome, claims_file(CLAIM).replace(b"*16250", b"*16251"), [CLAIM], is_gated=False)
    judge_file(outcome, claims_file(CLAIM).replace(b"ALDER", b"ALDEN"), [CLAIM], is_gated=False)
    assert outcome.differing >= 1
    assert not outcome.is_good


def test_the_command_prints_its_numbers() -> None:
    asked = [sys.executable, "-m", "rcm.fuzz", "837p", "--count", "3", "--seed", "5", "--json"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True)  # noqa: S603  our own words
    numbers = json.loads(done.stdout)
    assert numbers | {"segments": 0} == {
        "kind": "837p",
        "seed": 5,
        "files": 1,
        "claims": 3,
        "segments": 0,
        "refused": 0,
        "miscounted": 0,
        "differing": 0,
        "with_problems": 0,
        "why": {},
    }


def test_a_claim_with_other_separators_reads_back_equal() -> None:
    make, _ = KINDS["837p"]
    claims = make(Random(11), 20)
    out = BytesIO()
    marks = Delimiters("\x1d", "\x1f", "\x1e", "\x1c")
    write_claims(out, replace(ENVELOPE, delimiters=marks), SUBMITTER, claims)
    assert only(Claim, read_all(out.getvalue())) == claims


def test_a_claim_without_rare_facts_writes_the_same_as_one_with_empty_ones() -> None:
    lines = tuple(replace(line, rare=RareLineFacts()) for line in CLAIM.lines)
    empty = replace(CLAIM, rare=RareClaimFacts(), lines=lines)
    assert claims_file(empty) == claims_file(CLAIM)


def test_invented_claims_cut_or_mangled_never_crash_the_reader() -> None:
    make, _ = KINDS["837p"]
    content = claims_file(*make(Random(4), 6))
    chance = Random(12)
    for _ in range(150):
        mangled = bytearray(content)
        for _ in range(chance.randrange(1, 60)):
            place = chance.randrange(len(mangled))
            mangled[place] = chance.choice(b"~*:^\r\n\x00AZ09-.\xff")
        read_all(bytes(mangled))
        read_all(content[: chance.randrange(len(content))])


def test_invented_claims_in_any_order_of_segments_never_crash_the_reader() -> None:
    make, _ = KINDS["837p"]
    content = claims_file(*make(Random(5), 8))
    head, *segments = content.split(b"~")
    chance = Random(13)
    for _ in range(60):
        mixed = chance.sample(segments, min(len(segments), 300))
        read_all(b"~".join((head, *segments[:2], *mixed)))
