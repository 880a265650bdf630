"""Documents as PDF: a template of rcm/pdf_templates and its facts. Knows nothing of any document.

Facts travel as JSON through typst's inputs and are values there: a text can never become markup,
and no source is ever put together from facts. Templates begin with `#import "house.typ": facts`.
"""

import json
import shutil
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

TEMPLATES = Path(__file__).parent / "pdf_templates"
MOST_PAGES = 2_000


@cache
def _fonts() -> typst.Fonts:
    """Only the fonts inside the package: a document looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


class NotReadable(Exception):
    """A file that cannot be printed; its text says why, in a sentence for people."""


def render(
    template_name: str,
    facts: Mapping[str, Any],
    *,
    made_at: datetime | None = None,
    images: Mapping[str, bytes] | None = None,
) -> bytes:
    """The tagged PDF (PDF/UA-1) of a template, such as `render("proof_of_filing", {...})`.

    `facts` holds JSON values only: days, times and amounts as the text people shall read. The same
    facts and `made_at` (a UTC time, the document's date, now when left out) give the same bytes.
    `images` are PNG and JPEG by the name the template places them by, such as "page-1.png"; they
    are on disk only while the document is made. Raises ValueError for a template there is none of,
    TypeError for a value that is none of JSON.
    """
    path = TEMPLATES / f"{template_name}.typ"
    if not path.is_file():
        raise ValueError(f"There is no PDF template {template_name}.")
    if not images:
        return _compile(path, facts, made_at)
    with TemporaryDirectory(prefix="rcm-pdf-") as folder:
        for template in TEMPLATES.glob("*.typ"):
            shutil.copy(template, folder)
        for name, content in images.items():
            (Path(folder) / Path(name).name).write_bytes(content)
        return _compile(Path(folder) / path.name, facts, made_at)


def _compile(path: Path, facts: Mapping[str, Any], made_at: datetime | None) -> bytes:
    """Nothing outside the template's own folder is read."""
    content: bytes = typst.compile(
        str(path),
        root=str(path.parent),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"facts": json.dumps(facts, ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=int((made_at or datetime.now(UTC)).timestamp()),
    )
    return content


def count_pages(content: bytes) -> int:
    """How many pages a PDF has. Raises NotReadable as join does."""
    return len(_read(content).pages)


def read_text(content: bytes) -> list[str]:
    """The text layer of each page, empty for a scanned one. Raises NotReadable as join does, and
    for more than MOST_PAGES pages.
    """
    reader = _read(content)
    if len(reader.pages) > MOST_PAGES:
        raise NotReadable(f"The PDF has more than {MOST_PAGES:,} pages.")
    try:
        return [page.extract_text() for page in reader.pages]
    except _BROKEN as error:
        raise NotReadable("The PDF is broken.") from error


def join(documents: Iterable[bytes]) -> bytes:
    """One PDF of the pages of several, in this order, without their scripts and attached files.

    Raises NotReadable for one that is broken, empty or locked by a password.
    """
    writer = PdfWriter()
    out = BytesIO()
    try:
        for content in documents:
            for page in _read(content).pages:
                writer.add_page(page)
        writer.write(out)
    except _BROKEN as error:
        raise NotReadable("A PDF among the files is broken.") from error
    return out.getvalue()


# What pypdf raises for a PDF that is none, beside its own errors: wrong types, missing keys, loops.
_BROKEN = (
    *(PyPdfError, ValueError, TypeError, LookupError, AttributeError, RecursionError),
    *(ArithmeticError, NotImplementedError, AssertionError, zlib.error),
)


def _read(content: bytes) -> PdfReader:
    try:
        reader = PdfReader(BytesIO(content), strict=False)
        is_locked = reader.is_encrypted
        count = 0 if is_locked else len(reader.pages)
    except _BROKEN as error:
        raise NotReadable("The PDF is broken.") from error
    if is_locked:
        raise NotReadable("The PDF is locked by a password.")
    if not count:
        raise NotReadable("The PDF has no page.")
    return reader
