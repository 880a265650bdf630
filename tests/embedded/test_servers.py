"""Real servers, started and stopped; each test has folders of its own."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from rcm.embedded.children import Child
from rcm.embedded.errors import CannotStart
from rcm.embedded.servers import EmbeddedServers
from rcm.embedded.undertaker import is_group_alive

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30
SYSTEM_PYTHON = Path("/usr/bin/python3")


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder with a space and a comma in its name, too long for a socket."""
    with tempfile.TemporaryDirectory(prefix="rcm test, ") as folder:
        path = Path(folder) / ("a-folder-with-a-long-name-" * 3)
        path.mkdir()
        yield path


def ask(servers: EmbeddedServers, role: str, question: str) -> list[tuple[object, ...]]:
    folder = str(servers.layout.postgres_sockets)
    connection = psycopg2.connect(host=folder, port=5432, user=role, dbname="rcm")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def wait_until_gone(groups: list[int]) -> list[int]:
    """The groups still alive when patience ends."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while (alive := [group for group in groups if is_group_alive(group)]) and (
        time.monotonic() < limit
    ):
        time.sleep(0.1)
    return alive


def test_servers_start_stop_and_keep_what_was_written(root: Path) -> None:
    servers = EmbeddedServers(root, durable=True)
    with servers:
        ask(servers, "rcm_owner", "CREATE TABLE note (words text)")
        ask(servers, "rcm_owner", "INSERT INTO note VALUES ('kept')")
        broker = redis.Redis(unix_socket_path=str(servers.valkey.socket))
        broker.set("word", "kept")
        groups = [child.pid for child in servers.children()]
        servers.start()
        assert [child.pid for child in servers.children()] == groups
    servers.stop()
    assert wait_until_gone(groups) == []
    with servers:
        assert ask(servers, "rcm_owner", "SELECT words FROM note") == [("kept",)]
        assert broker.get("word") == b"kept"
        servers.forget()
    assert not root.exists()
    assert not servers.layout.clusters.exists()


def test_roles_extensions_and_privacy_are_as_the_walls_need_them(root: Path) -> None:
    with EmbeddedServers(root, durable=False, temporary=True) as servers:
        roles = "SELECT rolsuper, rolcreatedb, rolbypassrls, rolcanlogin FROM pg_roles "
        own = "WHERE rolname = current_user"
        assert ask(servers, "rcm_owner", roles + own) == [(False, True, True, True)]
        assert ask(servers, "rcm_app", roles + own) == [(False, False, False, True)]
        owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'rcm'"
        assert ask(servers, "rcm_app", owner) == [("rcm_owner",)]
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="schema public"):
            ask(servers, "rcm_app", "CREATE TABLE mine (words text)")
        ask(servers, "rcm_owner", "CREATE DATABASE test_rcm")
        extensions = "SELECT extname FROM pg_extension ORDER BY extname"
        expected = [("btree_gist",), ("pg_trgm",), ("plpgsql",)]
        assert ask(servers, "rcm_app", extensions) == expected
        assert ask(servers, "rcm_app", "SHOW listen_addresses") == [("",)]
        for folder in (servers.layout.postgres_sockets, servers.layout.valkey_sockets):
            assert folder.stat().st_mode & 0o777 == 0o700
        assert servers.database_url.startswith("postgres://rcm_app@/rcm?host=/")
        assert servers.owner_database_url.startswith("postgres://rcm_owner@/rcm?host=/")
        assert servers.broker_url == f"redis+socket://{servers.valkey.socket}"
        assert " " not in servers.database_url + servers.broker_url


def test_a_second_start_on_the_same_folder_is_refused_by_name(root: Path) -> None:
    with EmbeddedServers(root, durable=False, temporary=True) as servers:
        with pytest.raises(CannotStart) as refusal:
            EmbeddedServers(root, durable=False).start()
        assert str(refusal.value) == f"{root} is in use by process {os.getpid()}."
        assert ask(servers, "rcm_app", "SELECT 1") == [(1,)]


def test_killing_the_supervisor_leaves_neither_processes_nor_files(root: Path) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "tests.embedded.hold_servers", str(root)],
        stdout=subprocess.PIPE,
        cwd=CHECKOUT,
    )
    assert supervisor.stdout is not None
    groups = json.loads(supervisor.stdout.readline())
    assert len(groups) == 3
    assert all(is_group_alive(group) for group in groups)
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    assert wait_until_gone(groups) == []
    limit = time.monotonic() + PATIENCE_SECONDS
    while root.exists() and time.monotonic() < limit:
        time.sleep(0.1)
    assert not root.exists()


def test_committed_rows_survive_the_death_of_all_server_processes(root: Path) -> None:
    servers = EmbeddedServers(root, durable=True)
    with servers:
        ask(servers, "rcm_owner", "CREATE TABLE note (words text)")
        ask(servers, "rcm_owner", "INSERT INTO note VALUES ('kept')")
        for child in servers.children():
            os.killpg(child.pid, signal.SIGKILL)
        assert wait_until_gone([child.pid for child in servers.children()]) == []
    with servers:
        assert ask(servers, "rcm_app", "SELECT count(*) FROM pg_class WHERE relname = 'note'") == [
            (1,)
        ]
        assert ask(servers, "rcm_owner", "SELECT words FROM note") == [("kept",)]
        servers.forget()


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(root: Path) -> None:
    servers = EmbeddedServers(root, durable=False)
    with servers:
        cluster = servers.postgres.cluster
    stranger = subprocess.Popen(["sleep", "600"], cwd="/")
    try:
        lines = [str(stranger.pid), str(cluster), "1795439400", "5432", "", "", "", "ready"]
        (cluster / "postmaster.pid").write_text("\n".join(lines) + "\n")
        with servers:
            assert ask(servers, "rcm_app", "SELECT 1") == [(1,)]
            servers.forget()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_folder_somebody_else_put_there_is_refused(root: Path) -> None:
    servers = EmbeddedServers(root, durable=False)
    with servers:
        foreign = servers.layout.postgres_sockets
    foreign.mkdir(exist_ok=True)
    foreign.chmod(0o777)
    try:
        with pytest.raises(CannotStart) as refusal:
            servers.start()
        assert str(refusal.value) == f"{foreign} is not a private folder of ours: remove it."
    finally:
        servers.forget()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user")
@pytest.mark.skipif(not SYSTEM_PYTHON.exists(), reason="our own Python may be out of its reach")
def test_an_ordinary_user_has_everything_inside_the_checkout() -> None:
    with tempfile.TemporaryDirectory(prefix="rcm ordinary ") as name:
        folder = Path(name)
        subprocess.run(["cp", "-r", CHECKOUT / "rcm" / "embedded", folder / "embedded"], check=True)
        (folder / "rcm").mkdir()
        (folder / "embedded").rename(folder / "rcm" / "embedded")
        (folder / "rcm" / "__init__.py").touch()
        subprocess.run(["chown", "-R", "nobody:nogroup", folder], check=True)
        script = (
            "from pathlib import Path; from rcm.embedded.accounts import find_account; "
            "from rcm.embedded.layout import prepare_layout; "
            "layout = prepare_layout(Path('.run'), find_account()); "
            "print(layout.clusters == layout.root, oct(layout.root.stat().st_mode)); layout.tidy()"
        )
        answer = subprocess.run(
            [SYSTEM_PYTHON, "-c", script],
            user="nobody",
            group="nogroup",
            extra_groups=[],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "TMPDIR": str(folder.parent)},
            capture_output=True,
            text=True,
        )
        assert answer.stderr == ""
        assert answer.stdout == "True 0o40700\n"


def test_a_child_that_ignores_the_stop_signal_is_killed_after_its_time(root: Path) -> None:
    with EmbeddedServers(root, durable=False, temporary=True) as servers:
        assert servers.undertaker is not None
        stubborn = Child(
            "stubborn",
            ["sh", "-c", "trap '' TERM; echo started; while :; do sleep 60; done"],
            undertaker=servers.undertaker,
            log=servers.layout.logs / "stubborn.log",
            stop_seconds=0.3,
        )
        limit = time.monotonic() + PATIENCE_SECONDS
        while stubborn.tail() != "started" and time.monotonic() < limit:
            time.sleep(0.02)
        assert stubborn.stop() == -signal.SIGKILL
        assert not is_group_alive(stubborn.pid)
