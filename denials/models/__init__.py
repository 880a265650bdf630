"""The tables of denials."""

from denials.models.denials import Denial

__all__ = ["Denial"]
