"""Benchmarks that live above this layer and need a database: here they are only started.

They find a database in the environment (bin/bench starts a private one), which is migrated first,
as its owner.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run_command(name: str, arguments: list[str]) -> None:
    """Migrate, then run `manage.py NAME`; its JSON object is the last line."""
    owner = os.environ.get("RCM_TEST_OWNER_DATABASE_URL")
    if owner:
        as_owner = os.environ | {"RCM_DATABASE_URL": owner}
        _run("migrate", "--verbosity", "0", environment=as_owner)
    _run(name, *arguments, environment=dict(os.environ))


def _run(*arguments: str, environment: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
