"""Runs a command beside temporary servers: `python -m rcm.embedded.run_with [OPTIONS] COMMAND`.

The command stays in our terminal session, so that Ctrl-C and a debugger's prompt reach it. It
finds everything it needs in the environment; the owner's address is in
RCM_TEST_OWNER_DATABASE_URL. With `--durable` every commit reaches the disk, as in earnest: use it
to measure. With `--static` the static files are collected as for a real installation.
"""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from rcm.embedded.children import die_with_parent
from rcm.embedded.collected import CHECKOUT, collect_once
from rcm.embedded.errors import CannotStart
from rcm.embedded.servers import EmbeddedServers
from rcm.embedded.stack import build_environment

OPTIONS = ("--durable", "--static")
# Where a command finds the address of the role that owns the tables.
OWNER_URL = "RCM_TEST_OWNER_DATABASE_URL"


def main(arguments: list[str]) -> int:
    """Returns the command's exit code, 1 when the servers do not start."""
    options = [argument for argument in arguments[:2] if argument in OPTIONS]
    command = arguments[len(options) :]
    if not command:
        sys.stderr.write(f"usage: python -m rcm.embedded.run_with [{'|'.join(OPTIONS)}] COMMAND\n")
        return 2
    root = Path(tempfile.mkdtemp(prefix="rcm-run-"))
    servers = EmbeddedServers(root, durable="--durable" in options, temporary=True)
    try:
        servers.start()
        return _run(command, servers, with_static="--static" in options)
    except CannotStart as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    finally:
        servers.stop()


def _run(command: list[str], servers: EmbeddedServers, *, with_static: bool) -> int:
    """Pass SIGTERM on as Ctrl-C; Ctrl-C itself comes from the terminal to both of us."""
    environment = build_environment(servers, servers.layout.root) | {
        OWNER_URL: servers.owner_database_url,
    }
    if with_static:
        collected = collect_once(CHECKOUT / ".run", environment)
        environment["RCM_DATA_DIR"] = str(collected)
    ignored = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    child = subprocess.Popen(command, env=environment, preexec_fn=die_with_parent(signal.SIGTERM))
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: child.send_signal(signal.SIGINT))
    try:
        return child.wait()
    finally:
        signal.signal(signal.SIGINT, ignored)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
