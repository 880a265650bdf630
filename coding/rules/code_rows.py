"""What the reader of a code set gives for one code, whatever file it stood in."""

from typing import NamedTuple

Term = tuple[str, str]


class CodeRow(NamedTuple):
    """One code of a release, ready for COPY.

    `label`, `notes` (JSON): None when the files do not tell, so that what is known stays. `terms`
    are (phrase, source) with the sources of CodeTerm, best first. Days are texts as YYYY-MM-DD;
    without a first day the code begins with its release.
    """

    code: str
    label: str | None
    is_billable: bool
    notes: str | None
    terms: tuple[Term, ...] = ()
    starts_on: str | None = None
    ends_on: str | None = None
