"""837I: written, judged by pyx12, read back, counted by hand; and what is refused."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rcm.x12.check import check_items
from rcm.x12.claim_837 import Identifier, Person
from rcm.x12.claim_837i import InstitutionalClaim, InstitutionalDiagnosis
from rcm.x12.envelope import Delimiters
from rcm.x12.gate import inspect
from rcm.x12.problems import Problem
from rcm.x12.reader import read
from tests.x12.build import is_intact, only, problems, read_all
from tests.x12.build_837i import ATTENDING, CHILD_STAY, EMERGENCY, ROOM, STAY, stays_file
from tests.x12.fuzz_837i import count_bytes, main, run
from tests.x12.generate_837i import make_claim

ROWS = (Path(__file__).parent / "negatives_837i.tsv").read_text().splitlines()
NEGATIVES = [tuple(row.split("\t")) for row in ROWS if not row.startswith("#")]


def test_three_judges_agree_on_every_situation() -> None:
    report = run(seed=11, first=1, count=100)
    assert report.why == []
    assert (report.claims, report.damaged) == (100, 40)


def test_the_situations_are_all_there() -> None:
    """Every field of the claim is absent in some and there in others of the generated claims."""
    claims = [make_claim(3, number) for number in range(1, 201)]
    always = {
        "patient_control_number", "amount_billed", "type_of_bill", "statement_from",
        "statement_to", "lines", "billing_provider", "subscriber", "payer", "admission_type",
        "patient_status", "principal_diagnosis", "accepts_assignment", "assigns_benefits",
        "releases_information",
    }  # fmt: skip
    for name in InstitutionalClaim.__slots__:
        there = Counter(getattr(claim, name) not in ("", None, ()) for claim in claims)
        assert there[True], name
        assert there[False] or name in always, name


def test_a_claim_with_999_lines_is_written_and_read() -> None:
    lines = tuple(
        replace(ROOM, position=number, line_control_number=f"L{number}")
        for number in range(1, 1000)
    )
    claim = replace(STAY, lines=lines, amount_billed=999 * ROOM.amount_billed, other_payers=())
    content = stays_file(claim)
    assert only(InstitutionalClaim, read_all(content)) == [claim]
    assert inspect(content).problems == ()


@pytest.mark.parametrize(
    "separators",
    [Delimiters("|", "!", ">", "'"), Delimiters("\x1d", "\x1f", "\x1e", "\x1c")],
)
def test_other_separators_give_the_same_claims(separators: Delimiters) -> None:
    content = stays_file(STAY, CHILD_STAY, delimiters=separators)
    assert only(InstitutionalClaim, read_all(content)) == [STAY, CHILD_STAY]
    assert problems(content) == []


def test_hi_goes_out_in_the_order_of_the_guide() -> None:
    kinds = re.findall(r"HI\*([A-Z]+)", stays_file(STAY).decode())
    assert kinds == ["ABK", "ABJ", "ABN", "DR", "ABF", "BBR", "BBQ", "BI", "BH", "BE", "BG"]


def test_codes_beyond_twelve_go_into_a_second_segment() -> None:
    others = tuple(InstitutionalDiagnosis(f"A{number}") for number in range(100, 124))
    content = stays_file(replace(STAY, other_diagnoses=others))
    assert content.count(b"~HI*ABF:") == 2
    assert count_bytes(content)["HI ABF"] == 24
    assert inspect(content).problems == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lines": (ROOM,) * 1000}, "An institutional claim has at most 999 lines."),
        (
            {"other_diagnoses": (InstitutionalDiagnosis("I10"),) * 25},
            "An institutional claim has at most 24 other diagnoses (HI*ABF).",
        ),
        (
            {"patient_reasons": ("I10",) * 4},
            "An institutional claim has at most 3 reasons for the visit (HI*APR).",
        ),
        (
            {"condition_codes": ("09",) * 25},
            "An institutional claim has at most 24 condition codes (HI*BG).",
        ),
        (
            {"external_causes": (InstitutionalDiagnosis("W19XXXA"),) * 13},
            "An institutional claim has at most 12 external causes (HI*ABN).",
        ),
        (
            {"billing_provider": replace(STAY.billing_provider, first_name="PAT")},
            "The billing provider of an institutional claim is an organisation.",
        ),
        (
            {"lines": (replace(EMERGENCY, modifiers=("25",) * 5),)},
            "A service line has at most 4 modifiers.",
        ),
    ],
)
def test_what_the_guide_has_no_room_for_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        stays_file(replace(STAY, **change))


def spoil(old: str, new: str) -> bytes:
    """The file of STAY with one text in place of another; SE01 counts what is there then."""
    text = stays_file(STAY).decode()
    assert old in text
    spoiled = text.replace(old, new, 1)
    if old.startswith("SE*") or "~GE" in old:
        return spoiled.encode()
    count = spoiled[spoiled.index("ST*") : spoiled.index("SE*")].count("~") + 1
    return re.sub(r"SE\*\d+", f"SE*{count}", spoiled).encode()


@pytest.mark.parametrize(("old", "new", "by_reader", "by_gate"), NEGATIVES)
def test_what_is_wrong_in_form_is_refused_at_its_place(
    old: str, new: str, by_reader: str, by_gate: str
) -> None:
    content = spoil(old, new)
    errors = [problem for problem in problems(content) if problem.severity == "error"]
    assert (f"{errors[0].code} {errors[0].element}" if errors else "") == by_reader
    assert is_intact(content) == [not errors]
    found = [problem.message for problem in inspect(content).problems]
    assert (found[0] if found else "") == by_gate
    assert by_reader or by_gate


def test_there_are_enough_cases_of_both_kinds() -> None:
    assert len(NEGATIVES) >= 80
    assert sum(bool(by_reader) for _, _, by_reader, _ in NEGATIVES) >= 70


def test_a_segment_nobody_reads_is_a_located_warning() -> None:
    content = spoil("MIA*3~", "MIA*3~QTY*PT*2~")
    [problem] = problems(content)
    assert (problem.severity, problem.code, problem.loop) == (
        "warning",
        "unexpected_segment",
        "2320",
    )
    assert problem.message == "QTY is not expected in loop 2320 and is not read."
    assert problem.segment_number == content[: content.index(b"QTY")].count(b"~") + 1


def test_an_icd_9_code_is_read_and_said_to_be_old() -> None:
    content = spoil("HI*ABK:A419:::::::Y~", "HI*BK:0389~")
    [claim] = only(InstitutionalClaim, read_all(content))
    assert claim.principal_diagnosis.code == "0389"
    assert [(p.code, p.severity) for p in problems(content)] == [("outdated_code_set", "warning")]


def test_a_file_cut_at_every_byte_is_read_without_a_crash() -> None:
    content = stays_file(STAY)
    for end in range(0, len(content) - 1):
        assert only(Problem, read_all(content[:end]))


def test_a_check_counts_claims_lines_and_charges() -> None:
    checked = check_items("stay.837", read(stays_file(STAY, CHILD_STAY)))
    [transaction] = checked.transactions
    assert (transaction.claims, transaction.lines, transaction.total) == (2, 4, 800_000)
    assert (checked.exit_code, checked.problems) == (0, [])


def test_names_are_folded_and_numbers_kept() -> None:
    attending = replace(ATTENDING, person=Person("Müller*~:", "José"))
    claim = replace(STAY, attending_provider=attending, references=(Identifier("EA", "m-1"),))
    [again] = only(InstitutionalClaim, read_all(stays_file(claim)))
    assert again.attending_provider is not None
    assert again.attending_provider.person == Person("MULLER", "JOSE")
    assert again.references == (Identifier("EA", "M-1"),)


def test_the_command_reports_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--count", "3", "--seed", "5", "--json"]) == 0
    told = capsys.readouterr().out
    assert '"kind": "837i", "seed": 5, "files": 1, "claims": 3' in told
    assert told.strip().endswith('"why": []}')
