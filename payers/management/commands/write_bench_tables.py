"""`manage.py write_bench_tables FOLDER --pairs N`: full-size made-up tables to measure with."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from payers.bench_tables import write_pair_files, write_unit_file


class Command(BaseCommand):
    help = "Writes NCCI pairs and unit limits of made-up codes in the official layouts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--pairs", type=int, default=2_500_000)

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        for path in [*write_pair_files(folder, options["pairs"]), write_unit_file(folder)]:
            self.stdout.write(f"{path.name}: {path.stat().st_size:,} bytes")
