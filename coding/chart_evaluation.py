"""How well the reading of notes finds the codes a coder gave: precision and recall."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from coding.rules.suggestions import Knowledge, read_chart
from coding.rules.text_notes import NoteText

CUTS = (1, 5, 10)


@dataclass(frozen=True)
class CodedChart:
    """A chart with the codes a coder gave it, without dots."""

    name: str
    text: str
    codes: frozenset[str]


@dataclass
class Evaluation:
    """Counts over charts. `found_at` counts codes among the first 1, 5 and 10 suggestions."""

    charts: int = 0
    codes: int = 0
    suggested: int = 0
    right: int = 0
    found_at: dict[int, int] = field(default_factory=lambda: dict.fromkeys(CUTS, 0))
    missed: list[tuple[str, str, list[str]]] = field(default_factory=list)

    def percent(self, part: int, whole: int) -> int:
        """Whole percent, rounded down; 0 of nothing."""
        return part * 100 // whole if whole else 0

    @property
    def precision(self) -> int:
        return self.percent(self.right, self.suggested)

    def recall(self, cut: int) -> int:
        return self.percent(self.found_at[cut], self.codes)

    def as_json(self) -> dict[str, Any]:
        return {
            "charts": self.charts,
            "codes": self.codes,
            "suggested": self.suggested,
            "precision_percent": self.precision,
            **{f"recall_percent_at_{cut}": self.recall(cut) for cut in CUTS},
            "missed": [
                {"id": name, "code": code, "suggested": given} for name, code, given in self.missed
            ],
        }


def read_charts(path: Path) -> list[CodedChart]:
    """One JSON object a line: id, text, codes. Raises ValueError naming the line."""
    charts = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            codes = frozenset(str(code).replace(".", "").upper() for code in row["codes"])
            charts.append(CodedChart(str(row["id"]), str(row["text"]), codes))
        except (ValueError, KeyError, TypeError) as error:
            message = f"{path.name}, line {number}: needs id, text and codes as one JSON object."
            raise ValueError(message) from error
    return charts


def evaluate(charts: Iterable[CodedChart], knowledge: Knowledge, on: date) -> Evaluation:
    """Read every chart and compare, best suggestions first."""
    result = Evaluation()
    for chart in charts:
        reading = read_chart([NoteText(1, chart.text)], knowledge, on)
        compare(result, chart, [suggestion.code for suggestion in reading.suggestions])
    return result


def compare(result: Evaluation, chart: CodedChart, given: Sequence[str]) -> None:
    result.charts += 1
    result.codes += len(chart.codes)
    result.suggested += len(set(given))
    result.right += len(chart.codes & set(given))
    for cut in CUTS:
        result.found_at[cut] += len(chart.codes & set(given[:cut]))
    result.missed += [(chart.name, code, list(given)) for code in sorted(chart.codes - set(given))]
