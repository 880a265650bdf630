"""HL7 over a real socket, committed for real: answers after the commit, nothing lost or doubled."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from coding.mllp import WORKERS, Listener
from coding.models import Encounter, IntakeMessage
from rcm import access
from rcm.models import Practice
from tests import make
from tests.coding import intaking as i


@pytest.fixture
def north(transactional_db: None) -> Practice:
    practice = make.practice()
    with access.acting_in(practice.pk):
        i.cast(practice)
    return practice


@pytest.fixture
def port(north: Practice) -> Iterator[int]:
    """The listener running; its threads give their connections back."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listener = Listener(north.pk)
    serving = asyncio.run_coroutine_threadsafe(listener.serve("127.0.0.1", 0), loop)
    server = serving.result(10)
    yield server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(server.close)
    every = threading.Barrier(WORKERS)

    def close() -> None:
        every.wait(10)
        connections.close_all()

    closing = [listener.workers.submit(close) for _ in range(WORKERS)]
    for future in closing:
        future.result(10)
    listener.workers.shutdown()
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def ask(line: socket.socket, content: bytes) -> list[str]:
    """Send one block; the segments of the answer."""
    line.sendall(b"\x0b" + content + b"\x1c\r")
    return read(line)


def read(line: socket.socket) -> list[str]:
    found = b""
    while not found.endswith(b"\x1c\r"):
        piece = line.recv(65536)
        if not piece:
            break
        found += piece
    return found.strip(b"\x0b\x1c\r").decode().split("\r")


def messages(practice: Practice) -> list[tuple[str, str, int]]:
    with access.acting_in(practice.pk):
        rows = IntakeMessage.objects.order_by("pk")
        return list(rows.values_list("control_id", "state", "times_received"))


def test_a_message_is_committed_when_its_answer_comes(north: Practice, port: int) -> None:
    with connect(port) as line:
        answer = ask(line, i.adt())
        assert answer[1] == "MSA|AA|C1"
        assert messages(north) == [("C1", "applied", 1)]
        assert ask(line, i.mdm())[1] == "MSA|AA|D1"
    with access.acting_in(north.pk):
        assert Encounter.objects.get().state == "new"


def test_what_fails_is_answered_with_its_place_and_kept(north: Practice, port: int) -> None:
    with connect(port) as line:
        answer = ask(line, i.adt(born="19801302"))
        assert answer[1:] == ["MSA|AE|C1", "ERR||PID^1^7|102^day_wrong^HL70357|E||||Not a day."]
        assert ask(line, i.adt().replace(b"ADT^A04", b"SIU^S12"))[1].startswith("MSA|AR|C1")
        assert ask(line, b"no message")[1].startswith("MSA|AR|")
        assert ask(line, i.adt(control="C2"))[1] == "MSA|AA|C2"
    assert [row[1] for row in messages(north)] == ["failed", "failed", "applied"]


def test_a_line_that_breaks_within_a_block_leaves_nothing(north: Practice, port: int) -> None:
    content = i.adt()
    for cut in (1, 40, len(content) - 3, len(content)):
        with connect(port) as line:
            line.sendall(b"\x0b" + content[:cut])
    with connect(port) as line:
        assert ask(line, content)[1] == "MSA|AA|C1"
    assert messages(north) == [("C1", "applied", 1)]


def test_a_line_that_breaks_before_the_answer_loses_nothing_and_doubles_nothing(
    north: Practice, port: int
) -> None:
    for _ in range(3):
        line = connect(port)
        line.sendall(b"\x0b" + i.adt() + b"\x1c\r")
        line.close()
    with connect(port) as line:
        assert ask(line, i.adt())[1] == "MSA|AA|C1"
    with access.acting_in(north.pk):
        assert Encounter.objects.count() == 1


def test_blocks_sent_without_waiting_are_answered_in_order(north: Practice, port: int) -> None:
    with connect(port) as line:
        blocks = [b"\x0b" + i.adt(control=f"P{n}") + b"\x1c\r" for n in range(5)]
        line.sendall(b"".join(blocks))
        answers = [answer for _ in range(1) for answer in read_all(line, 5)]
    assert answers == [f"MSA|AA|P{n}" for n in range(5)]


def read_all(line: socket.socket, count: int) -> list[str]:
    found = b""
    while found.count(b"\x1c\r") < count:
        found += line.recv(65536)
    return [part for part in found.decode().split("\r") if part.startswith("MSA")]


def test_many_lines_at_once_make_one_visit(north: Practice, port: int) -> None:
    def one(number: int) -> str:
        with connect(port) as line:
            return ask(line, i.adt(control=f"M{number}", at=f"202611020900{number:02d}"))[1]

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(one, range(20)))
    assert answers == {f"MSA|AA|M{number}" for number in range(20)}
    with access.acting_in(north.pk):
        assert Encounter.objects.count() == 1
        assert IntakeMessage.objects.count() == 20
