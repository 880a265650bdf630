"""The posting benchmark lives above this layer; here it is only started: `manage.py bench_posting`.

Needs a database (bin/bench starts a private one) and migrates it first, as its owner.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(arguments: list[str]) -> None:
    """Migrate, then measure; the JSON object is the last line."""
    owner = os.environ.get("RCM_TEST_OWNER_DATABASE_URL")
    if owner:
        as_owner = os.environ | {"RCM_DATABASE_URL": owner}
        _run_command("migrate", "--verbosity", "0", environment=as_owner)
    _run_command("bench_posting", *arguments, environment=dict(os.environ))


def _run_command(*arguments: str, environment: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
