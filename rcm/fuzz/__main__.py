"""`python -m rcm.fuzz 835|acknowledgments [--count N] [--seed S] [--first I] [--json]`.

The database part lives above this layer; here it is only started: `manage.py fuzz_…`, after
migrating as the owner of the database (bin/fuzz starts a private one).
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {"835": "fuzz_remittances", "acknowledgments": "fuzz_acknowledgments"}


def main(arguments: list[str]) -> int:
    """The exit code of the run: 1 when anything was found, 2 for a kind that is none."""
    if not arguments or arguments[0] not in COMMANDS:
        print(f"usage: python -m rcm.fuzz {'|'.join(COMMANDS)} [options]", file=sys.stderr)
        return 2
    owner = os.environ.get("RCM_TEST_OWNER_DATABASE_URL")
    if owner:
        run_command("migrate", "--verbosity", "0", environment={"RCM_DATABASE_URL": owner})
    return run_command(COMMANDS[arguments[0]], *arguments[1:], environment={})


def run_command(*arguments: str, environment: dict[str, str]) -> int:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
