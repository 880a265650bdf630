"""What a person sees when something is in the way, and the order in which things stop."""

import io
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rcm.embedded.children import Undertaker
from rcm.embedded.errors import CannotStart, StopRequested
from rcm.embedded.ports import HOST, open_listener
from rcm.embedded.stack import keep_secret
from rcm.embedded.supervisor import Progress, StopFlag, Supervisor

WAITS_FOR_TERM = (
    "import signal, sys, time\n"
    "def end(*_):\n"
    "    time.sleep(float(sys.argv[1]))\n"
    "    open('order', 'a').write(sys.argv[2])\n"
    "    sys.exit()\n"
    "signal.signal(signal.SIGTERM, end)\n"
    "open(sys.argv[2], 'w').close()\n"
    "time.sleep(600)\n"
)


@pytest.fixture
def progress() -> Progress:
    return Progress(io.StringIO())


@pytest.fixture
def flag() -> StopFlag:
    return StopFlag()


@pytest.fixture
def supervisor(tmp_path: Path, flag: StopFlag, progress: Progress) -> Iterator[Supervisor]:
    undertaker = Undertaker()
    supervisor = Supervisor(undertaker, tmp_path, flag, progress, tmp_path)
    yield supervisor
    supervisor.stop()
    undertaker.dismiss()


def test_a_busy_port_gives_another_one() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        listener, is_preferred = open_listener(port)
        with listener:
            assert not is_preferred
            assert listener.getsockname()[1] != port


def test_a_busy_port_that_was_asked_for_is_named() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart) as refusal:
            open_listener(port, is_required=True)
    assert str(refusal.value) == f"Port {port} is busy. Give another one: bin/demo --port NUMBER"


def test_a_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    secret = keep_secret(tmp_path / "secret")
    assert len(secret) == 64
    assert keep_secret(tmp_path / "secret") == secret
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_a_child_that_dies_is_named_with_the_last_lines_of_its_log(supervisor: Supervisor) -> None:
    supervisor.start("web", ["sh", "-c", "echo first; echo last words; exit 7"], {})
    with pytest.raises(CannotStart) as refusal:
        supervisor.watch()
    assert "web ended unexpectedly with code 7." in str(refusal.value)
    assert str(refusal.value).endswith("web.log:\nfirst\nlast words")


def test_a_job_may_end_while_others_are_awaited(supervisor: Supervisor) -> None:
    job = supervisor.start_job("job", ["sh", "-c", "exit 3"], {})
    supervisor.wait_until(lambda: not job.is_running(), "waiting", 30)
    supervisor.check()
    assert supervisor.finish(job, "waiting", 30) == 3
    assert supervisor.children == []


def test_a_wait_ends_with_a_sentence_when_time_is_over(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    with pytest.raises(CannotStart) as refusal:
        supervisor.wait_until(lambda: False, "waiting for nothing", 0)
    assert str(refusal.value) == f"waiting for nothing: not within 0 s. Logs: {tmp_path}"


def test_a_request_to_stop_ends_every_wait(supervisor: Supervisor, flag: StopFlag) -> None:
    previous = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    hangup = signal.getsignal(signal.SIGHUP)
    try:
        flag.install()
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(StopRequested):
            supervisor.wait_until(lambda: False, "waiting", 30)
        assert not flag.is_hurried()
        signal.raise_signal(signal.SIGINT)
        assert flag.is_hurried()
    finally:
        signal.signal(signal.SIGINT, previous[0])
        signal.signal(signal.SIGTERM, previous[1])
        signal.signal(signal.SIGHUP, hangup)


def test_groups_stop_in_order_and_the_rest_newest_first(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    for name, seconds in (("a", "0"), ("b", "0"), ("c", "0.3"), ("d", "0")):
        command = [sys.executable, "-c", WAITS_FOR_TERM, seconds, name]
        supervisor.start(name, command, {})
        supervisor.wait_until((tmp_path / name).exists, "waiting", 30)
    supervisor.stop(["c"])
    assert (tmp_path / "order").read_text() == "cdba"
    assert supervisor.children == []


def test_the_log_of_the_run_before_is_kept(supervisor: Supervisor, tmp_path: Path) -> None:
    for words in ("before", "now"):
        job = supervisor.start_job("web", ["echo", words], {})
        supervisor.finish(job, "waiting", 30)
    assert (tmp_path / "web.log").read_text() == "now\n"
    assert (tmp_path / "web.previous.log").read_text() == "before\n"
