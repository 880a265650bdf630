"""`bin/demo` runs the whole system until Ctrl-C; `bin/demo --check` proves that it works."""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from rcm.embedded.collected import CHECKOUT
from rcm.embedded.errors import CannotStart, StopRequested
from rcm.embedded.ports import open_listener
from rcm.embedded.servers import EmbeddedServers
from rcm.embedded.stack import Stack
from rcm.embedded.supervisor import Progress, StopFlag

PREFERRED_PORT = 8000
CHECK_SECONDS = 900
# The demo sends and looks often, so that its visitor need not wait; the environment may differ.
DEMO_PACE = {"RCM_OUTBOX_SECONDS": "10", "RCM_SWEEP_SECONDS": "5"}
CHECK_PACE = {"RCM_OUTBOX_SECONDS": "0", "RCM_SWEEP_SECONDS": "2"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 stopped on request or check passed, 1 anything else."""
    options = _parse(arguments)
    flag, progress = StopFlag(), Progress(sys.stderr if options.check else sys.stdout)
    flag.install()
    try:
        return (
            check_demo(options, flag, progress)
            if options.check
            else run_demo(options, flag, progress)
        )
    except CannotStart as reason:
        progress.say(str(reason))
        return 1
    except PermissionError as error:
        progress.say(f"{error.filename} belongs to another user, who ran this here before.")
        return 1
    except StopRequested:
        return 130


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/demo", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="drive the whole cycle in a temporary folder, then end"
    )
    parser.add_argument("--port", type=int, help=f"web port (default {PREFERRED_PORT} or free)")
    parser.add_argument("--fresh", action="store_true", help="forget the demo's data first")
    parser.add_argument(
        "--seconds", type=float, default=CHECK_SECONDS, help="time limit of --check"
    )
    return parser.parse_args(arguments)


def run_demo(options: argparse.Namespace, flag: StopFlag, progress: Progress) -> int:
    """Start, print the address and the logins, stay until Ctrl-C, stop."""
    root = CHECKOUT / ".run"
    note = root / "demo-address"
    servers = EmbeddedServers(root, durable=True)
    try:
        servers.start(progress.say)
    except CannotStart:
        if servers.is_locked_by_another and note.is_file():
            raise CannotStart(f"The demo already runs: {note.read_text()}") from None
        raise
    try:
        if options.fresh:
            progress.say("forgetting the demo's data")
            servers.forget()
            servers.start(progress.say)
        return _stay(servers, options, flag, progress, note)
    finally:
        note.unlink(missing_ok=True)
        servers.stop()
        progress.say("stopped")


def _stay(
    servers: EmbeddedServers,
    options: argparse.Namespace,
    flag: StopFlag,
    progress: Progress,
    note: Path,
) -> int:
    port = PREFERRED_PORT if options.port is None else options.port
    listener, is_preferred = open_listener(port, is_required=options.port is not None)
    with listener:
        stack = Stack(servers, listener, flag, progress)
        note.write_text(f"{stack.address} (process {os.getpid()})")
        stack.environment = DEMO_PACE | stack.environment
        if not is_preferred:
            progress.say(f"port {port} is busy, using {stack.port}")
        try:
            stack.start()
            logins = stack.read_logins()
            progress.say("ready")
            _show(f"\n  {stack.address}\n\n{logins}\n\nPress Ctrl-C to stop.\n")
            stack.supervisor.watch()
        except StopRequested:
            progress.say("stopping; a running task may finish (Ctrl-C again: at once)")
        finally:
            stack.stop()
    return 0


def check_demo(options: argparse.Namespace, flag: StopFlag, progress: Progress) -> int:
    """Run `manage.py check_demo` against the whole stack; its JSON is our last line.

    The temporary folder goes; after a failure its logs stay, and the last words say where.
    """
    root = Path(tempfile.mkdtemp(prefix="rcm-check-")).resolve()
    logs = root.with_name(f"{root.name}-logs")
    servers = EmbeddedServers(root, durable=False, temporary=True, logs=logs)
    code, answer = 1, ""
    try:
        servers.start(progress.say)
        code, answer = _drive(servers, options, flag, progress)
        return code
    finally:
        servers.stop()
        if code == 0 or flag.count:
            shutil.rmtree(logs, ignore_errors=True)
        else:
            progress.say(f"not passed; the logs are in {logs}")
        if answer:
            _show(f"{answer}\n")


def _drive(
    servers: EmbeddedServers, options: argparse.Namespace, flag: StopFlag, progress: Progress
) -> tuple[int, str]:
    """Returns the exit code of the check and its last line, empty when it is not JSON."""
    listener, _is_preferred = open_listener(options.port or 0, is_required=True)
    with listener:
        stack = Stack(servers, listener, flag, progress)
        stack.supervisor.limit_seconds(options.seconds)
        stack.environment = CHECK_PACE | stack.environment
        try:
            stack.start()
            output = stack.root / "check.txt"
            progress.say("driving the cycle")
            child = stack.start_command("check_demo", output=output)
            code = stack.supervisor.finish(child, "driving the cycle", options.seconds)
            *before, last = output.read_text().strip().splitlines() or [""]
            _show("".join(f"{line}\n" for line in before), sys.stderr)
            if code != 0:
                progress.say(f"check_demo ended with code {code}:\n{child.tail()}")
            return code or (0 if _is_json(last) else 1), last if _is_json(last) else ""
        finally:
            stack.stop()


def _is_json(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _show(text: str, stream: TextIO | None = None) -> None:
    """Write to standard output, or to `stream`, at once."""
    out = stream or sys.stdout
    out.write(text)
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
