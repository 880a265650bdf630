"""The dictionary of the loaded code set, kept in the process until another release is loaded.

It takes seconds to make and tens of megabytes, so it is made when the first note is read, not
when the process starts.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

from coding.code_mark import loaded_mark
from coding.models import Code, CodeTerm
from coding.rules.suggestions import Knowledge
from coding.rules.text_terms import IndexedCode, build_index
from coding.text_tables import knowledge_of

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Kept:
    """The dictionary with the mark of the codes it was made of."""

    mark: str
    knowledge: Knowledge


_making = threading.Lock()
_kept: Kept | None = None


def dictionary_mark() -> str:
    """Changes when codes, terms or a release of ICD-10-CM are loaded. One statement."""
    return loaded_mark(Code.System.ICD10CM)


def dictionary(mark: str) -> Knowledge:
    """The dictionary for a mark: the kept one, or made anew. Two statements when it is made."""
    global _kept  # noqa: PLW0603 -- one per process
    with _making:
        if _kept is None or _kept.mark != mark:
            # The old one goes first: two of them are never held.
            _kept = None
            _kept = Kept(mark, knowledge_of(build_index(read_codes(), read_terms())))
        return _kept.knowledge


def forget_dictionary() -> None:
    """For tests and benchmarks that measure its making."""
    global _kept  # noqa: PLW0603 -- one per process
    _kept = None


def read_codes() -> Iterator[IndexedCode]:
    """Codes and headings of ICD-10-CM. Of codes by their 7th character the stem is enough."""
    columns = ("code", "label", "is_billable", "starts_on", "ends_on", "notes__seventh")
    rows = Code.objects.filter(system=Code.System.ICD10CM).order_by("code").values_list(*columns)
    stem = ""
    for code, label, is_billable, starts_on, ends_on, seventh in rows.iterator(CHUNK):
        if stem and len(code) == 7 and code.startswith(stem):
            continue
        if seventh:
            stem = code
        yield IndexedCode(code, label, is_billable, starts_on, ends_on, "".join(seventh or ()))


def read_terms() -> Iterator[tuple[str, str, str]]:
    """Terms beside the titles: of the code set and our own."""
    rows = CodeTerm.objects.filter(code__system=Code.System.ICD10CM).exclude(source="title")
    yield from rows.values_list("code__code", "text", "source").distinct().iterator(CHUNK)
