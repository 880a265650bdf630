"""`python -m payers.sandbox.command --root DIR COMMAND …`: ask a running sandbox for something.

Prints the answer as one JSON object; exit 0 when it was carried out, 1 when refused, 2 when no
answer came in time.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from payers.sandbox.folders import Folders, write_atomically


def ask(root: Path, request: dict[str, Any], wait_seconds: float = 15) -> dict[str, Any] | None:
    """Put a request into the control folder and wait for its answer; None when none came."""
    folders = Folders(root)
    name = f"{time.time_ns()}-{request.get('command', 'fault')}.json"
    write_atomically(folders.control / name, json.dumps(request).encode())
    result = folders.control_results / name
    deadline = time.monotonic() + wait_seconds
    while time.monotonic() < deadline:
        if result.exists():
            answer: dict[str, Any] = json.loads(result.read_bytes())
            return answer
        time.sleep(0.05)
    return None


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="payers.sandbox.command", description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the sandbox's --root")
    parser.add_argument("--wait", type=float, default=15, help="seconds to wait for the answer")
    parser.add_argument("command", help="docs/sandbox.md lists the commands")
    parser.add_argument("--claim", help="patient control number (CLM01) of a claim it answered")
    parser.add_argument("--file", help="name of an 835 it sent, instead of the last one")
    parser.add_argument("--allowed-percent", help="reverse-and-correct: new allowed amount")
    parser.add_argument("--amount", help="unbalanced-835: cents CLP04 is off by")
    parser.add_argument("--fault", help="with the command fault: its name")
    parser.add_argument("--times", help="fault: how often it strikes")
    parser.add_argument("--bytes", help="fault: bytes that pass before it strikes")
    parser.add_argument("--seconds", help="fault stall: how long")
    parser.add_argument("--direction", help="fault: upload or download")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    options = vars(build_parser().parse_args(arguments))
    root, wait = options.pop("root"), options.pop("wait")
    answer = ask(root, {name: value for name, value in options.items() if value is not None}, wait)
    if answer is None:
        sys.stderr.write("no answer: is the sandbox running on that root?\n")
        return 2
    sys.stdout.write(json.dumps(answer, sort_keys=True) + "\n")
    return 0 if answer.get("ok") else 1


if __name__ == "__main__":
    raise SystemExit(main())
