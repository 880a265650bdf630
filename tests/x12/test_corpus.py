"""Every corpus file gives exactly the verdict kept beside it."""

import json
from pathlib import Path

import pytest

from rcm.x12.check import check_file, to_json
from tests.x12.build import CORPUS

FILES = sorted(CORPUS.glob("*.835"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_corpus_file_gives_its_expected_verdict(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text())
    checked = check_file(path)
    found = {"exit_code": checked.exit_code, **json.loads(to_json(checked)), "file": path.name}
    assert found == expected
