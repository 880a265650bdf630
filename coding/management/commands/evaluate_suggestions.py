"""evaluate_suggestions: how well the reading of notes finds the codes of coded charts."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from coding.chart_evaluation import CUTS, Evaluation, evaluate, read_charts
from coding.term_dictionary import dictionary, dictionary_mark


class Command(BaseCommand):
    """Reads a file of coded charts and writes nothing. The code sets have to be loaded."""

    help = "Precision and recall of suggested codes over a file of coded charts (JSON lines)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help='one {"id", "text", "codes"} a line')
        parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
        parser.add_argument("--on", type=date.fromisoformat, help="date of service, else today")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            charts = read_charts(options["file"])
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        on = options["on"] or timezone.localdate()
        result = evaluate(charts, dictionary(dictionary_mark()), on)
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json(), sort_keys=True))
        else:
            self.show(result)

    def show(self, result: Evaluation) -> None:
        self.stdout.write(f"{result.charts} charts, {result.codes} codes")
        self.stdout.write(f"precision {result.precision} % of {result.suggested} suggested")
        for cut in CUTS:
            self.stdout.write(f"recall at {cut}: {result.recall(cut)} %")
        for name, code, given in result.missed:
            self.stdout.write(f"missed {code} in {name}; suggested {', '.join(given) or 'nothing'}")
