"""PDF documents: facts are texts, never markup; the same facts make the same bytes."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from rcm import pdf

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEMPLATE = """#import "house.typ": *
#show: body => document-page(facts.title, footer: facts.footer, body)
= #facts.title
#pairs(facts.pairs)
#listing(("Code", "Amount"), facts.rows)
#wire(facts.wire)
"""


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    (tmp_path / "house.typ").write_text((pdf.TEMPLATES / "house.typ").read_text())
    (tmp_path / "sample.typ").write_text(TEMPLATE)
    monkeypatch.setattr(pdf, "TEMPLATES", tmp_path)
    return {
        "title": "Sample",
        "footer": "Claim NO000001",
        "pairs": [["Patient", 'Müller, #eval("1+1") *bold* $x$']],
        "rows": [["99213", "$165.00"], ["20610", "$148.00"]],
        "wire": "CLM*NO000001*313~",
    }


def test_facts_are_shown_as_they_are_and_never_run(sample: dict[str, object]) -> None:
    reader = PdfReader(BytesIO(pdf.render("sample", sample, made_at=NOON)))
    text = reader.pages[0].extract_text()
    for part in ('Müller, #eval("1+1") *bold* $x$', "99213", "$148.00", "CLM*NO000001*313~"):
        assert part in text
    assert "Page 1 of 1" in text
    assert reader.metadata is not None
    assert reader.metadata.title == "Sample"
    assert reader.metadata.creation_date == NOON


def test_the_same_facts_make_the_same_bytes(sample: dict[str, object]) -> None:
    first = pdf.render("sample", sample, made_at=NOON)
    assert first == pdf.render("sample", sample, made_at=NOON)
    assert first != pdf.render("sample", sample | {"title": "Other"}, made_at=NOON)


def test_long_lists_go_on_over_pages_with_their_header(sample: dict[str, object]) -> None:
    rows = [[f"C{number:03d}", "$1.00"] for number in range(120)]
    reader = PdfReader(BytesIO(pdf.render("sample", sample | {"rows": rows}, made_at=NOON)))
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) == 3
    assert all("Amount" in text for text in texts)
    assert "C119" in texts[2]


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(ValueError, match=r"There is no PDF template nothing\."):
        pdf.render("nothing", {}, made_at=NOON)


def test_a_value_json_does_not_know_is_refused(sample: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        pdf.render("sample", sample | {"title": NOON}, made_at=NOON)
