"""The tables of denials."""

from denials.models.appeal_files import AppealDocument, AppealFile
from denials.models.appeal_templates import AppealRequirement, AppealTemplate
from denials.models.appeals import Appeal, AppealEntry, AppealItem, AppealLine
from denials.models.bulk import DenialBulk, DenialBulkItem
from denials.models.causes import CauseOverride
from denials.models.changes import ChangeAlarm, DenialWeek
from denials.models.deadlines import AppealLevel, AppealTerms, DenialDeadline
from denials.models.denials import Denial
from denials.models.follow_ups import FollowUp, FollowUpTouch, PayerPattern
from denials.models.learning import LearnedRule, VerbHistory
from denials.models.write_offs import WriteOffLimit, WriteOffLine, WriteOffRequest

__all__ = [
    "Appeal",
    "AppealDocument",
    "AppealEntry",
    "AppealFile",
    "AppealItem",
    "AppealLevel",
    "AppealLine",
    "AppealRequirement",
    "AppealTemplate",
    "AppealTerms",
    "CauseOverride",
    "ChangeAlarm",
    "Denial",
    "DenialBulk",
    "DenialBulkItem",
    "DenialDeadline",
    "DenialWeek",
    "FollowUp",
    "FollowUpTouch",
    "LearnedRule",
    "PayerPattern",
    "VerbHistory",
    "WriteOffLimit",
    "WriteOffLine",
    "WriteOffRequest",
]
