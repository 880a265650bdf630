"""The benchmark of statements to patients: `manage.py bench_statements`."""

from rcm.bench.in_database import run_command


def run(arguments: list[str]) -> None:
    """Measure; the JSON object is the last line."""
    run_command("bench_statements", arguments)
