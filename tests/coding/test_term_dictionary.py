"""What a process keeps of the code sets is made anew when something was loaded, and only then."""

from pathlib import Path

import pytest

from coding.actions.code_releases import Manner, load_code_set
from coding.actions.own_terms import load_own_terms
from coding.code_words import known_words
from coding.rules.code_files.releases import CodeSet
from coding.term_dictionary import dictionary_mark, read_terms
from tests import make
from tests.coding import code_files


def load(folder: Path, year: int, *, is_preview: bool = False) -> None:
    folder.mkdir(exist_ok=True)
    paths = code_files.write_icd(folder, year=year)
    load_code_set(CodeSet.ICD10CM, paths, manner=Manner(is_preview=is_preview))


@pytest.fixture
def own_words(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """Our own words for codes, to be added to: (code, term, "own")."""
    told: list[tuple[str, str, str]] = []
    monkeypatch.setattr("coding.actions.own_terms.own_terms", lambda: told)
    return told


@pytest.mark.django_db
def test_a_preview_and_a_release_of_another_set_leave_the_dictionary(tmp_path: Path) -> None:
    load(tmp_path / "first", 2027)
    first = dictionary_mark()
    load(tmp_path / "second", 2028, is_preview=True)
    make.code_release("hcpcs")
    assert dictionary_mark() == first
    load(tmp_path / "second", 2028)
    assert dictionary_mark() != first


@pytest.mark.django_db
def test_our_own_words_are_known_to_a_running_process_once(
    tmp_path: Path, own_words: list[tuple[str, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coding.code_words.FRESH_SECONDS", -1.0)
    load(tmp_path / "first", 2027)
    before = dictionary_mark()
    assert not known_words().has_start("zest")
    own_words.append(("A100", "zest of the brow", "own"))
    assert load_own_terms() == 1
    assert known_words().has_start("zest")
    assert dictionary_mark() != before
    assert [term for term in read_terms() if term[2] == "own"] == [
        ("A100", "zest of the brow", "own")
    ]
