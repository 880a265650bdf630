"""The tables of denials."""

from denials.models.causes import CauseOverride
from denials.models.denials import Denial

__all__ = ["CauseOverride", "Denial"]
