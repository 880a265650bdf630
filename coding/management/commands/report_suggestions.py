"""`manage.py report_suggestions --practice P --since D --until D [--json]`: how good they are."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coding.suggestion_report import SuggestionReport, suggestion_report
from rcm import access
from rcm.commands import find_practice


class Command(BaseCommand):
    """Reads one practice and writes nothing."""

    help = "What coders did with the suggested codes of the charts coded in a period."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--practice", required=True, help="its NPI, id, initials or name")
        for name, text in (("--since", "first day"), ("--until", "last day, included")):
            parser.add_argument(
                name, required=True, type=date.fromisoformat, metavar="YYYY-MM-DD", help=text
            )
        parser.add_argument("--json", action="store_true", help="one JSON object instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        practice = find_practice(options["practice"])
        since, until = options["since"], options["until"]
        if since > until:
            raise CommandError(f"{since} is after {until}: give the first day as --since.")
        with access.acting_in(practice.pk):
            report = suggestion_report(practice.pk, since, until)
        if options["json"]:
            period = {"practice": practice.npi, "since": str(since), "until": str(until)}
            self.stdout.write(json.dumps(period | described(report)))
            return
        for line in told(report):
            self.stdout.write(line)


def told(report: SuggestionReport) -> list[str]:
    """The report in lines for people."""
    return [
        f"{report.charts:,} charts coded, {report.coded:,} codes on them",
        f"{report.accepted:,} accepted, {report.rejected:,} rejected:"
        f" {percent(report.acceptance_percent)} of decided accepted",
        f"{report.superseded:,} typed in by the coder, {report.left_open:,} left open",
        f"{report.missed:,} missed: {percent(report.miss_percent)} of coded had no suggestion",
    ]


def percent(share: int | None) -> str:
    return "no share" if share is None else f"{share} %"


def described(report: SuggestionReport) -> dict[str, int | None]:
    """The report as JSON; shares in whole percent, null when there is nothing to share."""
    return asdict(report) | {
        "acceptance_percent": report.acceptance_percent,
        "miss_percent": report.miss_percent,
    }
