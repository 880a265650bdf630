"""The benchmark of opening denials: `manage.py bench_opening`."""

from rcm.bench.in_database import run_command


def run(arguments: list[str]) -> None:
    """Measure; the JSON object is the last line."""
    run_command("bench_opening", arguments)
