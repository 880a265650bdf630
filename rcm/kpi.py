"""KPI machinery: a declared definition yields the number and the rows behind it.

Each app declares its own in kpis.py; settings.KPIS lists them in the order of the dashboard. A
definition that changes gets a new version, so that two figures of one name are never compared.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

Unit = Literal["percent", "days"]
Better = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Period:
    """Both days belong to it."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


@dataclass(frozen=True, slots=True)
class Figure:
    """Numerator, denominator and their quotient; None when there is nothing to divide by."""

    numerator: Decimal
    denominator: Decimal

    @property
    def value(self) -> Decimal | None:
        if not self.denominator:
            return None
        return (self.numerator / self.denominator).quantize(Decimal("0.0001"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Definition:
    """One KPI. `numerator_rows` and `denominator_rows` are the claims behind the two numbers."""

    key: str
    label: str
    unit: Unit
    better: Better
    target: Decimal
    numerator: str
    denominator: str
    source: str
    compute: Callable[[int, Period], Figure]
    numerator_rows: Callable[[int, Period], QuerySet[Any]]
    denominator_rows: Callable[[int, Period], QuerySet[Any]]
    version: int = 1

    def is_on_target(self, figure: Figure) -> bool | None:
        """None when there is no value to judge."""
        if figure.value is None:
            return None
        return figure.value >= self.target if self.better == "up" else figure.value <= self.target


def definitions() -> dict[str, Definition]:
    """All declared KPIs by key, in the order of settings.KPIS."""
    found = [import_string(path) for path in settings.KPIS]
    return {definition.key: definition for definition in found}
