"""The benchmark of the list of accounts: `manage.py bench_accounts`."""

from rcm.bench.in_database import run_command


def run(arguments: list[str]) -> None:
    """Measure; the JSON object is the last line."""
    run_command("bench_accounts", arguments)
