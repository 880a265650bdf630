"""Runs a command beside temporary servers: `python -m rcm.embedded.run_with [--durable] COMMAND`.

The command stays in our terminal session, so that Ctrl-C and a debugger's prompt reach it. It
finds everything it needs in the environment; the owner's address is in
RCM_TEST_OWNER_DATABASE_URL. With `--durable` every commit reaches the disk, as in earnest: use it
to measure.
"""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from rcm.embedded.children import die_with_parent
from rcm.embedded.errors import CannotStart
from rcm.embedded.servers import EmbeddedServers
from rcm.embedded.stack import build_environment


def main(arguments: list[str]) -> int:
    """Returns the command's exit code, 1 when the servers do not start."""
    is_durable = arguments[:1] == ["--durable"]
    command = arguments[1:] if is_durable else arguments
    if not command:
        sys.stderr.write("usage: python -m rcm.embedded.run_with [--durable] COMMAND …\n")
        return 2
    root = Path(tempfile.mkdtemp(prefix="rcm-run-"))
    servers = EmbeddedServers(root, durable=is_durable, temporary=True)
    try:
        servers.start()
        return _run(command, servers)
    except CannotStart as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    finally:
        servers.stop()


def _run(command: list[str], servers: EmbeddedServers) -> int:
    """Pass SIGTERM on as Ctrl-C; Ctrl-C itself comes from the terminal to both of us."""
    environment = build_environment(servers, servers.layout.root) | {
        "RCM_TEST_OWNER_DATABASE_URL": servers.owner_database_url,
    }
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
