"""A private PostgreSQL on a Unix socket, a direct child of ours.

Anyone who can enter the socket folder (mode 0700) is trusted; there is no TCP port.
"""

import contextlib
import os
import shutil
import signal
import time
from pathlib import Path
from urllib.parse import quote

from rcm.embedded.accounts import Account
from rcm.embedded.binaries import PostgresPrograms, copy_wheel, find_postgres
from rcm.embedded.children import Child, Undertaker
from rcm.embedded.errors import CannotStart
from rcm.embedded.layout import ROOT_STORE, Layout

DATABASE = "rcm"
OWNER, APPLICATION, SUPERUSER = "rcm_owner", "rcm_app", "postgres"
PORT = 5432  # only part of the socket's name
START_SECONDS = 60
STOP_SECONDS = 30
ROLES_SQL = Path(__file__).with_name("roles.sql")
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_connections": "60",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",  # statements can hold names of patients
    "log_line_prefix": "%m [%p] ",
    "track_functions": "pl",  # how long triggers take: pg_stat_user_functions
}
# Tests throw the database away: a crash may lose it.
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class Postgres:
    """One server over one cluster folder."""

    def __init__(self, layout: Layout, account: Account | None, *, durable: bool) -> None:
        """Finds the programs; raises CannotStart when there are none."""
        self._layout, self._account, self._durable = layout, account, durable
        self._programs = _readable_programs(find_postgres(), account)
        self.cluster = layout.clusters / f"postgres-{self._programs.major}"
        self.log = layout.logs / "postgres.log"
        self._child: Child | None = None

    @property
    def major(self) -> int:
        """Major version of the server."""
        return self._programs.major

    @property
    def pid(self) -> int | None:
        """The postmaster, while it runs."""
        return self._child.pid if self._child else None

    def url(self, role: str) -> str:
        """Connection address of the application's database for one role."""
        folder = quote(str(self._layout.postgres_sockets))
        return f"postgres://{role}@/{DATABASE}?host={folder}&port={PORT}"

    def start(self, undertaker: Undertaker) -> None:
        """Start and wait until it answers; makes the cluster, roles and database at first.

        Raises CannotStart with the log's last lines when the server does not come up.
        """
        self._make_cluster(undertaker)
        self._end_earlier_server()
        settings = SETTINGS | {"unix_socket_directories": str(self._layout.postgres_sockets)}
        if not self._durable:
            settings |= THROWAWAY_SETTINGS
        options = [f"--{name}={value}" for name, value in settings.items()]
        self._child = self._run("postgres", ["-D", self.cluster, *options], undertaker)
        self._wait_until_ready(self._child)
        self._make_roles()

    def child(self) -> Child:
        """The running server. Raises CannotStart when it was not started."""
        if self._child is None:
            raise CannotStart("PostgreSQL was not started.")
        return self._child

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, the rest is on disk."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def _run(self, program: str, options: list[str | Path], undertaker: Undertaker) -> Child:
        return Child(
            program,
            [self._programs.folder / program, *options],
            undertaker=undertaker,
            log=self.log,
            environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            account=self._account,
            stop_signal=signal.SIGINT,
            stop_seconds=STOP_SECONDS,
            cwd=self._layout.clusters,
        )

    def _make_cluster(self, undertaker: Undertaker) -> None:
        """initdb into a new folder, then rename: half a cluster is never started."""
        if self.cluster.exists():
            return
        partial = self._layout.clusters / f"{self.cluster.name}.new"
        shutil.rmtree(partial, ignore_errors=True)
        options = ["--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8"]
        if self._programs.major >= 17:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            options += ["--locale=C.UTF-8"]
        if not self._durable:
            options += ["--no-sync"]
        initdb = self._run("initdb", ["-D", partial, *options], undertaker)
        while initdb.is_running():
            time.sleep(0.02)
        if initdb.stop() != 0:
            raise CannotStart(f"initdb failed; see {self.log}\n{initdb.tail()}")
        partial.rename(self.cluster)

    def _end_earlier_server(self) -> None:
        """End a server left on our cluster; drop a pid file that names a stranger.

        A process works on our cluster exactly when that is its working folder.
        """
        pid_file = self.cluster / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return
        limit = time.monotonic() + STOP_SECONDS
        while _works_in(pid, self.cluster):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            if time.monotonic() > limit:
                raise CannotStart(f"An earlier PostgreSQL (process {pid}) does not end.")
            time.sleep(0.1)
        pid_file.unlink(missing_ok=True)

    def _wait_until_ready(self, child: Child) -> None:
        import psycopg2

        limit = time.monotonic() + START_SECONDS
        while child.is_running():
            try:
                psycopg2.connect(**self._address("postgres")).close()
            except psycopg2.OperationalError:
                if time.monotonic() > limit:
                    break
                time.sleep(0.03)
            else:
                return
        child.stop()
        raise CannotStart(f"PostgreSQL did not start; see {self.log}\n{child.tail()}")

    def _address(self, database: str) -> dict[str, str | int]:
        folder = str(self._layout.postgres_sockets)
        return {"host": folder, "port": PORT, "user": SUPERUSER, "dbname": database}

    def _make_roles(self) -> None:
        """Roles and extensions in template1, then the database from it."""
        import psycopg2

        def run(database: str, statement: str) -> list[tuple[object, ...]]:
            connection = psycopg2.connect(**self._address(database))
            connection.autocommit = True
            with contextlib.closing(connection), connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []

        run("template1", ROLES_SQL.read_text())
        if DATABASE in [row[0] for row in run("postgres", "SELECT datname FROM pg_database")]:
            run(DATABASE, ROLES_SQL.read_text())
        else:
            run("postgres", f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


def _readable_programs(found: PostgresPrograms, account: Account | None) -> PostgresPrograms:
    """Another user may not enter the folder the virtual environment is in; give it a copy."""
    if account is None or found.wheel_version is None:
        return found
    ROOT_STORE.mkdir(mode=0o755, parents=True, exist_ok=True)
    return copy_wheel(found, ROOT_STORE)


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == folder.resolve()
    except OSError:
        return False
