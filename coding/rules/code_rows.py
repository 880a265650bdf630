"""What the reader of a code set gives for one code."""

from typing import NamedTuple

Term = tuple[str, str]


class CodeRow(NamedTuple):
    """One code of a release, ready for COPY.

    `notes` is JSON. `terms` are (phrase, source) with the sources of CodeTerm, best first.
    """

    code: str
    label: str
    is_billable: bool
    search_text: str
    notes: str
    terms: tuple[Term, ...] = ()
