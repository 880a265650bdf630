"""A located defect in an X12 file. Readers report problems; they never raise for bad content."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One defect: what is wrong in a plain sentence, and exactly where.

    An error means the transaction must not be acted on; a warning is noise a payer may send.
    `segment_number` counts from 1 over the whole file, `byte_offset` from 0.
    `element` is the reference designator, such as ``CLP04`` or ``SVC01-2``.
    """

    code: str
    message: str
    severity: Severity = "error"
    segment_number: int | None = None
    byte_offset: int | None = None
    loop: str | None = None
    element: str | None = None
