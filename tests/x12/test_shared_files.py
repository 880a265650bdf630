"""Sample files of other projects, where they are at hand: each gives the verdict kept here.

`shared_verdicts.json`: by SHA-256, the file's name, our exit code, transactions and problem codes,
what pyx12 says, and why we differ where we do.
"""

import hashlib
import json
from pathlib import Path

import pytest

from rcm.x12.check import check_file

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "x12"
VERDICTS = json.loads((Path(__file__).parent / "shared_verdicts.json").read_text())
FILES = sorted(path for path in FOLDER.glob("*/*") if path.is_file())


def test_every_difference_from_pyx12_has_a_reason() -> None:
    for verdict in VERDICTS.values():
        differs = (verdict["exit_code"] == 0) != (verdict["pyx12"] == "accepts")
        assert bool(verdict["reason"]) == differs, verdict["file"]


@pytest.mark.parametrize("path", FILES or [None], ids=lambda path: path.name if path else "none")
def test_a_shared_file_gives_its_expected_verdict(path: Path | None) -> None:
    if path is None:
        return  # the samples are not part of this repository
    expected = VERDICTS[hashlib.sha256(path.read_bytes()).hexdigest()]
    checked = check_file(path)
    assert checked.exit_code == expected["exit_code"]
    assert [
        [each.type, each.claims, each.lines, each.is_balanced, each.is_intact]
        for each in checked.transactions[:5]
    ] == expected["transactions"]
    assert sorted({problem.code for problem in checked.problems}) == expected["problems"]
