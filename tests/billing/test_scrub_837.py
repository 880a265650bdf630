"""`manage.py scrub_837`: what the checks say of somebody else's file."""

import json
import logging
import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from billing.foreign_scrubs import ForeignScrub, ScrubbedClaim
from billing.models import Claim, ClaimFinding
from billing.rules import foreign_claims
from billing.rules.foreign_claims import ForeignFile
from rcm.models import Event
from rcm.x12 import claim_837p as x12
from rcm.x12.write_837p import write_claims
from tests.billing.scrub_cases import CLAIM, LINE, STAY, TODAY, VISIT, billing, lines
from tests.x12.build import ENVELOPE, SUBMITTER

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


def file_of(*claims: x12.Claim) -> bytes:
    out = BytesIO()
    write_claims(out, ENVELOPE, SUBMITTER, claims)
    return out.getvalue()


def numbered(number: str, **changes: Any) -> x12.Claim:
    """CLAIM under another number, of another day unless told."""
    line = replace(LINE, line_control_number=f"{number}L1")
    return replace(CLAIM, patient_control_number=number, lines=(line,), **changes)


def run(path: Path, **options: Any) -> tuple[int, list[str]]:
    """Exit code and lines."""
    out = StringIO()
    code = 0
    try:
        call_command("scrub_837", path, today=TODAY, stdout=out, **options)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, out.getvalue().splitlines()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "claims.837"


def test_a_clean_file_of_anybody_has_no_findings(path: Path) -> None:
    path.write_bytes(file_of(CLAIM))
    code, shown = run(path, json=True)
    assert code == 0
    [claim] = [json.loads(line) for line in shown]
    not_checked = {each["code"]: each["reason"] for each in claim.pop("not_checked")}
    assert claim == {
        "claim": "NO10001",
        "transaction": "0001",
        "position": 1,
        "form": "professional",
        "findings": [],
    }
    assert not_checked["coverage_dates"] == "The policy's dates are not known."
    assert "npi" not in not_checked


def test_a_finding_says_where_it_is(path: Path) -> None:
    spoiled = replace(lines({}, {"amount_billed": -100, "modifiers": ()}), amount_billed=16_500)
    path.write_bytes(file_of(billing(npi="1234567890")))
    _, shown = run(path, json=True)
    assert json.loads(shown[0])["findings"] == [
        {
            "code": "npi",
            "severity": "blocking",
            "message": "The NPI of the billing provider is not valid: "
            "its check digit does not fit.",
            "element": "2010AA NM109",
            "fix": "Correct it in the practice's set-up, then check again.",
            "source": "CMS NPI check digit",
        }
    ]
    path.write_bytes(file_of(spoiled))
    _, shown = run(path, json=True)
    found = {each["code"]: each for each in json.loads(shown[0])["findings"]}
    assert found["negative"]["line"] == 2
    assert "line" not in found["total"]


# Defects of meaning that a check of the structure lets through: each as a change of the file, and
# the check that finds it.
DEFECTS = [
    ("NPI with a wrong check digit", b"*XX*1234567893~", b"*XX*1234567892~", "npi"),
    ("NPI of nine digits", b"*XX*1234567893~", b"*XX*123456789~", "npi"),
    ("EIN of eight digits", b"REF*EI*123456789~", b"REF*EI*12345678~", "tax_id"),
    ("total that is no sum", b"CLM*NO10001*165*", b"CLM*NO10001*164*", "total"),
    ("negative total", b"CLM*NO10001*165*", b"CLM*NO10001*-165*", "negative"),
    ("pointer to no diagnosis", b"***1~DTP*472", b"***3~DTP*472", "pointers"),
    ("frequency X", b"*11:B:1*", b"*11:B:X*", "frequency_code"),
    ("replacement without number", b"*11:B:1*", b"*11:B:7*", "frequency"),
    ("secondary without primary", b"SBR*P*18*", b"SBR*S*18*", "rank_alone"),
    ("subscriber without patient", b"SBR*P*18*", b"SBR*P**", "relationship"),
    ("service in 2099", b"DTP*472*D8*20261102~", b"DTP*472*D8*20991102~", "future_date"),
    ("birth in the future", b"DMG*D8*19580314*", b"DMG*D8*20270314*", "birth_future"),
    ("five digits of ZIP", b"*IL*627011234~", b"*IL*62701~", "billing_zip"),
    ("unknown state", b"*IL*627011234~", b"*QX*627011234~", "state_code"),
]


@pytest.mark.parametrize(
    ("what", "before", "after", "code"), DEFECTS, ids=[what for what, *_ in DEFECTS]
)
def test_what_a_check_of_the_structure_misses_is_found(
    path: Path, what: str, before: bytes, after: bytes, code: str
) -> None:
    content = file_of(CLAIM)
    assert before in content
    path.write_bytes(content.replace(before, after, 1))
    _, shown = run(path, json=True)
    found = {each["code"] for line in shown for each in json.loads(line).get("findings", ())}
    assert code in found


def test_people_read_lines_instead_of_json(path: Path) -> None:
    path.write_bytes(file_of(billing(tax_id="12345678")))
    code, shown = run(path)
    assert code == 0
    assert shown[0].startswith("Claim 1 (NO10001, professional): ")
    assert "1 blocking, 0 warnings" in shown[0]
    assert shown[1] == (
        "  blocking tax_id: The billing provider's tax id is not nine digits. (2010AA REF02)"
    )


def test_services_and_numbers_twice_in_a_file_are_found(path: Path) -> None:
    other_patient = replace(CLAIM.subscriber, member_id="UC10000002")
    path.write_bytes(
        file_of(
            CLAIM,
            numbered("NO10002"),
            numbered("NO10001", subscriber=other_patient),
            numbered("NO10001", frequency="7", payer_claim_control_number="P1"),
        )
    )
    _, shown = run(path, json=True)
    found = [
        [(each["code"], each["message"]) for each in json.loads(line)["findings"]] for line in shown
    ]
    assert found == [
        [],
        [("duplicate", "Line 1 (99213) is already on claim NO10001 (1 of the file).")],
        [("number_repeated", "The claim number NO10001 is also that of claim 1 of the file.")],
        [],
    ]


def test_a_longer_file_forgets_the_oldest_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign_claims, "REMEMBERED", 1)
    file = ForeignFile(TODAY)
    file.facts_of(CLAIM, 1)
    file.facts_of(numbered("NO10002", payer=x12.ClaimPayer("Second", "SECND")), 2)
    assert len(file.services) == len(file.numbers) == 1
    assert file.facts_of(CLAIM, 3).number_used_by == ""


def test_a_second_line_of_one_claim_is_no_duplicate_of_its_first() -> None:
    assert ForeignFile(TODAY).facts_of(lines({}, {}), 1).duplicates == {}


def test_institutional_claims_share_numbers_but_no_services() -> None:
    file = ForeignFile(TODAY)
    assert file.facts_of(VISIT, 1).number_used_by == ""
    second = file.facts_of(STAY, 2)
    assert (second.number_used_by, second.duplicates) == ("claim 1 of the file", {})


def test_problems_of_the_file_stand_between_the_claims_located(path: Path) -> None:
    path.write_bytes(file_of(CLAIM, numbered("NO10002")).replace(b"~SE*", b"~ZZZ*1~SE*"))
    code, shown = run(path, json=True)
    assert code == 0
    problems = [json.loads(line)["problem"] for line in shown if "problem" in json.loads(line)]
    assert [each["segment_number"] is not None for each in problems] == [True] * len(problems)
    assert {"unexpected_segment", "wrong_count"} <= {each["code"] for each in problems}
    claims = [json.loads(line)["claim"] for line in shown if "claim" in json.loads(line)]
    assert claims == ["NO10001", "NO10002"]


def test_another_transaction_is_refused_with_its_place(path: Path) -> None:
    path.write_bytes(file_of(CLAIM).replace(b"005010X222A1", b"004010X098A1"))
    code, shown = run(path, json=True)
    assert code == 1
    assert json.loads(shown[-1])["problem"] == {
        "code": "no_837",
        "message": "This is an 837 of version 004010X098A1, not an 837 of version 005010X222 or "
        "005010X223.",
        "severity": "error",
        "segment_number": 3,
        "byte_offset": shown_offset(path),
        "loop": None,
        "element": "ST01",
    }


def shown_offset(path: Path) -> int:
    return path.read_bytes().index(b"ST*837")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\x00\xff" * 100])
def test_a_file_that_is_no_x12_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    code, shown = run(path)
    assert code == 1
    assert shown[-1] == "Segment 1, byte 0: The file holds no X12 transaction."


def test_a_file_that_cannot_be_opened_is_said(path: Path) -> None:
    code, shown = run(path)
    assert code == 1
    assert shown == ["The file: The file cannot be read: No such file or directory."]


def test_nothing_is_stored_and_nothing_of_a_patient_is_logged(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path.write_bytes(file_of(billing(npi="1234567890")))
    before = Event.objects.count()
    _, shown = run(path, json=True)
    assert not Claim.objects.exists()
    assert not ClaimFinding.objects.exists()
    assert Event.objects.count() == before
    assert "Okafor" not in "".join(shown)
    assert "Okafor" not in caplog.text


def test_statements_do_not_grow_with_the_claims(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    """The code set once per 500 claims, and the releases of the edit tables."""
    for count in (2, 60):
        content = file_of(*(numbered(f"N{n}") for n in range(count)))
        with django_assert_max_num_queries(4):
            found = list(ForeignScrub(BytesIO(content), TODAY).results())
        assert len([each for each in found if isinstance(each, ScrubbedClaim)]) == count


def test_without_a_database_the_file_is_checked_and_the_rest_is_not(path: Path) -> None:
    path.write_bytes(file_of(replace(CLAIM, amount_billed=1)))
    run_with = [sys.executable, "manage.py", "scrub_837", str(path), "--json"]
    environment = os.environ | {"RCM_DATABASE_URL": "postgres://nobody@/none?host=/nonexistent"}
    done = subprocess.run(
        run_with, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == (
        "The database does not answer: checks that ask code sets or published tables answer"
        " “not checked”."
    )
    [claim] = [json.loads(line) for line in done.stdout.splitlines()]
    assert "total" in [finding["code"] for finding in claim["findings"]]
    assert "status_bundled" in [each["code"] for each in claim["not_checked"]]
