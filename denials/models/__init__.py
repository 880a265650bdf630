"""The tables of denials."""

from denials.models.appeal_files import AppealDocument, AppealFile
from denials.models.appeal_templates import AppealTemplate
from denials.models.appeals import Appeal, AppealEntry, AppealItem, AppealLine
from denials.models.causes import CauseOverride
from denials.models.deadlines import AppealLevel, AppealTerms, DenialDeadline
from denials.models.denials import Denial
from denials.models.follow_ups import FollowUp, FollowUpTouch, PayerPattern

__all__ = [
    "AppealLevel",
    "Appeal",
    "AppealDocument",
    "AppealEntry",
    "AppealFile",
    "AppealItem",
    "AppealLine",
    "AppealTemplate",
    "AppealTerms",
    "CauseOverride",
    "Denial",
    "DenialDeadline",
    "FollowUp",
    "FollowUpTouch",
    "PayerPattern",
]
