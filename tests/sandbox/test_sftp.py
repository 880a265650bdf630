"""The real thing: a sandbox process on loopback, spoken to by an SFTP client."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import asyncssh
import pytest

from payers.sandbox.command import ask
from rcm.x12.remittance_835 import RemittedClaim
from tests.sandbox.bench import pick, read_all, write_837
from tests.sandbox.cast import make_claim

T = TypeVar("T")
REPOSITORY = Path(__file__).resolve().parents[2]
PASSWORD = "correct-horse"
SCRIPT = {
    "version": 1,
    "base_allowed": {"99213": "90.00"},
    "payers": [{"payer_id": "60054", "name": "EXAMPLE HEALTH"}],
}


class Sandbox:
    """One sandbox process and what a client needs to reach it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "sandbox"
        self.port_file = folder / "port.json"
        self.script = folder / "behaviour.json"
        self.script.write_text(json.dumps(SCRIPT))
        self.log = folder / "log"
        self.listening: dict[str, Any] = {}
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, *more: str) -> None:
        self.port_file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "payers.sandbox", "--root", str(self.root)]
        command += ["--port-file", str(self.port_file), "--user", "north", "--delay-seconds", "0"]
        command += ["--password-env", "SANDBOX_TEST_SECRET", "--behaviour", str(self.script)]
        environment = os.environ | {"SANDBOX_TEST_SECRET": PASSWORD}
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [*command, *more], cwd=REPOSITORY, env=environment, stderr=log
            )
        wait_until(self.port_file.exists)
        self.listening = json.loads(self.port_file.read_text())

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        if self._child is None:
            return 0
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)
        return self._child.wait(timeout=20)

    def connect(self, **changes: Any) -> "asyncssh.SSHClientConnection":
        known = asyncssh.import_known_hosts(
            f"[127.0.0.1]:{self.listening['port']} {self.listening['host_key']}\n"
        )
        options: dict[str, Any] = {
            "username": "north",
            "password": PASSWORD,
            "client_keys": None,
            "config": None,
            "known_hosts": known,
        }
        return asyncssh.connect(
            self.listening["host"], self.listening["port"], **(options | changes)
        )

    def use(self, work: Callable[[asyncssh.SFTPClient], Awaitable[T]], **changes: Any) -> T:
        """Log in, do the work, log out."""

        async def run() -> T:
            async with (
                self.connect(**changes) as connection,
                connection.start_sftp_client() as sftp,
            ):
                return await work(sftp)

        return asyncio.run(run())

    def upload(self, content: bytes, name: str = "batch.837") -> None:
        """As a good client does it: a temporary name, then renamed."""

        async def send(sftp: asyncssh.SFTPClient) -> None:
            async with sftp.open(f"inbound/.{name}.tmp", "wb") as remote:
                await remote.write(content)
            await sftp.rename(f"inbound/.{name}.tmp", f"inbound/{name}")

        self.use(send)

    def list_outbound(self, suffix: str) -> list[str]:
        async def listing(sftp: asyncssh.SFTPClient) -> list[str]:
            return sorted(str(name) for name in await sftp.listdir("outbound"))

        return [name for name in self.use(listing) if name.endswith(suffix)]


def wait_until(is_true: Callable[[], Any], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    started = Sandbox(tmp_path)
    started.start()
    yield started
    started.stop()


def test_a_claim_goes_up_and_four_answers_come_down(sandbox: Sandbox) -> None:
    sandbox.upload(write_837(make_claim("C1")))
    wait_until(lambda: sandbox.list_outbound(".835"))

    (name,) = sandbox.list_outbound(".835")

    async def fetch(sftp: asyncssh.SFTPClient) -> bytes:
        async with sftp.open(f"outbound/{name}", "rb") as remote:
            content: bytes = await remote.read()
        await sftp.rename(f"outbound/{name}", f"outbound/archive/{name}")
        return content

    claims = pick(read_all(sandbox.use(fetch)), RemittedClaim)
    assert [(c.patient_control_number, c.amount_paid) for c in claims] == [("C1", 9_000)]
    assert sandbox.list_outbound(".835") == []
    assert [len(sandbox.list_outbound(kind)) for kind in (".ta1", ".999", ".277ca")] == [1, 1, 1]


def test_the_log_holds_no_patient_and_no_claim(sandbox: Sandbox) -> None:
    sandbox.upload(write_837(make_claim("SECRET1")))
    wait_until(lambda: sandbox.list_outbound(".835"))

    text = sandbox.log.read_text()
    assert "claims: 1 accepted, 0 rejected" in text
    assert not any(word in text for word in ("EXAMPLE", "MARIA", "M1000001", "SECRET1", PASSWORD))


def test_a_wrong_password_user_or_host_key_is_refused(sandbox: Sandbox) -> None:
    async def nothing(sftp: asyncssh.SFTPClient) -> None:
        raise AssertionError("logged in")

    for changes in ({"password": "wrong"}, {"username": "south"}):
        with pytest.raises(asyncssh.PermissionDenied):
            sandbox.use(nothing, **changes)
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    known = asyncssh.import_known_hosts(f"[127.0.0.1]:{sandbox.listening['port']} {other}")
    with pytest.raises(asyncssh.HostKeyNotVerifiable):
        sandbox.use(nothing, known_hosts=known)


def test_a_client_cannot_leave_its_folder_or_make_links(sandbox: Sandbox) -> None:
    async def roam(sftp: asyncssh.SFTPClient) -> list[str]:
        with pytest.raises(asyncssh.SFTPNoSuchFile):
            await sftp.stat("../state/sandbox.sqlite3")
        with pytest.raises(asyncssh.SFTPPermissionDenied):
            await sftp.symlink("/etc/passwd", "inbound/passwd")
        return sorted(str(name) for name in await sftp.listdir("../.."))

    assert sandbox.use(roam) == [".", "..", "inbound", "outbound"]


def test_key_and_state_outlive_a_restart_and_sigterm_is_a_clean_end(sandbox: Sandbox) -> None:
    key = sandbox.listening["host_key"]
    sandbox.upload(write_837(make_claim("C1")))
    wait_until(lambda: sandbox.list_outbound(".835"))

    assert sandbox.stop() == 0
    sandbox.start()
    sandbox.upload(write_837(make_claim("C1")))
    wait_until(lambda: len(sandbox.list_outbound(".ta1")) == 2)

    assert sandbox.listening["host_key"] == key
    last = (sandbox.root / "files/outbound" / sandbox.list_outbound(".ta1")[1]).read_bytes()
    assert b"*R*025~" in last
    assert "stopped" in sandbox.log.read_text()


def test_a_public_key_may_log_in_instead(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.stop()
    key = asyncssh.generate_private_key("ssh-ed25519")
    (tmp_path / "keys").write_bytes(key.export_public_key())
    sandbox.start("--authorized-keys", str(tmp_path / "keys"))

    async def listing(sftp: asyncssh.SFTPClient) -> list[str]:
        return sorted(str(name) for name in await sftp.listdir("."))

    names = sandbox.use(listing, password=None, client_keys=[key])
    assert names == [".", "..", "inbound", "outbound"]


def test_faults_strike_once_and_then_the_upload_succeeds(sandbox: Sandbox) -> None:
    content = write_837(*(make_claim(f"C{n}") for n in range(200)))
    striking = [
        ({"fault": "refuse_login"}, asyncssh.PermissionDenied),
        ({"fault": "disk_full", "bytes": 1_000}, asyncssh.SFTPFailure),
        ({"fault": "disconnect_after_bytes", "bytes": 20_000}, asyncssh.Error),
        ({"fault": "refuse_rename"}, asyncssh.SFTPFailure),
    ]
    for fault, error in striking:
        answer = ask(sandbox.root, fault)
        assert answer == {"ok": True, "armed": fault["fault"], "times": 1}
        with pytest.raises((error, ConnectionError)):
            sandbox.upload(content)
    assert sandbox.list_outbound(".999") == []

    sandbox.upload(content)
    wait_until(lambda: sandbox.list_outbound(".999"))


def test_a_stalled_upload_goes_through_in_the_end(sandbox: Sandbox) -> None:
    ask(sandbox.root, {"fault": "stall", "seconds": 0.3})

    sandbox.upload(write_837(make_claim("C1")))
    wait_until(lambda: sandbox.list_outbound(".999"))

    assert "fault stall: upload waits 0.3 s" in sandbox.log.read_text()


def test_sigterm_ends_it_while_a_client_is_connected(sandbox: Sandbox) -> None:
    async def leave(sftp: asyncssh.SFTPClient) -> int:
        return await asyncio.to_thread(sandbox.stop)

    with contextlib.suppress(asyncssh.Error, ConnectionError):
        assert sandbox.use(leave) == 0
    assert sandbox.stop() == 0
    assert sandbox.log.read_text().endswith("stopped\n")


def test_a_download_can_be_cut_too(sandbox: Sandbox) -> None:
    content = b"0123456789" * 5_000
    (sandbox.root / "files/outbound/long.835").write_bytes(content)
    ask(sandbox.root, {"fault": "disconnect_after_bytes", "bytes": 9, "direction": "download"})

    async def fetch(sftp: asyncssh.SFTPClient) -> bytes:
        async with sftp.open("outbound/long.835", "rb") as remote:
            received: bytes = await remote.read()
            return received

    with pytest.raises((asyncssh.Error, ConnectionError)):
        sandbox.use(fetch)
    assert sandbox.use(fetch) == content


def test_the_command_line_asks_and_prints_the_answer(sandbox: Sandbox) -> None:
    sandbox.upload(write_837(make_claim("C1")))
    wait_until(lambda: sandbox.list_outbound(".835"))
    command = [sys.executable, "-m", "payers.sandbox.command", "--root", str(sandbox.root)]

    done = subprocess.run(
        [*command, "reverse-and-correct", "--claim", "C1"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    refused = subprocess.run(
        [*command, "reverse-and-correct", "--claim", "C9"], cwd=REPOSITORY, capture_output=True
    )

    answer = json.loads(done.stdout)
    assert (answer["ok"], answer["claim"], answer["amount_corrected"]) == (True, "C1", 9_900)
    assert answer["file"] in sandbox.list_outbound(".835")
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["error"] == "no such claim was paid yet"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--password-env", "SANDBOX_NO_SUCH"], "SANDBOX_NO_SUCH is empty or not set"),
        ([], "give --password-env or --authorized-keys"),
        (["--behaviour", "no-such.json"], "no-such.json is not readable JSON"),
    ],
)
def test_a_bad_start_says_what_is_wrong(tmp_path: Path, options: list[str], message: str) -> None:
    command = [sys.executable, "-m", "payers.sandbox", "--root", str(tmp_path), "--user", "north"]
    if "--behaviour" in options:
        options = [*options, "--password-env", "HOME"]

    ended = subprocess.run(
        [*command, *options], cwd=REPOSITORY, capture_output=True, text=True, timeout=30
    )

    assert ended.returncode == 2
    assert ended.stderr == f"payers.sandbox: {message}\n"
