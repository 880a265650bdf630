"""The tables of denials."""

from denials.models.bulk import DenialBulk, DenialBulkItem
from denials.models.causes import CauseOverride
from denials.models.deadlines import AppealLevel, AppealTerms, DenialDeadline
from denials.models.denials import Denial
from denials.models.write_offs import WriteOffLimit, WriteOffLine, WriteOffRequest

__all__ = [
    "AppealLevel",
    "AppealTerms",
    "CauseOverride",
    "Denial",
    "DenialBulk",
    "DenialBulkItem",
    "DenialDeadline",
    "WriteOffLimit",
    "WriteOffLine",
    "WriteOffRequest",
]
