"""Everything the demo consists of, above the two servers: who is started how, and when it is ready.

The stack only knows commands and environment variables, so that the application cannot tell the
demo from a real installation.
"""

import http.client
import json
import os
import secrets
import socket
import sys
from pathlib import Path

from rcm.embedded.children import Child
from rcm.embedded.collected import CHECKOUT, fingerprint_sources
from rcm.embedded.errors import CannotStart
from rcm.embedded.ports import HOST
from rcm.embedded.servers import EmbeddedServers
from rcm.embedded.supervisor import Progress, StopFlag, Supervisor

SANDBOX_USER = "sandbox"
MAILBOXES = ("NM", "LS")  # the demo's two practices
STEP_SECONDS = 300
READY_SECONDS = 90
TASK_SECONDS = 60  # how long a running task may go on after Ctrl-C
PYTHON = sys.executable
STATIC_STAMP = ".collected-from"


def build_environment(servers: EmbeddedServers, root: Path) -> dict[str, str]:
    """What every process of the application is told; migrations get another database role."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "rcm.settings",
        "PYTHONUNBUFFERED": "1",
        "RCM_DATABASE_URL": servers.database_url,
        "RCM_BROKER_URL": servers.broker_url,
        "RCM_SECRET_KEY": keep_secret(root / "secret-key"),
        "RCM_CHANNEL_SECRET_SANDBOX": keep_secret(root / "sandbox-secret"),
        "RCM_DATA_DIR": str(root),
        "RCM_DEBUG": "0",
        "RCM_SECURE": "0",
    }


def keep_secret(file: Path) -> str:
    """The secret in the file, made at the first call; only its owner can read it."""
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(secrets.token_urlsafe(48))
    return file.read_text()


class Stack:
    """The demo's processes over running servers; `start` and `stop` are the whole story."""

    def __init__(
        self, servers: EmbeddedServers, listener: socket.socket, flag: StopFlag, progress: Progress
    ) -> None:
        """`listener` is the web server's open socket."""
        if servers.undertaker is None:
            raise CannotStart("The servers do not run.")
        self.root = servers.layout.root
        self.logs = servers.layout.logs
        self._servers, self._listener, self._progress = servers, listener, progress
        self.supervisor = Supervisor(servers.undertaker, self.logs, flag, progress, CHECKOUT)
        self.supervisor.children += servers.children()
        self.port: int = listener.getsockname()[1]
        self.address = f"http://{HOST}:{self.port}"
        self.environment = build_environment(servers, self.root) | {
            "RCM_DEMO": "1",
            "RCM_DEMO_ADDRESS": self.address,
            "RCM_ALLOWED_HOSTS": f"{HOST},localhost",
            "RCM_CSRF_TRUSTED_ORIGINS": f"{self.address},http://localhost:{self.port}",
        }

    def start(self) -> None:
        """Start all in an order in which nobody waits for a later one.

        Raises StopRequested, or CannotStart with a plain sentence and the log's last lines.
        """
        collected = self._collect_static_files()
        self._start_sandbox()
        owner = self.environment | {"RCM_DATABASE_URL": self._servers.owner_database_url}
        self.run_command("migrate", "--no-input", text="creating tables", environment=owner)
        self.run_command("seed_demo", text="seeding the demo")
        if collected is not None:
            self.finish_command(collected, "collecting static files")
            (self.root / "static" / STATIC_STAMP).write_text(fingerprint_sources())
        self._start_workers()

    def stop(self) -> None:
        """Web and beat first, so that nothing new comes in; a running task may finish."""
        self.supervisor.children = [
            child for child in self.supervisor.children if child not in self._servers.children()
        ]
        self.supervisor.stop(["web", "beat"], ["worker"], ["sandbox"])

    def start_command(
        self, *words: str, environment: dict[str, str] | None = None, output: Path | None = None
    ) -> Child:
        """Start one `manage.py` command."""
        return self.supervisor.start_job(
            words[0], [PYTHON, "manage.py", *words], environment or self.environment, output=output
        )

    def run_command(
        self, *words: str, text: str, environment: dict[str, str] | None = None
    ) -> None:
        """Run one `manage.py` command to its end."""
        self._progress.say(text)
        self.finish_command(self.start_command(*words, environment=environment), text)

    def finish_command(self, child: Child, text: str) -> None:
        """Wait for a command. Raises CannotStart with its last lines unless its exit code is 0."""
        code = self.supervisor.finish(child, text, STEP_SECONDS)
        if code != 0:
            raise CannotStart(f"{text}: ended with code {code}; see {child.log}\n{child.tail()}")

    def read_logins(self) -> str:
        """What `seed_demo --logins` prints."""
        output = self.root / "logins.txt"
        output.unlink(missing_ok=True)
        child = self.start_command("seed_demo", "--logins", output=output)
        self.finish_command(child, "reading the logins")
        return output.read_text().strip("\n")

    def _collect_static_files(self) -> Child | None:
        """Start it beside the other steps; None when nothing changed since the last time."""
        stamp = self.root / "static" / STATIC_STAMP
        if stamp.is_file() and stamp.read_text() == fingerprint_sources():
            return None
        return self.start_command("collectstatic", "--no-input", "--clear", "--verbosity=0")

    def _start_sandbox(self) -> None:
        """The clearinghouse picks its port; everyone else learns it from the environment."""
        self._progress.say("starting the sandbox clearinghouse")
        root, port_file = self.root / "sandbox", self.root / "sandbox-address.json"
        port_file.unlink(missing_ok=True)
        command = [PYTHON, "-m", "payers.sandbox", "--host", HOST, "--port", "0"]
        command += ["--port-file", str(port_file), "--root", str(root)]
        command += ["--user", SANDBOX_USER, "--password-env", "RCM_CHANNEL_SECRET_SANDBOX"]
        command += [f"--mailbox={name}" for name in MAILBOXES]
        self.supervisor.start("sandbox", command, self.environment)
        self.supervisor.wait_until(
            port_file.is_file,
            "waiting for the sandbox clearinghouse",
            READY_SECONDS,
        )
        address = json.loads(port_file.read_text())  # renamed into place, so it is complete
        self.environment |= {
            "RCM_SANDBOX_HOST": address["host"],
            "RCM_SANDBOX_PORT": str(address["port"]),
            "RCM_SANDBOX_HOST_KEY": address["host_key"],
            "RCM_SANDBOX_USER": SANDBOX_USER,
            "RCM_SANDBOX_ROOT": str(root),
        }

    def _start_workers(self) -> None:
        """Web, worker and beat together; ready when the page answers and the worker says so."""
        self._progress.say("starting web server, worker and beat")
        descriptor = self._listener.fileno()
        web = [PYTHON, "-m", "gunicorn", "rcm.wsgi", "--bind", f"fd://{descriptor}"]
        web += ["--workers", "2", "--threads", "4", "--no-control-socket", "--timeout", "60"]
        worker = [PYTHON, "-m", "celery", "-A", "rcm", "worker", "-c", "2", "--loglevel", "INFO"]
        beat = [PYTHON, "-m", "celery", "-A", "rcm", "beat", "--pidfile="]
        beat += ["--schedule", str(self.root / "beat-schedule"), "--loglevel", "INFO"]
        start, environment = self.supervisor.start, self.environment
        start("web", web, environment, hold=[descriptor], stop_seconds=15)
        working = start("worker", worker, environment, stop_seconds=TASK_SECONDS)
        start("beat", beat, environment)
        self.supervisor.wait_until(self._is_answering, "waiting for the web server", READY_SECONDS)
        self.supervisor.wait_until(
            lambda: " ready." in working.log.read_text(errors="replace"),
            "waiting for the worker",
            READY_SECONDS,
        )

    def _is_answering(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
