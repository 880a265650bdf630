"""Documents as PDF: a template of rcm/pdf_templates and its facts. Knows nothing of any document.

Facts travel as JSON through typst's inputs and are values there: a text can never become markup,
and no source is ever put together from facts. Templates begin with `#import "house.typ": facts`.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).parent / "pdf_templates"


@cache
def _fonts() -> typst.Fonts:
    """Only the fonts inside the package: a document looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def render(
    template_name: str, facts: Mapping[str, Any], *, made_at: datetime | None = None
) -> bytes:
    """The tagged PDF (PDF/UA-1) of a template, such as `render("proof_of_filing", {...})`.

    `facts` holds JSON values only: days, times and amounts as the text people shall read. The same
    facts and `made_at` (a UTC time, the document's date, now when left out) give the same bytes.
    Raises ValueError for a template there is none of, TypeError for a value that is none of JSON.
    """
    path = TEMPLATES / f"{template_name}.typ"
    if not path.is_file():
        raise ValueError(f"There is no PDF template {template_name}.")
    content: bytes = typst.compile(
        str(path),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"facts": json.dumps(facts, ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=int((made_at or datetime.now(UTC)).timestamp()),
    )
    return content
