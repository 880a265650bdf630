"""`python -m rcm.fuzz 835|acknowledgments|837p|837i|catches [--count N] [--seed S] [--json]`.

The database part of 835 and acknowledgments lives above this layer; here it is only started:
`manage.py fuzz_…`, after migrating as the owner of the database (bin/fuzz starts a private one).
Claims need no database: `rcm.fuzz.claim_files`.
"""

import os
import subprocess
import sys
from pathlib import Path

from rcm.fuzz import claim_files

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {"835": "fuzz_remittances", "acknowledgments": "fuzz_acknowledgments"}
MODULES = {"837i": "tests.x12.fuzz_837i", "catches": "tests.catches.run"}  # need no database


def main(arguments: list[str]) -> int:
    """The exit code of the run: 1 when anything was found, 2 for a kind that is none."""
    if arguments and arguments[0] in claim_files.KINDS:
        return claim_files.main(arguments)
    if arguments and arguments[0] in MODULES:
        command = [sys.executable, "-m", MODULES[arguments[0]], *arguments[1:]]
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    if not arguments or arguments[0] not in COMMANDS:
        kinds = "|".join([*COMMANDS, *claim_files.KINDS, *MODULES])
        print(f"usage: python -m rcm.fuzz {kinds} [options]", file=sys.stderr)
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
