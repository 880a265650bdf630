"""The tables of denials."""

from denials.models.deadlines import AppealLevel, AppealTerms, DenialDeadline
from denials.models.denials import Denial

__all__ = ["AppealLevel", "AppealTerms", "Denial", "DenialDeadline"]
