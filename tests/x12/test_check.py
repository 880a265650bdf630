"""`manage.py check_x12`: exit codes, one JSON object a line, no database."""

import json
from pathlib import Path

import pytest

from rcm.x12.check import check_file, to_text
from tests.x12.build import CORPUS


def run_command(*arguments: str) -> int:
    """The command's exit code; its output goes to stdout."""
    from rcm.management.commands.check_x12 import Command

    try:
        Command().run_from_argv(["manage.py", "check_x12", *arguments])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["paid_line"], 0),
        (["paid_line", "wrong_counts"], 1),
        (["transaction_out_by_a_cent"], 1),
        (["wrong_counts", "not_x12"], 2),
        (["empty"], 2),
        (["no_such_file"], 2),
    ],
)
def test_the_exit_code_is_that_of_the_worst_file(
    names: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [str(CORPUS / f"{name}.835") for name in names]
    assert run_command("--json", *paths) == code
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["file"] for line in lines] == paths


def test_the_json_names_what_differs(capsys: pytest.CaptureFixture[str]) -> None:
    path = CORPUS / "transaction_out_by_a_cent.835"
    assert run_command(str(path), "--json") == 1
    (transaction,) = json.loads(capsys.readouterr().out)["transactions"]
    assert transaction == {
        "type": "835",
        "control_number": "0001",
        "claims": 1,
        "lines": 1,
        "total": "100.01",
        "balanced": False,
        "intact": True,
        "differences": [
            {
                "level": "transaction",
                "where": "BPR02",
                "stated": "100.01",
                "computed": "100.00",
                "difference": "0.01",
            }
        ],
    }


def test_the_text_reads_as_sentences() -> None:
    text = to_text(check_file(CORPUS / "wrong_counts.835"))
    assert text.splitlines()[1:3] == [
        "  835 0001: 1 claims, 1 lines, total 100.00, balanced",
        "  error wrong_count: SE01 does not say 19, the segments read. (segment 21, byte 528)",
    ]


def test_a_folder_cannot_be_opened(tmp_path: Path) -> None:
    checked = check_file(tmp_path)
    assert checked.exit_code == 2
    assert [p.code for p in checked.problems] == ["cannot_open"]
