"""What a check on codes answers: a hit for each place where it fails, nothing if it passes."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from coding.rules.fixes import Fix

if TYPE_CHECKING:
    from coding.rules.code_facts import CodeFacts
    from coding.rules.coded_claim import CodedClaim

BLOCKING = "blocking"
WARNING = "warning"


class Hit(NamedTuple):
    """One place where a check fails. Empty element and severity stand for the check's own.

    A severity of its own has what is certain for some payers and a prompt for the others.
    `diagnosis` is the code it is about, `fix` the one change of the chart that would settle it,
    `since` the first day of the published row it comes from.
    """

    message: str
    line: int | None = None
    element: str = ""
    severity: str = ""
    diagnosis: str = ""
    fix: Fix | None = None
    since: date | None = None


Look = Iterator[Hit]
CodeLook = Callable[["CodedClaim", "CodeFacts"], Look]
