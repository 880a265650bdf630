"""The tables of denials."""

from denials.models.causes import CauseOverride
from denials.models.changes import ChangeAlarm, DenialWeek
from denials.models.deadlines import AppealLevel, AppealTerms, DenialDeadline
from denials.models.denials import Denial
from denials.models.learning import LearnedRule

__all__ = [
    "AppealLevel",
    "AppealTerms",
    "CauseOverride",
    "ChangeAlarm",
    "Denial",
    "DenialDeadline",
    "DenialWeek",
    "LearnedRule",
]
